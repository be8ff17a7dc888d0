"""The atoms of the qube's X server. It must not know what they are used for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from Xlib.protocol import request

from shm.x11.connection import XConnection

OWN_STATES: Final = (
    "_NET_WM_STATE_ABOVE",
    "_NET_WM_STATE_BELOW",
    "_NET_WM_STATE_MODAL",
    "_NET_WM_STATE_SHADED",
    "_NET_WM_STATE_SKIP_PAGER",
    "_NET_WM_STATE_SKIP_TASKBAR",
    "_NET_WM_STATE_STICKY",
)
"""States that concern nobody outside the qube, or of which the wire has no word. Source: EWMH, "_NET_WM_STATE"."""
MAXIMIZED: Final = ("_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ")
POPUP_TYPES: Final = (
    "_NET_WM_WINDOW_TYPE_COMBO",
    "_NET_WM_WINDOW_TYPE_DND",
    "_NET_WM_WINDOW_TYPE_DROPDOWN_MENU",
    "_NET_WM_WINDOW_TYPE_NOTIFICATION",
    "_NET_WM_WINDOW_TYPE_POPUP_MENU",
    "_NET_WM_WINDOW_TYPE_TOOLTIP",
)
"""Types that are usually override-redirect, and that a window manager neither decorates nor focuses if they are not."""
ACTIONS: Final = (
    "_NET_WM_ACTION_MOVE",
    "_NET_WM_ACTION_RESIZE",
    "_NET_WM_ACTION_MINIMIZE",
    "_NET_WM_ACTION_MAXIMIZE_HORZ",
    "_NET_WM_ACTION_MAXIMIZE_VERT",
    "_NET_WM_ACTION_FULLSCREEN",
    "_NET_WM_ACTION_CLOSE",
)
"""What may be asked of any window. Source: EWMH, "_NET_WM_ALLOWED_ACTIONS"."""
ROOT_PROPERTIES: Final = (
    "_NET_ACTIVE_WINDOW",
    "_NET_CLIENT_LIST",
    "_NET_CLIENT_LIST_STACKING",
    "_NET_CURRENT_DESKTOP",
    "_NET_DESKTOP_GEOMETRY",
    "_NET_DESKTOP_VIEWPORT",
    "_NET_NUMBER_OF_DESKTOPS",
    "_NET_SUPPORTED",
    "_NET_SUPPORTING_WM_CHECK",
    "_NET_WORKAREA",
)
WINDOW_PROPERTIES: Final = (
    "_NET_FRAME_EXTENTS",
    "_NET_WM_ALLOWED_ACTIONS",
    "_NET_WM_DESKTOP",
    "_NET_WM_ICON",
    "_NET_WM_NAME",
    "_NET_WM_STATE",
    "_NET_WM_STATE_DEMANDS_ATTENTION",
    "_NET_WM_STATE_FULLSCREEN",
    "_NET_WM_STATE_HIDDEN",
    "_NET_WM_WINDOW_TYPE",
)
MESSAGES: Final = (
    "_NET_CLOSE_WINDOW",
    "_NET_MOVERESIZE_WINDOW",
    "_NET_REQUEST_FRAME_EXTENTS",
    "_NET_RESTACK_WINDOW",
    "_NET_WM_MOVERESIZE",
)
"""Messages to the root window, besides those that have the name of a property."""
SUPPORTED: Final = (*ROOT_PROPERTIES, *WINDOW_PROPERTIES, *MESSAGES, *OWN_STATES, *MAXIMIZED, *POPUP_TYPES, *ACTIONS)
"""What a program finds in _NET_SUPPORTED: no less, for toolkits do badly by themselves what is not there."""
DOCKS: Final = "_VITRAIL_DOCKS"
"""Our own: on a window that is to be shown in the desktop's tray. Written before it is mapped."""
NAMES: Final = (
    *SUPPORTED,
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
    DOCKS,
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
