"""What a window manager says on the root window: what it does, its clients, and the one desktop. It must not know why.

Only what has changed is written, once a turn however often it changed.
"""

from __future__ import annotations

from typing import Any, Final

from Xlib import Xatom

from guiagent.core.area import free_area
from guiagent.core.qube import Qube
from guiagent.core.values import Geometry
from guiagent.x11.atoms import SUPPORTED, Atoms
from shm.x11.connection import XConnection
from shm.x11.properties import NUMBER_BITS, change_property, data_of

NO_WINDOW: Final = 0


class Manager:
    """The root window's properties. Source: EWMH, "Root Window Properties (and Related Messages)"."""

    def __init__(self, connection: XConnection, atoms: Atoms, qube: Qube) -> None:
        display: Any = connection.display
        screen = display.screen()
        self._connection = connection
        self._root_id = int(screen.root.id)
        self._atoms = atoms
        self._qube = qube
        self._stale = True
        self._clients: list[int] | None = None
        self._stacked: list[int] | None = None
        self._active: int | None = None
        self._area: Geometry | None = None
        self._told: tuple[Geometry | None, tuple[int, int]] | None = None
        self._write("_NET_SUPPORTED", [atoms[name] for name in SUPPORTED], Xatom.ATOM)
        self._write("_NET_NUMBER_OF_DESKTOPS", [1])
        self._write("_NET_CURRENT_DESKTOP", [0])
        self._write("_NET_DESKTOP_VIEWPORT", [0, 0])
        self.resized(screen.width_in_pixels, screen.height_in_pixels)

    def resized(self, width: int, height: int) -> None:
        """The root window has this size (px)."""
        self._size = width, height
        self._write("_NET_DESKTOP_GEOMETRY", [width, height])
        self._look_at_area()

    def changed(self) -> None:
        """A window has come, gone, or been restacked."""
        self._stale = True

    def settle(self) -> None:
        """Write what has changed."""
        self._look_at_area()
        focused = self._qube.focused
        active = NO_WINDOW if focused is None else int(focused)
        if active != self._active:
            self._active, self._stale = active, True
            self._write("_NET_ACTIVE_WINDOW", [active], Xatom.WINDOW)
        if self._stale:
            self._stale = False
            self._write_clients(active)

    def _look_at_area(self) -> None:
        told = self._qube.work_area, self._size
        if told == self._told:
            return
        self._told = told
        area = free_area(self._qube.work_area, *self._size)
        if area != self._area:
            self._qube.area = self._area = area
            self._write("_NET_WORKAREA", list(area))

    def _write_clients(self, active: int) -> None:
        clients = [
            int(window.window)
            for window in self._qube.windows.values()
            if window.mapped and not window.override_redirect and not window.docks
        ]
        stacked = [window for window in clients if window != active]
        stacked += [active] if active in clients else []
        if clients != self._clients:
            self._clients = clients
            self._write("_NET_CLIENT_LIST", clients, Xatom.WINDOW)
        if stacked != self._stacked:
            self._stacked = stacked
            self._write("_NET_CLIENT_LIST_STACKING", stacked, Xatom.WINDOW)

    def _write(self, name: str, numbers: list[int], kind: int = Xatom.CARDINAL) -> None:
        self._connection.send(change_property(self._root_id, self._atoms[name], kind, NUMBER_BITS, data_of(numbers)), 1)
