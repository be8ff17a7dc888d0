"""What every part of the tray stands on: one X connection, atoms, and who hears of which window. It decides nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from Xlib import X, Xatom
from Xlib.error import XError
from Xlib.protocol import rq

from guiagent.core.blending import laid_on
from guiagent.core.trayicons import NEUTRAL, SLOT_PX
from guiagent.x11.atoms import DOCKS, Atoms
from protocol.limits import BYTES_PER_PIXEL
from shm.x11.connection import XConnection

LOG = logging.getLogger(__name__)

EXTENSIONS: Final = ("Composite", "DAMAGE")
NAMES: Final = (
    DOCKS,
    "MANAGER",
    "UTF8_STRING",
    "WM_CLASS",
    "WM_NAME",
    "_NET_SYSTEM_TRAY_MESSAGE_DATA",
    "_NET_SYSTEM_TRAY_OPCODE",
    "_NET_SYSTEM_TRAY_ORIENTATION",
    "_NET_SYSTEM_TRAY_S0",
    "_NET_SYSTEM_TRAY_VISUAL",
    "_NET_WM_NAME",
    "_NET_WM_WINDOW_TYPE",
    "_NET_WM_WINDOW_TYPE_POPUP_MENU",
    "_NET_WM_WINDOW_TYPE_TOOLTIP",
    "_XEMBED",
    "_XEMBED_INFO",
)
PUT_BYTES: Final = 200_000
"""A PutImage stays below the 256 KiB that a request without BIG-REQUESTS may have."""

Hear = Callable[[rq.Event], None]


class Ground:
    """Raises DisplayLost from any method once the X server is gone."""

    def __init__(self, display_name: str) -> None:
        self.connection = XConnection(display_name, extensions=EXTENSIONS)
        self.display: Any = self.connection.display
        self.screen: Any = self.display.screen()
        self.root: Any = self.screen.root
        self.atoms = Atoms(self.connection, NAMES)
        self._hearers: dict[int, Hear] = {}
        self._context: Any = self.root.create_gc(graphics_exposures=False)
        self.connection.on_cold_event(self._heard)
        self.connection.on_error(lambda error: LOG.debug("X error: %s", error))

    def listen(self, window: Any, hear: Hear) -> None:
        """Events of this window go to `hear`, until `forget`."""
        self._hearers[int(window.id)] = hear

    def forget(self, window: Any) -> None:
        """Events of this window go nowhere."""
        self._hearers.pop(int(window.id), None)

    def window(self, number: int) -> Any:
        """The window with this number."""
        return self.display.create_resource_object("window", number)

    def owns(self, number: int) -> bool:
        """Whether the number is one of ours, or the root's: no program's window."""
        info = self.display.display.info
        return bool(number & ~info.resource_id_mask == info.resource_id_base or number == self.root.id)

    def holder(self, hear: Hear, event_mask: int) -> Any:
        """A new window that is docked as soon as it is mapped; its transparent parts are NEUTRAL."""
        holder = self.root.create_window(
            *(0, 0, SLOT_PX, SLOT_PX, 0, X.CopyFromParent),
            background_pixel=NEUTRAL,
            event_mask=event_mask | X.StructureNotifyMask,
        )
        holder.change_property(self.atoms[DOCKS], Xatom.CARDINAL, 32, [1])
        self.listen(holder, hear)
        return holder

    def drop(self, window: Any) -> None:
        """Destroy a window of ours."""
        self.forget(window)
        window.destroy()

    def entitle(self, window: Any, title: str) -> None:
        """What the desktop is told as the name of a window."""
        window.change_property(self.atoms["_NET_WM_NAME"], self.atoms["UTF8_STRING"], 8, title.encode())

    def show(self, window: Any, width: int, height: int, bgra: bytes) -> None:
        """Give a window this picture (multiplied) for as long as it has no other, on NEUTRAL."""
        pixmap = window.create_pixmap(width, height, self.screen.root_depth)
        pixels = laid_on(bgra, NEUTRAL)
        stride = BYTES_PER_PIXEL * width
        rows = max(1, PUT_BYTES // stride)
        for top in range(0, height, rows):
            part = pixels[top * stride : (top + rows) * stride]
            pixmap.put_image(
                self._context, 0, top, width, len(part) // stride, X.ZPixmap, self.screen.root_depth, 0, part
            )
        window.change_attributes(background_pixmap=pixmap)
        pixmap.free()
        window.clear_area(0, 0, 0, 0)

    def _heard(self, event: rq.Event) -> None:
        window = getattr(event, "event", None) or getattr(event, "window", None)
        hear = self._hearers.get(int(window.id)) if window is not None else None
        if hear is None:
            return
        try:
            hear(event)
        except XError as error:
            LOG.debug("X error in %s: %s", type(event).__name__, error)
