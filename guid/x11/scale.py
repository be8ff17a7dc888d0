"""Watches how large the desktop draws; must not know who is told.

Whoever manages settings owns a selection, and keeps them in a property of its window. Source: XSETTINGS protocol 0.5.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from Xlib import X

from guid.core.scale import Said, desktop_scale, resources_of
from guid.core.xsettings import Settings, settings_of
from guid.x11.desktop import Desktop
from guid.x11.scalenow import MAX_WORDS
from protocol.scale import Scale
from shm.x11.properties import bytes_in, get_property

CHANGE_WINDOW_ATTRIBUTES, GET_SELECTION_OWNER = 2, 23


class ScaleWatch:
    """The scale of one desktop. told: is called with it once it is known, and whenever it may be another one.

    drawn: likewise, with how many times as large the desktop itself draws, whatever the person decides for this qube.
    """

    def __init__(
        self, desktop: Desktop, told: Callable[[Scale], None], drawn: Callable[[float], None], wanted: float
    ) -> None:
        self._desktop = desktop
        self._told = told
        self._drawn = drawn
        self._wanted = wanted
        self._resources: dict[str, str] | None = None
        self._settings: Settings | None = None
        self._asking = self._again = False
        self.ask()

    def ask(self) -> None:
        """Any of it may have changed: ask for all, one time after the other however often this is said."""
        self._again = self._asking
        if self._asking:
            return
        self._asking = True
        self._ask_property(self._desktop.root_id, "RESOURCE_MANAGER", self._resources_read)
        owner = struct.pack("<BBHI", GET_SELECTION_OWNER, 0, 2, self._desktop.atoms["_XSETTINGS_S0"])
        self._desktop.x.send_with_reply(owner, 1, self._owner_read)

    def want(self, wanted: float) -> None:
        """The person decides otherwise; 0: nothing."""
        self._wanted = wanted
        self.look()

    def look(self) -> None:
        """Monitors or decisions may be others: say what the scale is with them, if the rest is known by now."""
        if self._resources is not None and self._settings is not None:
            said = Said(self._resources, self._settings, self._desktop.monitors)
            self._told(desktop_scale(said, self._wanted))
            self._drawn(desktop_scale(said).ratio)

    def _ask_property(self, window: int, name: str, read: Callable[[bytes], None]) -> None:
        request = get_property(window, self._desktop.atoms[name], MAX_WORDS)
        self._desktop.x.send_with_reply(request, 1, lambda reply: read(bytes_in(reply)))

    def _resources_read(self, raw: bytes) -> None:
        self._resources = resources_of(raw)

    def _owner_read(self, reply: bytes) -> None:
        owner = struct.unpack_from("<I", reply, 8)[0] if reply else 0
        if not owner:
            self._settings_read(b"")
            return
        mask = X.PropertyChangeMask
        watch = struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, owner, X.CWEventMask, mask)
        self._desktop.x.send(watch, 1)
        self._ask_property(owner, "_XSETTINGS_SETTINGS", self._settings_read)

    def _settings_read(self, raw: bytes) -> None:
        self._settings = settings_of(raw)
        self._asking = False
        if self._again:
            self.ask()
        self.look()
