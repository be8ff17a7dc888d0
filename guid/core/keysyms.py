"""Names and numbers of keysyms that a key sequence may end in, and where a us keyboard has them; must not know X.

Source: keysymdef.h and XF86keysym.h of xorgproto; keycodes as the evdev rules give them.
"""

from __future__ import annotations

from typing import Final

FIRST_ASCII, LAST_ASCII = 0x20, 0x7E
"""In Latin-1 a keysym's number is the character's."""

PUNCTUATION: Final = (
    *("space", "exclam", "quotedbl", "numbersign", "dollar", "percent", "ampersand", "apostrophe", "parenleft"),
    *("parenright", "asterisk", "plus", "comma", "minus", "period", "slash", "colon", "semicolon", "less", "equal"),
    *("greater", "question", "at", "bracketleft", "backslash", "bracketright", "asciicircum", "underscore", "grave"),
    *("braceleft", "bar", "braceright", "asciitilde"),
)
SIGNS: Final = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""What they stand for, in the same order."""

FUNCTION_KEYS: Final = (
    *(("BackSpace", 0xFF08), ("Tab", 0xFF09), ("Return", 0xFF0D), ("Pause", 0xFF13), ("Scroll_Lock", 0xFF14)),
    *(("Escape", 0xFF1B), ("Home", 0xFF50), ("Left", 0xFF51), ("Up", 0xFF52), ("Right", 0xFF53), ("Down", 0xFF54)),
    *(("Prior", 0xFF55), ("Page_Up", 0xFF55), ("Next", 0xFF56), ("Page_Down", 0xFF56), ("End", 0xFF57)),
    *(("Print", 0xFF61), ("Insert", 0xFF63), ("Menu", 0xFF67), ("Break", 0xFF6B), ("Delete", 0xFFFF)),
    *(("XF86Copy", 0x1008FF57), ("XF86Cut", 0x1008FF58), ("XF86Paste", 0x1008FF6D)),
    *((f"F{number}", 0xFFBE + number - 1) for number in range(1, 36)),
)

NAMED: Final = {**{name: ord(sign) for name, sign in zip(PUNCTUATION, SIGNS, strict=True)}, **dict(FUNCTION_KEYS)}

US_ROWS: Final = ((10, "1234567890-="), (24, "qwertyuiop[]"), (38, "asdfghjkl;'`"), (51, "\\zxcvbnm,./"))
"""The first keycode of a row, and what its keys say on a us keyboard."""

US_POSITIONS: Final = {ord(sign): first + place for first, row in US_ROWS for place, sign in enumerate(row)}
"""Keysym → keycode, without Shift."""


def keysym_named(name: str) -> int | None:
    """The keysym of this name, case and all ("c", "Escape", "F12"), or None."""
    if len(name) == 1 and name.isalnum() and FIRST_ASCII <= ord(name) <= LAST_ASCII:
        return ord(name)
    return NAMED.get(name)


def us_position(keysym: int) -> int | None:
    """The keycode of the key that has it on a us keyboard, of a letter either case."""
    if FIRST_ASCII <= keysym <= LAST_ASCII:
        keysym = ord(chr(keysym).lower())
    return US_POSITIONS.get(keysym)
