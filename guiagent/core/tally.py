"""How far the daemon is with the frames of all windows, by a counter in shared memory. It must not know where it lies.

The daemon writes it whenever it is done with all that it has heard, so it is what was sent only if nothing is left to
be drawn. It may be older than that; whoever cannot wait for it asks by a message (ADR 69).
"""

from __future__ import annotations

from guiagent.core.frames import Frames

_MODULUS = 1 << 32


class Tally:
    """page: of the pool, at whose beginning the counter is; None: there is none. sent: how many were sent, modulo 2^32.

    open: windows with which the daemon is not known to be done.
    """

    def __init__(self) -> None:
        self.page: int | None = None
        self.sent = 0
        self.open: dict[Frames, None] = {}

    def add(self, frames: Frames, count: int) -> None:
        """So many more were sent, of this window."""
        self.sent = (self.sent + count) % _MODULUS
        self.open[frames] = None

    def forget(self, frames: Frames) -> None:
        """The window is gone."""
        self.open.pop(frames, None)

    def all_done(self) -> None:
        """The counter says as many as were sent: the daemon is done with every window."""
        for frames in self.open:
            frames.all_done()
        self.open.clear()

    def begin_anew(self) -> None:
        """The daemon is gone."""
        self.page, self.sent = None, 0
        self.open.clear()
