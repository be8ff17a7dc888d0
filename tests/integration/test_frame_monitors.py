"""Menus on two monitors that leave parts of the screen unseen: every edge of a menu stays where it can be seen."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.harness.monitors import Monitors
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 1000, 700
LEFT, RIGHT = (0, 0, 400, 700), (400, 150, 600, 400)


class Scene(NamedTuple):
    person: Person
    qube: Qube
    monitors: Monitors


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(WIDTH, HEIGHT))
        monitors = Monitors(server.name)
        stack.callback(monitors.close)
        monitors.set(LEFT, RIGHT)
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        yield Scene(person, stack.enter_context(Qube(server.name)), monitors)


@pytest.mark.parametrize(
    ("asked", "outer"),
    [
        ((360, 300, 120, 60), (400, 298, 124, 64)),
        ((300, 300, 120, 60), (276, 298, 124, 64)),
        ((600, 20, 120, 60), (598, 150, 124, 64)),
        ((600, 600, 120, 60), (598, 486, 124, 64)),
        ((500, 100, 480, 500), (498, 150, 484, 400)),
    ],
    ids=["over the seam, right", "over the seam, left", "above", "below", "too high"],
)
def test_popup_has_all_its_edges_on_one_monitor(scene: Scene, asked: Four, outer: Four) -> None:
    person, qube, _ = scene
    window = qube.show(asked, pseudo_random(asked[2], asked[3]), popup=True)
    wait_until(lambda: person.outer(window.xid) == outer, what=f"the popup at {outer}")
    wait_framed(person, window.xid, 2, qube.rgb)
    qube.destroy(window)


def test_popup_moves_when_the_monitors_change(scene: Scene) -> None:
    person, qube, monitors = scene
    window = qube.show((600, 20, 120, 60), pseudo_random(120, 60), popup=True)
    wait_until(lambda: person.outer(window.xid) == (598, 150, 124, 64), what="the popup on the right monitor")
    try:
        monitors.set()
        wait_until(lambda: person.outer(window.xid) == (598, 18, 124, 64), what="the popup where it was asked for")
    finally:
        monitors.set(LEFT, RIGHT)
    wait_until(lambda: person.outer(window.xid) == (598, 150, 124, 64), what="the popup on the right monitor")
    wait_framed(person, window.xid, 2, qube.rgb)
    qube.destroy(window)


@pytest.mark.parametrize("managed", [True, False], ids=["openbox", "no-window-manager"])
def test_window_that_no_monitor_shows_any_more_comes_back(*, managed: bool) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(WIDTH, HEIGHT))
        monitors = Monitors(server.name)
        stack.callback(monitors.close)
        monitors.set(LEFT, RIGHT)
        if managed:
            stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        qube = stack.enter_context(Qube(server.name))
        window = qube.show((600, 250, 300, 200), pseudo_random(300, 200))
        stays = qube.show((20, 480, 200, 150), pseudo_random(200, 150))
        qube.agree()
        before = person.outer(stays.xid)
        monitors.set(LEFT)
        wait_until(lambda: person.outer(window.xid)[0] + person.outer(window.xid)[2] <= 400, what="on the left monitor")
        wait_framed(person, window.xid, 3, qube.rgb)
        qube.agree()
        x, y, width, height = person.outer(window.xid)
        assert qube.content(window.remote) == (x + 3, y + 3, width - 6, height - 6), "the agent knows"
        assert person.outer(stays.xid) == before
