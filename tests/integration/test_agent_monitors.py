"""The agent makes its X server's screen and monitors what a daemon says, on each kind of server; seen by RandR."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from Xlib import X
from Xlib.error import xerror_class

from protocol.messages import MessageType as T
from protocol.monitors import Area, Monitor, MonitorLayout, layout_fields, layout_tail, plain_layout
from protocol.scale import Scale, scale_fields
from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 1280, 800
LEFT, RIGHT = Monitor(0, 0, 640, 700, 169, 185), Monitor(640, 100, 500, 600, 64, 76)
BOTH = MonitorLayout(1140, 700, Area(0, 24, 1140, 676), 1, (LEFT, RIGHT))
PLAIN = plain_layout(WIDTH, HEIGHT, 96)


class Qube(NamedTuple):
    daemon: ScriptedDaemon
    app: App

    def tell(self, layout: MonitorLayout) -> None:
        self.daemon.send_with_tail(T.MONITORS, 0, *layout_fields(layout), tail=layout_tail(layout))

    def size(self) -> tuple[int, int]:
        root = self.app.root.get_geometry()
        return root.width, root.height

    def monitors(self) -> list[Monitor]:
        """What programs see, the primary one first."""
        found = [
            (Monitor(*(each[name] for name in FIELDS)), each["primary"])
            for each in (one._data for one in self.app.root.xrandr_get_monitors().monitors)
        ]
        return [monitor for monitor, primary in sorted(found, key=lambda each: not each[1])]

    def has(self, layout: MonitorLayout) -> bool:
        first = layout.monitors[layout.primary]
        expected = [first, *(each for at, each in enumerate(layout.monitors) if at != layout.primary)]
        return self.size() == (layout.width, layout.height) and self.monitors() == expected

    def wait_for(self, layout: MonitorLayout) -> None:
        try:
            wait_until(lambda: self.has(layout), what="the monitors")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.size()} {self.monitors()}") from error


FIELDS = ("x", "y", "width_in_pixels", "height_in_pixels", "width_in_millimeters", "height_in_millimeters")


@pytest.fixture(params=["xorg", "xvfb"])
def qube(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Qube]:
    with (
        AgentProcess(tmp_path, "--server", request.param) as agent,
        hello(agent, width=WIDTH, height=HEIGHT) as daemon,
        App(agent.display) as app,
    ):
        app.display.display.error_classes.update(xerror_class)  # python-xlib's RandR puts others over the core's
        yield Qube(daemon, app)


def test_monitors_of_the_desktop_are_the_qubes_and_follow_it(qube: Qube) -> None:
    for layout in (BOTH, BOTH._replace(primary=0), BOTH._replace(monitors=(RIGHT,), primary=0), PLAIN):
        qube.tell(layout)
        qube.wait_for(layout)


def test_monitors_may_lie_upon_each_other_and_be_sixteen(qube: Qube) -> None:
    for monitors in ((LEFT, LEFT._replace(x=10)), tuple(LEFT._replace(x=10 * at) for at in range(16))):
        layout = BOTH._replace(monitors=monitors, primary=0)
        qube.tell(layout)
        qube.wait_for(layout)


def test_work_area_alone_changes_no_monitor(qube: Qube) -> None:
    """Programs would look again, and windows jump, whenever a panel hides."""
    qube.tell(BOTH)
    qube.wait_for(BOTH)
    before = qube.app.root.xrandr_get_screen_resources_current().timestamp
    qube.tell(BOTH._replace(work_area=Area(0, 0, 1140, 700)))
    qube.tell(BOTH._replace(work_area=Area(0, 0, 1140, 600)))
    qube.daemon.send(T.SCALE, 0, *scale_fields(Scale()))
    atom = qube.app.display.intern_atom("_XSETTINGS_S0")
    wait_until(lambda: qube.app.display.get_selection_owner(atom), what="the scale, which came after it")
    assert qube.app.root.xrandr_get_screen_resources_current().timestamp == before
    assert qube.has(BOTH)


def test_work_area_of_the_desktop_is_the_qubes(qube: Qube) -> None:
    area = qube.app.display.intern_atom("_NET_WORKAREA")
    for told in (BOTH, BOTH._replace(work_area=Area(0, 0, 1140, 600)), PLAIN):
        qube.tell(told)

        def written(expected: tuple[int, ...] = told.work_area) -> bool:
            return tuple(qube.app.root.get_full_property(area, X.AnyPropertyType).value) == expected

        wait_until(written, what=f"the work area {told.work_area}")


def test_screen_that_cannot_be_so_large_stays_as_it_is(qube: Qube, tmp_path: Path) -> None:
    qube.tell(BOTH)
    qube.wait_for(BOTH)
    qube.tell(plain_layout(32_000, 32_000, 96))
    wait_until(lambda: "it cannot be 32000x32000" in (tmp_path / "agent.log").read_text(), what="a line in the log")
    qube.wait_for(BOTH)
    qube.tell(PLAIN)
    qube.wait_for(PLAIN)


def test_modes_of_earlier_monitors_are_forgotten(qube: Qube) -> None:
    for width in (300, 310, 320, 330):
        layout = BOTH._replace(monitors=(LEFT._replace(width=width),), primary=0)
        qube.tell(layout)
        qube.wait_for(layout)
    assert qube.app.root.xrandr_get_screen_resources_current().names.count("vitrail") == 1


def test_next_daemon_of_another_size_resizes_the_screen(tmp_path: Path) -> None:
    """A daemon without MONITORS says it in its handshake alone."""
    with AgentProcess(tmp_path, "--server", "xorg") as agent:
        with hello(agent, width=WIDTH, height=HEIGHT) as daemon, App(agent.display) as app:
            app.display.display.error_classes.update(xerror_class)
            found = Qube(daemon, app)
            exact = plain_layout(1366, 768, 96)
            found.tell(exact)
            found.wait_for(exact)
        with App(agent.display) as app:
            app.display.display.error_classes.update(xerror_class)
            with hello(agent, width=1366, height=768) as daemon:
                assert Qube(daemon, app).has(exact), "1368 is 1366, rounded up"
            with hello(agent, width=2000, height=900) as daemon:
                Qube(daemon, app).wait_for(plain_layout(2000, 900, 96))
