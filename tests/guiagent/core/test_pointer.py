"""The pointer."""

from guiagent.core.effects import DropShield, MovePointer, PressButton, RaiseShield, RaiseWindow
from guiagent.core.pointer import Pointer
from guiagent.core.values import Geometry, WindowId

ONE, TWO = WindowId(1), WindowId(2)
HERE, THERE = Geometry(100, 50, 300, 200), Geometry(0, 0, 50, 50)


def test_motion_is_absolute_and_raises_the_window_once() -> None:
    pointer = Pointer()
    assert pointer.moved(ONE, HERE, 5, 6) == [RaiseWindow(ONE), MovePointer(105, 56)]
    assert pointer.moved(ONE, HERE, 6, 6) == [MovePointer(106, 56)]
    assert pointer.moved(ONE, HERE, 6, 6) == []


def test_window_is_raised_again_after_another_was() -> None:
    pointer = Pointer()
    pointer.moved(ONE, HERE, 5, 6)
    pointer.moved(TWO, THERE, 1, 1)
    assert RaiseWindow(ONE) in pointer.moved(ONE, HERE, 5, 6)


def test_window_is_raised_again_after_the_stack_changed() -> None:
    pointer = Pointer()
    pointer.moved(ONE, HERE, 5, 6)
    pointer.restacked(ONE)
    assert pointer.moved(ONE, HERE, 5, 6) == []
    pointer.restacked(TWO)
    assert pointer.moved(ONE, HERE, 5, 6) == [RaiseWindow(ONE)]


def test_button_is_pressed_at_its_own_place() -> None:
    pointer = Pointer()
    pointer.moved(ONE, HERE, 5, 6)
    assert pointer.pressed(ONE, HERE, 7, 6, 1, pressed=True) == [MovePointer(107, 56), PressButton(1, pressed=True)]
    assert pointer.pressed(ONE, HERE, 7, 6, 1, pressed=False) == [PressButton(1, pressed=False)]


def test_buttons_that_the_wire_does_not_have_are_ignored() -> None:
    assert Pointer().pressed(ONE, HERE, 7, 6, 0, pressed=True) == []
    assert Pointer().pressed(ONE, HERE, 7, 6, 10, pressed=True) == []


def test_button_whose_release_was_lost_goes_up_with_the_state() -> None:
    pointer = Pointer()
    pointer.pressed(ONE, HERE, 5, 6, 1, pressed=True)
    pointer.pressed(ONE, HERE, 5, 6, 8, pressed=True)
    assert pointer.synchronised(1 << 8) == []
    assert pointer.synchronised(1 << 9) == [PressButton(1, pressed=False)]
    assert pointer.synchronised(0) == []
    assert pointer.release_all() == [PressButton(8, pressed=False)]


def test_leaving_shields_the_pointer_and_entering_ends_it() -> None:
    pointer = Pointer()
    pointer.moved(ONE, HERE, 5, 6)
    assert pointer.left(ONE) == [RaiseShield(105, 56)]
    assert pointer.left(ONE) == []
    assert pointer.entered(ONE, HERE, 5, 6) == [DropShield(), RaiseWindow(ONE)]


def test_leaving_a_window_that_the_pointer_is_not_in_does_nothing() -> None:
    pointer = Pointer()
    pointer.moved(ONE, HERE, 5, 6)
    pointer.moved(TWO, THERE, 5, 6)
    assert pointer.left(ONE) == []


def test_place_stays_what_x_can_say() -> None:
    assert MovePointer(32767, -32768) in Pointer().moved(ONE, HERE, 1 << 30, -(1 << 30))
