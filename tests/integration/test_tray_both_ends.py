"""A status item of a program in a qube, in a stock panel of the desktop: real agent, real daemon, no sandbox."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from Xlib import X

from tests.guiagent.statusitem import StatusItem, argb, entry
from tests.guiagent.traydesk import wait_for_watcher
from tests.harness.bus import SessionBus
from tests.harness.pixels import write_png
from tests.harness.trays import Tray
from tests.harness.wait import wait_until
from tests.integration.both_ends import BothEnds

pytestmark = pytest.mark.desktop
GREEN = 0x33D17A
RIGHT = 3


def place_of(ends: BothEnds, colour: int) -> tuple[int, int] | None:
    """The middle of what has this colour on the desktop."""
    rows, columns = np.nonzero(ends.picture() == colour)
    return (int(np.median(columns)), int(np.median(rows))) if len(rows) > 50 else None


def test_status_item_is_in_the_panel_takes_clicks_and_opens_a_framed_menu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu = entry(0, entry(1, label=("s", "Open")), entry(2, label=("s", "Close")))
    picture = "a(iiay)", [argb(32, 32, 0xFF000000 | GREEN)]
    with SessionBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        with (
            BothEnds(tmp_path, environment={"DBUS_SESSION_BUS_ADDRESS": bus.address}) as ends,
            Tray("trayer", ends.desktop.name),
        ):
            wait_for_watcher(bus)
            with StatusItem(bus, menu=menu, IconPixmap=picture) as item:
                place = wait_until(lambda: place_of(ends, GREEN), 20, "the icon in the panel")
                assert place is not None
                ends.point(*place)
                wait_until(lambda: place in middles_of_icons(ends), what="the place as it is told to the qube")
                ends.click(*place)
                wait_until(lambda: [call for call in item.calls if call[0] == "Activate"], what="the click")
                (call,) = item.calls
                assert abs(call[1] - place[0]) <= 1
                assert abs(call[2] - place[1]) <= 1
                ends.point(*place)
                ends.button(X.ButtonPress, RIGHT)
                ends.button(X.ButtonRelease, RIGHT)
                shown = wait_until(lambda: menu_of(ends), 20, "the menu")
                write_png(ends.picture(), tmp_path / "menu.png")
                assert shown is not None
                x, y, width, height = shown["content"]
                left, top, right, bottom = (2, 2, 2, 2)

                def framed() -> bool:
                    frame = ends.picture()[y - top : y + height + bottom, x - left : x + width + right]
                    return len({int(pixel) for pixel in (*frame[0], *frame[-1], *frame[:, 0], *frame[:, -1])}) == 1

                wait_until(framed, what="the menu in its frame")
                assert y + height + bottom <= place[1], "above the icon"
                ends.click(x + 20, y + 12)
                wait_until(lambda: ("Event", 1, "clicked") in item.calls, what="the choice")
                wait_until(lambda: menu_of(ends) is None, what="the menu's end")
            wait_until(lambda: place_of(ends, GREEN) is None, what="the icon's end")


def middles_of_icons(ends: BothEnds) -> set[tuple[int, int]]:
    """Where the daemon knows the icons to be, and a pixel to each side."""
    contents = [each["content"] for each in ends.daemon.windows() if each["docked"]]
    steps = (-1, 0, 1)
    return {
        (x + width // 2 + right, y + height // 2 + down)
        for x, y, width, height in contents
        for right in steps
        for down in steps
    }


def menu_of(ends: BothEnds) -> dict[str, Any] | None:
    """What the daemon says of the popup that is open."""
    return next((each for each in ends.daemon.windows() if each["mapped"] and each["override_redirect"]), None)
