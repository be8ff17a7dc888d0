"""The pixel oracle on real X servers: what covers, what passes for a qube's window, and what it says to the person."""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from Xlib import X, Xatom
from Xlib.ext import shape

from guid.core.oracle import Fault
from guid.x11.oracle import CannotLook, look
from tests.harness.monitors import Monitors
from tests.harness.pixels import pseudo_random
from tests.harness.processes import Child
from tests.harness.session import Session
from tests.harness.stage import HEIGHT, WIDTH, ActedQube, Stage
from tests.harness.wait import pause, wait_until
from tests.harness.wm import Compositor
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

MAIN, MENU = 0x11, 0x12
WINDOWS, ROUNDS, STEP_S = 200, 12, 0.02
MANY_WINDOWS = f"""
import sys
from Xlib import display
connection = display.Display(sys.argv[1])
root = connection.screen().root
for number in range({WINDOWS}):
    root.create_window(number, number, 9, 9, 0, 24, override_redirect=1).map()
connection.sync()
while True:
    connection.next_event()
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture(scope="module")
def work(stage: Stage) -> Iterator[ActedQube]:
    """A qube with a managed window and a popup."""
    with stage.qube("work", "blue") as qube:
        qube.agent.show(MAIN, (60, 120, 301, 203), pseudo_random(301, 203))
        qube.agent.show(MENU, (500, 300, 120, 90), pseudo_random(120, 90), popup=True)
        qube.settle()
        stage.judge("shown", windows=2)
        yield qube


@pytest.fixture
def other(stage: Stage) -> Iterator[Callable[..., Any]]:
    """Makes override-redirect windows of another program; they are gone at the end."""
    made: list[Any] = []

    def window(x: int, y: int, width: int, height: int, parent: Any = None, **attributes: Any) -> Any:
        above = parent or stage.x.screen().root
        options = {"background_pixel": 0x123456, "override_redirect": 1, **attributes}
        made.append(above.create_window(x, y, width, height, 0, X.CopyFromParent, **options))
        return made[-1]

    yield window
    for each in made:
        each.destroy()
    stage.x.sync()


def shown(stage: Stage, window: Any) -> None:
    window.map()
    stage.x.sync()


def faults(stage: Stage) -> list[Fault]:
    return [finding.what for finding in stage.report().findings]


def test_every_pixel_of_free_frames_is_compared(stage: Stage, work: ActedQube) -> None:
    report = stage.report()
    expected = 0
    for window in work.daemon.windows():
        (_x, _y, width, height), inset = window["outer"], 2 * window["frame_px"]
        expected += width * height - (width - inset) * (height - inset)
    assert (report.findings, report.windows, report.visible_px) == ((), 2, expected)


def test_covered_frame_is_compared_where_it_is_free(stage: Stage, work: ActedQube, other: Callable[..., Any]) -> None:
    x, y, width, height = work.daemon.window(MENU)["outer"]
    cover = (x - 10, y - 10, width // 2 + 10, height + 20)
    shown(stage, other(*cover))
    report = stage.report()
    frames = np.zeros((HEIGHT, WIDTH), dtype=bool)
    for window in work.daemon.windows():
        region(frames, window["outer"])[:] = True
        region(frames, window["content"])[:] = False
    region(frames, cover)[:] = False
    assert (report.findings, report.visible_px) == ((), frames.sum())


def region(screen: npt.NDArray[np.bool_], rect: Sequence[int]) -> npt.NDArray[np.bool_]:
    x, y, width, height = rect
    return screen[y : y + height, x : x + width]


def test_shaped_window_covers_with_its_shape_only(stage: Stage, work: ActedQube, other: Callable[..., Any]) -> None:
    x, y, width, _height = work.daemon.window(MENU)["outer"]
    free = stage.report().visible_px
    window = other(0, 0, 1000, 700)
    window.shape_rectangles(shape.SO.Set, shape.SK.Bounding, 0, 0, 0, [(x, y, width, 1), (0, 600, 50, 50)])
    shown(stage, window)
    report = stage.report()
    assert (report.findings, report.visible_px) == ((), free - width)


def test_window_without_pixels_covers_nothing(stage: Stage, work: ActedQube) -> None:
    assert work.daemon.child.alive
    free = stage.report().visible_px
    window = stage.x.screen().root.create_window(
        0, 0, 1000, 700, 0, 0, window_class=X.InputOnly, visual=X.CopyFromParent, override_redirect=1
    )
    shown(stage, window)
    report = stage.report()
    window.destroy()
    stage.x.sync()
    assert (report.findings, report.visible_px) == ((), free)


def test_another_programs_paint_on_a_frame_is_found(stage: Stage, work: ActedQube) -> None:
    outer = work.outer(MENU)
    edge = outer.query_tree().children[-1]
    edge.fill_rectangle(edge.create_gc(foreground=0xFF00FF, subwindow_mode=X.IncludeInferiors), 40, 0, 3, 1)
    stage.x.sync()
    found = stage.report().findings
    x, y, _width, height = work.daemon.window(MENU)["outer"]
    assert [(each.what, each.where) for each in found] == [(Fault.EDGE_COLOUR, (x + 40, y + height - 1, 3, 1))]
    edge.clear_area(0, 0, 0, 0)
    stage.x.sync()
    assert faults(stage) == []


def test_another_programs_window_inside_a_qubes_is_found(
    stage: Stage, work: ActedQube, other: Callable[..., Any]
) -> None:
    shown(stage, other(30, 30, 20, 20, parent=work.outer(MENU)))
    assert faults(stage) == [Fault.INTRUDED]


@pytest.mark.parametrize("name", ["work", "bank"])
def test_window_that_passes_for_a_qubes_is_found_by_its_maker(
    stage: Stage, work: ActedQube, other: Callable[..., Any], name: str
) -> None:
    window = other(700, 100, 100, 80, background_pixel=work.owner.rgb)
    x = stage.x
    window.change_property(x.intern_atom("_QUBES_VMNAME"), Xatom.STRING, 8, name.encode())
    window.change_property(x.intern_atom("_QUBES_LABEL_COLOR"), Xatom.CARDINAL, 32, [work.owner.rgb])
    window.change_property(x.intern_atom("_NET_WM_PID"), Xatom.CARDINAL, 32, [work.owner.pid])
    shown(stage, window)
    found = stage.report().findings
    assert [(each.window, each.qube, each.what) for each in found] == [(window.id, "", Fault.FOREIGN)]


def test_properties_that_somebody_changed_are_found(stage: Stage, work: ActedQube) -> None:
    outer = work.outer(MENU)
    atom = stage.x.intern_atom("_QUBES_VMNAME")
    outer.change_property(atom, Xatom.STRING, 8, b"bank")
    stage.x.sync()
    assert faults(stage) == [Fault.MISNAMED]
    outer.delete_property(atom)
    stage.x.sync()
    assert faults(stage) == [Fault.UNNAMED]
    outer.change_property(atom, Xatom.STRING, 8, b"work")
    stage.x.sync()
    assert faults(stage) == []


def test_frame_half_off_every_monitor_is_compared_where_a_monitor_shows_it(stage: Stage, work: ActedQube) -> None:
    x, y, width, height = work.daemon.window(MAIN)["outer"]
    free = stage.report().visible_px
    monitors = Monitors(stage.server.name)
    try:
        monitors.set((0, 0, x + 100, HEIGHT), (x + 200, 0, WIDTH - x - 200, HEIGHT))
        wait_until(
            lambda: stage.report().visible_px == free - 2 * 3 * 100, what="the rows between the monitors left out"
        )
        assert not stage.report().findings
    finally:
        monitors.set()
        monitors.close()
    assert y + height < HEIGHT
    assert width > 200


@pytest.mark.parametrize("compositor", ["xcompmgr", "picom"])
def test_compositors_overlay_does_not_hide_the_frames(stage: Stage, work: ActedQube, compositor: str) -> None:
    assert work.daemon.child.alive
    free = stage.report().visible_px
    with Compositor(compositor, stage.server.name):
        wait_until(lambda: not stage.report().findings, what="the composed screen")
        assert stage.report().visible_px == free


def test_screen_of_another_depth_is_refused_with_words() -> None:
    with XServer(320, 200, depth=16) as server, pytest.raises(CannotLook, match="16 bits deep"):
        look(server.name, ())


@pytest.mark.sandbox
def test_doctor_says_in_words_and_json_what_is_wrong(stage: Stage, other: Callable[..., Any]) -> None:
    with Session(stage.server.name) as session:
        session.run("mail", "red", "true")
        session.run_program("mail", "red", "paint", "letter", "600", "400", "200", "150", "1")
        session.window("mail", lambda window: window["title"] == "letter")
        pid = session.qubes()["mail"]["daemon_pid"]
        assert pid == session.daemon_pid("mail")
        window = other(700, 100, 100, 80)
        window.change_property(stage.x.intern_atom("_QUBES_VMNAME"), Xatom.STRING, 8, b"mail\x1b[2J")
        shown(stage, window)
        said = session.vitrail("doctor", "--oracle")
        line = next(line for line in said.stdout.splitlines() if f"{window.id:#x}" in line)
        assert "says that it is a qube's, but another program made it" in line
        assert "\x1b" not in said.stdout
        assert said.returncode == 1
        report = json.loads(session.vitrail("doctor", "--oracle", "--json").stdout)
        assert report["version"] == 1
        ours = next(each for each in report["findings"] if each["window"] == window.id)
        assert (ours["what"], ours["qube"], ours["where"]) == ("foreign", None, [700, 100, 100, 80])


def test_doctor_without_a_display_says_so(stage: Stage) -> None:
    with Session(stage.server.name) as session:
        said = session.vitrail("doctor", "--oracle", display="")
        assert said.returncode == 1
        assert "DISPLAY is not set" in said.stderr
        assert "ask: vitrail doctor desktop" in said.stderr
        said = session.vitrail("doctor", "--oracle", display=":4242")
        assert said.returncode == 1
        assert "cannot look at display :4242" in said.stderr
        assert "Traceback" not in said.stderr


def test_program_that_is_killed_meanwhile_does_not_end_the_look(xvfb: XServer) -> None:
    """A grab does not keep its windows. It is killed later in each round."""
    connection = xvfb.connect()
    outlived = 0
    for round_ in range(ROUNDS):
        with Child([sys.executable, "-c", MANY_WINDOWS, xvfb.name]) as program:
            wait_until(lambda: len(connection.screen().root.query_tree().children) == WINDOWS, what="the windows")
            with ThreadPoolExecutor(1) as pool:
                looking = pool.submit(look, xvfb.name, ())
                pause(round_ * STEP_S)
                program.signal(signal.SIGKILL)
                outlived += len(looking.result().root.children) == WINDOWS
        wait_until(lambda: not connection.screen().root.query_tree().children, what="none of them")
    connection.close()
    assert outlived < ROUNDS, "killed after every look"
