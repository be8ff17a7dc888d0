"""A key sequence as the person writes it, "Ctrl-Shift-c"; must not know keycodes or what it is for.

Syntax: modifiers in any order and case, then the name of a keysym; "none" or "disable" for no sequence at all.
Source: qubes-gui-daemon, guid.conf, secure_copy_sequence.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from guid.core.keysyms import keysym_named

SHIFT, CONTROL, MOD1, MOD3, MOD4 = 1 << 0, 1 << 2, 1 << 3, 1 << 5, 1 << 6
"""Bits of an event's state. Source: X11 protocol, "Common Types", SETofKEYBUTMASK."""

COMPARED: Final = SHIFT | CONTROL | MOD1 | MOD3 | MOD4
"""What must be held exactly; Lock, NumLock (Mod2) and the third level (Mod5) do not matter, as in the C daemon."""

PREFIXES: Final = {
    "shift": SHIFT,
    "ctrl": CONTROL,
    "alt": MOD1,
    "mod1": MOD1,
    "mod3": MOD3,
    "mod4": MOD4,
    "super": MOD4,
}

NO_SEQUENCE: Final = frozenset({"none", "disable"})


class BadSequence(ValueError):
    """Words that are no key sequence; the message says which. The person's fault."""


class KeySequence(NamedTuple):
    """mask: modifiers that are held, and no other of COMPARED. keysym: of the key that is pressed then."""

    mask: int
    keysym: int


def sequence_of(text: str) -> KeySequence | None:
    """What `text` says, None for no sequence. Raises BadSequence."""
    if text.lower() in NO_SEQUENCE:
        return None
    *prefixes, name = text.split("-")
    mask = 0
    for prefix in prefixes:
        bit = PREFIXES.get(prefix.lower())
        if bit is None:
            raise BadSequence(f"there is no modifier {prefix!r}; there are {', '.join(PREFIXES)}")
        mask |= bit
    keysym = keysym_named(name)
    if keysym is None:
        raise BadSequence(f"there is no key {name!r}; letters are written small, others as X names them (Escape, F12)")
    return KeySequence(mask, keysym)
