"""A tray that a test plays, request by request; knows the System Tray Protocol, nothing of Vitrail."""

from types import TracebackType
from typing import Any, Final, Self

from Xlib import X, Xatom
from Xlib import display as xdisplay
from Xlib.protocol import event

from tests.harness.trays import SELECTION
from tests.harness.wait import wait_until

REQUEST_DOCK: Final = 0
EMBEDDED_NOTIFY: Final = 0


class PlayedTray:
    """A panel at `place` (px; x, y, width, height) with slots as wide as it is high. A context manager that ends it.

    asked: windows that asked for a place, oldest first. visual: what it says its icons should have, None for nothing.
    Nobody's window is in its save-set: what is in a slot goes with it.
    """

    def __init__(self, display: str, place: tuple[int, int, int, int], *, visual: int | None = None) -> None:
        self.asked: list[int] = []
        self.slots: dict[int, Any] = {}
        self.x: Any = xdisplay.Display(display)
        self._atom = self.x.intern_atom
        root = self.x.screen().root
        self._side = place[3]
        self.panel = root.create_window(*place, 0, X.CopyFromParent, override_redirect=1, background_pixel=0x202020)
        self._owner = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        if visual is not None:
            name = self._atom("_NET_SYSTEM_TRAY_VISUAL")
            self._owner.change_property(name, Xatom.VISUALID, 32, [visual])
        self.panel.map()
        self.x.sync()

    def begin(self) -> Self:
        """Be the tray from now on, and say so."""
        selection = self._atom(SELECTION)
        self._owner.set_selection_owner(selection, X.CurrentTime)
        self.announce()
        return self

    def announce(self) -> None:
        """Say so again."""
        root = self.x.screen().root
        data = 32, [X.CurrentTime, self._atom(SELECTION), self._owner.id, 0, 0]
        message = event.ClientMessage(window=root, client_type=self._atom("MANAGER"), data=data)
        root.send_event(message, event_mask=X.StructureNotifyMask)
        self.x.sync()

    def pump(self) -> None:
        """Read all that has come."""
        self.x.sync()
        while self.x.pending_events():
            got = self.x.next_event()
            if got.type == X.ClientMessage and got.client_type == self._atom("_NET_SYSTEM_TRAY_OPCODE"):
                _time, opcode, window, *_rest = got.data[1]
                if opcode == REQUEST_DOCK:
                    self.asked.append(window)

    def wait_asked(self, count: int) -> list[int]:
        """All that have asked, once there are so many."""

        def enough() -> bool:
            self.pump()
            return len(self.asked) >= count

        wait_until(enough, what=f"{count} icons that ask for a place")
        return self.asked

    def take(self, window: int, *, side: int | None = None, tell: bool = True) -> None:
        """Give it the next slot; side: of the slot, px."""
        size = side or self._side
        socket = self.panel.create_window(len(self.slots) * self._side, 0, size, size, 0, X.CopyFromParent)
        socket.map()
        icon = self.x.create_resource_object("window", window)
        icon.reparent(socket, 0, 0)
        icon.configure(x=0, y=0, width=size, height=size)
        icon.map()
        self.slots[window] = socket
        if tell:
            self._say(icon, socket)
        self.x.sync()

    def resize(self, window: int, width: int, height: int) -> None:
        """Another size for an icon, px."""
        self.slots[window].configure(width=width, height=height)
        self.x.create_resource_object("window", window).configure(width=width, height=height)
        self.x.sync()

    def put_out(self, window: int, *, mapped: bool = False) -> None:
        """Give an icon back. mapped: as a save-set does it."""
        icon = self.x.create_resource_object("window", window)
        if not mapped:
            icon.unmap()
        icon.reparent(self.x.screen().root, 40, 40)
        self.slots.pop(window).destroy()
        self.x.sync()

    def end(self) -> None:
        """Die."""
        if self.x is not None:
            self.x.close()
            self.x = None

    def _say(self, icon: Any, socket: Any) -> None:
        data = 32, [X.CurrentTime, EMBEDDED_NOTIFY, 0, socket.id, 0]
        icon.send_event(event.ClientMessage(window=icon, client_type=self._atom("_XEMBED"), data=data))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
