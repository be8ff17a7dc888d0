"""guid/core/input.py: input for the one qube it is meant for, and no key left down."""

from hypothesis import given
from hypothesis import strategies as st

from guid.core.input import FOCUS_IN, FOCUS_OUT, KEY_PRESS, KEY_RELEASE, InputForwarder
from guid.core.values import RemoteId
from protocol import formats
from protocol.codec import decode
from protocol.framing import Frame, FrameReader
from protocol.messages import MessageType, Role

WINDOW, OTHER = RemoteId(0x200001), RemoteId(0x200002)
NORMAL, GRAB, UNGRAB, WHILE_GRABBED = range(4)
ALL_DOWN = b"\0" + b"\xff" * 31


def told(data: bytes) -> list[Frame]:
    reader = FrameReader(Role.AGENT)
    reader.receive(data)
    return list(reader.frames())


def fields(data: bytes) -> list[tuple[object, ...]]:
    return [(frame.type, frame.window, *(decode(frame.type, frame.untrusted_body) or ())) for frame in told(data)]


def press(forwarder: InputForwarder, keycode: int) -> None:
    forwarder.key(WINDOW, KEY_PRESS, 0, 0, 0, keycode, 0.0)


def test_key_negative_coordinates_are_told() -> None:
    assert fields(InputForwarder().key(WINDOW, KEY_PRESS, -7, -8, 0x14, 38, 0.0)) == [
        (MessageType.KEYPRESS, WINDOW, KEY_PRESS, -7, -8, 0x14, 38)
    ]


def test_key_that_repeats_is_released_and_pressed() -> None:
    forwarder = InputForwarder()
    presses = [fields(forwarder.key(WINDOW, KEY_PRESS, 1, 2, 3, 38, 0.0)) for _ in range(3)]
    first = (MessageType.KEYPRESS, WINDOW, KEY_PRESS, 1, 2, 3, 38)
    repeat = [(MessageType.KEYPRESS, WINDOW, KEY_RELEASE, 1, 2, 3, 38), first]
    assert presses == [[first], repeat, repeat]
    assert fields(forwarder.key(WINDOW, KEY_RELEASE, 1, 2, 3, 38, 0.0)) == [repeat[0]]
    assert fields(forwarder.key(WINDOW, KEY_PRESS, 1, 2, 3, 38, 0.0)) == [first]


@given(st.lists(st.tuples(st.sampled_from([KEY_PRESS, KEY_RELEASE]), st.integers(36, 39))))
def test_key_is_never_told_as_pressed_twice(events: list[tuple[int, int]]) -> None:
    forwarder = InputForwarder()
    down: set[int] = set()
    for kind, keycode in events:
        for frame in told(forwarder.key(WINDOW, kind, 0, 0, 0, keycode, 0.0)):
            key = formats.KEYPRESS.unpack(frame.untrusted_body)
            assert key[4] == keycode
            if key[0] == KEY_PRESS:
                assert keycode not in down
                down.add(keycode)
            else:
                down.discard(keycode)
        assert down == forwarder.held
        assert (keycode in down) is (kind == KEY_PRESS)


def test_button_motion_crossing_keep_their_fields() -> None:
    forwarder = InputForwarder()
    assert fields(forwarder.button(WINDOW, 4, 1, 2, 3, 5)) == [(MessageType.BUTTON, WINDOW, 4, 1, 2, 3, 5)]
    assert fields(forwarder.motion(WINDOW, 1, 2, 3)) == [(MessageType.MOTION, WINDOW, 1, 2, 3, 0)]
    assert fields(forwarder.crossing(WINDOW, 7, 1, 2, 3, 4, 5, 1)) == [
        (MessageType.CROSSING, WINDOW, 7, 1, 2, 3, 4, 5, 1)
    ]


def test_focus_out_releases_every_held_key_first() -> None:
    forwarder = InputForwarder()
    forwarder.focus(WINDOW, FOCUS_IN, NORMAL, 3)
    for keycode in (38, 50, 39):
        press(forwarder, keycode)
    forwarder.key(WINDOW, KEY_RELEASE, 0, 0, 0, 39, 0.0)
    assert fields(forwarder.focus(WINDOW, FOCUS_OUT, NORMAL, 3)) == [
        (MessageType.KEYPRESS, WINDOW, KEY_RELEASE, 0, 0, 0, 38),
        (MessageType.KEYPRESS, WINDOW, KEY_RELEASE, 0, 0, 0, 50),
        (MessageType.FOCUS, WINDOW, FOCUS_OUT, NORMAL, 3),
    ]
    assert len(told(forwarder.focus(WINDOW, FOCUS_OUT, NORMAL, 3))) == 1


def test_focus_by_grab_is_not_told_and_while_grabbed_reads_normal() -> None:
    forwarder = InputForwarder()
    for kind in (FOCUS_IN, FOCUS_OUT):
        for mode in (GRAB, UNGRAB):
            assert forwarder.focus(WINDOW, kind, mode, 3) == b""
        assert fields(forwarder.focus(WINDOW, kind, WHILE_GRABBED, 3)) == [(MessageType.FOCUS, WINDOW, kind, NORMAL, 3)]


def test_grab_of_the_keyboard_releases_every_held_key_and_is_not_told() -> None:
    forwarder = InputForwarder()
    forwarder.focus(WINDOW, FOCUS_IN, NORMAL, 3)
    press(forwarder, 36)
    assert fields(forwarder.focus(WINDOW, FOCUS_OUT, GRAB, 3)) == [
        (MessageType.KEYPRESS, WINDOW, KEY_RELEASE, 0, 0, 0, 36)
    ]
    assert (forwarder.held, forwarder.focused) == (set(), WINDOW)


def test_keymap_without_the_focus_tells_no_key() -> None:
    forwarder = InputForwarder()
    assert fields(forwarder.keymap(ALL_DOWN)) == [(MessageType.KEYMAP_NOTIFY, 0, bytes(32))]


def test_keymap_with_the_focus_is_told_whole() -> None:
    forwarder = InputForwarder()
    forwarder.focus(WINDOW, FOCUS_IN, NORMAL, 3)
    assert fields(forwarder.keymap(ALL_DOWN)) == [(MessageType.KEYMAP_NOTIFY, 0, ALL_DOWN)]
    forwarder.focus(WINDOW, FOCUS_OUT, NORMAL, 3)
    assert fields(forwarder.keymap(ALL_DOWN)) == [(MessageType.KEYMAP_NOTIFY, 0, bytes(32))]


def test_keymap_that_comes_with_the_focus_is_told_whole() -> None:
    assert fields(InputForwarder().keymap(ALL_DOWN, with_focus=True)) == [(MessageType.KEYMAP_NOTIFY, 0, ALL_DOWN)]


def test_keymap_without_a_held_key_forgets_it() -> None:
    forwarder = InputForwarder()
    forwarder.focus(WINDOW, FOCUS_IN, NORMAL, 3)
    press(forwarder, 38)
    press(forwarder, 50)
    keys = bytearray(32)
    keys[50 >> 3] |= 1 << (50 & 7)
    forwarder.keymap(bytes(keys))
    assert forwarder.held == {50}


def test_focus_out_of_another_window_keeps_the_focused_one() -> None:
    forwarder = InputForwarder()
    forwarder.focus(WINDOW, FOCUS_IN, NORMAL, 3)
    forwarder.focus(OTHER, FOCUS_OUT, NORMAL, 3)
    assert forwarder.focused == WINDOW


def test_gone_with_the_focus_says_that_no_key_is_down() -> None:
    forwarder = InputForwarder()
    forwarder.focus(WINDOW, FOCUS_IN, NORMAL, 3)
    press(forwarder, 38)
    assert forwarder.gone(OTHER) == b""
    assert fields(forwarder.gone(WINDOW)) == [(MessageType.KEYMAP_NOTIFY, 0, bytes(32))]
    assert (forwarder.held, forwarder.focused) == (set(), None)
