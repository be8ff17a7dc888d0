"""guid/x11/stacking.py on a real X server. Which windows lie above lockers, tests of the whole daemon look at."""

from typing import Any

import pytest
from Xlib import X

from guid.x11.desktop import Desktop
from guid.x11.stacking import Stacking
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop


def shown(desktop: Desktop, window: Any) -> bool:
    desktop.x.sync()
    return bool(window.get_attributes().map_state == X.IsViewable)


def test_window_of_our_own_that_is_gone_is_not_asked_what_it_is(
    xvfb: XServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The banner of a fullscreen window, drawn anew, is no child of any outer."""
    desktop = Desktop(xvfb.name, qube="work")
    root = desktop.x.display.screen().root
    stacking = Stacking(desktop, (), {})
    desktop.x.on_cold_event(lambda _event: None)
    try:
        for _ in range(2):
            window = root.create_window(0, 0, 10, 10, 0, X.CopyFromParent, override_redirect=True)
            stacking.show(window.id, topmost=True)
            wait_until(lambda window=window: shown(desktop, window), what="the banner")  # type: ignore[misc]
            stacking.hide(window.id)
            window.destroy()
            desktop.x.sync()
        assert not caplog.records
    finally:
        desktop.x.close()
