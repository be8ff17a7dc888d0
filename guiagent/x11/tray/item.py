"""The icon of one status item: a docked window, and what the person does there. It must not know the watcher."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from Xlib import X

from guiagent.core.blending import Picture, fitted, multiplied, over
from guiagent.core.statusitem import WHEEL_NOTCH, Icon, Item
from guiagent.core.trayicons import MAX_SLOT_PX, SLOT_PX
from guiagent.core.values import Geometry
from guiagent.x11.tray.bus import Bus, Place
from guiagent.x11.tray.ground import Ground
from guiagent.x11.tray.iconfiles import IconFiles
from guiagent.x11.tray.menu import Menus
from guiagent.x11.tray.tooltip import Tooltip

LOG = logging.getLogger(__name__)

MASK: Final = X.ButtonPressMask | X.ButtonReleaseMask | X.EnterWindowMask | X.LeaveWindowMask | X.FocusChangeMask
LEFT, MIDDLE, RIGHT = 1, 2, 3
WHEEL: Final[Mapping[int, tuple[int, str]]] = {
    4: (WHEEL_NOTCH, "vertical"),
    5: (-WHEEL_NOTCH, "vertical"),
    6: (WHEEL_NOTCH, "horizontal"),
    7: (-WHEEL_NOTCH, "horizontal"),
}
GRAB_MODES: Final = (X.NotifyGrab, X.NotifyUngrab)
"""The focus did not really go: a menu took the keyboard, or gave it back."""


class ItemIcon:
    """Drawn anew when the item or the panel's size changes; nothing waits for the program."""

    def __init__(
        self, ground: Ground, bus: Bus, place: Place, *, menus: Menus, files: IconFiles, tooltip: Tooltip
    ) -> None:
        self._ground, self._bus, self._place = ground, bus, place
        self._menus, self._files, self._tooltip = menus, files, tooltip
        self._item = Item()
        self._geometry = Geometry(0, 0, SLOT_PX, SLOT_PX)
        self._mapped = self._closed = False
        self._handlers: Mapping[int, Callable[[Any], None]] = {
            X.ConfigureNotify: self._configured,
            X.ButtonRelease: self._clicked,
            X.ButtonPress: lambda _event: tooltip.leave(),
            X.EnterNotify: self._entered,
            X.LeaveNotify: lambda _event: tooltip.leave(),
            X.FocusOut: self._unfocused,
        }
        self._window = ground.holder(self._heard, MASK)

    def show(self, item: Item) -> None:
        """The item says this of itself now."""
        self._item = item
        self._ground.entitle(self._window, item.hint)
        self._draw()

    def close(self) -> None:
        """The item is gone, or is not to be seen."""
        self._closed = True
        self._tooltip.leave()
        self._menus.close(self)
        self._ground.drop(self._window)

    def _heard(self, event: Any) -> None:
        handler = self._handlers.get(event.type & 0x7F)
        if handler is not None:
            handler(event)

    # The picture

    def _configured(self, event: Any) -> None:
        resized = (event.width, event.height) != self._geometry.size
        self._geometry = Geometry(event.x, event.y, event.width, event.height)
        if resized:
            self._draw()

    @property
    def _side(self) -> int:
        return min(*self._geometry.size, MAX_SLOT_PX)

    def _draw(self) -> None:
        """With what is there at once; a picture from a file follows when it has been read."""
        item = self._item
        self._picture(item.shown, self._side, lambda icon: self._overlaid(item, icon))

    def _overlaid(self, item: Item, icon: Picture | None) -> None:
        if not item.overlay or icon is None:
            self._put(item, icon)
            return
        half = max(1, icon.width // 2)

        def laid(overlay: Picture | None) -> None:
            left = icon.width - half
            self._put(item, icon if overlay is None else over(overlay, icon, left, left))

        self._picture(item.overlay, half, laid)

    def _picture(self, icon: Icon, side: int, found: Callable[[Picture | None], None]) -> None:
        """The icon as a multiplied picture of `side` px, now or later; None if there is none."""
        best = icon.best(side)
        if icon.name and (best is None or max(best.width, best.height) < side):
            self._files.load(icon.name, self._item.theme_path, side, lambda file: found(_square(file or best, side)))
        else:
            found(_square(best, side))

    def _put(self, item: Item, icon: Picture | None) -> None:
        if self._closed or item is not self._item:
            return  # it has changed meanwhile
        side = self._side
        icon = icon if icon is not None and icon.width == side else Picture(side, side, bytes(4 * side * side))
        width, height = self._geometry.size
        if width <= MAX_SLOT_PX and height <= MAX_SLOT_PX:
            room = Picture(width, height, bytes(4 * width * height))
            icon = over(icon, room, (width - side) // 2, (height - side) // 2)
        self._ground.show(self._window, icon.width, icon.height, icon.bgra)
        if not self._mapped:
            self._mapped = True
            self._window.map()

    # The person

    def _clicked(self, event: Any) -> None:
        x, y = event.root_x, event.root_y
        if event.detail in WHEEL:
            self._bus.tell(self._place, "Scroll", "is", WHEEL[event.detail])
        elif event.detail == MIDDLE:
            self._bus.tell(self._place, "SecondaryActivate", "ii", (x, y))
        elif event.detail == RIGHT or (event.detail == LEFT and self._item.is_menu):
            self._open_menu(x, y)
        elif event.detail == LEFT:
            self._bus.call(self._place, "Activate", "ii", (x, y), lambda body: self._activated(body, x, y), wanted=None)

    def _activated(self, body: tuple[Any, ...] | None, x: int, y: int) -> None:
        """The AppIndicator libraries have no Activate: their items are menus, and do not say so."""
        if body is None and self._item.menu and not self._closed:
            self._open_menu(x, y)

    def _open_menu(self, x: int, y: int) -> None:
        if self._item.menu:
            self._menus.open(self, self._place.name, self._item.menu, self._geometry)
        else:
            self._bus.tell(self._place, "ContextMenu", "ii", (x, y))

    def _entered(self, event: Any) -> None:
        """A menu that gave the pointer back makes X say so too: the person has seen enough of the item then."""
        if event.mode == X.NotifyNormal:
            self._tooltip.enter(self._geometry, self._item.hint)

    def _unfocused(self, event: Any) -> None:
        """The person uses something else."""
        if event.mode not in GRAB_MODES:
            self._menus.close(self)


def _square(picture: Picture | None, side: int) -> Picture | None:
    return None if picture is None else fitted(multiplied(picture), side)
