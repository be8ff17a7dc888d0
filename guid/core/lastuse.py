"""When a disposable qube has been used for the last time; must not know its windows or programs."""

from __future__ import annotations

from dataclasses import dataclass

GRACE_S = 2.0
"""A program may close its splash before it opens its window, or start another and end."""
RETURN_S = 10.0
"""Windows that come back after a fault of their daemon take as long at worst."""


@dataclass(slots=True)
class LastUse:
    """shown: a window is on the screen. was_shown: one ever was. ended: the command has. due_s: not over before."""

    shown: bool = False
    was_shown: bool = False
    ended: bool = False
    due_s: float = 0.0

    def windows(self, now: float, *, shown: bool) -> None:
        """There are windows, or there are none any more."""
        if self.shown and not shown:
            self.due_s = max(self.due_s, now + GRACE_S)
        self.shown = shown
        self.was_shown |= shown

    def command_ended(self, now: float) -> None:
        """The program for which it was made has ended."""
        self.ended = True
        self.due_s = max(self.due_s, now + GRACE_S)

    def daemon_started(self, now: float) -> None:
        """Nobody knows of any window for a while."""
        self.due_s = max(self.due_s, now + RETURN_S)

    def over(self, now: float) -> bool:
        """Whether nothing is left to wait for: the last window is gone, or there is none and the command has ended."""
        return not self.shown and (self.was_shown or self.ended) and now >= self.due_s
