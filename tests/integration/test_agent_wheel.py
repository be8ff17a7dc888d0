"""The wheel of the desktop in programs of the qube: as axes for those that know them, as buttons for the others."""

import json
import random
import stat
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from Xlib import X

from guiagent.core.effects import MovePointer, TurnWheel
from guiagent.x11.mouse import mouse_of
from guiagent.x11.server import MOUSE_DRIVER
from protocol.codec import encode
from protocol.messages import MessageType as T
from shm.x11.connection import XConnection
from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.processes import Child, clean_environment
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

PROBE = Path(__file__).parents[1] / "harness" / "wheels.py"
SYSTEM_PYTHON = "/usr/bin/python3"
PRESS, RELEASE, ENTER, LEAVE = 4, 5, 7, 8
NOTCHES = {4: [0, -1], 5: [0, 1], 6: [-1, 0], 7: [1, 0]}
BACK, FORWARD = 8, 9
EVENTS = X.ButtonPressMask | X.ButtonReleaseMask
needs_driver = pytest.mark.skipif(not MOUSE_DRIVER.exists(), reason="the X server has no inputtest driver")


class Desk:
    """An agent on a server of its own, and a daemon."""

    def __init__(self, agent: AgentProcess, daemon: ScriptedDaemon) -> None:
        self.agent, self.daemon = agent, daemon

    def cross(self, window: int, kind: int, x: int, y: int) -> None:
        self.daemon.send(T.CROSSING, window, kind, x, y, 0, 0, 0, 0)

    def click(self, window: int, button: int, x: int, y: int) -> None:
        for kind in (PRESS, RELEASE):
            self.daemon.send_raw(encode(T.BUTTON, window, kind, x, y, 0, button))

    def move(self, window: int, x: int, y: int) -> None:
        self.daemon.send_raw(encode(T.MOTION, window, x, y, 0, 0))


class Probe:
    """A program of a toolkit, and what it says."""

    def __init__(self, desk: Desk, kind: str, folder: Path) -> None:
        self._log = folder / f"{kind}.log"
        environment = clean_environment(
            DISPLAY=desk.agent.display,
            GDK_BACKEND="x11",
            GSK_RENDERER="cairo",
            QT_QPA_PLATFORM="xcb",
            NO_AT_BRIDGE="1",
            XDG_RUNTIME_DIR=str(folder),
        )
        self.child = Child([SYSTEM_PYTHON, str(PROBE), kind], env=environment, log=self._log)
        self.window = desk.daemon.wait_for(T.MAP).window
        wait_until(lambda: "laid out\n" in self._log.read_text(), what="the program's layout")
        desk.daemon.wait_for(T.SHMIMAGE, self.window)

    @property
    def said(self) -> list[list[Any]]:
        lines = self._log.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("[") and line.endswith("]\n")]

    @property
    def notches(self) -> list[list[float]]:
        """How far each scroll went; those by nothing show a program where the wheel stands."""
        return [deltas for word, *deltas, _x, _y in self.said if word == "scroll" and deltas != [0, 0]]

    def has(self, notches: int) -> bool:
        return len(self.notches) >= notches


@pytest.fixture(params=["xorg", "xvfb"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(tmp_path: Path, kind: str) -> Iterator[Desk]:
    with AgentProcess(tmp_path, "--server", kind) as agent, hello(agent, width=1280, height=800) as daemon:
        assert agent.news() == {"ready": True}
        yield Desk(agent, daemon)


@pytest.fixture
def probe(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Probe]:
    made = Probe(desk, request.param, tmp_path)
    yield made
    made.child.stop()


def has_gtk4() -> bool:
    check = "import gi; gi.require_version('Gtk', '4.0')"
    return subprocess.run([SYSTEM_PYTHON, "-c", check], check=False, stderr=subprocess.DEVNULL).returncode == 0


TOOLKITS = [pytest.param(kind, id=kind) for kind in (["gtk3", "qt"] + (["gtk4"] if has_gtk4() else []))]


@needs_driver
@pytest.mark.parametrize("kind", ["xorg"])
@pytest.mark.parametrize("probe", TOOLKITS, indirect=True)
def test_toolkit_scrolls_by_one_for_each_notch_also_the_first_after_the_pointer_came(desk: Desk, probe: Probe) -> None:
    turned = [5, 5, 4, 7, 6, 6, 5, 4, 5]
    for round_number in range(3):
        desk.cross(probe.window, ENTER, 40 + round_number, 50)
        desk.move(probe.window, 60 + round_number, 70)
        desk.daemon.drain()  # Qt asks X where the wheel stands when the pointer comes
        for number, button in enumerate(turned):
            desk.click(probe.window, button, 60 + number, 70)
            expected = len(turned) * round_number + number + 1
            wait_until(partial(probe.has, expected), what=f"notch {expected}")
        desk.cross(probe.window, LEAVE, 0, 0)
    assert probe.notches == [NOTCHES[button] for button in turned] * 3
    assert "the wheel goes by buttons" not in desk.agent.log.read_text()


@pytest.mark.parametrize("probe", ["gtk3"], indirect=True)
def test_gtk_keeps_the_order_of_two_hundred_notches_and_clicks_and_their_places(desk: Desk, probe: Probe) -> None:
    chance = random.Random(44)
    desk.cross(probe.window, ENTER, 10, 10)
    expected: list[list[Any]] = []
    for _ in range(200):
        x, y = chance.randrange(400), chance.randrange(300)
        button = chance.choice([1, 2, 3, 4, 5, 6, 7, BACK, FORWARD])
        desk.move(probe.window, x, y)
        desk.click(probe.window, button, x, y)
        if button in NOTCHES:
            expected.append(["scroll", *NOTCHES[button], x, y])
        else:
            expected += [["press", button, x, y], ["release", button, x, y]]

    def seen() -> list[list[Any]]:
        return [line for line in map(in_notches, probe.said) if line[1:3] != [0, 0]]

    wait_until(lambda: len(seen()) >= len(expected), 20, "all events")
    assert seen() == expected


def in_notches(line: list[Any]) -> list[Any]:
    """Without a wheel of axes, GTK scrolls by direction."""
    directions = {"up": 4, "down": 5, "left": 6, "right": 7}
    if line[0] == "scroll" and line[1] in directions:
        return ["scroll", *NOTCHES[directions[line[1]]], *line[3:]]
    return line


@pytest.mark.parametrize("probe", TOOLKITS, indirect=True)
def test_back_and_forward_reach_a_toolkit(desk: Desk, probe: Probe) -> None:
    desk.cross(probe.window, ENTER, 10, 10)
    expected = []
    for button in (BACK, FORWARD):
        desk.click(probe.window, button, 30, 40)
        expected += [["press", button], ["release", button]]
    wait_until(lambda: len(probe.said) >= len(expected), what="the buttons")
    assert [line[:2] for line in probe.said] == expected


def test_program_that_knows_buttons_only_sees_each_press_and_release_once_and_in_order(desk: Desk) -> None:
    chance = random.Random(6)
    with App(desk.agent.display) as app:
        window = app.window(400, 300, x=20, y=30)
        app.map(window)
        window.change_attributes(event_mask=EVENTS)
        app.sync()
        desk.daemon.wait_for(T.MAP, window.id)
        desk.cross(window.id, ENTER, 1, 1)
        expected = []
        for number in range(200):
            x, y = chance.randrange(400), chance.randrange(300)
            button = chance.randrange(4, 8) if number % 2 else chance.choice([1, 2, 3, BACK, FORWARD])
            desk.move(window.id, x, y)
            desk.click(window.id, button, x, y)
            expected += [(X.ButtonPress, button, x, y), (X.ButtonRelease, button, x, y)]
        seen: list[tuple[int, int, int, int]] = []

        def all_here() -> bool:
            while app.display.pending_events():
                event = app.display.next_event()
                if event.type in (X.ButtonPress, X.ButtonRelease):
                    seen.append((event.type, event.detail, event.event_x, event.event_y))
            return len(seen) >= len(expected)

        wait_until(all_here, 20, "all buttons")
        assert seen == expected


@needs_driver
@pytest.mark.parametrize("kind", ["xorg"])
@pytest.mark.parametrize("probe", ["gtk3"], indirect=True)
def test_agent_that_comes_later_goes_on_where_the_wheel_stands(desk: Desk, probe: Probe) -> None:
    desk.cross(probe.window, ENTER, 10, 10)
    for _ in range(5):
        desk.click(probe.window, 5, 20, 20)
    wait_until(lambda: len(probe.notches) == 5, what="five notches")
    later = XConnection(desk.agent.display)
    try:
        mouse = mouse_of(later)
        requests = mouse[MovePointer](MovePointer(30, 30)) + mouse[TurnWheel](TurnWheel(5, pressed=True, fresh=False))
        later.send(b"".join(requests), len(requests))
        wait_until(lambda: len(probe.notches) == 6, what="the sixth notch")
    finally:
        later.close()
    assert probe.notches == [NOTCHES[5]] * 6


def test_server_without_the_driver_says_so(desk: Desk, kind: str) -> None:
    plain = kind == "xvfb" or not MOUSE_DRIVER.exists()
    assert ("the wheel goes by buttons" in desk.agent.log.read_text()) is plain


@needs_driver
@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("kind", ["xorg"])
def test_nobody_reaches_the_socket_of_the_driver() -> None:
    """X waits for nobody there, and spins once somebody has been there and gone."""
    sockets = Path("/proc/net/unix").read_text()
    mine = {line.split()[-1] for line in sockets.splitlines() if line.endswith("/mouse")}
    assert mine
    assert not any(Path(path).exists() and stat.S_ISSOCK(Path(path).stat().st_mode) for path in mine)
