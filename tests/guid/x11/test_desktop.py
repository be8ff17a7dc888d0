"""guid/x11/desktop.py: displays that cannot carry a frame are refused, with what they lack."""

import pytest

from guid.core.geometry import Rect
from guid.x11.desktop import Desktop, UnsuitableDisplay
from shm.errors import DisplayLost
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop


@pytest.mark.parametrize(
    ("depth", "extra", "lacks"),
    [
        (24, ("-extension", "MIT-SHM"), "share memory"),
        (16, (), "depth-24|24"),
    ],
    ids=["no-shared-memory", "depth-16"],
)
def test_unsuitable_display_is_refused_with_what_it_lacks(depth: int, extra: tuple[str, ...], lacks: str) -> None:
    with XServer(100, 80, depth, extra=extra) as server, pytest.raises(UnsuitableDisplay, match=lacks):
        Desktop(server.name, qube="work")


# python-xlib leaves the socket of a failed attempt to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_display_that_is_not_there_is_lost() -> None:
    with XServer(100, 80) as server:
        name = server.name
    with pytest.raises(DisplayLost):
        Desktop(name, qube="work")


def test_screen_without_a_window_manager_is_all_work_area(xvfb: XServer) -> None:
    desktop = Desktop(xvfb.name, qube="work")
    whole = Rect(0, 0, 1920, 1080)
    assert (desktop.geometry.root, desktop.geometry.work_area) == (whole, whole)
    desktop.x.close()


@pytest.mark.parametrize("rgb", [0x000000, 0xFFFFFF, 0x3465A4, 0xCC0000, 0x010203])
def test_pixel_of_a_colour_is_the_colour(xvfb: XServer, rgb: int) -> None:
    desktop = Desktop(xvfb.name, qube="work")
    assert desktop.pixel(rgb) == rgb
    desktop.x.close()
