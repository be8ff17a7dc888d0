"""Where the pointer of the qube is and which buttons it holds. It must not know what a button does."""

from __future__ import annotations

from guiagent.core.effects import DropShield, Effect, MovePointer, PressButton, RaiseShield, TurnWheel
from guiagent.core.stacking import Stacking
from guiagent.core.values import MAX_POSITION_PX, MIN_POSITION_PX, Geometry, WindowId

MAX_BUTTON = 9
"""XTEST's pointer has at least ten; the desktop sends 1 to 9 (8 and 9 are back and forward)."""

WHEEL_BUTTONS = range(4, 8)
"""Up, down, left, right. Source: X11's custom, and XI 2.1 of the buttons that it emulates for a wheel."""

STATE_BUTTONS = 5
"""`state` has a bit for the buttons 1 to 5 only, from bit 8. Source: X11 protocol, "Common Types", SETofKEYBUTMASK."""


class Pointer:
    """Root coordinates of the qube equal those of the desktop, because windows lie at mirrored places."""

    def __init__(self, stacking: Stacking) -> None:
        self._stacking = stacking
        self._at: tuple[int, int] | None = None
        self._inside: WindowId | None = None
        self._shielded = False
        self._fresh = True
        self._held: dict[int, None] = {}
        self._beside: int | None = None

    @property
    def inside(self) -> WindowId | None:
        """The window that has the pointer of the desktop, if one of this qube has."""
        return self._inside

    @property
    def held(self) -> tuple[int, ...]:
        """The buttons that are down, the first one first."""
        return tuple(self._held)

    def moved(self, window: WindowId, place: Geometry, x: int, y: int) -> list[Effect]:
        """The pointer of the desktop is at (x, y) of a window that lies at `place`."""
        at = _on_the_root(place, x, y)
        return [*self._uncovered(window, at), *self._to(window, at)]

    def synchronised(self, state: int) -> list[Effect]:
        """Buttons that the desktop's `state` no longer holds go up: their release went to no window of this qube."""
        gone = [button for button in self._held if button <= STATE_BUTTONS and not state >> (button + 7) & 1]
        return [self._press(button, pressed=False) for button in gone]

    def released(self, button: int) -> list[Effect]:
        """A button went up somewhere: over a menu, say, that is gone already."""
        return [self._press(button, pressed=False)] if button in self._held else []

    def release_all(self) -> list[Effect]:
        """Every held button goes up."""
        return [self._press(button, pressed=False) for button in list(self._held)]

    def entered(self, window: WindowId, place: Geometry, x: int, y: int) -> list[Effect]:
        """The pointer of the desktop came into a window."""
        shield: list[Effect] = [DropShield()] if self._shielded else []
        self._shielded = False
        self._fresh = True
        return [*shield, *self.moved(window, place, x, y)]

    def left(self, window: WindowId) -> list[Effect]:
        """The pointer of the desktop left a window, perhaps for another of this qube, which it enters then."""
        if self._inside != window or self._at is None:
            return []
        self._inside = None
        self._shielded = True
        self._stacking.unknown()
        return [RaiseShield(*self._at)]

    def pressed(self, window: WindowId, place: Geometry, x: int, y: int, button: int, *, pressed: bool) -> list[Effect]:
        """A button of the desktop, at (x, y) of a window: never pressed at a stale place."""
        if not 1 <= button <= MAX_BUTTON:
            return []
        at = _on_the_root(place, x, y)
        uncovered = self._uncovered(window, at, surely=pressed)
        return [*uncovered, *self._to(window, at), self._press(button, pressed=pressed)]

    def beside(self, place: Geometry, x: int, y: int, button: int, *, pressed: bool) -> bool:
        """Whether this is a click of the person somewhere else on the desktop, told of a popup that lies at `place`.

        While a button is held it is not: the desktop tells of the window that it went down in.
        """
        if not pressed:
            return button == self._beside
        outside = not (0 <= x < place.width and 0 <= y < place.height)
        return outside and not self._held and button not in WHEEL_BUTTONS

    def pressed_beside(self, place: Geometry, x: int, y: int, button: int, *, pressed: bool) -> list[Effect]:
        """A button that no window of the qube may get: on the shield, which nobody hears but who has the pointer."""
        if not pressed:
            self._beside = None
            return self.released(button)
        if not 1 <= button <= MAX_BUTTON:
            return []
        at = _on_the_root(place, x, y)
        self._at, self._inside, self._shielded, self._beside = at, None, True, button
        self._stacking.unknown()
        return [RaiseShield(*at), MovePointer(*at), self._press(button, pressed=True)]

    def forgotten(self, window: WindowId) -> None:
        """A window is gone."""
        if self._inside == window:
            self._inside = None

    def _press(self, button: int, *, pressed: bool) -> Effect:
        if pressed:
            self._held[button] = None
        else:
            self._held.pop(button, None)
        if button in WHEEL_BUTTONS:
            fresh, self._fresh = self._fresh, self._fresh and not pressed
            return TurnWheel(button, pressed, fresh)
        return PressButton(button, pressed)

    def _uncovered(self, window: WindowId, at: tuple[int, int], *, surely: bool = False) -> list[Effect]:
        """While a button is held, the desktop tells of the window that it went down in, whatever lies there now: a menu
        that the program opened meanwhile, perhaps. So nothing is restacked then."""
        return [] if self._held else self._stacking.seen(window, at, surely=surely)

    def _to(self, window: WindowId, at: tuple[int, int]) -> list[Effect]:
        self._fresh = self._fresh or self._inside != window
        self._inside = window
        if self._at == at:
            return []
        self._at = at
        return [MovePointer(*at)]


def _on_the_root(place: Geometry, x: int, y: int) -> tuple[int, int]:
    root_x = min(max(place.x + x, MIN_POSITION_PX), MAX_POSITION_PX)
    root_y = min(max(place.y + y, MIN_POSITION_PX), MAX_POSITION_PX)
    return root_x, root_y
