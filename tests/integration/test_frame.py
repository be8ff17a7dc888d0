"""The frame cannot be missing: whole, in the label's colour, on all four sides, also while the daemon stands still.

With and without a compositor. Everything is looked at on the screen, and the geometry is what the X server says.
"""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wm import Compositor, WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 1000, 700
MANAGED_PX, POPUP_PX = 3, 2
SIZES = [(1, 1), (2, 2), (3, 3), (300, 200)]


class Scene(NamedTuple):
    person: Person
    qube: Qube


@pytest.fixture(scope="module", params=["bare", "xcompmgr", "picom"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(WIDTH, HEIGHT))
        stack.enter_context(WindowManager("openbox", server.name))
        if request.param != "bare":
            stack.enter_context(Compositor(request.param, server.name))
        person = Person(server.name)
        stack.callback(person.close)
        yield Scene(person, stack.enter_context(Qube(server.name)))


def size_name(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def expose(scene: Scene, window: Framed, px: int, sides: int = 4) -> None:
    """Another program covers the whole screen and goes away again."""
    cover = scene.person.cover((0, 0, WIDTH, HEIGHT))
    scene.person.uncover(cover)
    wait_framed(scene.person, window.xid, px, scene.qube.rgb, sides=sides)


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_managed_frame_survives_exposure_growing_and_shrinking_of_a_stopped_daemon(
    scene: Scene, size: tuple[int, int]
) -> None:
    person, qube = scene
    window = qube.show((200, 150, *size), pseudo_random(*size))
    wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
    x, y, width, height = person.outer(window.xid)
    with qube.frozen():
        expose(scene, window, MANAGED_PX)
        for outer in (
            (x, y, width + 160, height + 120),
            (x + 30, y + 20, width, height),
            (x - 40, y - 30, width + 70, height + 50),
            (x, y, max(width - 90, 8), max(height - 70, 8)),
            (x, y, 5, 60),
            (x, y, 60, 5),
            (x, y, 2, 2),
            (x, y, width + 11, height + 7),
        ):
            person.managed_place(window.xid, outer)
            wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
        expose(scene, window, MANAGED_PX)
    wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
    qube.destroy(window)


@pytest.mark.parametrize("size", SIZES, ids=size_name)
def test_popup_frame_survives_exposure_growing_and_shrinking_of_a_stopped_daemon(
    scene: Scene, size: tuple[int, int]
) -> None:
    person, qube = scene
    window = qube.show((200, 150, *size), pseudo_random(*size), popup=True)
    wait_framed(person, window.xid, POPUP_PX, qube.rgb)
    x, y, width, height = person.outer(window.xid)
    with qube.frozen():
        expose(scene, window, POPUP_PX)
        for outer in (
            (x, y, width + 160, height + 120),
            (x + 30, y + 20, width, height),
            (x - 40, y - 30, width + 70, height + 50),
            (x, y, max(width - 90, 5), max(height - 70, 5)),
            (x, y, 3, 40),
            (x, y, 1, 1),
            (x, y, width + 11, height + 7),
        ):
            person.place(window.xid, outer)
            assert person.outer(window.xid) == outer
            wait_framed(person, window.xid, POPUP_PX, qube.rgb)
        expose(scene, window, POPUP_PX)
    wait_framed(person, window.xid, POPUP_PX, qube.rgb)
    qube.destroy(window)


def test_managed_frame_larger_than_the_screen_has_every_side_when_it_is_looked_at(scene: Scene) -> None:
    person, qube = scene
    width, height = WIDTH + 400, HEIGHT + 300
    window = qube.show((100, 100, width, height), pseudo_random(width, height))
    with qube.frozen():
        for x, y in ((30, 40), (30 - 500, 40 - 400)):
            person.managed_place(window.xid, (x, y, width + 2 * MANAGED_PX, height + 2 * MANAGED_PX))
            expose(scene, window, MANAGED_PX, sides=2)
        person.managed_place(window.xid, (30, 40, 300, 200))
        wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
    qube.destroy(window)


def test_stopped_daemon_half_covered_window_keeps_its_frame(scene: Scene) -> None:
    person, qube = scene
    window = qube.show((200, 150, 300, 200), pseudo_random(300, 200))
    wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
    with qube.frozen():
        cover = person.cover((150, 120, 220, 500))
        person.place(cover.id, (380, 100, 300, 140))
        person.uncover(cover)
        wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
    qube.destroy(window)


@pytest.mark.parametrize("popup", [False, True], ids=["managed", "popup"])
def test_window_before_any_dump_has_its_whole_frame(scene: Scene, *, popup: bool) -> None:
    person, qube = scene
    remote = qube.new_id()
    qube.agent.create(remote, (200, 150, 120, 80), popup=popup)
    qube.agent.map(remote, popup=popup)
    window = qube.mapped(remote)
    wait_framed(person, window.xid, POPUP_PX if popup else MANAGED_PX, qube.rgb)
    qube.destroy(window)


@pytest.mark.parametrize("popup", [False, True], ids=["managed", "popup"])
@pytest.mark.parametrize("picture", [(30, 20), (400, 300), (120, 300), (1, 1)], ids=size_name)
def test_picture_of_another_size_than_its_content_leaves_the_frame_whole(
    scene: Scene, picture: tuple[int, int], *, popup: bool
) -> None:
    person, qube = scene
    window = qube.show((200, 150, 120, 80), pseudo_random(*picture), popup=popup)
    qube.agent.damage(window.remote, (0, 0, 16_000, 6_000))
    qube.agent.expect(MessageType.WINDOW_DUMP_ACK, window.remote)
    wait_framed(person, window.xid, POPUP_PX if popup else MANAGED_PX, qube.rgb)
    qube.destroy(window)
