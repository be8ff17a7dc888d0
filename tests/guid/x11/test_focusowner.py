"""guid/x11/focusowner.py: whose window has the focus, on a server without a window manager; nobody can claim it."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from Xlib import X
from Xlib import display as xdisplay

from guid.core.attention import NO_FOCUS, Focus, Row, Whose
from guid.x11.focusowner import focus_owner
from shm.x11.connection import XConnection
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop


@pytest.fixture
def looker(xvfb: XServer) -> Iterator[XConnection]:
    made = XConnection(xvfb.name, extensions=())
    yield made
    made.close()


@pytest.fixture
def daemon(xvfb: XServer) -> Iterator[xdisplay.Display]:
    """What has a qube's windows."""
    with closing(xvfb.connect()) as made:
        yield made


def shown(display: xdisplay.Display, parent: Any = None, at: tuple[int, int] = (0, 0)) -> Any:
    root = display.screen().root
    window = (parent or root).create_window(*at, 200, 100, 0, X.CopyFromParent, override_redirect=True)
    window.map()
    display.sync()
    return window


def give(display: xdisplay.Display, window: Any) -> None:
    display.set_input_focus(window, X.RevertToPointerRoot, X.CurrentTime)
    display.sync()


def rows(*anchors: int) -> list[Row]:
    return [Row("work", "blue", 0x3465A4, "running", anchors=anchors)]


def test_window_of_a_daemon_is_its_qubes(looker: XConnection, daemon: xdisplay.Display) -> None:
    outer = shown(daemon)
    outer.change_property(daemon.intern_atom("_NET_WM_NAME"), daemon.intern_atom("UTF8_STRING"), 8, "Grüße".encode())
    content = shown(daemon, outer)
    anchor = daemon.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent).id
    for focused in (outer, content):
        give(daemon, focused)
        assert focus_owner(looker, rows(anchor)) == Focus(Whose.QUBE, "work", "Grüße")
    assert focus_owner(looker, rows()).whose is Whose.DESKTOP
    outer.destroy()


def test_window_of_another_program_is_nobodys_qube(
    xvfb: XServer, looker: XConnection, daemon: xdisplay.Display
) -> None:
    with closing(xvfb.connect()) as other:
        window = shown(other)
        name, utf8 = other.intern_atom("_NET_WM_NAME"), other.intern_atom("UTF8_STRING")
        window.change_property(name, utf8, 8, "a\x1b[31m\u202e".encode())
        give(other, window)
        found = focus_owner(looker, rows(shown(daemon).id))
        assert (found.whose, found.qube) == (Whose.DESKTOP, "")
        assert found.title.isprintable()
        inside = shown(other, window)
        give(other, inside)
        assert focus_owner(looker, rows(inside.id)).qube == "work"


def test_no_focus_is_nobodys(looker: XConnection, daemon: xdisplay.Display) -> None:
    anchor = shown(daemon).id
    give(daemon, X.NONE)
    assert focus_owner(looker, rows(anchor)) == NO_FOCUS


def test_focus_of_the_pointer_is_whose_window_it_is_over(looker: XConnection, daemon: xdisplay.Display) -> None:
    outer = shown(daemon, at=(500, 400))
    give(daemon, X.PointerRoot)
    daemon.screen().root.warp_pointer(550, 450)
    daemon.sync()
    assert focus_owner(looker, rows(outer.id)).qube == "work"
    daemon.screen().root.warp_pointer(1500, 900)
    daemon.sync()
    assert focus_owner(looker, rows(outer.id)) == NO_FOCUS
