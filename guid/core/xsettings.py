"""The settings that a desktop's programs share, read out of their property; must not know what they are good for.

Source: XSETTINGS protocol 0.5, "Settings format".
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

MAX_SETTINGS: Final = 1_024
"""Desktops have about 50."""
INTEGER, STRING, COLOR = 0, 1, 2
COLOR_BYTES: Final = 8

Settings = Mapping[str, int | str]


def settings_of(raw: bytes) -> Settings:
    """What _XSETTINGS_SETTINGS says, without its colours; as much as can be read of one that makes no sense."""
    found: dict[str, int | str] = {}
    order = {0: "<", 1: ">"}.get(raw[0] if raw else -1)
    if order is None:
        return found
    try:
        many = struct.unpack_from(f"{order}I", raw, 8)[0]
        at = 12
        for _ in range(min(many, MAX_SETTINGS)):
            at = _read(order, raw, at, found)
    except (struct.error, UnicodeDecodeError, ValueError):
        pass
    return found


def _read(order: str, raw: bytes, at: int, found: dict[str, int | str]) -> int:
    """Put one setting into `found`; returns where the next one begins. Raises struct.error or ValueError."""
    kind, length = struct.unpack_from(f"{order}BxH", raw, at)
    at += 4
    name = _text(raw, at, length)
    at += _padded(length) + 4
    if kind == INTEGER:
        found[name] = struct.unpack_from(f"{order}i", raw, at)[0]
        return at + 4
    if kind == STRING:
        length = struct.unpack_from(f"{order}I", raw, at)[0]
        found[name] = _text(raw, at + 4, length)
        return at + 4 + _padded(length)
    if kind == COLOR:
        return at + COLOR_BYTES
    raise ValueError(f"setting of kind {kind}")


def _text(raw: bytes, at: int, length: int) -> str:
    text = raw[at : at + length]
    if len(text) < length:
        raise ValueError("cut off")
    return text.decode("utf-8")


def _padded(length: int) -> int:
    return length + -length % 4
