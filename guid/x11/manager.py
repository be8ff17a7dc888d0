"""What the window manager says on the root window; must not know qubes or their windows."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial

from Xlib import Xatom

from shm.x11.connection import XConnection

GET_PROPERTY = 20
MAX_SUPPORTED = 1_024
"""Atoms of _NET_SUPPORTED that are looked at; window managers have about 100."""

WORDS = 32
"""The format of both properties."""


class Manager:
    """Follows two properties without waiting; whoever gets events from the root window calls `changed`.

    active: X id of the active window as last heard, 0 for none. supported: atoms of EWMH that the window manager knows.
    """

    def __init__(self, x: XConnection, root: int, atoms: dict[str, int]) -> None:
        self.active = 0
        self.supported: frozenset[int] = frozenset()
        self._x = x
        self._root = root
        self._active, self._clients = atoms["_NET_ACTIVE_WINDOW"], atoms["_NET_CLIENT_LIST"]
        self._of = {
            self._active: (Xatom.WINDOW, 1, self._active_read),
            atoms["_NET_SUPPORTED"]: (Xatom.ATOM, MAX_SUPPORTED, self._supported_read),
        }
        for atom in self._of:
            self.changed(atom)

    def changed(self, atom: int) -> None:
        """A property of the root window is another one now; one that does not matter here is ignored."""
        if atom not in self._of:
            return
        kind, most, tell = self._of[atom]
        request = struct.pack("<BBHIIIII", GET_PROPERTY, 0, 6, self._root, atom, kind, 0, most)
        self._x.send_with_reply(request, 1, partial(_words, tell))

    def active_now(self) -> int:
        """Ask which window is active (two round trips).

        Some window managers leave a window there that is gone already: one that is none of theirs any more is none.
        """
        root = self._x.display.create_resource_object("window", self._root)
        active, clients = (root.get_full_property(atom, Xatom.WINDOW) for atom in (self._active, self._clients))
        found = active.value[0] if active is not None and len(active.value) else 0
        return int(found) if clients is not None and found in clients.value else 0

    def _active_read(self, words: tuple[int, ...]) -> None:
        self.active = words[0] if words else 0

    def _supported_read(self, words: tuple[int, ...]) -> None:
        self.supported = frozenset(words)


def _words(tell: Callable[[tuple[int, ...]], None], reply: bytes) -> None:
    many = struct.unpack_from("<I", reply, 16)[0] if reply and reply[1] == WORDS else 0
    tell(struct.unpack_from(f"<{many}I", reply, 32) if many else ())
