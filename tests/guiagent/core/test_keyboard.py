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
    assert effects[0] == LockModifiers(0xFF, 1 << 1 | 1 << 4, 0)
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


def locked(effects: list[Effect]) -> list[int]:
    return [effect.locked for effect in effects if isinstance(effect, LockModifiers)]


def test_modifier_that_no_key_of_the_desktop_holds_is_locked_and_not_pressed() -> None:
    board = keyboard()
    board.only_held(bitmap())
    for state in (1 << 0, 1 << 7, 1 << 3):  # latched; of a layout; of no key that the qube has
        effects = board.key(A, state, pressed=True)
        assert (locked(effects), keys(effects)) == ([state], [(A, True)])
        assert board.key(A, 0, pressed=False)[-1] == LockModifiers(state, 0, 0)
    assert locked(board.key(A, 0, pressed=True)) == [0]


def test_the_very_key_that_holds_a_modifier_on_the_desktop_is_pressed() -> None:
    board = keyboard()
    board.only_held(bitmap(105))
    assert keys(board.key(A, 1 << 2, pressed=True)) == [(105, True), (A, True)]


def test_modifier_of_a_key_that_came_down_elsewhere_goes_with_that_key() -> None:
    board = keyboard()
    board.only_held(bitmap())
    assert locked(board.synchronised(1 << 2)) == [1 << 2], "a click while Control is held, before the focus"
    assert board.key(CONTROL, 1 << 2, pressed=False)[-1] == LockModifiers(1 << 2, 0, 0)
    assert board.key(CONTROL, 0, pressed=False) == [PressKey(CONTROL, pressed=False)]


def test_modifier_without_a_key_goes_when_the_focus_has_left() -> None:
    board = keyboard()
    board.only_held(bitmap())
    board.synchronised(1 << 2)
    board.focus_left(now=5.0)
    assert board.due(5.0 + RELEASE_AFTER_S) == [LockModifiers(1 << 2, 0, 0)]
    assert board.release_all() == []


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
        assert board.key(A, group << 13 | 1 << 1, pressed=True)[0] == LockModifiers(0xFF, 1 << 1, group)


def test_layout_of_the_desktop_is_set_and_its_group_locked() -> None:
    layout = Layout(1, "evdev", "pc105", "us,ru", "", "")
    assert keyboard().relaid(layout) == [SetLayout(layout), LockModifiers(0, 0, 1)]


ORDERS = st.one_of(
    st.tuples(st.just("key"), st.integers(8, 255), st.integers(0, 0xFFFF), st.booleans()),
    st.tuples(st.just("click"), st.integers(0, 0xFFFF)),
    st.tuples(st.just("keymap"), st.binary(min_size=32, max_size=32)),
    st.tuples(st.just("out")),
    st.tuples(st.just("in")),
    st.tuples(st.just("wait"), st.floats(0.01, 0.2)),
    st.tuples(st.just("map"), st.permutations(MAP)),
)


@given(st.lists(ORDERS, max_size=40))
def test_nothing_is_held_or_lent_once_the_focus_has_left(
    orders: list[tuple[object, ...]],
) -> None:
    """Whatever came before."""
    board, now = keyboard(), 0.0
    x = Server()
    for name, *rest in orders:
        match name, rest:
            case "key", [int(code), int(state), bool(pressed)]:
                x.take(board.key(code, state, pressed=pressed))
            case "click", [int(state)]:
                x.take(board.synchronised(state))
            case "keymap", [bytes(bits)]:
                x.take(board.only_held(bits))
            case "out", _:
                board.focus_left(now)
            case "in", _:
                board.focus_came()
            case "wait", [float(seconds)]:
                now += seconds
                x.take(board.due(now))
            case "map", [list(codes)]:
                board.remapped(codes, 1 << 4)
    board.focus_left(now)
    x.take(board.due(now + RELEASE_AFTER_S) if board.release_at is not None else [])
    assert x.down == set()
    assert not x.locked & ~(1 << 1 | 1 << 4), "but CapsLock and NumLock, which are as the desktop's last were"


class Server:
    """What an X server has of it all."""

    def __init__(self) -> None:
        self.down: set[int] = set()
        self.locked = 0

    def take(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, LockModifiers):
                self.locked = self.locked & ~effect.affected | effect.locked
            elif isinstance(effect, PressKey):
                (self.down.add if effect.pressed else self.down.discard)(effect.keycode)
