"""guid/x11/gate.py on a real desktop: when it opens, and who is woken by it."""

import os
import select
import signal
from collections.abc import Iterator

import pytest

from guid.x11.desktop import Desktop
from guid.x11.gate import Gate
from shm.x11.requests import no_operation
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop


@pytest.fixture
def server() -> Iterator[XServer]:
    with XServer(640, 480) as found:
        yield found


@pytest.fixture
def desktop(server: XServer) -> Iterator[Desktop]:
    found = Desktop(server.name, qube="work")
    yield found
    found.x.close()


@pytest.fixture
def unstamped(desktop: Desktop) -> Desktop:
    """As where the server has no shared pixmaps."""
    desktop.progress = None
    return desktop


def batch() -> list[bytes]:
    return [no_operation()]


def says_something(desktop: Desktop, timeout_s: float) -> bool:
    return bool(select.select([desktop.x.fileno()], [], [], timeout_s)[0])


def heard(desktop: Desktop) -> None:
    """Wait until the server says something, and hear it."""
    wait_until(lambda: says_something(desktop, 0.0), what="a word of the server")
    desktop.x.pump()


def test_batch_that_nobody_waits_for_wakes_nobody(server: XServer, desktop: Desktop) -> None:
    gate = Gate(desktop)
    assert gate.is_open()
    os.kill(server.pid, signal.SIGSTOP)
    gate.send(batch(), wake=False)
    assert not gate.is_open()
    os.kill(server.pid, signal.SIGCONT)
    wait_until(gate.is_open, what="the end of the batch")
    desktop.x.display.sync()  # all that came of it is there
    desktop.x.drain()
    assert gate.replies == 0


def test_batch_that_somebody_waits_for_tells_of_its_end(desktop: Desktop) -> None:
    gate = Gate(desktop)
    gate.send(batch(), wake=True)
    heard(desktop)
    assert gate.replies == 1
    assert gate.is_open()


def test_action_that_waits_is_done_by_itself(
    server: XServer, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guid.x11.gate.MAX_WAITING", 1)
    gate, done = Gate(desktop), list[int]()
    gate.when_open(lambda: done.append(0))
    assert done == [0]
    os.kill(server.pid, signal.SIGSTOP)
    gate.send(batch(), wake=False)
    gate.when_open(lambda: done.append(1))
    gate.when_open(lambda: done.append(2))
    assert (done, gate.behind) == ([0], True)
    os.kill(server.pid, signal.SIGCONT)
    heard(desktop)
    assert (done, gate.behind, gate.replies) == ([0, 1, 2], False, 1)


def test_answer_for_an_earlier_batch_opens_nothing(server: XServer, desktop: Desktop) -> None:
    gate = Gate(desktop)
    gate.send(batch(), wake=True)
    wait_until(gate.is_open, what="the stamp of the first batch")  # its reply is there and not heard
    os.kill(server.pid, signal.SIGSTOP)
    gate.send(batch(), wake=False)
    heard(desktop)
    assert gate.replies == 1
    assert not gate.is_open()
    gate.wake()
    os.kill(server.pid, signal.SIGCONT)
    heard(desktop)
    assert gate.is_open()


def test_end_is_asked_for_once(server: XServer, desktop: Desktop) -> None:
    gate = Gate(desktop)
    gate.wake()  # nothing is in flight
    os.kill(server.pid, signal.SIGSTOP)
    gate.send(batch(), wake=False)
    for _ in range(3):
        gate.wake()
    os.kill(server.pid, signal.SIGCONT)
    wait_until(gate.is_open, what="the end of the batch")
    desktop.x.sync()
    assert gate.replies == 1


def test_forgotten_actions_are_not_done(server: XServer, desktop: Desktop) -> None:
    gate, done = Gate(desktop), list[int]()
    os.kill(server.pid, signal.SIGSTOP)
    gate.send(batch(), wake=False)
    gate.when_open(lambda: done.append(1))
    gate.forget()
    os.kill(server.pid, signal.SIGCONT)
    heard(desktop)
    assert (done, gate.is_open()) == ([], True)


def test_server_that_does_not_stamp_is_asked_each_time(unstamped: Desktop) -> None:
    gate = Gate(unstamped)
    for number in range(1, 4):
        gate.send(batch(), wake=False)
        assert not gate.is_open()
        heard(unstamped)
        assert (gate.is_open(), gate.replies) == (True, number)
