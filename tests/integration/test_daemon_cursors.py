"""A cursor that a qube drew itself is shown over its window's content, pixel for pixel, and nowhere else."""

import contextlib
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from protocol.extensions import EXT_VERSION, Feature
from protocol.limits import MAX_CURSOR_IMAGES, MAX_CURSOR_SIDE_PX
from protocol.messages import MessageType as M
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube

pytestmark = pytest.mark.desktop

Picture = tuple[int, ...]
"""Width, height, hotspot, then 0xAARRGGBB with premultiplied alpha."""

DOT = 38


class Desk(NamedTuple):
    person: Person
    qube: Qube
    window: Framed

    def shown(self) -> Picture:
        found: Any = self.person.x.xfixes_get_cursor_image(self.person.root)
        return (found.width, found.height, found.xhot, found.yhot, *found.cursor_image)

    def send(self, picture: Picture, window: int | None = None) -> None:
        pixels = struct.pack(f"<{len(picture) - 4}I", *picture[4:])
        self.qube.agent.send(M.CURSOR_IMAGE, window or self.window.remote, *picture[:4], tail=pixels)

    def point(self, x: int, y: int) -> None:
        """Over the content, from its top left."""
        left, top, _, _ = self.qube.content(self.window.remote)
        self.person.point(left + x, top + y)

    def wait(self, expected: Picture, what: str) -> None:
        wait_until(lambda: self.shown() == expected, what=what)


def picture(width: int, height: int, hot_x: int, hot_y: int, seed: int = 1) -> Picture:
    """Colours that are never more than their alpha, mostly opaque."""
    pixels = []
    for place in range(width * height):
        number = (place + seed) * 2654435761 & 0xFFFFFFFF
        alpha = 0xFF if place % 5 else number & 0xFF
        parts = [(number >> shift & 0xFF) * alpha // 255 for shift in (16, 8, 0)]
        pixels.append(alpha << 24 | parts[0] << 16 | parts[1] << 8 | parts[2])
    return (width, height, hot_x, hot_y, *pixels)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        person.x.xfixes_query_version()
        qube = stack.enter_context(Qube(server.name))
        qube.agent.send(M.EXT_HELLO, 0, EXT_VERSION, Feature.CURSOR_IMAGE)
        yield Desk(person, qube, qube.show((100, 150, 300, 200), pseudo_random(300, 200)))


@pytest.mark.parametrize(
    "drawn",
    [picture(7, 5, 3, 4), picture(64, 64, 63, 63), picture(1, 64, 0, 0), picture(32, 32, 0, 31)],
    ids=["small", "largest", "thin", "ordinary"],
)
def test_image_of_a_program_is_the_cursor_pixel_for_pixel(desk: Desk, drawn: Picture) -> None:
    desk.point(50, 50)
    desk.send(drawn)
    desk.wait(drawn, "the cursor that was drawn")


def test_cursor_is_shown_over_the_content_and_never_over_the_frame(desk: Desk) -> None:
    drawn = picture(20, 20, 10, 10, seed=9)
    x, y, width, height = desk.qube.content(desk.window.remote)
    desk.person.point(900, 650)
    outside = desk.shown()
    desk.send(drawn)
    for inside in ((0, 0), (width - 1, height - 1)):
        desk.point(*inside)
        desk.wait(drawn, "the cursor over the content")
    outer = desk.qube.outer(desk.window.remote)
    for left, top in ((x - 1, y + 9), (x + width, y + 9), (x + 9, y - 1), (x + 9, y + height), outer[:2]):
        desk.person.point(left, top)
        assert desk.shown() != drawn, f"over the frame at {left},{top}"
    desk.person.point(900, 650)
    assert desk.shown() == outside


def test_glyph_and_default_come_after_an_image(desk: Desk) -> None:
    desk.point(30, 30)
    desk.send(picture(16, 16, 1, 1))
    desk.wait(picture(16, 16, 1, 1), "the image")
    desk.qube.agent.send(M.CURSOR, desk.window.remote, 0)
    desk.person.point(900, 650)
    default = desk.shown()
    desk.point(30, 30)
    desk.wait(default, "the default")


@pytest.mark.parametrize("alpha", [0, 127])
def test_cursor_that_cannot_be_seen_is_a_dot(desk: Desk, alpha: int) -> None:
    desk.point(30, 30)
    desk.qube.agent.send(M.CURSOR, desk.window.remote, 0x100 + DOT)
    desk.person.point(900, 650)
    desk.point(30, 30)
    default = picture(16, 16, 1, 1)
    desk.send(default)
    desk.wait(default, "something else")
    nearly = [alpha << 24] * (64 * 64 - 15) + [0xFF << 24] * 15
    desk.send((64, 64, 0, 0, *nearly))
    wait_until(lambda: desk.shown() != default, what="another cursor")
    dot = desk.shown()
    desk.qube.agent.send(M.CURSOR, desk.window.remote, 0x100 + DOT)
    desk.qube.settle()
    assert desk.shown() == dot
    assert sum(pixel >> 24 == 0xFF for pixel in dot[4:]) >= 16


def test_many_images_leave_few_cursors_in_the_x_server(desk: Desk) -> None:
    """Each of them is shown all the same, the first one again too. As X counts: XRes, of the daemon's client."""
    desk.point(30, 30)
    side = MAX_CURSOR_SIDE_PX
    first = picture(side, side, 0, 0, seed=0)
    desk.send(first)
    desk.wait(first, "the first")
    for seed in range(1, 3 * MAX_CURSOR_IMAGES):
        desk.send(picture(8, 8, seed % 8, 0, seed=seed))
    last = picture(8, 8, (3 * MAX_CURSOR_IMAGES - 1) % 8, 0, seed=3 * MAX_CURSOR_IMAGES - 1)
    desk.wait(last, "the last")
    assert cursors_of(desk) <= MAX_CURSOR_IMAGES + 1, "and the dot"
    desk.send(first)
    desk.wait(first, "the first again")


def cursors_of(desk: Desk) -> int:
    """How many the daemon's client has. Source: X-Resource 1.0, QueryClientResources."""
    desk.person.x.res_query_version()
    found = desk.person.x.res_query_client_resources(desk.window.xid)
    cursor = desk.person.x.intern_atom("CURSOR")
    return sum(each.count for each in found.types if each.resource_type == cursor)
