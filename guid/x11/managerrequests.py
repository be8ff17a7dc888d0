"""Asks the window manager for what only it may do to a managed window; must not know windows' histories."""

from __future__ import annotations

import struct

from Xlib import X
from Xlib.protocol import rq

from guid.core.values import DesktopState
from guid.x11.desktop import Desktop
from guid.x11.properties import Properties
from shm.x11.requests import send_event, unmap_window

ICONIC_STATE, NORMAL_SOURCE = 3, 1
STATE_REMOVE, STATE_ADD = 0, 1


class ManagerRequests:
    """Sends them to the root window, where a window manager hears them. Sources: ICCCM 4.1.4, EWMH 1.5."""

    def __init__(self, desktop: Desktop, properties: Properties) -> None:
        self._desktop = desktop
        self._properties = properties

    def withdraw(self, outer: int) -> None:
        """Unmap it, and say so: the synthetic UnmapNotify of ICCCM 4.1.4."""
        event = struct.pack("<BBHIIBxxx16x", X.UnmapNotify, 0, 0, self._desktop.root_id, outer, 0)
        self._desktop.x.send(unmap_window(outer) + self._to_root(event), 2)

    def change_states(self, outer: int, add: DesktopState, remove: DesktopState) -> None:
        """Add some states and remove others."""
        atom = self._desktop.atoms["_NET_WM_STATE"]
        for action, states in ((STATE_ADD, add), (STATE_REMOVE, remove)):
            for state in states:
                one, *other = self._properties.atoms_of(state)
                self._message(outer, atom, (action, one, other[0] if other else 0, NORMAL_SOURCE, 0))

    def minimize(self, outer: int) -> None:
        """Make it iconic."""
        self._message(outer, self._desktop.atoms["WM_CHANGE_STATE"], (ICONIC_STATE, 0, 0, 0, 0))

    def answer_ping(self, event: rq.Event) -> None:
        """_NET_WM_PING goes back to the root window."""
        _format, data = event.data
        self._message(self._desktop.root_id, self._desktop.atoms["WM_PROTOCOLS"], tuple(data))

    def _message(self, window: int, kind: int, data: tuple[int, ...]) -> None:
        event = struct.pack("<BBHII5I", X.ClientMessage, 32, 0, window, kind, *data)
        self._desktop.x.send(self._to_root(event), 1)

    def _to_root(self, event: bytes) -> bytes:
        mask = X.SubstructureNotifyMask | X.SubstructureRedirectMask
        return send_event(self._desktop.root_id, event, event_mask=mask)
