"""The atoms of the qube's X server. It must not know what they are used for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from Xlib.protocol import request

from shm.x11.connection import XConnection

NAMES: Final = (
    "COMPOUND_TEXT",
    "MANAGER",
    "UTF8_STRING",
    "WM_CHANGE_STATE",
    "WM_CLASS",
    "WM_DELETE_WINDOW",
    "WM_HINTS",
    "WM_NAME",
    "WM_NORMAL_HINTS",
    "WM_PROTOCOLS",
    "WM_S0",
    "WM_STATE",
    "WM_TAKE_FOCUS",
    "WM_TRANSIENT_FOR",
    "_GTK_FRAME_EXTENTS",
    "_NET_SUPPORTED",
    "_NET_SUPPORTING_WM_CHECK",
    "_NET_WM_MOVERESIZE",
    "_NET_WM_NAME",
    "_NET_WM_STATE",
    "_NET_WM_STATE_DEMANDS_ATTENTION",
    "_NET_WM_STATE_FULLSCREEN",
    "_NET_WM_STATE_HIDDEN",
)


class Atoms(dict[str, int]):
    """Atom numbers by name; all are interned in one round trip."""

    def __init__(self, connection: XConnection, names: Iterable[str] = NAMES) -> None:
        lower: Any = connection.display.display
        asked = [
            (name, request.InternAtom(display=lower, defer=True, name=name, only_if_exists=False)) for name in names
        ]
        for name, query in asked:
            query.reply()
            self[name] = int(query.atom)
        connection.drain()
