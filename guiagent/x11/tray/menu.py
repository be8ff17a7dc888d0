"""The one open menu of a status item: asked for on the bus, shown in popups, chosen from by pointer and keys.

It must not know which item it belongs to. Source: com.canonical.dbusmenu (libdbusmenu, dbus-menu.xml).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from Xlib import X

from guiagent.core.dbusmenu import Entry, menu_of
from guiagent.core.menupanel import Panel, place
from guiagent.core.values import Geometry
from guiagent.x11.tray.bus import Body, Bus, Place
from guiagent.x11.tray.ground import Ground
from guiagent.x11.tray.popups import Popups

LOG = logging.getLogger(__name__)

DBUSMENU: Final = "com.canonical.dbusmenu"
ROOT: Final = 0
ALL_LEVELS: Final = -1
MASK: Final = X.PointerMotionMask | X.ButtonPressMask | X.ButtonReleaseMask | X.KeyPressMask | X.LeaveWindowMask
WHEEL: Final[Mapping[int, int]] = {4: -1, 5: 1}
MAX_OPEN: Final = 7
"""Menus that are open one beside another: MAX_DEPTH of them and the first."""
REREAD_S: Final = 0.1
"""A menu that changes while it is open is read so often at most."""

ESCAPE, RETURN, ENTER, SPACE = 0xFF1B, 0xFF0D, 0xFF8D, 0x20
LEFT, UP, RIGHT, DOWN = 0xFF51, 0xFF52, 0xFF53, 0xFF54
"""Keysyms. Source: X11 protocol, appendix A."""


class _Open:
    """One popup. entry: the menu that it shows."""

    def __init__(self, entry: Entry, panel: Panel, window: Any, geometry: Geometry) -> None:
        self.entry, self.panel, self.window, self.geometry = entry, panel, window, geometry


class Menus:
    """Raises BusLost from `open` and from what the person does."""

    def __init__(self, ground: Ground, popups: Popups, clock: Callable[[], float]) -> None:
        self.bus: Bus | None = None
        self._ground, self._popups, self._clock = ground, popups, clock
        self._owner: object = None
        self._place = Place("", "", "")
        self._icon = Geometry(0, 0, 1, 1)
        self._open: list[_Open] = []
        self._stale = self._reading = False
        self._next = 0.0
        self._handlers: Mapping[int, Callable[[Any], None]] = {
            X.MotionNotify: self._moved,
            X.ButtonPress: self._pressed,
            X.ButtonRelease: self._released,
            X.KeyPress: self._key,
        }
        self._keys: Mapping[int, Callable[[], None]] = {
            ESCAPE: self._back,
            LEFT: self._back_to_the_left,
            UP: lambda: self._step(-1),
            DOWN: lambda: self._step(1),
            RIGHT: self._enter,
            RETURN: self._choose,
            ENTER: self._choose,
            SPACE: self._choose,
        }

    def open(self, owner: object, name: str, path: str, icon: Geometry) -> None:
        """Ask for this menu, and show it when it has come. owner: who may close it; a second time closes it."""
        was = self._owner
        self.close(was)
        if was is owner and was is not None:
            return
        self._owner, self._icon, self._place = owner, icon, Place(name, path, DBUSMENU)
        self._stale = self._reading = False
        self._call("AboutToShow", "i", (ROOT,), "b", lambda _body: self._read())

    def close(self, owner: object) -> None:
        """Close the menu if it is that of `owner`."""
        if self._owner is None or owner is not self._owner:
            return
        if self._open:
            self._tell(ROOT, "closed")
            self._ground.display.ungrab_pointer(X.CurrentTime)
            self._ground.display.ungrab_keyboard(X.CurrentTime)
        self._shut(0)
        self._owner = None
        self._stale = self._reading = False  # else it would be read again, and shown

    def changed(self, name: str, path: str) -> None:
        """A menu says that it has changed."""
        if self._open and (name, path) == (self._place.name, self._place.path):
            self._stale = True

    def deadline(self) -> float | None:
        """When `settle` has something to ask."""
        return self._next if self._stale and not self._reading else None

    def settle(self) -> None:
        """Read a menu that has changed."""
        now = self._clock()
        if self._stale and not self._reading and now >= self._next:
            self._next = now + REREAD_S
            self._read()

    # The program

    def _read(self) -> None:
        self._stale, self._reading = False, True
        self._call("GetLayout", "iias", (ROOT, ALL_LEVELS, []), "u(ia{sv}av)", self._laid_out)

    def _laid_out(self, body: Body | None) -> None:
        self._reading = False
        if body is None or len(body) != 2:
            LOG.info("a program does not say what is in the menu of its icon")
            if not self._open:
                self._owner = None
            return
        root = menu_of(body[1])
        if self._open:
            self._renew(root)
        elif root.children:
            self._appear(root)
            self._tell(ROOT, "opened")
        else:
            self._owner = None

    def _appear(self, root: Entry) -> None:
        """Show the first menu. No key that the person types when it is there comes before its grab of the keyboard."""
        display = self._ground.display
        display.grab_server()
        try:
            self._show(root, self._icon, submenu=False)
            self._grab()
        finally:
            display.ungrab_server()
            display.flush()

    def _call(self, method: str, signature: str, body: Body, wanted: str, then: Callable[[Body | None], None]) -> None:
        """`then` is called unless another menu is open by then. wanted: signature of the answer."""
        place, owner = self._place, self._owner

        def answered(said: Body | None) -> None:
            if owner is self._owner and place == self._place:
                then(said)

        if self.bus is not None:
            self.bus.call(self._place, method, signature, body, answered, wanted=wanted)

    def _tell(self, number: int, event: str) -> None:
        if self.bus is not None:
            self.bus.tell(self._place, "Event", "isvu", (number, event, ("i", 0), 0))

    # What is shown

    def _grab(self) -> None:
        """Everything that the person does in this qube goes to the menu. A program may have the pointer: then its
        clicks beside the menu do not close it."""
        first = self._open[0].window
        mask = X.PointerMotionMask | X.ButtonPressMask | X.ButtonReleaseMask
        first.grab_pointer(
            *(True, mask, X.GrabModeAsync, X.GrabModeAsync, X.NONE, X.NONE, X.CurrentTime),
        )
        first.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)  # noqa: FBT003

    def _panel(self, entry: Entry) -> Panel:
        canvas = self._popups.canvas
        widest = max((canvas.measure(each.label) for each in entry.children), default=0)
        return Panel(entry.children, widest, canvas.line, self._popups.area().height)

    def _show(self, entry: Entry, beside: Geometry, *, submenu: bool) -> None:
        panel = self._panel(entry)
        size = panel.width, panel.height
        geometry = Geometry(*place(size, beside, self._popups.area(), submenu=submenu), *size)
        window = self._popups.open("_NET_WM_WINDOW_TYPE_POPUP_MENU", geometry, self._heard, MASK)
        shown = _Open(entry, panel, window, geometry)
        self._open.append(shown)
        self._draw(shown)
        window.map()

    def _draw(self, shown: _Open) -> None:
        self._popups.canvas.draw(shown.window, *shown.geometry.size, shown.panel.shapes())

    def _shut(self, left: int) -> None:
        """Close all but the first so many popups."""
        while len(self._open) > left:
            self._ground.drop(self._open.pop().window)

    def _renew(self, root: Entry) -> None:
        """The same menus with what is in them now; one that is not there any more closes, and all behind it."""
        for depth, shown in enumerate(self._open):
            entry = root.find(shown.entry.number)
            if entry is None or not entry.children:
                self._shut(depth)
                break
            chosen = shown.entry.children[shown.panel.chosen].number if shown.panel.chosen >= 0 else None
            panel = self._panel(entry)
            panel.first = min(shown.panel.first, len(entry.children) - 1)
            panel.chosen = next((at for at, each in enumerate(entry.children) if each.number == chosen), -1)
            shown.entry, shown.panel = entry, panel
            shown.geometry = shown.geometry._replace(width=panel.width, height=panel.height)
            shown.window.configure(width=panel.width, height=panel.height)
            self._draw(shown)
        if not self._open:
            self.close(self._owner)

    # The person

    def _heard(self, event: Any) -> None:
        handler = self._handlers.get(event.type & 0x7F)
        if handler is not None and self._open:
            handler(event)

    def _under(self, event: Any) -> tuple[int, int]:
        """Which popup is under the pointer, the newest first, and which entry of it; -1 for none."""
        for depth in range(len(self._open) - 1, -1, -1):
            shown = self._open[depth]
            x, y = event.root_x - shown.geometry.x, event.root_y - shown.geometry.y
            if 0 <= x < shown.geometry.width and 0 <= y < shown.geometry.height:
                return depth, shown.panel.at(x, y)
        return -1, -1

    def _moved(self, event: Any) -> None:
        depth, index = self._under(event)
        if depth < 0 or index < 0 or index == self._open[depth].panel.chosen:
            return
        self._select(depth, index)
        entry = self._open[depth].panel.entries[index]
        if entry.submenu and entry.selectable:
            self._open_below(depth)

    def _pressed(self, event: Any) -> None:
        depth, _index = self._under(event)
        if event.detail in WHEEL and depth >= 0:
            self._shut(depth + 1)
            self._open[depth].panel.scroll(WHEEL[event.detail])
            self._draw(self._open[depth])
        elif depth < 0 and event.detail not in WHEEL:
            self.close(self._owner)

    def _released(self, event: Any) -> None:
        depth, index = self._under(event)
        if depth < 0 or index < 0 or event.detail in WHEEL:
            return
        self._select(depth, index)
        self._choose()

    def _select(self, depth: int, index: int) -> None:
        shown = self._open[depth]
        self._shut(depth + 1)
        shown.panel.choose(index)
        self._draw(shown)

    def _open_below(self, depth: int) -> None:
        """Open the submenu of what is chosen there; a program may fill it only when it is asked."""
        shown = self._open[depth]
        entry = shown.panel.entries[shown.panel.chosen]
        if len(self._open) >= MAX_OPEN:
            return
        self._call("AboutToShow", "i", (entry.number,), "b", self._updated)
        self._tell(entry.number, "opened")
        if entry.children:
            top = shown.geometry.y + shown.panel.top_of(shown.panel.chosen)
            line = Geometry(shown.geometry.x, top, shown.geometry.width, shown.panel.row)
            self._show(entry, line, submenu=True)

    def _updated(self, body: Body | None) -> None:
        if body and body[0] is True:
            self._stale = True

    def _key(self, event: Any) -> None:
        keysym = self._ground.display.keycode_to_keysym(event.detail, 0)
        act = self._keys.get(keysym)
        if act is not None:
            act()
            return
        depth = len(self._open) - 1
        index = self._open[depth].panel.named(chr(keysym)) if keysym < 0x100 else -1
        if index >= 0:
            self._select(depth, index)
            self._choose()

    def _step(self, step: int) -> None:
        shown = self._open[-1]
        if shown.panel.move(step):
            self._draw(shown)

    def _back(self) -> None:
        """Out of a submenu, and out of the menu."""
        if len(self._open) > 1:
            self._shut(len(self._open) - 1)
        else:
            self.close(self._owner)

    def _back_to_the_left(self) -> None:
        if len(self._open) > 1:
            self._back()

    def _enter(self) -> None:
        shown = self._open[-1]
        if shown.panel.chosen >= 0 and shown.panel.entries[shown.panel.chosen].submenu:
            self._open_below(len(self._open) - 1)
            if self._open[-1] is not shown:
                self._step(1)

    def _choose(self) -> None:
        shown = self._open[-1]
        entry = shown.panel.entries[shown.panel.chosen] if shown.panel.chosen >= 0 else None
        if entry is None or not entry.selectable:
            return
        if entry.submenu:
            self._enter()
            return
        self._tell(entry.number, "clicked")
        self.close(self._owner)
