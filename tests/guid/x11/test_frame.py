"""guid/x11/frame.py: the windows that make a frame, as the X server has them; a desktop test looks at their pixels."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib import X
from Xlib import display as xdisplay

from colors.labels import STANDARD
from guid.core.geometry import Extents, Rect
from guid.core.values import Kind
from guid.x11.desktop import Desktop
from guid.x11.frame import LONG_PX, FrameMaker
from protocol.limits import MAX_WINDOWS_PER_QUBE
from shm.x11.requests import map_window
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

OUTER = Rect(100, 200, 306, 206)
EXTENTS = Extents(3, 4, 20, 5)


class Seen(NamedTuple):
    """One child of an outer: px, outer-relative; where it goes when the outer is resized; what is selected on it."""

    rect: tuple[int, int, int, int]
    gravity: int
    events: int


@pytest.fixture
def desktop(xvfb: XServer) -> Iterator[Desktop]:
    found = Desktop(xvfb.name, qube="work")
    yield found
    found.x.close()


def children(display: str, outer: int) -> list[Seen]:
    """The children of an outer, bottom first."""
    connection = xdisplay.Display(display)
    found: list[Seen] = []
    for child in connection.create_resource_object("window", outer).query_tree().children:
        place, attributes = child.get_geometry(), child.get_attributes()
        assert attributes.map_state != X.IsUnmapped
        rect = (place.x, place.y, place.width, place.height)
        found.append(Seen(rect, attributes.win_gravity, attributes.all_event_masks))
    connection.close()
    return found


def test_frame_is_content_below_two_strips_below_four_edges(xvfb: XServer, desktop: Desktop) -> None:
    frame = FrameMaker(desktop, STANDARD["blue"]).create(Kind.MANAGED, OUTER, EXTENTS)
    desktop.x.sync()
    content, *rest = children(xvfb.name, frame.outer)
    assert content.rect == (3, 20, 299, 181)
    assert content.gravity == X.NorthWestGravity
    assert rest == [
        Seen((302, 0, 4, LONG_PX), X.NorthEastGravity, 0),
        Seen((0, 201, LONG_PX, 5), X.SouthWestGravity, 0),
        Seen((0, 0, 1, LONG_PX), X.NorthWestGravity, 0),
        Seen((0, 0, LONG_PX, 1), X.NorthWestGravity, 0),
        Seen((305, 0, 1, LONG_PX), X.NorthEastGravity, 0),
        Seen((0, 205, LONG_PX, 1), X.SouthWestGravity, 0),
    ]


def test_content_hears_no_key_and_outer_no_button(xvfb: XServer, desktop: Desktop) -> None:
    frame = FrameMaker(desktop, STANDARD["blue"]).create(Kind.MANAGED, OUTER, EXTENTS)
    desktop.x.sync()
    keys = X.KeyPressMask | X.KeyReleaseMask | X.FocusChangeMask
    pointer = X.ButtonPressMask | X.ButtonReleaseMask | X.PointerMotionMask | X.EnterWindowMask | X.LeaveWindowMask
    connection = xdisplay.Display(xvfb.name)
    outer = connection.create_resource_object("window", frame.outer).get_attributes().all_event_masks
    content = connection.create_resource_object("window", frame.content).get_attributes().all_event_masks
    connection.close()
    assert outer & keys == keys
    assert content & pointer == pointer
    assert not outer & pointer
    assert not content & keys


@pytest.mark.parametrize(("kind", "override"), [(Kind.MANAGED, 0), (Kind.POPUP, 1)])
def test_only_a_popup_is_override_redirect(xvfb: XServer, desktop: Desktop, kind: Kind, override: int) -> None:
    frame = FrameMaker(desktop, STANDARD["blue"]).create(kind, OUTER, EXTENTS)
    desktop.x.sync()
    connection = xdisplay.Display(xvfb.name)
    attributes = connection.create_resource_object("window", frame.outer).get_attributes()
    connection.close()
    assert attributes.override_redirect == override
    assert attributes.map_state == X.IsUnmapped


@pytest.mark.parametrize("side", [1, 2, 6, 7])
def test_content_of_an_outer_smaller_than_its_frame_has_one_pixel(xvfb: XServer, desktop: Desktop, side: int) -> None:
    frame = FrameMaker(desktop, STANDARD["blue"]).create(Kind.MANAGED, Rect(5, 5, side, side), Extents(3, 3, 3, 3))
    desktop.x.sync()
    assert children(xvfb.name, frame.outer)[0].rect == (3, 3, 1, 1)


def test_destroyed_frame_leaves_no_window(xvfb: XServer, desktop: Desktop) -> None:
    maker = FrameMaker(desktop, STANDARD["blue"])
    frame = maker.create(Kind.POPUP, OUTER, EXTENTS)
    maker.destroy(frame)
    desktop.x.sync()
    connection = xdisplay.Display(xvfb.name)
    assert frame.outer not in {child.id for child in connection.screen().root.query_tree().children}
    connection.close()


def test_as_many_frames_as_a_qube_may_have_wear_another_label(xvfb: XServer, desktop: Desktop) -> None:
    maker = FrameMaker(desktop, STANDARD["blue"])
    frames = [maker.create(Kind.POPUP, OUTER, EXTENTS) for _ in range(MAX_WINDOWS_PER_QUBE)]
    desktop.x.send(map_window(frames[-1].outer), 1)
    maker.relabel(STANDARD["orange"], frames)
    desktop.x.sync()
    connection = xdisplay.Display(xvfb.name)
    outer = connection.create_resource_object("window", frames[-1].outer)
    pixel = outer.get_image(0, 0, 1, 1, X.ZPixmap, 0xFFFFFFFF).data
    connection.close()
    assert int.from_bytes(pixel[:3], "little") == STANDARD["orange"].rgb
    for frame in frames:
        maker.destroy(frame)
    desktop.x.sync()
