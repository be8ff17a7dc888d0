"""Held keys and locks."""

from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.effects import Effect, LockModifiers, PressKey, SetLayout
from guiagent.core.keyboard import RELEASE_AFTER_S, Keyboard
from protocol.keyboard import Layout

SHIFT, LOCK, CONTROL, ALT, NUM = 50, 66, 37, 64, 77
A = 38
MAP = [(SHIFT, 62), (LOCK,), (CONTROL, 105), (ALT, 204), (NUM,), (0, 0), (133,), (92,)]


def keyboard() -> Keyboard:
    made = Keyboard()
    made.remapped(MAP, 1 << 4)
    return made


def keys(effects: list[Effect]) -> list[tuple[int, bool]]:
    return [(effect.keycode, effect.pressed) for effect in effects if isinstance(effect, PressKey)]


def bitmap(*held: int) -> bytes:
    bits = bytearray(32)
    for code in held:
        bits[code >> 3] |= 1 << (code & 7)
    return bytes(bits)


def test_key_is_pressed_and_released() -> None:
    board = keyboard()
    assert keys(board.key(A, 0, pressed=True)) == [(A, True)]
    assert keys(board.key(A, 0, pressed=False)) == [(A, False)]


def test_locks_are_set_and_not_toggled() -> None:
    effects = keyboard().key(A, 1 << 1 | 1 << 4 | 1 << 0, pressed=True)
    assert effects[0] == LockModifiers(1 << 1 | 1 << 4, 1 << 1 | 1 << 4, 0)
    assert (LOCK, True) not in keys(effects)
    assert (NUM, True) not in keys(effects)


def test_modifier_that_is_held_on_the_desktop_is_pressed_first() -> None:
    assert keys(keyboard().key(A, 1 << 0, pressed=True)) == [(SHIFT, True), (A, True)]


def test_modifier_that_is_not_held_on_the_desktop_is_released_first() -> None:
    board = keyboard()
    board.key(CONTROL, 0, pressed=True)
    assert keys(board.key(A, 0, pressed=True)) == [(CONTROL, False), (A, True)]


def test_second_key_of_a_held_modifier_counts() -> None:
    board = keyboard()
    board.key(105, 0, pressed=True)
    assert keys(board.key(A, 1 << 2, pressed=True)) == [(A, True)]


def test_modifier_key_itself_is_pressed_once() -> None:
    assert keys(keyboard().key(SHIFT, 0, pressed=True)) == [(SHIFT, True)]
    assert keys(keyboard().key(SHIFT, 1, pressed=True)) == [(SHIFT, True)]


def test_button_and_group_bits_of_the_state_change_nothing() -> None:
    assert keys(keyboard().key(A, 0xFF00, pressed=True)) == [(A, True)]


def test_keymap_releases_and_never_presses() -> None:
    board = keyboard()
    board.key(A, 0, pressed=True)
    board.key(CONTROL, 0, pressed=True)
    assert keys(board.only_held(bitmap(CONTROL, 99))) == [(A, False)]
    assert keys(board.only_held(bitmap(99))) == [(CONTROL, False)]
    assert board.only_held(bitmap()) == []


def test_keys_go_up_a_while_after_the_focus_has_left() -> None:
    board = keyboard()
    board.key(A, 0, pressed=True)
    board.focus_left(now=5.0)
    assert board.due(5.0 + RELEASE_AFTER_S / 2) == []
    assert keys(board.due(5.0 + RELEASE_AFTER_S)) == [(A, False)]
    assert board.due(99.0) == []


def test_keys_stay_down_if_the_focus_comes_back() -> None:
    board = keyboard()
    board.key(A, 0, pressed=True)
    board.focus_left(now=5.0)
    board.focus_came()
    assert board.due(99.0) == []


def test_keycodes_that_x_has_not_are_ignored() -> None:
    assert keyboard().key(7, 0, pressed=True) == []
    assert keyboard().key(256, 0, pressed=True) == []


@given(st.lists(st.tuples(st.integers(8, 255), st.integers(0, 0xFFFF), st.booleans()), max_size=40))
def test_every_key_is_up_after_an_empty_keymap(strokes: list[tuple[int, int, bool]]) -> None:
    board, down = keyboard(), set[int]()
    effects = [effect for code, state, pressed in strokes for effect in board.key(code, state, pressed=pressed)]
    for code, pressed in keys([*effects, *board.only_held(bitmap())]):
        (down.add if pressed else down.discard)(code)
    assert down == set()


def test_group_follows_the_state_of_each_key() -> None:
    board = keyboard()
    for group in (0, 1, 3):
        assert board.key(A, group << 13 | 1 << 1, pressed=True)[0] == LockModifiers(1 << 1 | 1 << 4, 1 << 1, group)


def test_layout_of_the_desktop_is_set_and_its_group_locked() -> None:
    layout = Layout(1, "evdev", "pc105", "us,ru", "", "")
    assert keyboard().relaid(layout) == [SetLayout(layout), LockModifiers(0, 0, 1)]
