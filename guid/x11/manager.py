"""What the window manager says on the root window; must not know qubes or their windows."""

from __future__ import annotations

import time
from collections.abc import Callable

from Xlib import Xatom

from shm.x11.connection import XConnection
from shm.x11.properties import get_property, numbers_in

MAX_SUPPORTED = 1_024
"""Atoms of _NET_SUPPORTED that are looked at; window managers have about 100."""

MAX_CLIENTS = 4_096
"""Windows of _NET_CLIENT_LIST that are looked at: four times as many as one qube may have."""

POPUP_BELIEVED_S = 60.0
"""No popup has the keyboard longer (guid/core/popupkeys.py); a daemon that crashed leaves the property behind."""


class Manager:
    """Follows four properties without waiting; whoever gets events from the root window calls `changed`.

    supported: atoms of EWMH that the window manager knows. on_active: called when another window is active.
    """

    def __init__(self, x: XConnection, root: int, atoms: dict[str, int]) -> None:
        self._active_window = 0
        self._popup, self._popup_until = 0, 0.0
        self.on_active: Callable[[], None] | None = None
        self._clients: frozenset[int] | None = None
        self.supported: frozenset[int] = frozenset()
        self._x = x
        self._root = root
        self._of = {
            atoms["_NET_CLIENT_LIST"]: (Xatom.WINDOW, MAX_CLIENTS, self._clients_read),
            atoms["_NET_ACTIVE_WINDOW"]: (Xatom.WINDOW, 1, self._active_read),
            atoms["_NET_SUPPORTED"]: (Xatom.ATOM, MAX_SUPPORTED, self._supported_read),
        }
        self.look_again()
        self._of[atoms["_VITRAIL_POPUP"]] = (Xatom.WINDOW, 1, self._popup_read)

    def look_again(self) -> None:
        """Each may be another one now."""
        for atom in self._of:
            self.changed(atom)

    def changed(self, atom: int) -> None:
        """A property of the root window is another one now; one that does not matter here is ignored."""
        if atom not in self._of:
            return
        kind, most, tell = self._of[atom]
        request = get_property(self._root, atom, most, kind=kind)
        self._x.send_with_reply(request, 1, lambda reply: tell(numbers_in(reply)))

    @property
    def active(self) -> int:
        """X id of the active window as last heard, 0 for none.

        Some window managers leave a window there that is gone already: one that is none of theirs any more is none.
        No window manager knows of a popup that has the keyboard; the daemon whose popup it is says so (ADR 66).
        """
        if self._popup and time.monotonic() < self._popup_until:
            return self._popup
        active, clients = self._active_window, self._clients
        return active if clients is None or active in clients else 0

    def _active_read(self, words: tuple[int, ...]) -> None:
        self._active_window = words[0] if words else 0
        if self.on_active is not None:
            self.on_active()

    def _popup_read(self, words: tuple[int, ...]) -> None:
        self._popup = words[0] if words else 0
        self._popup_until = time.monotonic() + POPUP_BELIEVED_S

    def _clients_read(self, words: tuple[int, ...]) -> None:
        self._clients = frozenset(words)

    def _supported_read(self, words: tuple[int, ...]) -> None:
        self.supported = frozenset(words)
