"""Rules of the C daemon for pictures that no other test shows: tests/parity/rows/05-pictures.toml."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from Xlib import X

from protocol.messages import MessageType
from tests.harness.pixels import Pixels, first_difference, pseudo_random, region
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Framed, Person, Qube, wait_framed, wait_shown

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 201, 151


class Scene(NamedTuple):
    server: XServer
    person: Person
    qube: Qube


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        yield Scene(server, person, stack.enter_context(Qube(server.name)))


@pytest.fixture
def window(scene: Scene) -> Iterator[Framed]:
    """Mapped, without a picture."""
    remote = scene.qube.new_id()
    scene.qube.agent.create(remote, (100, 150, WIDTH, HEIGHT))
    scene.qube.agent.map(remote)
    found = scene.qube.mapped(remote)
    wait_framed(scene.person, found.xid, 3, scene.qube.rgb)
    yield found
    scene.qube.destroy(found)


def content(scene: Scene, window: Framed) -> Pixels:
    """What the screen shows of it."""
    return region(scene.person.picture(), scene.qube.content(window.remote))


@pytest.mark.parametrize("alpha", [0x00, 0x80, 0xFF])
def test_highest_byte_of_a_pixel_is_ignored(scene: Scene, window: Framed, alpha: int) -> None:
    picture = pseudo_random(WIDTH, HEIGHT, seed=alpha)
    scene.qube.agent.dump(window.remote, picture | np.uint32(alpha << 24))
    scene.qube.agent.damage(window.remote, (0, 0, WIDTH, HEIGHT))
    wait_shown(scene.qube, scene.person, window.remote, picture)


@pytest.mark.parametrize(
    ("damage", "drawn"),
    [
        ((WIDTH - 1, HEIGHT - 1, 100, 100), (WIDTH - 1, HEIGHT - 1, 1, 1)),
        ((0, 0, 0x7FFFFFFF, 0x7FFFFFFF), (0, 0, WIDTH, HEIGHT)),
        ((5, 7, 1, 0x7FFFFFFF), (5, 7, 1, HEIGHT - 7)),
        ((WIDTH, HEIGHT, 100, 100), (0, 0, 0, 0)),
        ((-1, 0, 10, 10), (0, 0, 0, 0)),
        ((0, 0, 0x80000000, 10), (0, 0, 0, 0)),
        ((0, 0, 0, 10), (0, 0, 0, 0)),
    ],
)
def test_damage_draws_what_lies_inside_and_no_pixel_more(
    scene: Scene, window: Framed, damage: Four, drawn: Four
) -> None:
    agent = scene.qube.agent
    old, new = pseudo_random(WIDTH, HEIGHT, seed=1), pseudo_random(WIDTH, HEIGHT, seed=2)
    agent.dump(window.remote, old)
    agent.damage(window.remote, (0, 0, WIDTH, HEIGHT))
    wait_shown(scene.qube, scene.person, window.remote, old)
    scene.qube.settle()
    expected = old.copy()
    x, y, width, height = drawn
    expected[y : y + height, x : x + width] = new[y : y + height, x : x + width]
    agent.dump(window.remote, new)
    agent.damage(window.remote, damage)
    scene.qube.settle()
    after = len(agent.received)
    agent.dump(window.remote, new)
    agent.expect(MessageType.WINDOW_DUMP_ACK, window.remote, after=after)  # what was being drawn is drawn
    assert not first_difference(content(scene, window), expected)


def test_picture_is_acknowledged_only_when_the_desktop_reads_the_old_one_no_more(scene: Scene, window: Framed) -> None:
    agent = scene.qube.agent
    picture = pseudo_random(WIDTH, HEIGHT)
    agent.dump(window.remote, picture)
    agent.damage(window.remote, (0, 0, WIDTH, HEIGHT))
    wait_shown(scene.qube, scene.person, window.remote, picture)
    scene.qube.settle()
    after = len(agent.received)
    scene.server.freeze()
    try:
        agent.damage(window.remote, (0, 0, WIDTH, HEIGHT))
        scene.qube.daemon.windows()  # drawn, as far as the daemon goes
        agent.dump(window.remote, pseudo_random(WIDTH, HEIGHT, seed=2))
        scene.qube.daemon.windows()

        def unacknowledged() -> bool:
            agent.poll()
            return not [each for each in agent.received[after:] if each.type == MessageType.WINDOW_DUMP_ACK]

        holds_for(unacknowledged, 0.05, what="a picture in use")
    finally:
        scene.server.thaw()
    agent.expect(MessageType.WINDOW_DUMP_ACK, window.remote, after=after)


def test_pictures_without_end_attach_nothing_more(scene: Scene, window: Framed) -> None:
    """The X server counts what a client has: one segment for all of the qube's memory, and the daemon's own page."""

    def resources() -> dict[str, int]:
        counts = scene.person.x.res_query_client_resources(window.xid).types
        return {scene.person.x.get_atom_name(each.resource_type): each.count for each in counts}

    def show(number: int) -> None:
        picture = pseudo_random(WIDTH, HEIGHT, seed=number)
        scene.qube.agent.dump(window.remote, picture)
        scene.qube.agent.damage(window.remote, (0, 0, WIDTH, HEIGHT))
        wait_shown(scene.qube, scene.person, window.remote, picture)

    show(1)
    first = resources()
    segments = [count for name, count in first.items() if "SHM" in name.upper()]
    assert segments == [2], first
    for number in range(2, 6):
        show(number)
    scene.qube.agent.send(MessageType.UNMAP, window.remote)
    scene.qube.agent.map(window.remote)
    show(7)
    assert resources() == first


def test_pixels_stay_where_they_are_while_a_window_grows(scene: Scene, window: Framed) -> None:
    """The C daemon's windows lose all of their pixels at every resize."""
    picture = pseudo_random(WIDTH, HEIGHT)
    scene.qube.agent.dump(window.remote, picture)
    scene.qube.agent.damage(window.remote, (0, 0, WIDTH, HEIGHT))
    wait_shown(scene.qube, scene.person, window.remote, picture)
    inner = scene.person.window(window.xid).query_tree().children[0]
    assert inner.get_attributes().bit_gravity == X.NorthWestGravity
    with scene.qube.frozen():  # so that nobody draws
        inner.configure(width=WIDTH + 50, height=HEIGHT + 40)
        scene.person.x.sync()
        x, y, _, _ = scene.person.outer(window.xid)
        shown = region(scene.person.picture(), (x + 3, y + 3, WIDTH, HEIGHT))
        assert (shown == picture).all()


def test_window_that_somebody_moves_beyond_the_largest_numbers_is_told_clamped() -> None:
    """Without a window manager nobody holds it back. The C daemon ends by an assertion."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        person = Person(server.name)
        stack.callback(person.close)
        qube = stack.enter_context(Qube(server.name))
        window = qube.show((100, 150, 90, 60), pseudo_random(90, 60))
        qube.agree()
        after = len(qube.agent.received)
        person.place(window.xid, (20_000, 9_000, 96, 66))
        wait_until(lambda: qube.content(window.remote)[:2] == (20_003, 9_003), what="the window far away")
        qube.settle()
        told = [each.body for each in qube.agent.received[after:] if each.type == MessageType.CONFIGURE]
        assert told == [(16_384, 6_144, 90, 60, 0)]
        qube.agree()
        person.place(window.xid, (200, 300, 96, 66))
        wait_until(lambda: qube.content(window.remote)[:2] == (203, 303), what="the window back")
        qube.settle()
        told = [each.body for each in qube.agent.received[after:] if each.type == MessageType.CONFIGURE]
        assert told[-1] == (203, 303, 90, 60, 0)
        wait_framed(person, window.xid, 3, qube.rgb)
