"""A window that its program lets the person drag: by its title bar, or by an edge. It must not know X or messages.

A program with a title bar of its own asks its window manager to go on with a drag (_NET_WM_MOVERESIZE). The wire has
no such wish, so the agent moves the window itself: it says where the window is to be, as if the program had moved it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

from guiagent.core.effects import Effect, GrabPointer, UngrabPointer, WriteStates
from guiagent.core.hints import constrained
from guiagent.core.pointer import Pointer
from guiagent.core.stage import Stage
from guiagent.core.states import Action, StateAtoms, kept_states
from guiagent.core.values import Geometry, SizeHints
from guiagent.core.window import Window

HOLD_S = 0.030
"""A window is moved at most so often: thirty times a second is smooth, and the desktop's window manager keeps up."""
APPLIED_S = 0.015
"""A motion tells the pointer's place in the window, so where the window was then must be known. Earlier than this after
a move it is not: the desktop may not have carried it out yet."""


class Direction(IntEnum):
    """What is dragged. Source: EWMH, "_NET_WM_MOVERESIZE"."""

    TOP_LEFT = 0
    TOP = 1
    TOP_RIGHT = 2
    RIGHT = 3
    BOTTOM_RIGHT = 4
    BOTTOM = 5
    BOTTOM_LEFT = 6
    LEFT = 7
    MOVE = 8
    CANCEL = 11


class Sides(NamedTuple):
    """Which sides of the window follow the pointer."""

    left: bool = False
    top: bool = False
    right: bool = False
    bottom: bool = False


SIDES: Mapping[int, Sides] = MappingProxyType(
    {
        Direction.TOP_LEFT: Sides(left=True, top=True),
        Direction.TOP: Sides(top=True),
        Direction.TOP_RIGHT: Sides(top=True, right=True),
        Direction.RIGHT: Sides(right=True),
        Direction.BOTTOM_RIGHT: Sides(right=True, bottom=True),
        Direction.BOTTOM: Sides(bottom=True),
        Direction.BOTTOM_LEFT: Sides(left=True, bottom=True),
        Direction.LEFT: Sides(left=True),
        Direction.MOVE: Sides(left=True, top=True, right=True, bottom=True),
    }
)
"""Directions by the keyboard are not here: the person has the desktop's own keys for that."""


class Seen(NamedTuple):
    """A motion: where the pointer was in the window (px), and when."""

    x: int
    y: int
    at: float


@dataclass(slots=True)
class Drag:
    """One drag; `start` and `grip` are where the window and the pointer were, px, root coordinates."""

    window: Window
    button: int
    sides: Sides
    start: Geometry
    grip: tuple[int, int]
    asked: Geometry
    asked_at: float = float("-inf")
    waiting: Seen | None = None

    @property
    def ready_at(self) -> float:
        """When the window may be moved again."""
        return self.asked_at + HOLD_S

    def is_clear(self, seen: Seen) -> bool:
        """Whether it is known where the window was then; one whose corner stays has never been elsewhere."""
        return seen.at >= self.asked_at + APPLIED_S or not (self.sides.left or self.sides.top)

    def follow(self, seen: Seen) -> Geometry:
        """The window for this place of the pointer, with a size that its hints allow."""
        place = self.window.place.told
        across, down = place.x + seen.x - self.grip[0], place.y + seen.y - self.grip[1]
        start, sides = self.start, self.sides
        if sides.left and sides.right:
            return start._replace(x=start.x + across, y=start.y + down)
        wanted = (
            start.width + (across if sides.right else -across if sides.left else 0),
            start.height + (down if sides.bottom else -down if sides.top else 0),
        )
        crop = self.window.place.crop
        width, height = constrained(wanted, crop.hints(self.window.properties.size_hints or SizeHints()))
        return Geometry(
            start.x + (start.width - width if sides.left else 0),
            start.y + (start.height - height if sides.top else 0),
            width,
            height,
        )


class Dragging:
    """At most one drag, for there is one pointer. While it lasts, programs see nothing of the pointer."""

    def __init__(self) -> None:
        self._drag: Drag | None = None

    @property
    def window(self) -> Window | None:
        """The window that is dragged."""
        return self._drag.window if self._drag is not None else None

    @property
    def button(self) -> int | None:
        """The button that drags it."""
        return self._drag.button if self._drag is not None else None

    def begin(
        self, window: Window, direction: int, grip: tuple[int, int], button: int, *, pointer: Pointer, atoms: StateAtoms
    ) -> list[Effect]:
        """A program lets go of the pointer for this. Only a button that the person holds can drag."""
        effects = self.stop()
        sides = SIDES.get(direction)
        held = button if button in pointer.held else next(iter(pointer.held), None)
        if sides is None or held is None or atoms.fullscreen in window.properties.states:
            return effects
        start = window.place.real
        if window.unmaximized is not None:
            if direction != Direction.MOVE:
                return effects
            start = _torn_off(start, window.unmaximized.restore, grip[0])
            effects += _ordinary(window, start, atoms)
        self._drag = Drag(window, held, sides, start, grip, start)
        return [*effects, GrabPointer()]

    def moved(self, x: int, y: int, state: int, now: float) -> list[Effect]:
        """The pointer moved in the dragged window; state: X's bits of the buttons that are held."""
        drag = self._drag
        if drag is None:
            return []
        if not state >> (drag.button + 7) & 1:
            return self.stop()
        drag.waiting = Seen(x, y, now)
        return self.due(now)

    def released(self, x: int, y: int, now: float) -> list[Effect]:
        """The button went up there: the window goes where the pointer is. The drag is to be stopped now."""
        drag, seen = self._drag, Seen(x, y, now)
        return self._move(drag, seen) if drag is not None and drag.is_clear(seen) else []

    def due(self, now: float) -> list[Effect]:
        """Time has passed: the window follows the newest motion, if it may be moved again."""
        drag = self._drag
        if drag is None:
            return []
        if drag.window.stage is not Stage.SHOWN:
            return self.stop()
        if drag.waiting is None or now < drag.ready_at:
            return []
        seen, drag.waiting = drag.waiting, None
        return self._move(drag, seen) if drag.is_clear(seen) else []

    def deadline(self) -> float | None:
        """When `due` has something to do."""
        return self._drag.ready_at if self._drag is not None and self._drag.waiting is not None else None

    def stop(self) -> list[Effect]:
        """Programs have the pointer again."""
        was, self._drag = self._drag, None
        return [UngrabPointer()] if was is not None else []

    def _move(self, drag: Drag, seen: Seen) -> list[Effect]:
        place = drag.follow(seen)
        if place == drag.asked:
            return []
        drag.asked, drag.asked_at = place, seen.at
        return [drag.window.grant(drag.window.place.crop.outer(place))]


def _torn_off(now: Geometry, restore: Geometry, pointer_x: int) -> Geometry:
    """A maximised window that is dragged gets its size back, under the pointer at the same part of its title bar."""
    x = pointer_x - (pointer_x - now.x) * restore.width // now.width
    return Geometry(x, now.y, restore.width, restore.height)


def _ordinary(window: Window, place: Geometry, atoms: StateAtoms) -> list[Effect]:
    states = kept_states(window.properties.states, Action.REMOVE, atoms.maximized, atoms)
    window.properties, window.unmaximized = replace(window.properties, states=states), None
    return [WriteStates(window.window, states), window.grant(window.place.crop.outer(place))]
