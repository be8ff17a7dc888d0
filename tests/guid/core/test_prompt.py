"""guid/core/prompt.py: only a key pressed after the question was seen answers it."""

from guid.core.prompt import SEEN_AFTER_S, Answer, Keys

ENTER, ESCAPE, LETTER = 36, 9, 38
ANSWERS = {ENTER: Answer.YES, ESCAPE: Answer.NO}
NONE_DOWN = bytes(32)


def down(*keycodes: int) -> bytes:
    keymap = bytearray(32)
    for keycode in keycodes:
        keymap[keycode >> 3] |= 1 << (keycode & 7)
    return bytes(keymap)


def test_pressed_after_the_question_was_seen_is_the_answer() -> None:
    assert Keys(ANSWERS, NONE_DOWN, now=5.0).pressed(ENTER, now=5.0 + SEEN_AFTER_S) is Answer.YES


def test_pressed_before_the_question_was_seen_is_no_yes() -> None:
    keys = Keys(ANSWERS, NONE_DOWN, now=5.0)
    assert keys.pressed(ENTER, now=5.0 + SEEN_AFTER_S - 0.01) is None
    assert keys.pressed(ENTER, now=9.0) is None, "its repeats are not new presses"
    keys.released(ENTER)
    assert keys.pressed(ENTER, now=9.1) is Answer.YES


def test_pressed_before_the_question_was_seen_is_a_no_at_once() -> None:
    assert Keys(ANSWERS, NONE_DOWN, now=5.0).pressed(ESCAPE, now=5.0) is Answer.NO


def test_key_that_was_down_already_counts_only_after_its_release() -> None:
    keys = Keys(ANSWERS, down(ENTER, ESCAPE), now=5.0)
    assert keys.pressed(ENTER, now=9.0) is None
    assert keys.pressed(ESCAPE, now=9.0) is None
    keys.released(ENTER)
    assert keys.pressed(ENTER, now=9.0) is Answer.YES


def test_other_keys_say_nothing() -> None:
    assert Keys(ANSWERS, NONE_DOWN, now=5.0).pressed(LETTER, now=9.0) is None
