"""Settings that programs share, as the bytes of their property. It must not know what they mean.

Source: XSETTINGS protocol 0.5, "Settings format".
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

LEAST_FIRST: Final = 0
INTEGER: Final = 0
STRING: Final = 1


def settings_bytes(settings: Mapping[str, int | str], serial: int) -> bytes:
    """The whole property. serial: one more each time that a setting has changed; all count as changed then."""
    packed = [_packed(name, value, serial) for name, value in settings.items()]
    return struct.pack("<BxxxII", LEAST_FIRST, serial, len(packed)) + b"".join(packed)


def _packed(name: str, value: int | str, serial: int) -> bytes:
    key = name.encode("ascii")
    kind = INTEGER if isinstance(value, int) else STRING
    head = struct.pack("<BxH", kind, len(key)) + _padded(key) + struct.pack("<I", serial)
    if isinstance(value, int):
        return head + struct.pack("<i", value)
    text = value.encode("utf-8")
    return head + struct.pack("<I", len(text)) + _padded(text)


def _padded(text: bytes) -> bytes:
    return text + bytes(-len(text) % 4)
