"""guid/x11/keyboard.py: a key that repeats on a real X server is not released until it is."""

from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib import display as xdisplay
from Xlib.ext import xtest

from guid.x11.desktop import Desktop
from shm.x11.requests import INPUT_EVENT
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

KEY = 38
REPEATS = 3


@pytest.fixture
def desktop(xvfb: XServer) -> Iterator[Desktop]:
    found = Desktop(xvfb.name, qube="work")
    yield found
    found.x.close()


@pytest.fixture
def hand(xvfb: XServer) -> Iterator[xdisplay.Display]:
    """A hand on the keyboard that lets go in the end."""
    person = xdisplay.Display(xvfb.name)
    yield person
    xtest.fake_input(person, X.KeyRelease, KEY)
    person.sync()
    person.close()


def focused_window(desktop: Desktop) -> None:
    """A window with the focus, on the desktop's own connection."""
    root = desktop.x.display.screen().root
    window = root.create_window(0, 0, 10, 10, 0, X.CopyFromParent, override_redirect=True)
    window.change_attributes(event_mask=X.KeyPressMask | X.KeyReleaseMask)
    window.map()
    window.set_input_focus(X.RevertToNone, X.CurrentTime)
    desktop.x.sync()


def test_key_that_repeats_is_not_released(desktop: Desktop, hand: xdisplay.Display) -> None:
    seen: list[int] = []

    def note(buffer: bytes | memoryview, offset: int) -> None:
        code, keycode, *_ = INPUT_EVENT.unpack_from(buffer, offset)
        assert keycode == KEY
        seen.append(code)

    def presses() -> int:
        desktop.x.sync()
        return seen.count(X.KeyPress)

    desktop.x.on_event(X.KeyPress, note)
    desktop.x.on_event(X.KeyRelease, note)
    focused_window(desktop)
    xtest.fake_input(hand, X.KeyPress, KEY)
    hand.sync()
    wait_until(lambda: presses() > REPEATS, what="the key repeats")
    assert X.KeyRelease not in seen
    xtest.fake_input(hand, X.KeyRelease, KEY)
    hand.sync()
    wait_until(lambda: presses() and X.KeyRelease in seen, what="the key is released")
    assert seen.count(X.KeyRelease) == 1
