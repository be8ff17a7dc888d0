"""`vitrail manager` on a desktop with real qubes: keys are typed, and what it shows is read as a screen reader does."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from colors.labels import STANDARD
from tests.harness.accessible import Reader
from tests.harness.bus import Recorder, SessionBus
from tests.harness.manager import Manager
from tests.harness.processes import ROOMS_IN
from tests.harness.session import Session
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.test_command import hostile_supervisor
from tests.integration.test_ordinary import person_uid

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

TRICK = "<b>bold</b> & \\033[31mred"
"""What echo makes of it is markup, and a sequence that colours a terminal."""


@pytest.fixture(scope="module")
def desktop() -> Iterator[XServer]:
    with XServer(1280, 900) as server, WindowManager("openbox", server.name):
        yield server


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with Reader(tmp_path_factory.mktemp("at-spi")) as started:
        yield started


@pytest.fixture(scope="module")
def session(desktop: XServer, reader: Reader) -> Iterator[Session]:
    with Session(desktop.name, extra={"DBUS_SESSION_BUS_ADDRESS": reader.address}) as person:
        for name, label in (("alpha", "green"), ("beta", "yellow")):
            assert person.vitrail("create", name, "--label", label).returncode == 0
        yield person


@pytest.fixture(scope="module")
def manager(session: Session, reader: Reader) -> Iterator[Manager]:
    """One window for all tests of this file that have no reason for another: each begins with the list focused."""
    with Manager(session, reader) as shown:
        yield shown


def choose(manager: Manager, name: str) -> None:
    """By its first letter, as the list is searched; then the search is left."""
    manager.focus()
    manager.chord("Home")
    manager.chord(name[0])
    manager.wait(lambda: manager.says(f"{name} ("), f"{name} chosen")
    manager.chord("Escape")
    manager.wait_until_active()


def test_list_has_every_qube_with_its_label_told_three_ways(manager: Manager, session: Session) -> None:
    manager.until("alpha", lambda row: row["state"] == "stopped", "listed")
    assert [row["label"] for row in manager.rows().values()] == ["green, dot-dash", "yellow, pairs"]
    assert manager.says("Clipboard: empty")
    yellow, ink = STANDARD["yellow"].rgb, STANDARD["yellow"].ink

    def drawn() -> bool:
        rows = (session.picture() == yellow).sum(axis=1)
        return bool(rows.max() >= 32)

    wait_until(drawn, 10, "the label's colour")
    picture = session.picture()
    line = picture[int(np.flatnonzero((picture == yellow).sum(axis=1) >= 32).mean())]
    columns = np.flatnonzero(line == yellow)
    assert (line[columns[0] : columns[-1]] == ink).sum() == 16, "and the marks of its pattern: four of 4 px in 64"


def test_keys_start_pause_hide_and_stop_a_qube(manager: Manager, session: Session) -> None:
    choose(manager, "alpha")
    manager.chord("Return")
    manager.until("alpha", lambda row: row["state"] == "running" and "MiB" in row["memory"], "started")
    assert session.qubes()["alpha"]["state"] == "running"
    session.run("alpha", "green", "xterm")
    manager.until("alpha", lambda row: row["windows"] == "1", "its window")
    choose(manager, "alpha")
    manager.chord("Control_L", "p")
    wait_until(lambda: session.qubes()["alpha"]["paused"], 20, "the pause")
    manager.until("alpha", lambda row: row["state"] == "running, paused", "paused")
    manager.chord("Alt_L", "e")  # the button that was "Pause" is "Resume" now
    wait_until(lambda: not session.qubes()["alpha"]["paused"], 20, "its end")
    manager.chord("Control_L", "h")
    manager.until("alpha", lambda row: row["state"] == "running, hidden", "hidden")
    manager.chord("Return")
    manager.until("alpha", lambda row: row["state"] == "running", "shown")

    manager.focus()
    manager.chord("Delete")
    manager.wait(lambda: manager.says("Stop qube alpha?"), "the question")
    manager.chord("Return")  # not a yes
    manager.wait(lambda: not manager.says("Stop qube alpha?"), "its end")
    holds_for(lambda: session.qubes()["alpha"]["state"] == "running", 0.3, "the qube")
    manager.wait_until_active()
    manager.chord("Delete")
    manager.wait(lambda: manager.says("Stop qube alpha?"), "the question")
    manager.chord("Alt_L", "t")
    manager.until("alpha", lambda row: (row["state"], row["memory"]) == ("stopped", ""), "stopped")
    assert "alpha" not in session.qubes()


def test_label_is_changed_by_keys(manager: Manager, session: Session) -> None:
    choose(manager, "beta")
    manager.chord("F2")
    manager.wait_until_active("Label of qube beta")
    manager.chord("Home")
    manager.chord("Return")
    manager.until("beta", lambda row: row["label"] == "red, plain", "another label")
    assert 'label = "red"' in (session.config / "vitrail" / "qubes" / "beta.toml").read_text()


def test_what_a_qube_prints_is_shown_as_plain_text(manager: Manager, session: Session) -> None:
    session.run("alpha", "green", "printf", f"{TRICK}\\n")
    manager.until("alpha", lambda row: row["state"] == "running", "started")
    choose(manager, "alpha")
    manager.chord("Control_L", "l")
    manager.wait_until_active("Log of qube alpha")
    manager.wait(lambda: r"<b>bold</b> & \x1b[31mred" in manager.text("Log"), "its log")
    session.run("alpha", "green", "echo", "later")
    manager.wait(lambda: "later" in manager.text("Log").splitlines(), "what it prints later")
    manager.chord("Escape")
    manager.wait_until_active()


def test_settings_that_are_not_understood_are_told_as_plain_text(manager: Manager, session: Session) -> None:
    path = session.config / "vitrail" / "qubes" / "gamma.toml"
    path.write_text('label = "<i>none</i>"\n')
    manager.until("gamma", lambda row: "<i>none</i>" in row["state"], "what is wrong")
    assert manager.rows()["gamma"]["label"] == "no label chosen"
    path.unlink()
    manager.wait(lambda: "gamma" not in manager.rows(), "its going")


def test_fault_of_a_daemon_becomes_a_notice(manager: Manager, session: Session) -> None:
    session.run("alpha", "green", "xterm")
    os.kill(session.daemon_pid("alpha"), signal.SIGKILL)
    manager.wait(lambda: "Windows of qube alpha came back" in manager.text("Notices"), "the notice")


def test_keys_are_told(manager: Manager) -> None:
    manager.focus()
    manager.chord("F1")
    manager.wait_until_active("Keys")
    assert manager.says("Shift+Delete")
    manager.chord("Escape")
    manager.wait_until_active()


def test_supervisor_that_goes_is_told_and_another_is_found(manager: Manager, session: Session) -> None:
    supervisor = int(session.vitrail("ls", "--json").stdout.partition('"pid": ')[2].partition(",")[0])
    os.kill(supervisor, signal.SIGTERM)
    manager.wait(lambda: manager.says("No supervisor runs"), "what is said then")
    manager.wait(lambda: manager.rows() == {}, "no qube")
    session.run("beta", "red", "true")
    manager.until("beta", lambda row: row["state"] == "running", "by itself")
    assert not manager.says("No supervisor runs")
    os.kill(int(session.vitrail("ls", "--json").stdout.partition('"pid": ')[2].partition(",")[0]), signal.SIGTERM)
    manager.wait(lambda: manager.says("No supervisor runs"), "what is said then")
    manager.focus()
    manager.chord("Alt_L", "i")
    wait_until(lambda: session.vitrail("ls", "--json").stdout.count('"pid"'), 20, "a supervisor")
    manager.until("beta", lambda row: row["state"] == "stopped", "begun anew")


def test_violation_is_shown_with_its_reason(desktop: XServer, reader: Reader, tmp_path: Path) -> None:
    with (
        Session(desktop.name, extra={"DBUS_SESSION_BUS_ADDRESS": reader.address}) as session,
        hostile_supervisor(session, tmp_path),
        Manager(session, reader) as manager,
    ):
        session.vitrail("run", "--qube", "bad", "--label", "red", "--", "true")
        manager.until("bad", lambda row: row["state"].startswith("violated: "), "the violation")
        assert session.qubes()["bad"]["violation"] in manager.rows()["bad"]["state"]
        manager.wait(lambda: "Qube bad was ended" in manager.text("Notices"), "the notice")


def test_ordinary_person_starts_a_qube_by_keys(desktop: XServer) -> None:
    with Session(desktop.name, uid=person_uid()) as session:
        assert session.vitrail("create", "work", "--label", "blue").returncode == 0
        with Manager(session) as manager:
            blue = STANDARD["blue"].rgb
            wait_until(lambda: bool((session.picture() == blue).sum() > 200), 20, "the qube's swatch")
            manager.chord("Return")
            wait_until(lambda: session.qubes().get("work", {}).get("state") == "running", 20, "the qube")


def without_toolkit(socket: Path) -> subprocess.CompletedProcess[str]:
    """The manager's process, as the command starts it, in a Python without packages."""
    start = f"import sys; sys.path.append({str(ROOMS_IN)!r}); from guid.manager.__main__ import main; sys.exit(main())"
    argv = ["/usr/bin/python3", "-I", "-S", "-c", start]
    argv += ["--socket", str(socket), "--again", "[]", "--watch", "0"]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)


def test_without_the_toolkit_one_line_says_what_brings_it() -> None:
    done = without_toolkit(Path("/nowhere"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("sudo apt install python3-gi gir1.2-gtk-3.0\n")
    assert done.stderr.count("\n") == 1


def test_without_the_toolkit_and_a_terminal_a_notice_says_what_brings_it(desktop: XServer) -> None:
    """As it is when the window was chosen in the desktop's menu."""
    with (
        SessionBus() as bus,
        Recorder(bus) as recorder,
        Session(desktop.name, extra={"DBUS_SESSION_BUS_ADDRESS": bus.address}) as person,
        person.service(),
    ):
        assert without_toolkit(person.runtime / "vitrail" / "control.sock").returncode == 1
        shown = recorder.wait_for("cannot be shown")
    assert "sudo apt install python3-gi gir1.2-gtk-3.0" in shown.body


def test_without_a_display_it_says_so(session: Session) -> None:
    done = session.vitrail("manager", display="")
    assert (done.returncode, "DISPLAY is not set" in done.stderr) == (1, True)
