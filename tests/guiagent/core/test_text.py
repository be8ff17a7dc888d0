"""Texts on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.text import class_field, cut_utf8, decode_compound, decode_latin1, decode_utf8, title_field


@given(st.text())
def test_title_always_fits_with_its_nul_and_is_utf8(title: str) -> None:
    field = title_field(title)
    assert len(field) <= 127
    assert b"\0" not in field
    field.decode()


def test_title_of_127_bytes_is_whole() -> None:
    assert title_field("x" * 127) == b"x" * 127


def test_title_of_128_bytes_ends_in_an_ellipsis() -> None:
    assert title_field("x" * 128) == b"x" * 124 + "…".encode()


def test_title_is_not_cut_inside_a_character() -> None:
    assert title_field("ä" * 100) == ("ä" * 62 + "…").encode()


def test_title_ends_at_its_first_nul() -> None:
    assert title_field("seen\0hidden") == b"seen"


def test_title_with_a_lone_surrogate_is_still_utf8() -> None:
    assert title_field("\udcff") == b"?"


@pytest.mark.parametrize(("length", "expected"), [(0, ""), (1, ""), (2, "é"), (3, "é"), (4, "éé")])
def test_cut_keeps_whole_characters(length: int, expected: str) -> None:
    assert cut_utf8("ééé".encode(), length).decode() == expected


def test_class_is_cut_at_63_bytes_and_at_nul() -> None:
    assert class_field(b"a" * 70) == b"a" * 63
    assert class_field(b"XTerm\0junk") == b"XTerm"


def test_utf8_replaces_what_is_not_utf8() -> None:
    assert decode_utf8(b"a\xffb") == "a\N{REPLACEMENT CHARACTER}b"


def test_latin1_is_every_byte() -> None:
    assert decode_latin1(b"caf\xe9") == "café"


def test_compound_text_reads_latin1_and_utf8_segments() -> None:
    assert decode_compound(b"caf\xe9 \x1b%G\xe2\x82\xac\x1b%@!") == "café €!"


def test_compound_text_drops_designations() -> None:
    assert decode_compound(b"\x1b-Aabc\x1b(B") == "abc"


@given(st.binary(max_size=300))
def test_compound_text_takes_any_bytes(raw: bytes) -> None:
    title_field(decode_compound(raw))
