"""QSB-073 (2021): a popup was checked when the qube asked; then the window manager moved or resized it, unchecked.

Here policy looks at the result too: at every ConfigureNotify of a popup, and when the work area changes under it.
"""

import pytest
from Xlib import X, Xatom

from tests.harness.pixels import pseudo_random
from tests.harness.stage import PANEL_HEIGHT, WIDTH, ActedQube
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

WINDOW = 0x11


def begin(evil: ActedQube) -> list[int]:
    """A popup; returns where its outer is."""
    evil.agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150), popup=True)
    evil.settle()
    evil.stage.judge("shown", windows=2)
    place: list[int] = evil.daemon.window(WINDOW)["outer"]
    return place


CHANGES: tuple[dict[str, int], ...] = (
    {"x": 100, "y": 0},
    {"x": -150, "y": 300},
    {"y": -1000},
    {"x": 0, "y": 0, "width": 1000, "height": 700},
    {"width": 1, "height": 1},
    {"width": 3000, "height": 2000},
)


def test_popup_that_somebody_else_moved_goes_back(evil: ActedQube) -> None:
    place = begin(evil)
    outer = evil.viewable(WINDOW)

    def back() -> bool:
        now = outer.get_geometry()
        return [now.x, now.y, now.width, now.height] == place

    for change in CHANGES:
        outer.configure(**change, stack_mode=X.Above)
        evil.stage.x.sync()
        wait_until(back, what=f"the popup in its old place after {change}")
        evil.stage.judge(f"moved by somebody else: {change}", windows=2)
    evil.lives()


def test_popup_gives_way_to_a_panel_that_grows(evil: ActedQube) -> None:
    evil.agent.show(WINDOW, (100, PANEL_HEIGHT + 2, 200, 150), pseudo_random(200, 150), popup=True)
    evil.settle()
    evil.stage.judge("shown", windows=2)
    x = evil.stage.x
    panel = x.screen().root.create_window(0, PANEL_HEIGHT, WIDTH, 20, 0, X.CopyFromParent)
    strut = [0, 0, PANEL_HEIGHT + 20, 0, 0, 0, 0, 0, 0, WIDTH - 1, 0, 0]
    panel.change_property(x.intern_atom("_NET_WM_STRUT_PARTIAL"), Xatom.CARDINAL, 32, strut)
    dock = x.intern_atom("_NET_WM_WINDOW_TYPE_DOCK")
    panel.change_property(x.intern_atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, [dock])
    panel.map()
    x.sync()
    try:
        wait_until(
            lambda: evil.daemon.window(WINDOW)["outer"][1] == PANEL_HEIGHT + 20, what="the popup below the panel"
        )
        evil.stage.judge("a larger panel", windows=2)
    finally:
        panel.destroy()
        x.sync()
