"""How far the daemon is with the frames of one window, by FRAME_ACK. It must not know what a frame shows.

Counted are SHMIMAGE and UNMAP, from CREATE on, modulo 2^32: the daemon says how many of them it is done with. What
those name, no draw of the desktop reads any more.
"""

from __future__ import annotations

from typing import Final

from protocol.messages import MessageType

FRAME_ACK_TIMEOUT_S: Final = 5.0
"""A desktop takes a frame within ms, a very busy one within a second. Longer: torn frames are better than none."""
FRAMES_ASKED_AHEAD: Final = 16
"""A program that draws again before the last frame is taken is likely to go on so."""
ONLY_FRAMES_DONE: Final = frozenset({MessageType.FRAME_ACK})
"""The types of messages that say nothing but how far the daemon is."""
_MODULUS: Final = 1 << 32
_HALF: Final = _MODULUS // 2


class Frames:
    """One window's count.

    sent: how many were sent. asked: the daemon was asked to say when it is done with them. ahead: for so many frames
    more it is asked at once.
    """

    __slots__ = ("_done", "_overdue", "_since", "ahead", "asked", "sent")

    def __init__(self) -> None:
        self.sent = 0
        self.asked = False
        self.ahead = 0
        self._done = 0
        self._since = 0.0
        self._overdue = False

    def send(self, count: int, now: float) -> None:
        """So many more were sent."""
        if self.sent == self._done:
            self._since = now
        self.sent = (self.sent + count) % _MODULUS

    def acknowledge(self, done: int) -> None:
        """FRAME_ACK came. More than was sent counts as all of it: the daemon is trusted, but may err."""
        self._done = done if self._reached(self.sent, done) else self.sent
        self._overdue = self.asked = False

    def all_done(self) -> None:
        """The daemon is done with all that was sent."""
        self._done = self.sent
        self._overdue = self.asked = False

    @property
    def outstanding(self) -> bool:
        """Whether the daemon is not known to be done with all of them."""
        return self._done != self.sent

    def ask(self, now: float, *, late: bool) -> None:
        """The daemon is asked. late: only when its answer is waited for; then it is asked at once for a while."""
        self.asked, self._since = True, now
        if late:
            self.ahead = FRAMES_ASKED_AHEAD

    def done_with(self, mark: int) -> bool:
        """Whether the daemon is done with all that had been sent when `sent` was `mark`."""
        return self._reached(self._done, mark)

    def wait_until(self, now: float) -> float | None:
        """Until when what is shown may not be written; None: it may.

        A daemon that let a frame's time pass is not waited for again until it says something.
        """
        if self._overdue or self._done == self.sent:
            return None
        until = self._since + FRAME_ACK_TIMEOUT_S
        self._overdue = now >= until
        return None if self._overdue else until

    @staticmethod
    def _reached(count: int, mark: int) -> bool:
        return (count - mark) % _MODULUS < _HALF
