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

INVISIBLE = frozenset(
    "\u115f\u1160\u3164\uffa0"  # the fillers of Hangul
    "\u2800"  # the braille pattern without a dot
    "\U0001d159"  # the note without a head
    "\U00016fe4"  # the filler of Khitan
    "\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"  # joiner, vowels and selectors that show nothing
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Letters, symbols and marks by their category that nobody sees: two titles could look alike that are not.

Source: Unicode, Default_Ignorable_Code_Point, and the blanks beside it."""

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
"""How an agent marks a title that it has cut."""

MARKS = frozenset({"Mn", "Mc"})
MAX_MARKS_PER_LETTER = 2
"""Combining marks after one letter, vowel signs of Indic scripts among them; more would climb over the lines above."""

REPLACEMENT = "_"

UNSHOWN = INVISIBLE | {"\N{REPLACEMENT CHARACTER}"}


def safe_title(raw: bytes, *, ascii_only: bool = False) -> str:
    """A window title without anything that could mislead the person who reads it.

    raw: bytes as the peer sent them; ends at the first NUL; UTF-8, bad sequences replaced.
    Returns printable text: allow-listed code points that can be seen, spaces as U+0020, at most two combining marks a
    letter. ascii_only: of these only what ASCII has, and three dots for the mark of a cut title.
    """
    shown = _allowed(raw)
    if not ascii_only:
        return shown
    if shown.endswith(ELLIPSIS):
        shown = shown[:-1] + "..."
    return "".join(character if character.isascii() else REPLACEMENT for character in shown)


def _allowed(raw: bytes) -> str:
    text = raw.split(b"\0", 1)[0].decode("utf-8", "replace")
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in MARKS:
            if shown and marks < MAX_MARKS_PER_LETTER and character not in INVISIBLE:
                marks += 1
                shown.append(character)
            continue
        marks = 0
        if character == " " or (category in SAFE_CATEGORIES and character not in UNSHOWN):
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


def printable(text: str) -> str:
    """`text`, a file's name say, for a person's terminal: what is not printable in it as backslash escapes."""
    return "".join(character if character.isprintable() else escaped(character) for character in text)
