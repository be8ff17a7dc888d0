"""`vitrail-guid` in the place of `qubes-guid`: how it starts, what files it leaves, and how it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.processes import Child, lives
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person
from tests.integration.dropin_desk import Qubes

pytestmark = pytest.mark.desktop

CONTENT = (100, 150, 300, 200)


@pytest.fixture(scope="module")
def person(desktop: XServer) -> Iterator[Person]:
    found = Person(desktop.name)
    yield found
    found.close()


@pytest.fixture
def qubes(person: Person, tmp_path: Path) -> Iterator[Qubes]:
    with Qubes(person, tmp_path) as made:
        yield made


def test_start_ends_well_when_the_agent_is_there_and_leaves_a_daemon(qubes: Qubes) -> None:
    (qubes.logs / "guid.work.log").write_text("of the daemon before\n")
    done = qubes.start("-c", "0x123456", "-l", "4", "-v")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    pid = qubes.pid()
    assert qubes.running.read_bytes() == b"%d\n" % pid
    assert not qubes.booting.exists()
    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/comm").read_text() == "vitrail-guid\n"
    assert Path(f"/proc/{pid}/cwd").readlink() == qubes.run
    assert (qubes.logs / "guid.work.log.old").read_text() == "of the daemon before\n"
    assert (qubes.logs / "guid.work.log").stat().st_mode & 0o777 == 0o640
    qubes.agent.shake_hands()
    _, xid = qubes.show(CONTENT)
    assert qubes.person.property(xid, "_QUBES_VMNAME") == b"work"
    assert qubes.person.property(xid, "_QUBES_LABEL") == b"\4"
    assert qubes.person.numbers(xid, "_QUBES_LABEL_COLOR") == [0x123456]
    os.kill(pid, signal.SIGHUP)  # of the tool that tells of monitors
    again = qubes.start("-v")
    assert (again.returncode, "already" in again.stderr) == (0, True)
    assert lives(pid)
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not lives(pid), what="its end")
    assert list(qubes.run.iterdir()) == []


def test_daemon_that_was_killed_does_not_stop_the_next_start(qubes: Qubes) -> None:
    assert qubes.start().returncode == 0
    first = qubes.pid()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not lives(first), what="its end")
    assert qubes.running.read_text() == f"{first}\n"
    assert qubes.start().returncode == 0
    assert qubes.pid() != first
    assert lives(qubes.pid())


def test_start_without_an_agent_fails_after_its_time_and_the_daemon_waits_on(qubes: Qubes) -> None:
    path = qubes.agent.path
    path.rename(path.with_name("later"))
    done = qubes.start(settings="global: { startup_timeout = 1; };")
    assert done.returncode == 1
    assert "not there yet" in done.stderr
    assert not qubes.running.exists()
    second = qubes.start(settings="global: { startup_timeout = 1; };")
    assert (second.returncode, "is starting" in second.stderr) == (1, True)
    path.with_name("later").rename(path)
    qubes.agent.shake_hands()
    assert lives(qubes.pid())
    assert not qubes.booting.exists()


def test_start_in_the_background_does_not_wait_for_the_agent(qubes: Qubes) -> None:
    path = qubes.agent.path
    path.rename(path.with_name("later"))
    assert qubes.start("-n", settings="global: { startup_timeout = 600; };").returncode == 0
    path.with_name("later").rename(path)
    qubes.agent.shake_hands()
    assert lives(qubes.pid())


def test_start_on_a_display_that_is_not_there_fails(qubes: Qubes) -> None:
    qubes.environment["DISPLAY"] = ":4711"
    by_name = qubes.start("-c", "red")
    assert (by_name.returncode, "only an X server knows" in by_name.stderr) == (1, True)
    done = qubes.start("-c", "0xcc0000")
    assert done.returncode == 1
    assert "the daemon ended" in done.stderr
    assert "cannot be used" in qubes.log()
    assert list(qubes.run.iterdir()) == []


def test_daemon_in_the_foreground_logs_there_and_ends_as_told(qubes: Qubes) -> None:
    child = qubes.foreground()
    wait_until(lambda: "agent connected" in child.output(), what="its log")
    assert qubes.running.read_text() == f"{child.pid}\n"
    assert list(qubes.logs.iterdir()) == []
    child.signal(signal.SIGUSR1)
    assert child.wait() == 0
    assert list(qubes.run.iterdir()) == []


SLEEPER = """
import signal, sys
from pathlib import Path
Path("/proc/self/comm").write_text(sys.argv[1])
print("there", flush=True)
signal.pause()
"""


@pytest.mark.parametrize(("name", "ended"), [("qubes-guid", True), ("editor", False)])
def test_daemon_that_is_replaced_ends_and_no_other_program(
    qubes: Qubes,
    tmp_path: Path,
    name: str,
    ended: bool,  # noqa: FBT001 - pytest's way
) -> None:
    with Child([sys.executable, "-c", SLEEPER, name], log=tmp_path / "sleeper") as other:
        wait_until(lambda: "there" in other.output(), what="the other program")
        assert qubes.start("-K", str(other.pid)).returncode == 0
        qubes.pid()
        if ended:
            assert other.wait() == -signal.SIGUSR1
        else:
            assert "no daemon of windows" in qubes.log()
            assert other.alive


def test_violation_ends_it_with_its_code_and_no_file_stays(qubes: Qubes) -> None:
    child = qubes.foreground()
    qubes.agent.send_raw(b"\xff" * 12)
    assert child.wait() == 3
    assert list(qubes.run.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "words", "told"),
    [
        ("global: {\n  a = 1.2.3;\n}", (), "guid.conf:2:7: "),
        ("global: {\n  windows_count_limit = 0;\n}", (), "guid.conf:2:3: global.windows_count_limit must be"),
        ("", ("-c", "blurple"), "no colour 'blurple'"),
        ("", ("extra",), "usage:"),
        ("", ("-N", "other"), "twice"),
    ],
)
def test_start_that_makes_no_sense_fails_with_words(
    qubes: Qubes, settings: str, words: tuple[str, ...], told: str
) -> None:
    done = qubes.start(*words, settings=settings)
    assert done.returncode == 1
    assert told in done.stderr
    assert list(qubes.run.iterdir()) == []


def check(qubes: Qubes, settings: str, *words: str) -> subprocess.CompletedProcess[str]:
    qubes.config.write_text(settings)
    argv = [sys.executable, "-m", "guid.dropin", "--check-config", "-C", str(qubes.config), *words]
    return subprocess.run(argv, env=qubes.environment, capture_output=True, text=True, check=False, timeout=60)


def test_check_config_prints_what_would_hold_and_reads_it_back(qubes: Qubes) -> None:
    text = 'global: { allow_fullscreen = true; window_background_color = "white"; }; VM: { work: { log_level = 2; }; };'
    done = check(qubes, text, "-N", "work", "--override-redirect=disabled", "--screensaver-name", "a")
    assert done.returncode == 0, done.stderr
    for line in (
        "  allow_fullscreen = true;  # line 1",
        '  window_background_color = "0xffffff";  # line 1',
        "  log_level = 2;  # line 1",
        '  override_redirect = "disabled";  # --override-redirect',
        '  screensaver_name = ["a"];  # --screensaver-name',
        "  title_name = false;  # default",
    ):
        assert line in done.stdout.splitlines()
    again = check(qubes, done.stdout, "-N", "work")
    assert again.returncode == 0, again.stderr

    def values(output: str) -> list[str]:
        return [line.split("  #")[0] for line in output.splitlines() if line.startswith("  ")]

    assert values(again.stdout) == values(done.stdout)
    assert list(qubes.run.iterdir()) == []


def test_check_config_tells_everything_that_is_wrong(qubes: Qubes) -> None:
    done = check(qubes, 'global: { titel_name = true; };\nVM: {\n a: { scale = "x"; };\n b: { log_level = 9; }; };')
    assert done.returncode == 1
    assert [line.split(": ")[1].split(":", 1)[1] for line in done.stderr.splitlines()] == ["3:7", "4:7"]
    assert "guid.conf:1:11: global.titel_name is no setting" in done.stdout
    assert check(qubes, "global: {").returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-h",), "usage: vitrail-guid -d ID -N NAME [options]"),
        (("--help",), "usage: vitrail-guid -d ID -N NAME [options]"),
        (("--version",), "Qubes GUI Daemon protocol version: 1.8"),
    ],
)
def test_what_is_only_asked_is_said_and_nothing_is_started(qubes: Qubes, words: tuple[str, ...], said: str) -> None:
    done = qubes.start(*words)
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, said, "")
    assert list(qubes.run.iterdir()) == []
