"""One batch of draws at a time to the X server, and what waits for its end; must not know what is drawn.

A batch ends with a stamp (shm/x11/stamp.py), which is looked at when there is more to draw, or with GetInputFocus,
whose reply wakes us: where somebody waits for the end, and where the X server cannot stamp. A put to a destroyed window
never completes, so ShmCompletion would not do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from guid.x11.desktop import Desktop
from shm.x11.requests import get_input_focus

FENCE: Final = get_input_focus()


MAX_WAITING: Final = 1_024
"""What may wait for the end of a draw; as many as a qube may have windows. More comes only if nobody waits for answers,
or while the X server stands still."""


class Gate:
    """Of one session.

    replies: how many ends of batches it was told of by the X server. behind: so much waits for the end of a batch that
    nothing more should come before it.
    """

    def __init__(self, desktop: Desktop) -> None:
        self._x = desktop.x
        self._progress = desktop.progress
        self._sent = 0
        self._in_flight = self._asked = False
        self._after: list[Callable[[], None]] = []
        self.replies = 0
        self.behind = False

    def is_open(self) -> bool:
        """Whether all that was sent has been drawn. The hot path."""
        if self._in_flight and self._progress is not None and self._progress.reached():
            self._in_flight = False
            if self._after:
                self._do_what_waited()
        return not self._in_flight

    def send(self, requests: list[bytes], *, wake: bool) -> None:
        """Send a batch, with the gate open. wake: the loop is to turn when it has been drawn."""
        self._sent += 1
        self._in_flight = True
        if self._progress is not None:
            requests.append(self._progress.request())
        self._asked = wake or self._progress is None
        if self._asked:
            requests.append(FENCE)
            self._x.send_with_reply(b"".join(requests), len(requests), partial(self._drawn, self._sent))
        else:
            self._x.send(b"".join(requests), len(requests))

    def wake(self) -> None:
        """Let the loop turn when what is in flight has been drawn."""
        if self._in_flight and not self._asked:
            self._asked = True
            self._x.fence(partial(self._drawn, self._sent))

    def when_open(self, action: Callable[[], None]) -> None:
        """Do `action` once no draw that was already sent can still read the pool; now, if none is in flight."""
        if self.is_open():
            action()
        else:
            self._after.append(action)
            self.behind = len(self._after) > MAX_WAITING
            self.wake()

    def forget(self) -> None:
        """Forget what was to be done after a batch."""
        self._after.clear()
        self.behind = False

    def _drawn(self, batch: int, _reply: bytes) -> None:
        self.replies += 1
        if batch == self._sent and self._in_flight:  # else the stamp was seen before the reply
            self._in_flight = False
            self._do_what_waited()

    def _do_what_waited(self) -> None:
        waiting, self._after, self.behind = self._after, [], False
        for action in waiting:
            action()
