"""QSB-105 (2024), on every way that a daemon or a window begins: each has its frame, whoever started what.

The bulletin's second path was a daemon for a stub domain, which forgot what the window manager was to paint by. Here
the desktop has no window manager, so whatever is framed is so by construction: the oracle compares each pixel of it.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from colors.labels import STANDARD
from guid.core.oracle import Owner, Report, examine
from guid.doctor import owners_of
from guid.x11.oracle import look
from tests.harness.attention import AttentionPanel
from tests.harness.pixels import pseudo_random
from tests.harness.session import Session
from tests.harness.stage import BY_MANAGER, ActedQube, Stage
from tests.harness.wait import time_scale, wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person
from tests.integration.dropin_desk import Qubes

pytestmark = pytest.mark.desktop

WINDOW, POPUP = 0x11, 0x12
RED = STANDARD["red"]
WITHOUT_TAG = "global: { name_tag = false; };"
"""The oracle is told of no tag here."""


@pytest.fixture(scope="module")
def bare_stage() -> Iterator[Stage]:
    """A desktop without a window manager."""
    with Stage(manager=None) as made:
        yield made


def show_both(evil: ActedQube) -> None:
    evil.agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150))
    evil.agent.show(POPUP, (400, 100, 80, 60), pseudo_random(80, 60), popup=True)
    evil.settle()


class Looks:
    """The oracle at a display, for qubes whose daemons come and go."""

    def __init__(self, display: str, session: Session) -> None:
        self._display, self._session = display, session

    def __call__(self) -> Report:
        before = owners_of(list(self._session.qubes().values()))
        report = examine(look(self._display, before))
        same = owners_of(list(self._session.qubes().values())) == before
        return report if same else Report((), -1, 0)  # another daemon than the one that was looked for


def framed(looks: Looks, windows: int, what: str) -> None:
    """Wait until so many windows are on the screen, each right; a wrong pixel is wrong at any moment."""

    def right() -> bool:
        report = looks()
        assert report.findings == (), f"{what}: {report.findings[0]}"
        return report.windows == windows and report.visible_px > 0

    wait_until(right, 30, f"{what}: {windows} framed windows")


@pytest.mark.parametrize("arguments", [(), ("--no-extensions",), ("--frame", "wm"), ("--option", BY_MANAGER)])
def test_daemon_on_its_own(bare_stage: Stage, arguments: tuple[str, ...]) -> None:
    with bare_stage.qube("evil", "red", arguments=arguments) as evil:
        show_both(evil)
        bare_stage.judge(f"{arguments}", windows=2)
        outer = evil.viewable(WINDOW)
        evil.daemon.child.freeze()
        for size in ((120, 90), (400, 300)):
            outer.configure(width=size[0], height=size[1])
            bare_stage.x.sync()
            bare_stage.judge(f"{arguments}: resized to {size} while it stands still", windows=2)


def test_agent_that_comes_again(bare_stage: Stage) -> None:
    with bare_stage.qube("evil", "red") as evil:
        show_both(evil)
        bare_stage.judge("first", windows=2)
        evil.agent.hang_up()
        evil.daemon.expect("state")
        evil.agent.shake_hands()
        show_both(evil)
        bare_stage.judge("again", windows=2)


@pytest.mark.parametrize(
    "words", [(), ("-t", "9"), ("--frame=wm",), ("-n",)], ids=["plain", "stub", "wm", "background"]
)
def test_drop_in(bare_stage: Stage, tmp_path: Path, words: tuple[str, ...]) -> None:
    """-t: for the agent of a stub domain, the bulletin's own."""
    with contextlib.closing(Person(bare_stage.server.name)) as person, Qubes(person, tmp_path) as qubes:
        if "-n" in words:
            assert qubes.start("-c", f"0x{RED.rgb:06x}", *words, settings=WITHOUT_TAG).returncode == 0
            qubes.agent.shake_hands()
            pid = qubes.pid()
        else:
            pid = qubes.foreground("-c", f"0x{RED.rgb:06x}", *words, settings=WITHOUT_TAG).pid
        for number, popup in enumerate((False, True)):
            qubes.show((100 + 300 * number, 100, 200, 150), popup=popup)
        owner = Owner("work", RED.rgb, pid, RED.pattern)
        deadline = time.monotonic() + 30 * time_scale()
        while (report := examine(look(bare_stage.server.name, (owner,)))).windows != 2:
            assert time.monotonic() < deadline
        assert report.findings == ()


@pytest.mark.sandbox
def test_supervised_qubes_whatever_happens_to_them() -> None:
    """Forked, after a crash, disposable, relabelled, by other options, beside the attention panel, on a new display."""
    with XServer(1000, 700) as server, Session(server.name) as session:
        looks = Looks(server.name, session)
        session.run("work", "blue", "true")
        session.run_program("work", "blue", "paint", "painted", "200", "200", "300", "200", "1")
        framed(looks, 1, "forked by the supervisor")
        os.kill(session.daemon_pid("work"), signal.SIGKILL)
        framed(looks, 1, "forked again after a crash")
        session.vitrail("run", "--disposable", "--label", "purple", "--", "xterm")
        framed(looks, 2, "a disposable qube")
        told = session.vitrail("set", "work", "--label", "orange", "-o", 'frame="wm"')
        assert told.returncode == 0, told.stderr
        wait_until(lambda: session.qubes()["work"]["frame"] == "wm", what="other options")
        framed(looks, 2, "another label, and frames left to a window manager that there is none of")
        panel = AttentionPanel(session.x)
        session.vitrail("attention")
        wait_until(lambda: panel.window() is not None, 20, "the attention panel")
        framed(looks, 2, "beside the attention panel")
        server.crash()
        wait_until(lambda: session.qubes()["work"]["state"] == "waiting for display", 20, "a qube that waits")
        server.start_again()
        session.look_again()
        framed(looks, 2, "on another X server")
