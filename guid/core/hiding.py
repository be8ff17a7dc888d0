"""Windows that the person does not want to see now, all of one qube; must not know X, or who wants it.

What the qube asks for meanwhile is remembered where it always is, in its windows; only nothing is put on the screen. A
window manager forgets a window that is withdrawn: its place and its states are asked for again when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable

from guid.core import effects as fx
from guid.core.flags import NO_STATES
from guid.core.replacement import hints
from guid.core.values import HintFlag, Kind
from guid.core.window import State, Window

WHILE_SEEN = (fx.MapWindow, fx.DockIcon, fx.RestoreWindow, fx.MinimizeWindow, fx.ChangeStates)
"""What is not done while the windows are hidden: it would show one, or ask a window manager that has none of them."""


class Hiding:
    """Whether the windows of one qube are hidden."""

    def __init__(self) -> None:
        self.hidden = False

    def passed(self, effects: Iterable[fx.Effect]) -> Iterable[fx.Effect]:
        """What of `effects` is to be done now."""
        if not self.hidden:
            return effects
        return [effect for effect in effects if not isinstance(effect, WHILE_SEEN)]

    def hide(self, windows: Iterable[Window]) -> list[fx.Effect]:
        """From now on none of `windows`, all of the qube's, is on the screen; nothing, if it is so already."""
        if self.hidden:
            return []
        self.hidden = True
        done: list[fx.Effect] = []
        for window in windows:
            if window.state is State.MAPPED:
                window.flags.set_down()
                done.append(fx.UnmapWindow(window.remote_id, window.kind))
            elif window.state is State.DOCKED:
                done.append(fx.UndockIcon(window.remote_id))
        return done

    def show(self, windows: Iterable[Window]) -> list[fx.Effect]:
        """They come back: those that the qube wants shown now, with what it has asked for meanwhile."""
        if not self.hidden:
            return []
        self.hidden = False
        done: list[fx.Effect] = []
        for window in windows:
            if window.state is State.MAPPED:
                done += _come_back(window)
            elif window.state is State.DOCKED:
                done.append(fx.DockIcon(window.remote_id))
        return done


def _come_back(window: Window) -> list[fx.Effect]:
    remote = window.remote_id
    if window.kind is Kind.POPUP:
        return [fx.MapWindow(remote, window.kind)]
    placed = hints(window)
    at_its_place = placed.hints._replace(flags=placed.hints.flags | HintFlag.US_POSITION)
    done: list[fx.Effect] = [
        placed._replace(hints=at_its_place, content=window.content),
        fx.MoveResize(remote, window.shown.outer),
        fx.MapWindow(remote, window.kind),
    ]
    window.fresh = False
    if window.flags.granted:
        done.append(fx.ChangeStates(remote, window.flags.granted, NO_STATES))
    return done
