"""Texts of a program in the form that the wire carries. It must not know which property they came from."""

from __future__ import annotations

import re

from protocol.limits import CLASS_BYTES, TITLE_BYTES

ELLIPSIS = "…".encode()
_ESCAPE = re.compile(rb"\x1b%G(?P<utf8>.*?)(?:\x1b%@|$)|\x1b[\x20-\x2f]+[\x30-\x7e]", re.DOTALL)
"""ISO 2022 as COMPOUND_TEXT uses it: a UTF-8 segment, or a designation. Source: Compound Text Encoding 1.1."""


def title_field(title: str) -> bytes:
    """The text of MSG_WMNAME: at most 127 bytes of UTF-8, so that the field of 128 always ends in NUL.

    A longer title ends in an ellipsis; nothing is ever cut inside a character.
    """
    room = TITLE_BYTES - 1
    encoded = title.partition("\0")[0].encode(errors="replace")
    if len(encoded) <= room:
        return encoded
    return cut_utf8(encoded, room - len(ELLIPSIS)) + ELLIPSIS


def cut_utf8(encoded: bytes, len_bytes: int) -> bytes:
    """The longest prefix of well-formed UTF-8 that has at most `len_bytes` bytes and ends between two characters."""
    return encoded[:len_bytes].decode(errors="ignore").encode()


def class_field(name: bytes) -> bytes:
    """One half of MSG_WMCLASS: at most 63 bytes, up to the first NUL."""
    return name.partition(b"\0")[0][: CLASS_BYTES - 1]


def decode_utf8(raw: bytes) -> str:
    """UTF8_STRING: what is not UTF-8 becomes U+FFFD; only the first of several strings counts."""
    return raw.partition(b"\0")[0].decode(errors="replace")


def decode_latin1(raw: bytes) -> str:
    """STRING: ISO 8859-1."""
    return raw.partition(b"\0")[0].decode("latin-1")


def decode_compound(raw: bytes) -> str:
    """COMPOUND_TEXT: UTF-8 segments and Latin-1; other character sets lose their designation and read as Latin-1."""
    text, position = [], 0
    first = raw.partition(b"\0")[0]
    for escape in _ESCAPE.finditer(first):
        text.append(first[position : escape.start()].decode("latin-1"))
        text.append((escape["utf8"] or b"").decode(errors="replace"))
        position = escape.end()
    text.append(first[position:].decode("latin-1"))
    return "".join(text)
