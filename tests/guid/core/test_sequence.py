"""guid/core/sequence.py and keysyms.py: what the person may write, and what it means."""

import pytest
from Xlib import XK

from guid.core.badoption import BadOption
from guid.core.keysyms import FUNCTION_KEYS, NAMED, us_position
from guid.core.options import Options, changed
from guid.core.sequence import CONTROL, MOD1, MOD4, SHIFT, BadSequence, KeySequence, sequence_of


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Ctrl-Shift-c", KeySequence(CONTROL | SHIFT, ord("c"))),
        ("shift-CTRL-c", KeySequence(CONTROL | SHIFT, ord("c"))),
        ("Ctrl-Alt-Escape", KeySequence(CONTROL | MOD1, 0xFF1B)),
        ("Mod1-Mod1-F12", KeySequence(MOD1, 0xFFC9)),
        ("Super-V", KeySequence(MOD4, ord("V"))),
        ("Mod4-minus", KeySequence(MOD4, ord("-"))),
        ("XF86Copy", KeySequence(0, 0x1008FF57)),
        ("none", None),
        ("Disable", None),
    ],
)
def test_sequence_reads_as(text: str, meant: KeySequence | None) -> None:
    assert sequence_of(text) == meant


@pytest.mark.parametrize(
    "text", ["", "Ctrl-", "Ctrl-cc", "Hyper-c", "Ctrl-Mod2-c", "c-Ctrl", "Ctrl-ä", "Ctrl--", "escape"]
)
def test_sequence_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadSequence):
        sequence_of(text)


def test_option_refuses_what_is_no_sequence_and_names_it() -> None:
    with pytest.raises(BadOption, match=r"secure_copy_sequence = 'Ctrl-cc'.*'cc'"):
        changed(Options(), {"secure_copy_sequence": "Ctrl-cc"})
    with pytest.raises(BadOption, match="in quotes"):
        changed(Options(), {"secure_paste_sequence": 3})


def test_option_none_has_no_sequence() -> None:
    texts = dict.fromkeys(("secure_copy_sequence", "secure_paste_sequence", "leave_fullscreen_sequence"), "none")
    assert changed(Options(), texts).sequences() == {}
    assert len(Options().sequences()) == len(texts)


def test_names_have_the_numbers_of_the_header() -> None:
    for group in ("latin1", "miscellany"):
        XK.load_keysym_group(group)
    known = {name: number for name, number in NAMED.items() if not name.startswith("XF86")}
    assert {name: XK.string_to_keysym(name) for name in known} == known
    assert len(known) > len(FUNCTION_KEYS)


def test_us_position_of_a_letter_takes_either_case() -> None:
    assert [us_position(ord(letter)) for letter in "cCvVqzZ0"] == [54, 54, 55, 55, 24, 52, 52, 19]
    assert us_position(0xFF1B) is None
