"""A program played by a test that has an icon in the tray, by XEmbed; knows nothing of the agent."""

from typing import Any

from Xlib import X
from Xlib.protocol import event

from tests.guiagent.app import App
from tests.harness.pixels import Pixels
from tests.harness.wait import wait_until

MAPPED = 1


class TrayIcon:
    """window: the icon; it asks to be docked as soon as there is a tray."""

    def __init__(self, app: App, *, info: tuple[int, ...] | None = (0, MAPPED), depth: int = 24, size: int = 1) -> None:
        self._app = app
        self.window = app.window(size, size, depth=depth)
        self.window.set_wm_name("an icon")
        self.window.change_attributes(event_mask=X.StructureNotifyMask)
        if info is not None:
            self.inform(*info)

    def inform(self, *info: int) -> None:
        """Write _XEMBED_INFO."""
        atom = self._app.display.intern_atom("_XEMBED_INFO")
        self.window.change_property(atom, atom, 32, list(info))
        self._app.sync()

    def dock(self) -> None:
        """Ask the tray to take it."""
        selection = self._app.display.intern_atom("_NET_SYSTEM_TRAY_S0")
        wait_until(lambda: self._app.display.get_selection_owner(selection) != X.NONE, what="a tray in the qube")
        tray = self._app.display.get_selection_owner(selection)
        self.send(tray, 0, int(self.window.id))

    def send(self, tray: Any, *words: int) -> None:
        """_NET_SYSTEM_TRAY_OPCODE."""
        opcode = self._app.display.intern_atom("_NET_SYSTEM_TRAY_OPCODE")
        data = (32, [X.CurrentTime, *words, *[0] * (4 - len(words))])
        tray.send_event(event.ClientMessage(window=tray, client_type=opcode, data=data))
        self._app.sync()

    def paint(self, picture: Pixels, *, depth: int = 24) -> None:
        """Put 0xAARRGGBB pixels."""
        self._app.paint(self.window, picture, depth=depth)

    @property
    def holder(self) -> Any:
        """The window that it is in."""
        return self.window.query_tree().parent

    def seen(self) -> bool:
        """Whether X shows it."""
        return bool(self.window.get_attributes().map_state == X.IsViewable)
