"""guid/freezing.py: real processes stand still, those that start others all the time too, and go on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.core.processtree import STANDING, below
from guid.freezing import Frozen, _processes
from tests.harness.wait import holds_for, wait_until

OUTER = """
import ctypes, os, sys
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
if os.fork() == 0:
    os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
while True:
    os.wait()
"""
"""Between us and the tree, as bubblewrap is: it is not stopped itself, and who loses its parent stays below it."""
TREE = """
import os, sys, time
for _ in range(2):
    if os.fork() == 0:
        os.fork()
        break
while True:
    os.write(1, b".")
    time.sleep(0.001)
"""
CHURN = """
import os
while True:
    os.write(1, b".")
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(1, b".")
        os._exit(0)
    os.wait()
"""
WOKEN = """
import os, signal
writer = os.getpid()
for _ in range(6):
    if os.fork() == 0:
        while True:
            os.kill(writer, signal.SIGCONT)
while True:
    os.write(1, b".")
"""
HEADLESS = """
import ctypes, os, threading, time
def go_on():
    while True:
        os.write(1, b".")
        time.sleep(0.001)
threading.Thread(target=go_on).start()
ctypes.CDLL(None).pthread_exit(None)
"""
"""Its first thread has ended, so the kernel says of it that it has ended."""


class Started:
    """A process with descendants, in a session of its own; all of them write into one pipe."""

    def __init__(self, program: str) -> None:
        self._total = 0
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        outer = [sys.executable, "-c", OUTER, program]
        self.process = subprocess.Popen(outer, stdout=write, start_new_session=True)
        os.close(write)

    @property
    def written(self) -> int:
        """How many bytes came so far."""
        while True:
            try:
                data = os.read(self._read, 1 << 16)
            except BlockingIOError:
                return self._total
            if not data:
                return self._total
            self._total += len(data)

    def goes_on(self) -> None:
        before = self.written
        wait_until(lambda: self.written > before + 20, 20, "the processes")

    def stands_still(self) -> None:
        """What is in the pipe was written before."""
        before = self.written
        holds_for(lambda: self.written == before, 0.3, "silence")

    def end(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._read)


def wait_settled(frozen: Frozen) -> None:
    def settled() -> bool:
        if not frozen.settled:
            frozen.look_again()
        return frozen.settled

    wait_until(settled, 30, "everything standing still")


@pytest.fixture(params=[TREE, CHURN, WOKEN, HEADLESS], ids=["tree", "churn", "woken", "headless"])
def started(request: pytest.FixtureRequest) -> Iterator[Started]:
    made = Started(request.param)
    try:
        made.goes_on()
        yield made
    finally:
        made.end()


def test_all_that_a_process_has_started_stands_still_and_goes_on(started: Started) -> None:
    frozen = Frozen(started.process.pid, None)
    wait_settled(frozen)
    started.stands_still()
    assert all(each.state in STANDING for each in below(started.process.pid, _processes()))
    frozen.go_on()
    started.goes_on()


def test_process_that_stood_still_before_does_so_afterwards() -> None:
    made = Started(TREE)
    try:
        wait_until(lambda: len(below(made.process.pid, _processes())) >= 4, 20, "the processes")
        *_, last = below(made.process.pid, _processes())
        os.kill(last.pid, signal.SIGSTOP)

        def state() -> str:
            return next(each.state for each in below(made.process.pid, _processes()) if each.pid == last.pid)

        wait_until(lambda: state() == "T", what="one that stands still")
        frozen = Frozen(made.process.pid, None)
        for _ in range(100):
            frozen.look_again()
        wait_settled(frozen)
        frozen.go_on()
        made.goes_on()
        assert state() == "T"
    finally:
        made.end()


def test_process_that_another_has_woken_is_stopped_again() -> None:
    made = Started(TREE)
    try:
        made.goes_on()
        frozen = Frozen(made.process.pid, None)
        wait_settled(frozen)
        first, *_ = below(made.process.pid, _processes())
        os.kill(first.pid, signal.SIGCONT)
        frozen.look_again()
        assert not frozen.settled
        wait_settled(frozen)
        made.stands_still()
        frozen.go_on()
        made.goes_on()
    finally:
        made.end()


def test_control_group_is_frozen_as_a_whole(tmp_path: Path) -> None:
    """As the kernel's file sees it; nobody is sent a signal then."""
    freezer = tmp_path / "cgroup.freeze"
    frozen = Frozen(os.getppid(), freezer)
    assert (freezer.read_text(), frozen.settled) == ("1", True)
    frozen.go_on()
    assert freezer.read_text() == "0"


UNIFIED = next(
    (path for path in map(Path, ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")) if (path / "cgroup.procs").exists()), None
)


@pytest.mark.skipif(UNIFIED is None or not os.access(UNIFIED, os.W_OK), reason="no cgroup v2 to write to")
def test_real_control_group_freezes_and_goes_on() -> None:
    assert UNIFIED is not None
    group = UNIFIED / f"vitrail-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    made = Started(TREE)
    try:
        if not (group / "cgroup.freeze").exists():
            pytest.skip("the kernel freezes no groups")
        wait_until(lambda: len(below(made.process.pid, _processes())) == 5, 20, "the processes")
        for each in below(made.process.pid, _processes()):
            (group / "cgroup.procs").write_text(str(each.pid))
        frozen = Frozen(made.process.pid, group / "cgroup.freeze")
        wait_until(lambda: "frozen 1" in (group / "cgroup.events").read_text(), what="the kernel's word")
        made.stands_still()
        frozen.go_on()
        made.goes_on()
    finally:
        made.end()
        wait_until(lambda: not (group / "cgroup.procs").read_text(), what="the group's emptiness")
        group.rmdir()
