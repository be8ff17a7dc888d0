"""What the qube's programs share on their X server: settings and X resources. It must not know where they come from.

Where somebody in the qube manages settings already, only the resources are written.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from Xlib import X, Xatom
from Xlib.protocol import event

from guiagent.core.scaling import merged_resources, resources, settings
from guiagent.core.xsettings import settings_bytes
from guiagent.x11.stub import Stub
from protocol.scale import Scale
from shm.x11.connection import XConnection

LOG = logging.getLogger(__name__)

SELECTION: Final = "_XSETTINGS_S0"
PROPERTY: Final = "_XSETTINGS_SETTINGS"


class Settings:
    """Those of one X server, kept on a window of their own inside the agent's.

    GTK asks for other events of the agent's own window, as the window manager's, and a second wish replaces the first.
    """

    def __init__(self, connection: XConnection, stub: Stub) -> None:
        self._display: Any = connection.display
        self._root: Any = self._display.screen().root
        inside = self._display.create_resource_object("window", stub.id)
        self._window: Any = inside.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self._serial = 0

    def use(self, scale: Scale) -> None:
        """Programs draw as large as this; those that look for it do so at once."""
        self._write_resources(scale)
        if self._owns():
            self._serial += 1
            name = self._display.intern_atom(PROPERTY)
            self._window.change_property(name, name, 8, settings_bytes(settings(scale), self._serial))

    def _write_resources(self, scale: Scale) -> None:
        found = self._root.get_full_property(Xatom.RESOURCE_MANAGER, X.AnyPropertyType)
        value = found.value if found is not None and found.format == 8 else b""
        before = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        after = merged_resources(before, resources(scale))
        self._root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, after.encode("latin-1"))

    def _owns(self) -> bool:
        """Whether the settings are ours to write; they become so if they are nobody's."""
        selection = self._display.intern_atom(SELECTION)
        owner = self._display.get_selection_owner(selection)
        if owner == X.NONE:
            self._window.set_selection_owner(selection, X.CurrentTime)
            words = [X.CurrentTime, selection, self._window.id, 0, 0]
            manager = self._display.intern_atom("MANAGER")
            told = event.ClientMessage(window=self._root, client_type=manager, data=(32, words))
            self._root.send_event(told, event_mask=X.StructureNotifyMask)
            return True
        if owner.id != self._window.id:
            LOG.info("the qube has settings of its own: only its X resources are those of the desktop")
            return False
        return True
