"""The pointer."""

from guiagent.core.effects import DropShield, MovePointer, PressButton, RaiseShield, RaiseWindow, TurnWheel
from guiagent.core.pointer import Pointer
from guiagent.core.stacking import Stacking
from guiagent.core.values import Facts, Geometry, WindowId
from guiagent.core.window import Window

ONE, TWO = WindowId(1), WindowId(2)
HERE, THERE = Geometry(100, 50, 300, 200), Geometry(0, 0, 50, 50)


def a_pointer() -> Pointer:
    """Over a stack of two windows."""
    places = {ONE: HERE, TWO: THERE}
    facts = (Facts(window, place, 24, override_redirect=False, mapped=True) for window, place in places.items())
    return Pointer(Stacking({each.window: Window.of(each) for each in facts}))


def test_motion_is_absolute_and_raises_the_window_once() -> None:
    pointer = a_pointer()
    assert pointer.moved(ONE, HERE, 5, 6) == [RaiseWindow(ONE), MovePointer(105, 56)]
    assert pointer.moved(ONE, HERE, 6, 6) == [MovePointer(106, 56)]
    assert pointer.moved(ONE, HERE, 6, 6) == []


def test_window_is_raised_again_after_another_was() -> None:
    pointer = a_pointer()
    pointer.moved(ONE, HERE, 5, 6)
    pointer.moved(TWO, THERE, 1, 1)
    assert RaiseWindow(ONE) in pointer.moved(ONE, HERE, 5, 6)


def test_button_is_pressed_at_its_own_place() -> None:
    pointer = a_pointer()
    pointer.moved(ONE, HERE, 5, 6)
    down = [RaiseWindow(ONE), MovePointer(107, 56), PressButton(1, pressed=True)]
    assert pointer.pressed(ONE, HERE, 7, 6, 1, pressed=True) == down
    assert pointer.pressed(ONE, HERE, 7, 6, 1, pressed=False) == [PressButton(1, pressed=False)]


def test_nothing_is_restacked_while_a_button_is_held() -> None:
    pointer = a_pointer()
    pointer.pressed(ONE, HERE, 7, 6, 1, pressed=True)
    assert pointer.moved(TWO, THERE, 3, 4) == [MovePointer(3, 4)]
    assert pointer.pressed(TWO, THERE, 3, 4, 1, pressed=False) == [PressButton(1, pressed=False)]
    assert pointer.moved(TWO, THERE, 3, 4) == [RaiseWindow(TWO)]


def test_buttons_that_the_wire_does_not_have_are_ignored() -> None:
    assert a_pointer().pressed(ONE, HERE, 7, 6, 0, pressed=True) == []
    assert a_pointer().pressed(ONE, HERE, 7, 6, 10, pressed=True) == []


def test_button_whose_release_was_lost_goes_up_with_the_state() -> None:
    pointer = a_pointer()
    pointer.pressed(ONE, HERE, 5, 6, 1, pressed=True)
    pointer.pressed(ONE, HERE, 5, 6, 8, pressed=True)
    assert pointer.synchronised(1 << 8) == []
    assert pointer.synchronised(1 << 9) == [PressButton(1, pressed=False)]
    assert pointer.synchronised(0) == []
    assert pointer.release_all() == [PressButton(8, pressed=False)]


def test_leaving_shields_the_pointer_and_entering_ends_it() -> None:
    pointer = a_pointer()
    pointer.moved(ONE, HERE, 5, 6)
    assert pointer.left(ONE) == [RaiseShield(105, 56)]
    assert pointer.left(ONE) == []
    assert pointer.entered(ONE, HERE, 5, 6) == [DropShield(), RaiseWindow(ONE)]


def test_leaving_a_window_that_the_pointer_is_not_in_does_nothing() -> None:
    pointer = a_pointer()
    pointer.moved(ONE, HERE, 5, 6)
    pointer.moved(TWO, THERE, 5, 6)
    assert pointer.left(ONE) == []


def test_place_stays_what_x_can_say() -> None:
    assert MovePointer(32767, -32768) in a_pointer().moved(ONE, HERE, 1 << 30, -(1 << 30))


def turned(pointer: Pointer, window: WindowId, place: Geometry) -> list[bool]:
    """A notch down at the same place: whether its press and its release were fresh."""
    effects = [
        *pointer.pressed(window, place, 5, 6, 5, pressed=True),
        *pointer.pressed(window, place, 5, 6, 5, pressed=False),
    ]
    wheel = [effect for effect in effects if isinstance(effect, TurnWheel)]
    assert [(effect.button, effect.pressed) for effect in wheel] == [(5, True), (5, False)]
    return [effect.fresh for effect in wheel]


def test_wheel_is_fresh_once_after_the_pointer_came_into_a_window() -> None:
    pointer = a_pointer()
    pointer.entered(ONE, HERE, 5, 6)
    assert turned(pointer, ONE, HERE) == [True, False]
    assert turned(pointer, ONE, HERE) == [False, False]
    pointer.moved(ONE, HERE, 8, 8)
    assert turned(pointer, ONE, HERE) == [False, False]
    pointer.left(ONE)
    pointer.entered(ONE, HERE, 5, 6)
    assert turned(pointer, ONE, HERE) == [True, False]
    assert turned(pointer, TWO, THERE) == [True, False]  # nobody said that it came there


def test_click_elsewhere_lies_on_the_shield_and_in_no_window() -> None:
    pointer = a_pointer()
    pointer.moved(ONE, HERE, 5, 6)
    assert pointer.beside(HERE, -20, 6, 1, pressed=True)
    down = [RaiseShield(80, 56), MovePointer(80, 56), PressButton(1, pressed=True)]
    assert pointer.pressed_beside(HERE, -20, 6, 1, pressed=True) == down
    assert pointer.inside is None
    assert pointer.beside(HERE, -20, 6, 1, pressed=False)
    assert pointer.pressed_beside(HERE, -20, 6, 1, pressed=False) == [PressButton(1, pressed=False)]
    assert not pointer.beside(HERE, -20, 6, 1, pressed=False)
    assert DropShield() in pointer.entered(ONE, HERE, 5, 6)


def test_button_inside_or_with_another_held_or_of_the_wheel_is_no_click_elsewhere() -> None:
    pointer = a_pointer()
    assert not pointer.beside(HERE, 0, 199, 1, pressed=True)
    assert pointer.beside(HERE, 0, 200, 1, pressed=True)
    assert not pointer.beside(HERE, -20, 6, 4, pressed=True)
    pointer.pressed(ONE, HERE, 5, 6, 1, pressed=True)
    assert not pointer.beside(HERE, -20, 6, 3, pressed=True)
    assert not pointer.beside(HERE, -20, 6, 1, pressed=False)
