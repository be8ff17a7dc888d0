"""The windows of one qube, found on the desktop by what their daemon has written on them; for who is not that daemon.

Whose a window is, its daemon says (_QUBES_VMNAME), and under which number the qube knows it (_QUBES_VMWINDOWID): a qube
can write neither. An icon is left on the window, for the daemon to take; a C daemon takes none, so on its windows it is
set, in the hue of the label that the window has.
Source: qubes-gui-daemon 4.3: its windows never have WM_HINTS; those of our daemon have them from the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from Xlib import X, Xatom
from Xlib.error import XError

from colors.icon import of_program, property_of
from colors.labels import Label
from guid.core.iconstream import StreamedIcon
from guid.core.values import RemoteId
from shm.x11.connection import XConnection
from shm.x11.properties import change_property

OFFER: Final = "_VITRAIL_ICON"
"""Width, height, ARGB words, as an image in _NET_WM_ICON: an icon that the window's daemon may take."""
MAX_WINDOWS: Final = 4_096
"""Windows of everybody that are looked at."""
NAME_LONGS: Final = 16
COLOR_FORMAT: Final = 32
MAX_RGB: Final = 0xFFFFFF


class Seen(NamedTuple):
    """What a window's daemon says of it. rgb: of its label, where the daemon takes no icons; None where it does."""

    number: RemoteId
    rgb: int | None


class IconWindows:
    """By their numbers in the qube. changed: there may be others than when `look` was last called."""

    def __init__(self, display: str | None, qube: str) -> None:
        self._x = XConnection(display, extensions=())
        self._display: Any = self._x.display
        self._qube = qube.encode("ascii")
        self._root = self._display.screen().root
        self._clients, self._name, self._number, self._color, self._offer, self._icon = (
            int(self._display.intern_atom(name))
            for name in (
                *("_NET_CLIENT_LIST", "_QUBES_VMNAME", "_QUBES_VMWINDOWID", "_QUBES_LABEL_COLOR"),
                *(OFFER, "_NET_WM_ICON"),
            )
        )
        self._known: dict[int, Seen | None] = {}
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
                self._known[window] = self._seen(window)
        self._x.drain()
        return {seen.number: window for window, seen in self._known.items() if seen is not None}

    def offer(self, window: int, icon: StreamedIcon) -> None:
        """Leave it on the window, or set it."""
        seen = self._known.get(window)
        if seen is None or seen.rgb is None:
            name, image = self._offer, icon.image
        else:
            name, image = self._icon, of_program(icon.image, Label("", 0, seen.rgb))
        self._x.send(change_property(window, name, Xatom.CARDINAL, 32, property_of([image])), 1)

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

    def _seen(self, window: int) -> Seen | None:
        resource = self._display.create_resource_object("window", window)
        try:
            name = resource.get_property(self._name, Xatom.STRING, 0, NAME_LONGS)
            number = resource.get_property(self._number, Xatom.WINDOW, 0, 1)
            if name is None or number is None or bytes(name.value) != self._qube or len(number.value) != 1:
                return None
            color = resource.get_property(self._color, Xatom.CARDINAL, 0, 1)
            ours = resource.get_property(Xatom.WM_HINTS, Xatom.WM_HINTS, 0, 0) is not None
        except XError:
            return None
        knows_color = color is not None and color.format == COLOR_FORMAT and len(color.value) == 1
        rgb = int(color.value[0]) & MAX_RGB if knows_color and not ours else None
        return Seen(RemoteId(int(number.value[0])), rgb)
