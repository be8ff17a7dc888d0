"""Which popups lie above a screen locker; must not know X.

A popup is placed by nobody but the daemon: a window manager does not know it, and a locker sees it only when it looks.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final, NamedTuple

ATTENTION: Final = "vitrail-attention"
"""The panel that says whose window has the focus, by WM_CLASS: popups keep below it as below lockers."""


class Lowering(NamedTuple):
    """What is to be put directly below `locker`, in this order, which keeps the popups' own."""

    locker: int
    popups: tuple[int, ...]


def lowering(bottom_to_top: Sequence[int], popups: Container[int], lockers: Container[int]) -> Lowering | None:
    """What to lower so that no popup lies above any locker; None if there is no locker.

    bottom_to_top: all windows of the screen. popups, lockers: those among them.
    """
    lowest = next((place for place, window in enumerate(bottom_to_top) if window in lockers), None)
    if lowest is None:
        return None
    above = bottom_to_top[lowest + 1 :]
    return Lowering(bottom_to_top[lowest], tuple(window for window in above if window in popups))
