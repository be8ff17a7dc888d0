"""The agent's own tiny window: the sign of a window manager, the shield under the pointer, and the server's clock.

It must not know any other window.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from Xlib import X, Xatom

from guiagent.x11.atoms import Atoms
from shm.x11.connection import XConnection

WM_NAME: Final = "Vitrail"


class Stub:
    """A 1x1 window that is mapped only while it shields the pointer."""

    def __init__(self, connection: XConnection, atoms: Atoms) -> None:
        self._connection = connection
        display: Any = connection.display
        root = display.screen().root
        self._window = root.create_window(
            -1, -1, 1, 1, 0, X.CopyFromParent, override_redirect=True, event_mask=X.PropertyChangeMask
        )
        self.id = int(self._window.id)
        self._waiting: list[Callable[[int], None]] = []
        self._clock = atoms["WM_STATE"]
        self._window.change_property(atoms["_NET_WM_NAME"], atoms["UTF8_STRING"], 8, WM_NAME.encode())
        for window in (self._window, root):
            window.change_property(atoms["_NET_SUPPORTING_WM_CHECK"], Xatom.WINDOW, 32, [self.id])
        self._window.set_selection_owner(atoms["WM_S0"], X.CurrentTime)

    def at_server_time(self, callback: Callable[[int], None]) -> None:
        """Call back with a fresh time of the server (ms), without waiting for it.

        Focus changes that carry an older time than the last one are ignored by the server. Source: ICCCM 4.1.7.
        """
        self._waiting.append(callback)
        self._window.change_property(self._clock, Xatom.CARDINAL, 32, [], mode=X.PropModeAppend)

    def property_changed(self, time: int) -> None:
        """A PropertyNotify of this window came."""
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback(time)
