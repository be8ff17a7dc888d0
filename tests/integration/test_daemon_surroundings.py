"""What a daemon tells an agent of the desktop's monitors and scale: at first, when it changes, and to whom."""

import contextlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from Xlib import X, Xatom
from Xlib.protocol import event

from guiagent.core.xsettings import settings_bytes
from protocol.extensions import Feature
from protocol.formats import Monitors as MonitorsBody
from protocol.messages import MessageType as M
from protocol.monitors import Area, Monitor, MonitorLayout, layout_of
from protocol.scale import Scale, scale_of
from tests.harness.agent import Received
from tests.harness.monitors import Monitors
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 1000, 700
LEFT, RIGHT = (0, 0, 400, 700), (400, 150, 600, 400)
BOTH = MonitorLayout(
    *(WIDTH, HEIGHT, Area(0, 0, WIDTH, HEIGHT), 0),
    (Monitor(*LEFT, 106, 185), Monitor(*RIGHT, 159, 106)),
)
TWICE = Scale(192 * 1024, 2, 48)


class Scene(NamedTuple):
    person: Person
    monitors: Monitors
    server: XServer

    def resources(self, text: bytes) -> None:
        self.person.root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, text)
        self.person.x.sync()


@pytest.fixture
def scene() -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(WIDTH, HEIGHT))
        monitors = Monitors(server.name)
        stack.callback(monitors.close)
        person = Person(server.name)
        stack.callback(person.close)
        yield Scene(person, monitors, server)


class Listener:
    """An agent that hears what it is told of the desktop."""

    def __init__(self, qube: Qube, features: Feature = Feature.MONITORS | Feature.SCALE) -> None:
        self.qube = qube
        qube.agent.send(M.EXT_HELLO, 0, 1, features)

    def last(self, message: M) -> Received | None:
        self.qube.agent.poll()
        return next((each for each in reversed(self.qube.agent.received) if each.type == message), None)

    def monitors(self) -> MonitorLayout | None:
        told = self.last(M.MONITORS)
        return layout_of(told.body, told.tail) if told and isinstance(told.body, MonitorsBody) else None

    def scale(self) -> Scale | None:
        told = self.last(M.SCALE)
        return scale_of(*told.body) if told and isinstance(told.body, tuple) else None


def hears(value: Callable[[], object], expected: object) -> None:
    seen: list[object] = []

    def equal() -> bool:
        seen[:] = [value()]
        return seen[0] == expected

    try:
        wait_until(equal, what=f"{expected}")
    except AssertionError as error:
        raise AssertionError(f"{error}; told {seen[0]}") from error


def test_monitors_are_told_and_again_when_they_or_the_work_area_change(scene: Scene) -> None:
    scene.monitors.set(LEFT, RIGHT)
    with Qube(scene.server.name) as qube:
        listener = Listener(qube)
        hears(listener.monitors, BOTH)
        scene.person.set_work_area((0, 24, WIDTH, HEIGHT - 24))
        hears(listener.monitors, BOTH._replace(work_area=Area(0, 24, WIDTH, HEIGHT - 24)))
        scene.monitors.set(RIGHT)
        told = (Monitor(*RIGHT, 159, 106),)
        hears(listener.monitors, BOTH._replace(work_area=Area(0, 24, WIDTH, HEIGHT - 24), monitors=told))


def test_what_changes_before_an_agent_comes_is_told_to_it(scene: Scene) -> None:
    """A machine that boots takes a while, and so may a daemon that was forked ahead."""
    qube = Qube(scene.server.name)
    qube.daemon.expect("display")
    scene.monitors.set(LEFT, RIGHT)
    scene.person.set_work_area((0, 24, WIDTH, HEIGHT - 24))
    with qube:
        listener = Listener(qube)
        hears(listener.monitors, BOTH._replace(work_area=Area(0, 24, WIDTH, HEIGHT - 24)))


def test_odd_monitors_are_told_as_legal_ones(scene: Scene) -> None:
    """One beside the screen, one larger than it, and one upon another."""
    scene.monitors.set((2000, 0, 100, 100), (-100, -100, 4000, 4000), (10, 10, 100, 100), (10, 10, 100, 100))
    with Qube(scene.server.name) as qube:
        listener = Listener(qube)
        part = Monitor(10, 10, 100, 100, 26, 26)
        hears(listener.monitors, BOTH._replace(monitors=(Monitor(0, 0, WIDTH, HEIGHT, 265, 185), part)))


def test_scale_is_told_and_again_when_resources_change(scene: Scene) -> None:
    scene.resources(b"Xft.dpi:\t192\n")
    with Qube(scene.server.name) as qube:
        listener = Listener(qube)
        hears(listener.scale, TWICE)
        scene.resources(b"Xft.dpi: 1e300\nXft.dpi: 144\n")
        hears(listener.scale, Scale(144 * 1024, 1, 36))
        scene.resources(b"junk")
        hears(listener.scale, Scale())


def test_shared_settings_of_a_manager_that_comes_and_changes_them_are_told(scene: Scene) -> None:
    x, root = scene.person.x, scene.person.root
    with Qube(scene.server.name) as qube:
        listener = Listener(qube)
        hears(listener.scale, Scale())
        selection, name = x.intern_atom("_XSETTINGS_S0"), x.intern_atom("_XSETTINGS_SETTINGS")
        window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        window.change_property(name, name, 8, settings_bytes({"Xft/DPI": 196608, "Gdk/WindowScalingFactor": 1}, 1))
        window.set_selection_owner(selection, X.CurrentTime)
        data = (32, [X.CurrentTime, selection, window.id, 0, 0])
        root.send_event(
            event.ClientMessage(window=root, client_type=x.intern_atom("MANAGER"), data=data),
            event_mask=X.StructureNotifyMask,
        )
        x.sync()
        hears(listener.scale, Scale(192 * 1024, 1, 48))
        window.change_property(name, name, 8, settings_bytes({"Gdk/WindowScalingFactor": 3}, 2))
        x.sync()
        hears(listener.scale, Scale(288 * 1024, 3, 72))
        window.destroy()
        scene.resources(b"Xft.dpi: 192")
        hears(listener.scale, TWICE)


def test_scale_of_the_person_goes_before_the_desktops(scene: Scene) -> None:
    scene.resources(b"Xft.dpi: 192\n")
    with Qube(scene.server.name, arguments=("--option", "scale = 1.5")) as qube:
        hears(Listener(qube).scale, Scale(144 * 1024, 1, 36))


@pytest.mark.parametrize("extensions", [True, False], ids=["without the features", "without extensions"])
def test_agent_that_did_not_agree_is_told_nothing(scene: Scene, *, extensions: bool) -> None:
    scene.resources(b"Xft.dpi: 192\n")
    with Qube(scene.server.name, arguments=() if extensions else ("--no-extensions",)) as qube:
        if extensions:
            Listener(qube, Feature.KEYBOARD)
            qube.agent.expect(M.KEYBOARD)
        scene.resources(b"Xft.dpi: 96\n")
        scene.monitors.set(LEFT, RIGHT)
        qube.settle()
        qube.settle()
        assert not {M.MONITORS, M.SCALE} & {each.type for each in qube.agent.received}
