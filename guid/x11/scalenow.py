"""Asks how large a desktop draws at this moment, and waits for the answer; guid/x11/scale.py watches it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from Xlib import X, error

from guid.core.monitors import SeenMonitor
from guid.core.scale import Said, desktop_scale, resources_of
from guid.core.xsettings import settings_of

MAX_WORDS = 16_384
"""In units of 4 bytes; what is longer than 64 KiB is not believed. Desktops have 1 to 4 KiB of each."""
BYTES = 8
"""The format of properties that hold text or settings."""


def scale_now(connection: Any, monitors: Sequence[SeenMonitor]) -> float:
    """How many times as large as with 96 dots an inch. connection: of python-xlib. monitors: of that desktop."""
    resources = _bytes_of(connection, connection.screen().root, "RESOURCE_MANAGER")
    owner = connection.get_selection_owner(connection.intern_atom("_XSETTINGS_S0"))
    shared = b"" if owner == X.NONE else _bytes_of(connection, owner, "_XSETTINGS_SETTINGS")
    said = Said(resources_of(resources), settings_of(shared), monitors)
    return desktop_scale(said).ratio


def _bytes_of(connection: Any, window: Any, name: str) -> bytes:
    """A property of bytes; nothing if it is too long, or its window is gone."""
    try:
        found = window.get_property(connection.intern_atom(name), X.AnyPropertyType, 0, MAX_WORDS)
    except error.BadWindow:
        return b""
    if found is None or found.format != BYTES or found.bytes_after:
        return b""
    return found.value if isinstance(found.value, bytes) else bytes(found.value)
