"""Windows that pop up beside an icon: the daemon frames them as it does any menu. It must not know what they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from Xlib import X, Xatom

from guiagent.core.values import Geometry
from guiagent.x11.tray.canvas import Canvas, canvas
from guiagent.x11.tray.ground import Ground


class Popups:
    """Makes them. The canvas is made with the first one."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._canvas: Canvas | None = None

    @property
    def canvas(self) -> Canvas:
        """What they are drawn with."""
        if self._canvas is None:
            self._canvas = canvas(self._ground)
        return self._canvas

    def area(self) -> Geometry:
        """Where they may be: all of the qube's screen, which is the desktop's."""
        shape = self._ground.root.get_geometry()
        return Geometry(0, 0, shape.width, shape.height)

    def open(self, kind: str, geometry: Geometry, hear: Callable[[Any], None], event_mask: int) -> Any:
        """A new window, not mapped yet. kind: the name of its _NET_WM_WINDOW_TYPE."""
        window = self._ground.root.create_window(
            *geometry, 0, X.CopyFromParent, override_redirect=True, event_mask=event_mask | X.StructureNotifyMask
        )
        atoms = self._ground.atoms
        window.change_property(atoms["_NET_WM_WINDOW_TYPE"], Xatom.ATOM, 32, [atoms[kind]])
        self._ground.listen(window, hear)
        return window
