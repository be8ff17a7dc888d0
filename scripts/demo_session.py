"""A supervisor of the demo's own, in folders of its own, that leaves nothing behind; must not know what is shown."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from guid.control import CommandError, ask
from guid.engines.uids import CLAIMS, release_uid
from guid.paths import qube_home

T = TypeVar("T")

POLL_S: Final = 0.02
END_TIMEOUT_S: Final = 15.0
LOG_TAIL_LINES: Final = 60


class DemoError(Exception):
    """The demo cannot go on; the text says why."""


def wait_until(predicate: Callable[[], T], what: str, timeout_s: float = 30.0) -> T:
    """Poll `predicate` until it gives a true value, and return that. Raises DemoError naming `what`."""
    deadline = time.monotonic() + timeout_s
    while not (value := predicate()):
        if time.monotonic() > deadline:
            raise DemoError(f"{what} did not happen in {timeout_s:g} s")
        time.sleep(POLL_S)
    return value


class Session:
    """A supervisor with its folders. A context manager, which ends the qubes and all their processes.

    folder: the demo's own. As root it can be passed through, because every qube runs as a uid of its own.
    Sets XDG_RUNTIME_DIR, XDG_DATA_HOME and XDG_CONFIG_HOME of this process.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: set[str] = set()
        self._claims_were_there = CLAIMS.exists(), CLAIMS.parent.exists()
        runtime, self._log = folder / "run", folder / "supervisor.log"
        runtime.mkdir(mode=0o700)
        os.environ.update(
            XDG_RUNTIME_DIR=str(runtime), XDG_DATA_HOME=str(folder / "data"), XDG_CONFIG_HOME=str(folder / "config")
        )
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the supervisor, in a session of its own so that Ctrl-C reaches only the demo."""
        ready, ready_write = os.pipe()
        argv = [sys.executable, "-I", "-m", "guid", "supervise", "--ready-fd", str(ready_write)]
        with self._log.open("wb") as log, os.fdopen(ready, "rb") as waiting:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(ready_write,), start_new_session=True
            )
            os.close(ready_write)
            waiting.read()  # ends when it listens, and when it has died
        return process

    # Requests

    def start(self, qube: str, label: str, argv: Sequence[str]) -> None:
        """Start a program, and its qube if need be. Raises DemoError."""
        self._run(qube, label, argv, wait=False)

    def finish(self, qube: str, label: str | None, argv: Sequence[str]) -> int:
        """Run a program to its end and return its exit status. Raises DemoError."""
        return int(self._run(qube, label, argv, wait=True)["status"])

    def _run(self, qube: str, label: str | None, argv: Sequence[str], *, wait: bool) -> dict[str, Any]:
        self._names.add(qube)
        display = os.environ["DISPLAY"]
        return self._ask(
            {"op": "run", "qube": qube, "label": label, "argv": list(argv), "wait": wait, "display": display}
        )

    def qubes(self) -> list[dict[str, Any]]:
        """What `vitrail ls --json` prints. Raises DemoError if a qube has ended that nobody stopped."""
        found: list[dict[str, Any]] = self._ask({"op": "ls"}).get("qubes", [])
        for name in self._names - {each["name"] for each in found if each["state"] in ("starting", "running")}:
            reason = next((each["violation"] or each["state"] for each in found if each["name"] == name), "it is gone")
            raise DemoError(f"qube {name} has ended: {reason}\n{self.logs()}")
        return found

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = ask(request)
        except CommandError as error:
            raise DemoError(f"{error}\n{self.logs()}") from error
        if not answer:
            raise DemoError(f"the supervisor is not there\n{self.logs()}")
        return answer

    @property
    def supervisor(self) -> subprocess.Popen[bytes]:
        """The process on which everything hangs."""
        return self._process

    def logs(self) -> str:
        """The ends of all logs, for a person to whom the demo has to say that it failed."""
        files = [self._log, *sorted((self.folder / "run").rglob("qube.log"))]
        return "\n".join(_tail(file) for file in files if file.exists())

    # End

    def close(self) -> None:
        """End everything that was started, by its own process id, and remove what it has left."""
        self._process.terminate()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _end_session(self._process.pid)
        homes = [qube_home(name) for name in self._names]
        if os.geteuid() == 0:
            for home in homes:
                release_uid(home)
            for folder, was_there in zip((CLAIMS, CLAIMS.parent), self._claims_were_there, strict=True):
                if not was_there:
                    with suppress(OSError):  # somebody else has put something there in the meantime
                        folder.rmdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class OwnFolder:
    """A new folder for everything that the demo writes outside of build/. A context manager that removes it."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="vitrail-demo-", dir="/tmp"))
        if os.geteuid() == 0:
            self.path.chmod(0o711)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        if self.path.exists():
            print(f"demo: could not remove all of {self.path}", file=sys.stderr)


def members(session: int) -> list[int]:
    """The processes of one session (proc(5), field 6 of stat); zombies are left out."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended while we looked
            state, _parent, _group, its_session = stat.read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX":
                found.append(int(stat.parent.name))
    return found


def _end_session(session: int) -> None:
    """Wait for the supervisor's children to follow it; end by their ids those that do not."""
    try:
        wait_until(lambda: not members(session), "the end of the qubes", END_TIMEOUT_S)
    except DemoError:
        for pid in members(session):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _tail(file: Path) -> str:
    lines = file.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return "\n".join([f"-- {file.parent.name}/{file.name}", *lines])
