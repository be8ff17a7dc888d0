"""Rules of the C daemon for popups that no other test shows: tests/parity/rows/04-override-redirect.toml."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib import Xatom

from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 1001, 700
"""Not a multiple of 8, as no rounded number could be."""


class Scene(NamedTuple):
    person: Person
    qube: Qube


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """Without a window manager: the root's properties are the test's."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(WIDTH, HEIGHT))
        person = Person(server.name)
        stack.callback(person.close)
        yield Scene(person, stack.enter_context(Qube(server.name)))


def popup_at(scene: Scene, asked: Four, outer: Four) -> None:
    """A popup that is asked for there comes to lie so."""
    person, qube = scene
    window = qube.show(asked, pseudo_random(asked[2], asked[3]), popup=True)
    wait_until(lambda: person.outer(window.xid) == outer, what=f"the popup at {outer}")
    qube.destroy(window)


@pytest.mark.parametrize(
    "asked",
    [(10, -500, 100, 80), (10, 1100, 100, 80), (-900, 20, 100, 80), (1500, 20, 100, 80)],
    ids=["above", "below", "left", "right"],
)
def test_popup_outside_is_left_there_on_every_side(scene: Scene, asked: Four) -> None:
    x, y, width, height = asked
    popup_at(scene, asked, (x - 2, y - 2, width + 4, height + 4))


def test_popup_is_inside_the_real_width_though_the_agent_is_told_a_rounded_one(scene: Scene) -> None:
    assert scene.qube.agent.xconf is not None
    assert scene.qube.agent.xconf[:2] == (1008, HEIGHT)
    popup_at(scene, (990, 300, 100, 80), (WIDTH - 104, 298, 104, 84))


@pytest.mark.parametrize(
    ("format_", "value"),
    [(32, [1 << 21]), (32, [0xFFFFFFFF]), (32, []), (8, b"\x01"), (16, [7, 7, 7])],
    ids=["large", "largest", "empty", "bytes", "words"],
)
def test_current_desktop_that_makes_no_sense_ends_nobody(scene: Scene, format_: int, value: list[int] | bytes) -> None:
    """Whichever desktop that may be, it has no work area: then the whole screen is one."""
    person, qube = scene
    current = person.x.intern_atom("_NET_CURRENT_DESKTOP")
    person.set_work_area((0, 100, WIDTH, HEIGHT - 100))
    person.root.change_property(current, Xatom.CARDINAL, 32, [0])
    window = qube.show((300, 0, 120, 60), pseudo_random(120, 60), popup=True)
    try:
        wait_until(lambda: person.outer(window.xid) == (298, 100, 124, 64), what="the popup in the work area")
        person.root.change_property(current, Xatom.CARDINAL, format_, value)
        person.x.sync()
        top = 0 if format_ == 32 and value else 100
        person.set_work_area((0, 120 if top else 100, WIDTH, HEIGHT - 200))
        top = 120 if top else 0
        wait_until(lambda: person.outer(window.xid) == (298, top, 124, 64), what="the popup where it may be")
        wait_framed(person, window.xid, 2, qube.rgb)
        assert qube.daemon.child.alive
    finally:
        person.root.delete_property(current)
        person.root.delete_property(person.x.intern_atom("_NET_WORKAREA"))
        person.x.sync()
    qube.destroy(window)


def test_work_area_of_the_desktop_that_is_shown_is_the_one_that_counts(scene: Scene) -> None:
    person, qube = scene
    current = person.x.intern_atom("_NET_CURRENT_DESKTOP")
    area = person.x.intern_atom("_NET_WORKAREA")
    person.root.change_property(area, Xatom.CARDINAL, 32, [0, 0, WIDTH, HEIGHT, 0, 200, WIDTH, 400])
    person.root.change_property(current, Xatom.CARDINAL, 32, [0])
    window = qube.show((300, 0, 120, 60), pseudo_random(120, 60), popup=True)
    try:
        wait_until(lambda: person.outer(window.xid) == (298, 0, 124, 64), what="the popup on the first desktop")
        person.root.change_property(current, Xatom.CARDINAL, 32, [1])
        person.x.sync()
        wait_until(lambda: person.outer(window.xid) == (298, 200, 124, 64), what="the popup on the second desktop")
    finally:
        person.root.delete_property(current)
        person.root.delete_property(area)
        person.x.sync()
    qube.destroy(window)


def test_popup_refused_for_its_size_is_explained_in_the_log_once(scene: Scene) -> None:
    qube = scene.qube
    for _ in range(3):
        window = qube.show((0, 0, WIDTH, HEIGHT), pseudo_random(WIDTH, HEIGHT), popup=True)
        assert not qube.daemon.window(window.remote)["override_redirect"]
        qube.destroy(window)
    assert qube.daemon.child.output().count("is no popup") == 1
