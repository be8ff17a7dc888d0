"""The command `vitrail` and its supervisor: what a person types, what happens, what is said when it cannot be done."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.harness.processes import ROOT, Child, clean_environment
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


def test_run_starts_the_qube_once_and_says_so(session: Session) -> None:
    first = session.vitrail("run", "--qube", "work", "--label", "blue", "--", "true")
    assert first.returncode == 0, session.log()
    assert first.stdout.startswith("created and started qube work (blue)")
    again = session.vitrail("run", "--qube", "work", "--", "true")
    assert (again.returncode, again.stdout) == (0, "")
    qube = session.qubes()["work"]
    assert (qube["label"], qube["rgb"], qube["state"]) == ("blue", "0x3465A4", "running")


def test_run_without_a_name_or_label_takes_the_most_careful(session: Session) -> None:
    first = session.vitrail("run", "--", "true").stdout
    assert (
        first == "created and started qube untrusted (red); to change its colour: vitrail set untrusted --label LABEL\n"
    )
    assert session.vitrail("run", "--", "true").stdout == ""


def test_run_wait_returns_the_programs_exit_code(session: Session) -> None:
    assert session.vitrail("run", "--wait", "--", "sh", "-c", "exit 7").returncode == 7
    assert session.vitrail("run", "--wait", "--", "true").returncode == 0


def test_run_of_a_program_that_is_not_there_says_so(session: Session) -> None:
    done = session.vitrail("run", "--", "no-such-program")
    assert done.returncode == 1
    assert "no-such-program" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_running_qube_keeps_its_label(session: Session) -> None:
    session.run("work", "blue", "true")
    done = session.vitrail("run", "--qube", "work", "--label", "red", "--", "true")
    assert done.returncode == 1
    assert "label blue" in done.stderr
    assert "vitrail set work --label red" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "--qube", "../x", "--", "true"), 1, "cannot be a qube's name"),
        (("run", "--qube", "a.b", "--", "true"), 1, "cannot be a qube's name"),
        (("run", "--qube", "nobody", "--", "true"), 1, "vitrail create nobody --label LABEL"),
        (("run", "--label", "pink", "--", "true"), 2, "invalid choice: 'pink'"),
        (("run",), 2, "COMMAND"),
        (("stop", "nobody"), 1, "no qube nobody is running"),
        (("frobnicate",), 2, "invalid choice"),
    ],
)
def test_wrong_use_is_told_in_words(session: Session, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = session.vitrail(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_display_the_refusal_says_what_is_missing(session: Session) -> None:
    done = session.vitrail("run", "--", "true", display="")
    assert done.returncode == 1
    assert "DISPLAY" in done.stderr


def test_a_display_that_is_not_there_ends_the_qube_with_words(session: Session) -> None:
    done = session.vitrail("run", "--", "true", display=":987")
    assert done.returncode == 1
    assert "display cannot be used" in done.stderr
    assert "vitrail doctor desktop" in done.stderr


def test_a_display_that_could_not_be_used_does_not_stay(session: Session) -> None:
    assert session.vitrail("run", "--", "true", display=":987").returncode == 1
    done = session.vitrail("run", "--", "true")
    assert (done.returncode, done.stderr) == (0, "")


def test_while_qubes_run_another_display_is_refused_by_name(session: Session) -> None:
    session.run("work", "blue", "true")
    done = session.vitrail("run", "--", "true", display=":987")
    assert done.returncode == 1
    assert f"running on display {session.display} (work)" in done.stderr


def test_ls_without_a_supervisor_is_empty_and_starts_none(session: Session) -> None:
    done = session.vitrail("ls")
    assert (done.returncode, "no qube is running" in done.stdout) == (0, True)
    assert json.loads(session.vitrail("ls", "--json").stdout) == {"version": 1, "qubes": [], "supervisor": None}
    assert not (session.runtime / "vitrail" / "control.sock").exists()


def test_ls_shows_a_table(session: Session) -> None:
    session.run("work", "blue", "xterm")
    session.window("work")
    lines = session.vitrail("ls").stdout.splitlines()
    assert [line.split() for line in lines] == [["NAME", "LABEL", "STATE", "WINDOWS"], ["work", "blue", "running", "1"]]


def test_help_names_every_command(session: Session) -> None:
    text = session.vitrail("--help").stdout
    assert all(word in text for word in ("run", "ls", "stop"))
    assert "--label" in session.vitrail("run", "--help").stdout


def test_stop_ends_every_process_and_leaves_the_home(session: Session) -> None:
    session.run("work", "blue", "sh", "-c", "touch stays; sleep 1000")
    wait_until((session.home("work") / "stays").exists, what="the program")
    uid = (session.home("work") / "stays").stat().st_uid
    daemon = only_child_of_supervisor(session)
    assert session.vitrail("stop", "work").returncode == 0
    assert not Path(f"/proc/{daemon}").exists()
    if os.geteuid() == 0:
        wait_until(lambda: not processes_of(uid), what="the end of every process of the qube")
    assert (session.home("work") / "stays").exists()
    wait_until(lambda: not (session.runtime / "vitrail" / "control.sock").exists(), what="the supervisor's end")


def only_child_of_supervisor(session: Session) -> int:
    session.run("work", "blue", "xterm")
    return session.daemon_pid("work")


def processes_of(uid: int) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == uid:
                    found.append((entry / "comm").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def test_a_daemon_that_is_killed_comes_back_with_the_windows(session: Session) -> None:
    session.run("work", "blue", "true")
    session.run_program("work", "blue", "paint", "kept", "50", "60", "207", "111", "7")
    before = session.window("work", lambda each: each["title"] == "kept")
    daemon = session.daemon_pid("work")
    os.kill(daemon, signal.SIGKILL)
    wait_until(lambda: session.windows("work") and session.daemon_pid("work") != daemon, what="another daemon")
    after = session.window("work", lambda each: each["title"] == "kept")
    assert after["remote_wid"] == before["remote_wid"]
    assert after["content"][2:] == before["content"][2:]


def test_a_qube_whose_agent_breaks_the_protocol_ends_and_is_shown_as_violated(desktop: XServer, tmp_path: Path) -> None:
    with Session(desktop.name) as session, hostile_supervisor(session, tmp_path):
        done = session.vitrail("run", "--qube", "bad", "--label", "red", "--", "true")
        assert done.returncode == 1, (tmp_path / "supervisor.log").read_text()
        wait_until(lambda: session.qubes()["bad"]["state"] == "violated", what="the violation")
        assert "version" in session.qubes()["bad"]["violation"]
        assert session.vitrail("stop", "bad").returncode == 0
        assert session.qubes() == {}


def hostile_supervisor(session: Session, folder: Path) -> Child:
    """A supervisor whose qubes run an agent that greets with version 9.9."""
    script = folder / "hostile.py"
    script.write_text(HOSTILE)
    child = Child([sys.executable, script], env=session.environment(), log=folder / "supervisor.log")
    wait_until((session.runtime / "vitrail" / "control.sock").exists, what="the supervisor")
    return child


HOSTILE = '''
import io, zipfile
from guid.engines.local import LocalEngine
from guid.service import supervise

AGENT = """
import socket, sys, time
fd = int(sys.argv[sys.argv.index("--vchan-fd") + 1])
connection, _ = socket.socket(fileno=fd).accept()
connection.sendall(bytes([9, 0, 9, 0]))
time.sleep(1000)
"""

def bundle(_magic):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("__main__.py", AGENT)
    return data.getvalue()

supervise(engine=LocalEngine(bundle=bundle))
'''


def test_two_commands_at_the_same_moment_share_one_supervisor(session: Session) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        done = list(
            pool.map(
                lambda number: session.vitrail("run", "--qube", f"q{number % 2}", "--label", "red", "--", "true"),
                range(4),
            )
        )
    assert [each.returncode for each in done] == [0] * 4, [each.stderr for each in done]
    assert set(session.qubes()) == {"q0", "q1"}


def test_a_reader_that_goes_early_is_no_error(session: Session) -> None:
    session.run("work", "blue", "true")
    reading, writing = os.pipe()
    os.close(reading)
    child = Child(
        [
            sys.executable,
            "-c",
            f"import os; os.dup2({writing}, 1); from guid.cli import main; raise SystemExit(main(['ls', '--json']))",
        ],
        env=clean_environment(XDG_RUNTIME_DIR=str(session.runtime), PYTHONPATH=str(ROOT)),
        pass_fds=(writing,),
        log=session.runtime / "ls.log",
    )
    os.close(writing)
    assert (child.wait(), child.output()) == (0, "")
