"""Windows that their programs let the person drag."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.dragging import APPLIED_S, HOLD_S, Direction
from guiagent.core.effects import GrabPointer, PlaceWindow, PressButton, UngrabPointer, WriteStates
from guiagent.core.hints import constrained
from guiagent.core.values import Geometry, SizeHints, WindowId
from protocol.messages import MessageType as T
from tests.guiagent.core.world import HERE, World

HELD = 0x100
"""The state's bit of the left button."""


class Desk(World):
    """A desktop that carries out what it is told at once: motions say where the pointer is in the window there."""

    def __init__(self, **properties: Any) -> None:
        super().__init__()
        self.window = self.show(1, **properties)
        self.at = HERE
        self.press(5, 5)

    def press(self, x: int, y: int) -> None:
        self.order(T.BUTTON, self.window, 4, x, y, 0, 1)
        self.take_done()

    def begin(self, direction: int, x: int = 15, y: int = 25, button: int = 1) -> None:
        self.perform(self.wishes.drag(self.window, direction, (x, y), button))

    def move_to(self, x: int, y: int, after_s: float = HOLD_S, state: int = HELD) -> None:
        """The pointer is there on the desktop, and X in the qube carries out what comes of that."""
        self.now += after_s
        self.order(T.MOTION, self.window, x - self.at.x, y - self.at.y, state, 0)
        self.carry_out()

    def release(self, x: int, y: int, after_s: float = HOLD_S) -> None:
        self.now += after_s
        self.order(T.BUTTON, self.window, 5, x - self.at.x, y - self.at.y, HELD, 1)

    def carry_out(self) -> None:
        for effect in self.take_done():
            if isinstance(effect, PlaceWindow):
                self.perform(self.reports.configured(effect.window, effect.geometry))
        for said in self.take_said():
            if said.type is T.CONFIGURE:
                self.at = Geometry(*said.body[:4])


def test_window_follows_the_pointer_and_stays_where_the_button_goes_up() -> None:
    desk = Desk()
    desk.begin(Direction.MOVE)
    assert desk.take_done() == [GrabPointer()]
    for step in range(1, 30):
        desk.move_to(15 + 7 * step, 25 + 3 * step)
        assert desk.at == HERE._replace(x=HERE.x + 7 * step, y=HERE.y + 3 * step)
    desk.release(300, 200)
    done = desk.take_done()
    assert done[0] == PlaceWindow(desk.window, HERE._replace(x=HERE.x + 285, y=HERE.y + 175))
    assert done[-2:] == [PressButton(1, pressed=False), UngrabPointer()]
    desk.move_to(500, 500, state=0)
    assert desk.at.x < 300


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (Direction.TOP_LEFT, (30, 50, 80, 20)),
        (Direction.TOP, (10, 50, 100, 20)),
        (Direction.TOP_RIGHT, (10, 50, 120, 20)),
        (Direction.RIGHT, (10, 20, 120, 50)),
        (Direction.BOTTOM_RIGHT, (10, 20, 120, 80)),
        (Direction.BOTTOM, (10, 20, 100, 80)),
        (Direction.BOTTOM_LEFT, (30, 20, 80, 80)),
        (Direction.LEFT, (30, 20, 80, 50)),
        (Direction.MOVE, (30, 50, 100, 50)),
    ],
)
def test_sides_that_follow(direction: Direction, expected: tuple[int, ...]) -> None:
    desk = Desk()
    desk.begin(direction)
    desk.take_done()
    desk.move_to(25, 40)
    desk.move_to(35, 55)
    assert desk.at == expected


def test_opposite_side_stays_when_the_size_has_steps_and_limits() -> None:
    hints = SizeHints(16 | 32 | 64 | 256, 60, 40, 200, 200, 10, 10, 0, 0)
    desk = Desk(size_hints=hints)
    desk.begin(Direction.TOP_LEFT)
    desk.take_done()
    desk.move_to(22, 26)
    assert desk.at == (20, 30, 90, 40)
    desk.move_to(900, 900)
    assert desk.at == (50, 30, 60, 40)
    desk.move_to(-900, -900)
    assert desk.at == (-90, -130, 200, 200)


def test_motions_that_come_before_the_window_has_moved_are_not_believed() -> None:
    """They are still told from the old place: believed, the window would run away from the pointer."""
    desk = Desk()
    desk.begin(Direction.MOVE)
    desk.take_done()
    desk.move_to(25, 25)
    before = desk.at
    desk.order(T.MOTION, desk.window, 25, 5, HELD, 0)  # 10 px too far to the right
    desk.settle(HOLD_S)
    desk.carry_out()
    assert desk.at == before


def test_newest_motion_is_followed_when_its_time_comes() -> None:
    desk = Desk()
    desk.begin(Direction.MOVE)
    desk.take_done()
    desk.move_to(25, 25)
    desk.move_to(30, 30, after_s=APPLIED_S)
    assert desk.at.x == 20
    assert desk.qube.deadline() == pytest.approx(desk.now - APPLIED_S + HOLD_S)
    desk.settle(HOLD_S)
    desk.carry_out()
    assert desk.at[:2] == (25, 25)
    assert desk.qube.deadline() is None


def test_maximised_window_is_torn_off_under_the_pointer() -> None:
    desk = Desk()
    desk.perform(desk.wishes.change_states(desk.window, 1, (40, 41), desk.now))
    desk.carry_out()
    assert desk.at == (8, 32, 1264, 760)
    desk.begin(Direction.MOVE, x=640, y=37)
    done = desk.take_done()
    torn = HERE._replace(x=640 - 50, y=32)
    assert done == [WriteStates(desk.window, ()), PlaceWindow(desk.window, torn), GrabPointer()]
    desk.perform(desk.reports.configured(desk.window, torn))
    desk.take_said()
    desk.at = torn
    desk.move_to(650, 57)
    assert desk.at == HERE._replace(x=600, y=52)


def test_nothing_is_dragged_without_a_button_by_keys_or_when_fullscreen() -> None:
    desk = Desk()
    for direction in (9, 10, 11, 77):
        desk.begin(direction)
    assert desk.take_done() == []
    desk.release(15, 25)
    desk.take_done()
    desk.begin(Direction.MOVE)
    assert desk.take_done() == []
    full = Desk(states=(10,))
    full.begin(Direction.MOVE)
    assert full.take_done() == []


def test_drag_ends_with_its_window_its_button_its_daemon_or_a_word_of_the_program() -> None:
    for end in ("hidden", "state", "lost", "cancel"):
        desk = Desk()
        desk.begin(Direction.MOVE, button=0)
        desk.take_done()
        if end == "hidden":
            desk.perform(desk.reports.unmapped(desk.window))
            desk.settle()
        elif end == "state":
            desk.order(T.MOTION, desk.window, 50, 50, 0, 0)
        elif end == "lost":
            desk.perform(desk.reports.daemon_lost())
        else:
            desk.begin(Direction.CANCEL)
        assert UngrabPointer() in desk.take_done(), end
        assert desk.qube.dragging.window is None


def test_other_buttons_and_crossings_mean_nothing_while_a_window_is_dragged() -> None:
    desk = Desk()
    desk.begin(Direction.MOVE)
    desk.take_done()
    desk.order(T.BUTTON, desk.window, 4, 5, 5, HELD, 3)
    desk.order(T.BUTTON, desk.window, 5, 5, 5, HELD, 3)
    desk.order(T.CROSSING, desk.window, 8, 5, 5, HELD, 0, 0, 0)
    assert desk.take_done() == []
    assert desk.qube.dragging.window is not None


sizes = st.integers(-5, 40_000)
hints = st.builds(SizeHints, st.integers(0, 1023), *[st.integers(-(1 << 31), (1 << 31) - 1) for _ in range(8)])


@given(st.tuples(sizes, sizes), hints)
def test_any_hints_allow_a_size(size: tuple[int, int], asked: SizeHints) -> None:
    width, height = constrained(size, asked)
    assert min(width, height) >= 1
    assert Geometry(0, 0, width, height).inside_limits().size == (min(width, 16384), min(height, 6144))
    assert WindowId(1)
