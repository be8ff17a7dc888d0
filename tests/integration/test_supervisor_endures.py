"""A supervisor that whoever may reach its socket does odd things to; the real one, as a process of its own."""

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.processes import as_person, lives
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.test_ordinary import person_uid

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

SPARE_FDS = 8


@pytest.fixture
def session(xvfb: XServer) -> Iterator[Session]:
    with Session(xvfb.name) as person:
        yield person


def connected(session: Session) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.connect(str(session.runtime / "vitrail" / "control.sock"))
    return made


def supervisor(session: Session) -> int:
    found: int = json.loads(session.vitrail("ls", "--json").stdout)["supervisor"]["pid"]
    return found


def test_commands_without_end_cost_it_no_life(session: Session) -> None:
    """More than it has descriptors for; whoever asks afterwards is answered."""
    with session.service() as child:
        used = len(list(Path(f"/proc/{child.pid}/fd").iterdir()))
        resource.prlimit(child.pid, resource.RLIMIT_NOFILE, (used + SPARE_FDS, used + SPARE_FDS))
        with contextlib.ExitStack() as stack:
            for _ in range(3 * SPARE_FDS):
                stack.enter_context(connected(session))
            wait_until(lambda: "a command cannot be heard" in child.output(), 20, "descriptors to run out")
        assert session.vitrail("ls").returncode == 0
        refused = session.vitrail("run", "--qube", "work", "--label", "blue", "--", "true")
        assert "Too many open files" in refused.stderr, child.output()
        assert child.alive


def test_command_that_asks_for_nothing_keeps_no_idle_supervisor(session: Session) -> None:
    session.run("work", "blue", "true")
    pid = supervisor(session)
    with connected(session):
        assert session.vitrail("stop", "work").returncode == 0
        wait_until(lambda: not lives(pid), 30, "its end")


def test_supervisor_that_ends_leaves_no_daemon_that_hangs(session: Session) -> None:
    with session.service() as child:
        session.run("work", "blue", "true")
        daemon = int(session.qubes()["work"]["daemon_pid"])
        os.kill(daemon, signal.SIGSTOP)
        child.signal(signal.SIGTERM)
        wait_until(lambda: not child.alive, 30, "its end")
        assert not lives(daemon)


@pytest.fixture
def somebody(xvfb: XServer) -> Iterator[Session]:
    """An ordinary person: root has as many processes as it wants."""
    with Session(xvfb.name, uid=person_uid()) as person:
        yield person


@contextlib.contextmanager
def no_further_process(pid: int) -> Iterator[None]:
    """By who it belongs to: nobody else may need the right to."""
    limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
    soft = next(line.split()[2] for line in limits if line.startswith("Max processes"))
    owner = as_person(Path(f"/proc/{pid}").stat().st_uid if os.geteuid() == 0 else None)
    change = [*owner, "prlimit", "--pid", str(pid)]
    subprocess.run([*change, "--nproc=0:"], check=True, timeout=60)
    try:
        yield
    finally:
        subprocess.run([*change, f"--nproc={soft}:"], check=True, timeout=60)


def test_processes_that_have_run_out_refuse_a_start_and_end_nothing(somebody: Session) -> None:
    """And a daemon that has crashed meanwhile comes back when there are some again."""
    with somebody.service() as child:
        somebody.run("work", "blue", "xterm")
        wait_until(lambda: somebody.windows("work"), 20, "the window")
        daemon = somebody.qubes()["work"]["daemon_pid"]
        with no_further_process(child.pid):
            refused = somebody.vitrail("run", "--qube", "other", "--label", "red", "--", "true")
            assert refused.returncode == 1, refused.stderr
            os.kill(daemon, signal.SIGKILL)
            wait_until(lambda: "no process" in (somebody.qubes()["work"]["reason"] or ""), 20, "no other daemon")
            assert child.alive
        wait_until(lambda: somebody.qubes()["work"]["state"] == "running", 30, "another daemon")
        somebody.run("other", "red", "true")
        assert child.alive
