"""Where the pointer of the qube is and which window must lie under it. It must not know what a button does."""

from __future__ import annotations

from guiagent.core.effects import DropShield, Effect, MovePointer, PressButton, RaiseShield, RaiseWindow
from guiagent.core.values import MAX_POSITION_PX, MIN_POSITION_PX, Geometry, WindowId

MAX_BUTTON = 9
"""XTEST's pointer has at least ten; the desktop sends 1 to 9 (8 and 9 are back and forward)."""


class Pointer:
    """Root coordinates of the qube equal those of the desktop, because windows lie at mirrored places."""

    def __init__(self) -> None:
        self._at: tuple[int, int] | None = None
        self._inside: WindowId | None = None
        self._top: WindowId | None = None
        self._shielded = False

    def moved(self, window: WindowId, place: Geometry, x: int, y: int) -> list[Effect]:
        """The pointer of the desktop is at (x, y) of a window that lies at `place`."""
        return [*self._uncovered(window), *self._to(window, place, x, y)]

    def entered(self, window: WindowId, place: Geometry, x: int, y: int) -> list[Effect]:
        """The pointer of the desktop came into a window."""
        shield: list[Effect] = [DropShield()] if self._shielded else []
        self._shielded = False
        return [*shield, *self.moved(window, place, x, y)]

    def left(self, window: WindowId) -> list[Effect]:
        """The pointer of the desktop left a window, perhaps for another of this qube, which it enters then."""
        if self._inside != window or self._at is None:
            return []
        self._inside = None
        self._shielded = True
        self._top = None
        return [RaiseShield(*self._at)]

    def pressed(self, window: WindowId, place: Geometry, x: int, y: int, button: int, *, pressed: bool) -> list[Effect]:
        """A button of the desktop, at (x, y) of a window: never pressed at a stale place."""
        if not 1 <= button <= MAX_BUTTON:
            return []
        return [*self.moved(window, place, x, y), PressButton(button, pressed)]

    def raised(self, window: WindowId) -> list[Effect]:
        """A window must be on top of the stack."""
        return self._uncovered(window)

    def restacked(self, window: WindowId) -> None:
        """Something else in the qube changed the stack: what is on top is no longer known."""
        if window != self._top:
            self._top = None

    def forgotten(self, window: WindowId) -> None:
        """A window is gone."""
        if self._top == window:
            self._top = None
        if self._inside == window:
            self._inside = None

    def _uncovered(self, window: WindowId) -> list[Effect]:
        if self._top == window:
            return []
        self._top = window
        return [RaiseWindow(window)]

    def _to(self, window: WindowId, place: Geometry, x: int, y: int) -> list[Effect]:
        root_x = min(max(place.x + x, MIN_POSITION_PX), MAX_POSITION_PX)
        root_y = min(max(place.y + y, MIN_POSITION_PX), MAX_POSITION_PX)
        self._inside = window
        if self._at == (root_x, root_y):
            return []
        self._at = root_x, root_y
        return [MovePointer(root_x, root_y)]
