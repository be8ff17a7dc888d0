"""The windows of one qube, found on the desktop by what their daemon has written on them; for who is not that daemon.

Whose a window is, its daemon says (_QUBES_VMNAME), and under which number the qube knows it (_QUBES_VMWINDOWID): a qube
can write neither. An icon is left on the window, for the daemon to take.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, Final

from Xlib import X, Xatom
from Xlib.error import XError

from guid.core.iconstream import StreamedIcon
from guid.core.values import RemoteId
from guid.x11.properties import property_request
from shm.x11.connection import XConnection

OFFER: Final = "_VITRAIL_ICON"
"""Width, height, ARGB words, as an image in _NET_WM_ICON: an icon that the window's daemon may take."""
MAX_WINDOWS: Final = 4_096
"""Windows of everybody that are looked at."""
NAME_LONGS: Final = 16


class IconWindows:
    """By their numbers in the qube. changed: there may be others than when `look` was last called."""

    def __init__(self, display: str | None, qube: str) -> None:
        self._x = XConnection(display, extensions=())
        self._display: Any = self._x.display
        self._qube = qube.encode("ascii")
        self._root = self._display.screen().root
        self._clients, self._name, self._number, self._offer = (
            int(self._display.intern_atom(name))
            for name in ("_NET_CLIENT_LIST", "_QUBES_VMNAME", "_QUBES_VMWINDOWID", OFFER)
        )
        self._known: dict[int, RemoteId | None] = {}
        self.changed = True
        self._x.on_cold_event(self._event)
        self._x.on_error(lambda _error: None)  # windows go when they like
        without_manager = self._root.get_property(self._clients, Xatom.WINDOW, 0, 0) is None
        children = X.SubstructureNotifyMask if without_manager else 0
        self._root.change_attributes(event_mask=X.PropertyChangeMask | children)
        self._x.sync()

    def fileno(self) -> int:
        """Readable: call `pump`."""
        return self._x.fileno()

    def pump(self) -> None:
        """Take what the X server says. Raises DisplayLost."""
        self._x.pump()

    def look(self) -> dict[RemoteId, int]:
        """The qube's windows: number in the qube → X id."""
        self.changed = False
        listed = self._listed()
        self._known = {window: self._known[window] for window in listed if window in self._known}
        for window in listed:
            if window not in self._known:
                self._known[window] = self._number_of(window)
        self._x.drain()
        return {number: window for window, number in self._known.items() if number is not None}

    def offer(self, window: int, icon: StreamedIcon) -> None:
        """Leave it on the window."""
        value = struct.pack("<II", icon.image.width, icon.image.height) + icon.image.pixels
        self._x.send(property_request(window, self._offer, Xatom.CARDINAL, 32, value), 1)

    def close(self) -> None:
        """Leave the desktop."""
        self._x.close()

    def _event(self, event: Any) -> None:
        property_of_root = event.type == X.PropertyNotify and event.window.id == self._root.id
        listed = property_of_root and event.atom == self._clients
        self.changed = self.changed or listed or event.type in (X.MapNotify, X.ReparentNotify)

    def _listed(self) -> Iterable[int]:
        """The window manager's, or where there is none, all."""
        found = self._root.get_property(self._clients, Xatom.WINDOW, 0, MAX_WINDOWS)
        if found is not None and found.format == 32:
            return [int(window) for window in found.value]
        return [int(child.id) for child in self._root.query_tree().children[:MAX_WINDOWS]]

    def _number_of(self, window: int) -> RemoteId | None:
        resource = self._display.create_resource_object("window", window)
        try:
            name = resource.get_property(self._name, Xatom.STRING, 0, NAME_LONGS)
            number = resource.get_property(self._number, Xatom.WINDOW, 0, 1)
        except XError:
            return None
        if name is None or number is None or bytes(name.value) != self._qube or len(number.value) != 1:
            return None
        return RemoteId(int(number.value[0]))
