"""Asks how large a desktop draws at this moment, and waits for the answer; guid/x11/scale.py watches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from Xlib import X, Xatom, error
from Xlib.protocol import request

from guid.core.monitors import SeenMonitor
from guid.core.scale import Said, desktop_scale, resources_of
from guid.core.xsettings import settings_of

MAX_WORDS = 16_384
"""In units of 4 bytes; what is longer than 64 KiB is not believed. Desktops have 1 to 4 KiB of each."""
XSETTINGS = "_XSETTINGS_S0", "_XSETTINGS_SETTINGS"
BYTES = 8
"""The format of properties that hold text or settings."""


def scale_now(connection: Any, monitors: Sequence[SeenMonitor], atoms: Mapping[str, int] | None = None) -> float:
    """How many times as large as with 96 dots an inch. connection: of python-xlib. monitors: of that desktop.

    atoms: if those of XSETTINGS are known there: two round trips fewer.
    """
    manager, name = (atoms[each] if atoms else connection.intern_atom(each) for each in XSETTINGS)
    lower, root = connection.display, connection.screen().root
    asked = _ask_for(lower, root, Xatom.RESOURCE_MANAGER)
    owner = request.GetSelectionOwner(display=lower, selection=manager).owner
    resources = _bytes_in(asked)
    shared = b"" if owner == X.NONE else _bytes_in(_ask_for(lower, owner, name))
    said = Said(resources_of(resources), settings_of(shared), monitors)
    return desktop_scale(said).ratio


def _ask_for(lower: Any, window: Any, atom: int) -> request.GetProperty:
    return request.GetProperty(
        display=lower,
        defer=True,
        delete=False,
        window=window,
        property=atom,
        type=X.AnyPropertyType,
        long_offset=0,
        long_length=MAX_WORDS,
    )


def _bytes_in(asked: request.GetProperty) -> bytes:
    """A property of bytes; nothing if it is too long, or its window is gone."""
    try:
        asked.reply()
    except error.BadWindow:
        return b""
    found: Any = asked
    if not found.property_type or found.value is None or found.value[0] != BYTES or found.bytes_after:
        return b""
    value = found.value[1]
    return value if isinstance(value, bytes) else bytes(value)
