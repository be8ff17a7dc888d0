"""Text that is safe to show: titles, class names and log lines; must not know where the text came from."""

from __future__ import annotations

import unicodedata

SAFE_CATEGORIES = frozenset(
    {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"}
) | {
    "Sm",
    "Sc",
    "Sk",
    "So",
}
"""Letters, numbers, punctuation, symbols. Not: controls, bidi and other format characters, surrogates, private use."""

MARKS = frozenset({"Mn", "Mc"})
MAX_MARKS_PER_LETTER = 2
"""Combining marks after one letter, vowel signs of Indic scripts among them; more would climb over the lines above."""

REPLACEMENT = "_"


def safe_title(raw: bytes) -> str:
    """A window title without anything that could mislead the person who reads it.

    raw: bytes as the peer sent them; ends at the first NUL; UTF-8, bad sequences replaced.
    Returns printable text: allow-listed code points, spaces as U+0020, at most two combining marks a letter.
    """
    text = raw.split(b"\0", 1)[0].decode("utf-8", "replace")
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in MARKS:
            if shown and marks < MAX_MARKS_PER_LETTER:
                marks += 1
                shown.append(character)
            continue
        marks = 0
        if character == " " or (category in SAFE_CATEGORIES and character != "\N{REPLACEMENT CHARACTER}"):
            shown.append(character)
        else:
            shown.append(REPLACEMENT)
    return "".join(shown)


def safe_ascii(raw: bytes) -> str:
    """`raw` up to its first NUL, every byte that is not printable ASCII replaced."""
    return "".join(chr(byte) if 0x20 <= byte <= 0x7E else REPLACEMENT for byte in raw.split(b"\0", 1)[0])


def escaped(text: str) -> str:
    """`text` for one log line: printable ASCII only, everything else as backslash escapes."""
    return "".join(
        character
        if " " <= character <= "~" and character != "\\"
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
