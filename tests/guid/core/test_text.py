"""guid/core/text.py: nothing that a qube writes can mislead who reads it."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guid.core.text import MAX_MARKS_PER_LETTER, escaped, printable, safe_ascii, safe_title

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff\U000e0041"
CONTROLS = "".join(map(chr, [*range(1, 0x20), *range(0x7F, 0xA0)]))
LINES = "\u2028\u2029"
ODD_SPACES = "\u00a0\u2003\u3000\u202f"
PRIVATE = "\ue000\U000f0000"
FILLERS = "\u115f\u1160\u3164\uffa0\u2800\U0001d159"
UNASSIGNED = "\u0378\U0010ffff"


@pytest.mark.parametrize("text", ["hello", "Ünï cødé", "日本語", "Ελληνικά", "→ ± © 🦉", "a  b", "שלום", "price: €5"])
def test_safe_title_ordinary_text_is_unchanged(text: str) -> None:
    assert safe_title(text.encode()) == text


@pytest.mark.parametrize(
    "characters", [BIDI, INVISIBLE, CONTROLS, LINES, ODD_SPACES, PRIVATE, UNASSIGNED, FILLERS, "\ufffd"]
)
def test_safe_title_dangerous_characters_are_replaced_one_by_one(characters: str) -> None:
    for character in characters:
        assert safe_title(f"a{character}b".encode()) == "a_b"


def test_safe_title_combining_flood_keeps_two_marks_a_letter() -> None:
    flood = "e" + "\u0301" * 40 + "x" + "\u0301\u0302\u0303"
    assert safe_title(flood.encode()) == "e\u0301\u0301x\u0301\u0302"


def test_safe_title_mark_without_a_letter_is_dropped() -> None:
    assert safe_title("\u0301abc".encode()) == "abc"


def test_safe_title_marks_that_show_nothing_are_dropped() -> None:
    assert safe_title("a\u034f\ufe0fb\u17b4c\U000e0100".encode()) == "abc"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gr\u00fc\u00dfe 日本 e\u0301", "Gr__e __ e_"),
        ("a cut titl…", "a cut titl..."),
        ("…", "..."),
        ("in … between", "in _ between"),
        ("plain ~ text", "plain ~ text"),
    ],
)
def test_safe_title_of_ascii_only_replaces_other_letters(text: str, shown: str) -> None:
    assert safe_title(text.encode(), ascii_only=True) == shown


@given(st.binary(max_size=128))
def test_safe_title_of_ascii_only_is_printable_ascii(raw: bytes) -> None:
    assert all(" " <= character <= "~" for character in safe_title(raw, ascii_only=True))


def test_safe_title_vowel_signs_of_indic_scripts_are_kept() -> None:
    assert safe_title("हिन्दी".encode()) == "हिन्दी"


@pytest.mark.parametrize(
    "raw",
    [
        b"\xed\xa0\x80",  # a lone surrogate, U+D800
        b"\xc0\xaf",  # "/" in two bytes
        b"\xf4\x90\x80\x80",  # beyond U+10FFFF
        b"\xff",
        b"\xe2\x80",  # cut in the middle
    ],
)
def test_safe_title_bad_utf8_is_replaced(raw: bytes) -> None:
    title = safe_title(b"a" + raw + b"z")
    assert title[0] == "a"
    assert title[-1] == "z"
    assert set(title[1:-1]) == {"_"}


def test_safe_title_ends_at_the_first_nul() -> None:
    assert safe_title(b"shown\0hidden") == "shown"


@given(st.binary(max_size=128))
@example(bytes(range(128, 256)))
@example(b"\xcc\x81" * 64)
def test_safe_title_any_bytes_give_text_that_cannot_mislead(raw: bytes) -> None:
    title = safe_title(raw)
    assert len(title) <= len(raw)
    title.encode("utf-8")
    marks = 0
    for character in title:
        category = unicodedata.category(character)
        assert character == " " or category[0] in "LNPS" or category in ("Mn", "Mc")
        marks = marks + 1 if category[0] == "M" else 0
        assert marks <= MAX_MARKS_PER_LETTER
        assert unicodedata.bidirectional(character) not in {
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        }


@given(st.text(max_size=40))
@example(BIDI + CONTROLS + INVISIBLE)
def test_safe_title_of_any_text_is_safe_already(text: str) -> None:
    once = safe_title(text.encode("utf-8", "replace"))
    assert safe_title(once.encode()) == once


@given(st.binary(max_size=64))
def test_safe_ascii_any_bytes_give_printable_ascii(raw: bytes) -> None:
    text = safe_ascii(raw)
    assert len(text) == len(raw.split(b"\0", 1)[0])
    assert all(" " <= character <= "~" for character in text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_safe_ascii_printable_ascii_is_unchanged(text: str) -> None:
    assert safe_ascii(text.encode()) == text


@given(st.text(st.characters()))
@example("\ud800\x1b[31m\n\u202e\U0001f600\\")
def test_escaped_any_text_gives_one_line_of_ascii_that_says_what_it_was(text: str) -> None:
    line = escaped(text)
    assert all(" " <= character <= "~" for character in line)
    assert line.encode("ascii").decode("unicode_escape") == text


def test_escaped_terminal_sequence_is_harmless() -> None:
    assert escaped("\x1b]0;root\x07") == "\\x1b]0;root\\x07"


@given(st.text(st.characters()))
def test_printable_any_name_is_one_that_a_terminal_takes(name: str) -> None:
    shown = printable(name)
    assert shown.isprintable()
    shown.encode()


def test_printable_a_name_in_any_language_stays_as_it_is() -> None:
    assert printable("Übersicht 概要 a\\b.txt") == "Übersicht 概要 a\\b.txt"
    assert printable("\udcff\x1b]0;x\x07\n") == "\\udcff\\x1b]0;x\\x07\\n"
