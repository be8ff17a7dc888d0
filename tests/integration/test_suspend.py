"""Processes that stand still for long and go on: nothing that came late because of it ends a qube."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import X
from Xlib.ext import xtest

from protocol.codec import encode
from protocol.limits import HALF_MESSAGE_TIMEOUT_S
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.processes import Child
from tests.harness.session import Session
from tests.harness.wait import holds_for, wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube

pytestmark = pytest.mark.desktop


@pytest.mark.slow
def test_daemon_that_stood_still_past_a_deadline_waits_for_the_other_half(desktop: XServer) -> None:
    title = encode(MessageType.WMNAME, 0x400001, b"whole".ljust(128, b"\0"))
    with Qube(desktop.name, name="asleep") as qube:
        window = qube.show((100, 120, 64, 48), pseudo_random(64, 48))
        assert window.remote == 0x400001
        qube.agent.send_raw(title[:20])
        qube.daemon.windows()
        with qube.frozen():
            holds_for(lambda: qube.daemon.child.alive, HALF_MESSAGE_TIMEOUT_S + 1, "the daemon's sleep")
        qube.daemon.windows()  # it has looked at the time
        qube.agent.send_raw(title[20:])
        wait_until(lambda: qube.daemon.window(window.remote)["title"] == "whole", what="the title")


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


@pytest.mark.slow
@pytest.mark.sandbox
def test_everything_that_stood_still_goes_on(session: Session) -> None:
    """Supervisor, daemon and every process of the qube, while a program is being started, and a stop is asked for."""
    with session.service() as service:
        session.run("work", "blue", "xterm")
        session.window("work")
        qube = session.qubes()["work"]
        agent = descendants(service.pid, but=int(qube["daemon_pid"]))
        sleepers = [service.pid, int(qube["daemon_pid"]), *agent]
        assert len(sleepers) >= 4
        with asking(session) as command:
            freeze(sleepers)
            try:
                holds_for(lambda: command.alive, 12, "the command that waits")
            finally:
                for pid in sleepers:
                    os.kill(pid, signal.SIGCONT)
            assert command.wait(20) == 7, command.output()
        assert session.qubes()["work"]["state"] == "running"
        assert len(session.windows("work")) == 1
        assert "violation" not in service.output()


def asking(session: Session) -> Child:
    """A command that waits for a program of the qube."""
    return Child(
        [sys.executable, "-m", "guid", "run", "--qube", "work", "--wait", "--", "sh", "-c", "sleep 1; exit 7"],
        env=session.environment(),
        log=session.runtime / "command.log",
    )


def freeze(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: all(state(pid) == "T" for pid in pids), what="everything stands still")


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def descendants(pid: int, *, but: int) -> list[int]:
    """Every process below `pid`, but one and those below it."""
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for child in children if child != but for each in (child, *descendants(child, but=but))]


def test_qube_that_reads_nothing_is_not_kept_told_where_the_pointer_is(desktop: XServer) -> None:
    """A machine that is paused for hours under the pointer: only what matters when it goes on waits for it."""
    with Qube(desktop.name, name="paused") as qube, contextlib.closing(Person(desktop.name)) as person:
        window = qube.show((100, 120, 200, 100), pseudo_random(200, 100), popup=True)
        for _ in range(100):
            for n in range(200):
                xtest.fake_input(person.x, X.MotionNotify, x=110 + n % 150, y=130 + n % 80)
            person.x.sync()
        person.click(150, 150)
        qube.daemon.windows()
        while qube.agent.poll(0.2):
            pass
        told = [each.type for each in qube.agent.received]
        assert told.count(MessageType.BUTTON) == 2
        assert 0 < told.count(MessageType.MOTION) < 15_000
        assert window.remote == 0x400001
