"""Menus on two monitors that leave parts of the screen unseen: every edge of a menu stays where it can be seen."""

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from Xlib import display as xdisplay
from Xlib.ext import randr
from Xlib.protocol import rq

from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 1000, 700
LEFT, RIGHT = (0, 0, 400, 700), (400, 150, 600, 400)


class SetMonitor(rq.Request):
    """python-xlib's own cannot be packed. Source: RandR 1.5, RRSetMonitor."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(43),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("name"),
        rq.Bool("primary"),
        rq.Bool("automatic"),
        rq.Card16("many"),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("width_mm"),
        rq.Card32("height_mm"),
        rq.List("outputs", rq.Card32Obj),
    )


class Monitors:
    """Lays monitors out on the one output of a test's X server."""

    def __init__(self, display: str) -> None:
        self._x: Any = xdisplay.Display(display)
        self._root = self._x.screen().root
        self._names: list[int] = []

    def set(self, *rects: Four) -> None:
        """These and no others; none: one as large as the screen."""
        for name in self._names:
            self._root.xrandr_delete_monitor(name)
        self._names = [self._x.intern_atom(f"monitor-{number}") for number, _ in enumerate(rects)]
        outputs = list(self._root.xrandr_get_screen_resources().outputs)
        for name, (x, y, width, height) in zip(self._names, rects, strict=True):
            SetMonitor(
                display=self._x.display,
                opcode=self._x.display.get_extension_major(randr.extname),
                window=self._root,
                name=name,
                primary=False,
                automatic=False,
                many=len(outputs),
                x=x,
                y=y,
                width=width,
                height=height,
                width_mm=width // 4,
                height_mm=height // 4,
                outputs=outputs,
            )
            outputs = []  # an output belongs to one monitor
        self._x.sync()

    def close(self) -> None:
        self._x.close()


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
