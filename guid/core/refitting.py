"""How the frames of one qube become thicker or thinner while it runs; must not know why, or how frames are made.

A window that is on the screen keeps its outer and the size of its content. One that is not gets another outer, which
nobody has seen yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from guid.core import effects as fx
from guid.core.geometry import Rect, content_of
from guid.core.policy import Desktop, granted_outer
from guid.core.reframing import KEPT_IN_PLACE
from guid.core.replacement import hints, replacement
from guid.core.values import Kind, RemoteId
from guid.core.window import Window


def replaced(window: Window, desktop: Desktop, children: Iterable[RemoteId]) -> list[fx.Effect]:
    """One that is not on the screen gets another outer. children: windows that are transient for it."""
    window.thickness = desktop.thickness
    window.bare = False
    window.granted.outer = window.shown.outer = granted_outer(window.asked.content, window.kind, desktop)
    window.fresh = True
    return replacement(window, children)


def refitted(window: Window, desktop: Desktop) -> tuple[list[fx.Effect], bool]:
    """One whose new frame is there by now: the effects, and whether its outer is asked to be another one.

    The outer of a managed window keeps its upper left corner, where the window manager's title bar is.
    """
    asked = content_of(window.granted.outer, window.extents)  # perhaps not shown yet
    window.thickness = desktop.thickness
    width, height = window.shown.outer[2:]
    done: list[fx.Effect] = [fx.SetInset(window.remote_id, window.extents, width, height), hints(window)]
    if window.kind is Kind.POPUP:
        wanted = granted_outer(window.asked.content, Kind.POPUP, desktop)
    elif window.bare or window.flags.shown & KEPT_IN_PLACE:
        return done, False
    else:
        extents, (x, y, *_size) = window.extents, window.granted.outer
        wanted = Rect(x, y, asked.width + extents.horizontal, asked.height + extents.vertical)
    window.granted.outer = wanted
    return [*done, fx.MoveResize(window.remote_id, wanted)], True
