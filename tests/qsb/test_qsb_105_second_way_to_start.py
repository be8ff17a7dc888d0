"""QSB-105 (2024): a second way of starting the daemon forgot the options by which the window manager drew the frames.

Frames that somebody else draws by properties are missing when the properties are, or when nobody reads them. Here the
daemon's own windows are the frame, so it is there under a window manager that knows nothing, under none, and without a
single property; and there is one entry for a daemon, whoever starts it.
"""

from collections.abc import Iterator

import pytest

from guid.core.oracle import Fault
from tests.harness.pixels import pseudo_random
from tests.harness.session import Session
from tests.harness.stage import ActedQube, Stage

pytestmark = pytest.mark.desktop

WINDOW, POPUP = 0x11, 0x12


def begin(evil: ActedQube) -> None:
    evil.agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150))
    evil.agent.show(POPUP, (400, 100, 80, 60), pseudo_random(80, 60), popup=True)
    evil.settle()


@pytest.fixture(scope="module")
def bare_stage() -> Iterator[Stage]:
    """A desktop without a window manager."""
    with Stage(manager=None) as made:
        yield made


def test_frame_is_there_without_any_window_manager(bare_stage: Stage) -> None:
    stage = bare_stage
    with stage.qube("evil", "red") as evil:
        begin(evil)
        stage.judge("no window manager", windows=2)
        outer = evil.viewable(WINDOW)
        evil.daemon.child.freeze()
        for size in ((120, 90), (400, 300), (60, 200)):
            outer.configure(width=size[0], height=size[1])
            stage.x.sync()
            stage.judge(f"resized to {size} while the daemon stands still", windows=2)


def test_frame_is_there_without_a_single_property(evil: ActedQube) -> None:
    begin(evil)
    evil.stage.judge("shown", windows=3)
    for window in (WINDOW, POPUP):
        outer = evil.viewable(window)
        for atom in outer.list_properties():
            outer.delete_property(atom)
    evil.stage.x.sync()
    report = evil.stage.report()
    # that they are gone is seen, and is all that is wrong: the pixels do not depend on them
    assert {finding.what for finding in report.findings} == {Fault.UNNAMED}
    assert len(report.findings) == 2


@pytest.mark.sandbox
def test_daemon_that_the_supervisor_forks_frames_as_well(bare_stage: Stage) -> None:
    with Session(bare_stage.server.name) as session:
        session.run("other", "blue", "true")
        session.run_program("other", "blue", "paint", "painted", "200", "200", "300", "200", "1")
        session.window("other", lambda window: window["title"] == "painted")
        said = session.vitrail("doctor", "--oracle")
        assert said.stdout.startswith("every frame is right: 1 window, ")
        assert said.returncode == 0
