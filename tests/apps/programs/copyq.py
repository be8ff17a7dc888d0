"""CopyQ, a clipboard manager: Qt 5 with an icon in the tray, which is a status item, and a menu of its own there."""

from typing import Any

from Xlib import X
from Xlib.error import BadWindow

from tests.apps.case import App, Column
from tests.apps.probes import at, no_popups, opens, popup, resizes
from tests.apps.seat import Seat
from tests.apps.windows import Rect, rect_of
from tests.harness.trays import Tray

RIGHT = 3
LARGEST_PX = 64
"""Of an icon: it is looked for among the windows inside others, where a window manager has the program's own too."""


def icon(seat: Seat, window: Any = None) -> Rect | None:
    """Where the qube's icon is in a panel of the desktop, px."""
    x = seat.session.x
    inside, named = window is not None, x.intern_atom("_QUBES_VMNAME")
    try:
        for child in (window or x.screen().root).query_tree().children:
            owner = child.get_full_property(named, X.AnyPropertyType)
            if owner is None:
                found = icon(seat, child)
            elif inside and owner.value == seat.qube.encode() and child.get_attributes().map_state == X.IsViewable:
                found = rect_of(x, child.id)
            else:
                found = None
            if found is not None and max(found[2:]) <= LARGEST_PX:
                return found
    except BadWindow:  # it went while we looked
        pass
    return None


def in_the_tray(seat: Seat) -> None:
    """Its icon is in a panel that starts later; its window closes and comes back by a click there; its menu ends it."""
    with Tray("trayer", seat.session.display):
        x, y, width, height = seat.until(lambda: icon(seat), "the icon in the panel")
        middle = x + width // 2, y + height // 2
        seat.activate()
        seat.keyboard.press("alt+F4")
        seat.until(lambda: seat.main_if_there() is None, "the window to close")
        seat.mouse.click(*middle)
        seat.until(seat.main_if_there, "the window to come back")
        menu = popup(seat, lambda: seat.mouse.click(*middle, RIGHT))
        seat.photograph("menu")
        seat.mouse.click(*middle, RIGHT)
        no_popups(seat)
        menu = popup(seat, lambda: seat.mouse.click(*middle, RIGHT))
        seat.mouse.click(*at(menu, 30, -12))
        asked = seat.until(
            lambda: next((each for each in seat.windows() if "Exit?" in each.title), None),
            "the question whether to end",
        )
        seat.activate(asked)
        seat.keyboard.press("enter")
        seat.until(lambda: icon(seat) is None, "the icon's end")


APP = App(
    name="CopyQ (tray icon)",
    packages=("copyq", "trayer"),
    argv=("copyq", "--start-server", "show"),
    title="CopyQ",
    probes={Column.OPENS: opens(), Column.RESIZE: resizes()},
    also={"tray icon and its menu": in_the_tray},
    note="In trayer. A status item: its icon and menu are drawn by the qube's agent.",
)
