"""Wishes of programs for window states, gathered until they are told to the desktop. It must not know who asks."""

from __future__ import annotations

from guiagent.core.effects import Effect, Send
from guiagent.core.stage import Stage
from guiagent.core.states import Change, Flag
from guiagent.core.window import Window
from protocol.codec import encode
from protocol.messages import MessageType

PACE_S = 0.050
"""A window's wishes are told at most so often: a program that asks a thousand times a second would make the desktop's
window manager do as much. Shorter than anybody notices, and the first wish never waits."""
NO_CHANGE = Change(Flag(0), Flag(0))


class Asking:
    """What each window wants and the desktop has not been told: newer wishes take the place of older ones."""

    def __init__(self) -> None:
        self._wanted: dict[Window, Change] = {}
        self._told_at: dict[Window, float] = {}

    def ask(self, window: Window, change: Change) -> None:
        """A program wants this, once its window is shown. The desktop never hears that a window is not minimised:
        that is told by showing it (see `wishes`)."""
        before = self._wanted.get(window, NO_CHANGE)
        flags_set = (before.flags_set | change.flags_set) & ~change.flags_unset
        flags_unset = (before.flags_unset | change.flags_unset) & ~change.flags_set & ~Flag.MINIMIZE
        if flags_set or flags_unset:
            self._wanted[window] = Change(flags_set, flags_unset)
        else:
            self._wanted.pop(window, None)

    def expected(self, window: Window, now: Flag) -> Flag:
        """The states that will hold if the desktop grants everything."""
        wanted = self._wanted.get(window, NO_CHANGE)
        return (now | wanted.flags_set) & ~wanted.flags_unset

    def due(self, now: float) -> list[Effect]:
        """What is to be told by now."""
        effects: list[Effect] = []
        for window in [window for window in self._wanted if self._may_tell(window) <= now]:
            change = self._wanted.pop(window)
            self._told_at[window] = now
            effects.append(
                Send(encode(MessageType.WINDOW_FLAGS, window.window, int(change.flags_set), int(change.flags_unset)))
            )
        return effects

    def deadline(self) -> float | None:
        """When `due` has something to say; None if nothing waits for time to pass."""
        times = [self._may_tell(window) for window in self._wanted]
        return min((time for time in times if time < _NEVER), default=None)

    def forget(self, window: Window) -> None:
        """It is not shown any more: its states end with that. Source: EWMH, "_NET_WM_STATE"."""
        self._wanted.pop(window, None)
        self._told_at.pop(window, None)

    def clear(self) -> None:
        """Nobody listens: a new daemon hears the states that hold."""
        self._wanted.clear()
        self._told_at.clear()

    def _may_tell(self, window: Window) -> float:
        if window.stage is not Stage.SHOWN:
            return _NEVER
        told_at = self._told_at.get(window)
        return told_at + PACE_S if told_at is not None else float("-inf")


_NEVER = float("inf")
