"""How one window passes from our frame into the window manager's, and back; must not know why.

Its outer itself stays: what changes is how much of it the content covers. The content keeps its size and place if the
window manager lets it.
"""

from __future__ import annotations

from guid.core import effects as fx
from guid.core.geometry import outer_of
from guid.core.replacement import hints
from guid.core.values import DesktopState
from guid.core.window import Window

KEPT_IN_PLACE = DesktopState.FULLSCREEN | DesktopState.MAXIMIZED
"""Of such a window the outer has the size that it must have."""


def reframed(window: Window, *, bare: bool) -> tuple[list[fx.Effect], bool]:
    """The effects, and whether its outer is asked to be another one. bare: the window manager frames it from now on."""
    content = window.content
    window.bare = bare
    inset = fx.SetInset(window.remote_id, window.extents, window.shown.outer.width, window.shown.outer.height)
    done: list[fx.Effect] = [inset, hints(window)]
    if window.flags.shown & KEPT_IN_PLACE:
        return done, False
    window.granted.outer = outer_of(content, window.extents)
    return [*done, fx.MoveResize(window.remote_id, window.granted.outer)], True
