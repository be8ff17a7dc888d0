"""Child processes of a test, each ended by its own pid; knows nothing of what they run."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import protocol
from tests.harness.wait import time_scale

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS_IN = Path(protocol.__file__).parent.parent
"""The folder of the rooms' sources: this tree, or where the wheel is installed that is tested (`make test-wheel`)."""


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment for a child: the tester's own without display, session bus or toolkit settings, plus `extra`."""
    dropped = {"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "SESSION_MANAGER"}
    kept = {
        key: value for key, value in os.environ.items() if key not in dropped and not key.startswith(("GTK_", "QT_"))
    }
    return {**kept, "LC_ALL": "C.UTF-8", **extra}


def as_person(uid: int | None) -> list[str]:
    """What is put before a command so that somebody else runs it; None: whoever runs the tests."""
    return [] if uid is None else ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"]


class Child:
    """One child process with its output in a file. A context manager; ended by pid, and always reaped.

    log: where stdout and stderr go together; without it they go to the test's own stderr. identity: as Popen has it,
    for a process of somebody else's.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        log: Path | None = None,
        cwd: Path = ROOT,
        **identity: Any,
    ) -> None:
        self.argv = [str(part) for part in argv]
        self.log = log
        out = None if log is None else log.open("ab")
        try:
            self._process = subprocess.Popen(
                self.argv,
                env=dict(clean_environment() if env is None else env),
                pass_fds=tuple(pass_fds),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if out else None,
                cwd=cwd,
                **identity,
            )
        finally:
            if out is not None:
                out.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """The exit status; None while it runs, negative the signal that ended it."""
        return self._process.poll()

    def wait(self, timeout_s: float = 10.0) -> int:
        """Wait for its end and return the exit status. Raises subprocess.TimeoutExpired."""
        return self._process.wait(timeout_s * time_scale())

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            self._process.send_signal(number)

    def freeze(self) -> None:
        """SIGSTOP it, and return when the kernel says that it is stopped."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOWAIT)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def stop(self, timeout_s: float = 5.0) -> int:
        """SIGTERM, then SIGKILL if it does not listen; returns the exit status. Also ends a stopped process."""
        if self.alive:
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)
            try:
                return self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._process.wait()

    def output(self) -> str:
        """What it has written so far. Only with a log."""
        assert self.log is not None, "this child has no log"
        return self.log.read_text(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def memory_kib(pid: int) -> tuple[int, int]:
    """(resident, private) memory of a process in KiB. Source: proc(5), smaps_rollup."""
    fields: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        fields[name] = int(value.split()[0])
    return fields["Rss"], fields["Private_Clean"] + fields["Private_Dirty"]


def parent_of(pid: int) -> int:
    """The process that started `pid`."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def children(pid: int) -> list[int]:
    """The processes that the main thread of `pid` started and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descendants_named(pid: int, name: str) -> list[int]:
    """The processes that came of `pid` and are called `name`."""
    found = []
    for child in children(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{child}/comm").read_text().strip() == name:
                found.append(child)
            found += descendants_named(child, name)
    return found


def lives(pid: int) -> bool:
    """Whether there is such a process, and more than what is left of one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def open_fds(pid: int) -> dict[int, str]:
    """The open file descriptors of a process and what each points at."""
    found: dict[int, str] = {}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found[int(entry.name)] = str(entry.readlink())
        except FileNotFoundError:
            continue  # closed between the listing and the look
    return found
