"""A systemd that is a person's user manager, where none runs the machine; knows no unit.

Root alone can give it a view of its own. Run as a program it becomes that manager: it joins the control group that it
is given, takes it for the root of all groups, and hides what the machine's own first program has in /run/systemd.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness.processes import Child
from tests.harness.wait import wait_until

SYSTEMD = Path("/lib/systemd/systemd")


def unified() -> Path | None:
    """Where this machine has its control groups, version 2."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        if after.startswith("cgroup2 "):
            return Path(before.split()[4])
    return None


def why_not() -> str:
    """Why none can be started here, "" if one can."""
    groups = unified()
    if os.geteuid() != 0:
        return "only root can give a user manager a view of its own"
    if not SYSTEMD.exists() or groups is None or not os.access(groups, os.W_OK):
        return "no systemd, or no control groups of version 2 that can be written"
    tried = subprocess.run(["unshare", "--mount", "--cgroup", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "namespaces cannot be made here"


class UserManager:
    """A context manager; at its end nothing of it is left. runtime: $XDG_RUNTIME_DIR. environment: of the person."""

    def __init__(self, runtime: Path, environment: Mapping[str, str]) -> None:
        self.environment = {**environment, "XDG_RUNTIME_DIR": str(runtime)}
        self._socket = runtime / "systemd" / "private"
        self._group = Path(str(unified())) / f"vitrail-test-{os.getpid()}"
        self._group.mkdir()
        become = [sys.executable, __file__, str(self._group)]
        self._child = Child(["unshare", "--mount", *become], env=self.environment, log=runtime / "manager.log")

    def systemctl(self, *arguments: str) -> str:
        """Returns what it prints; it must succeed."""
        argv = ["systemctl", "--user", *arguments]
        done = subprocess.run(argv, env=self.environment, capture_output=True, text=True, check=False, timeout=90)
        assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}\n{self._child.output()}"
        return done.stdout

    def says(self, unit: str, name: str) -> str:
        """One property of a unit."""
        return self.systemctl("show", "--value", f"--property={name}", unit).strip()

    def __enter__(self) -> Self:
        wait_until(self._socket.exists, 20, "the user manager")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.systemctl("exit")
        self._child.wait(60)
        for group in sorted((path for path in self._group.rglob("*") if path.is_dir()), reverse=True):
            group.rmdir()
        self._group.rmdir()


def become(group: str) -> None:
    """First in the machine's groups, then below `group` alone."""
    if group:
        (Path(group) / "cgroup.procs").write_text(str(os.getpid()))
        os.execvp("unshare", ["unshare", "--mount", "--cgroup", sys.executable, __file__, ""])  # noqa: S606 - becomes it
    for argv in (
        ["mount", "--make-rprivate", "/"],
        ["umount", "-R", "/sys/fs/cgroup"],
        ["mount", "-t", "cgroup2", "none", "/sys/fs/cgroup"],
        ["mkdir", "-p", "/run/systemd"],
        ["mount", "-t", "tmpfs", "none", "/run/systemd"],
        ["mkdir", "/run/systemd/system"],
    ):
        subprocess.run(argv, check=True)
    os.execv(SYSTEMD, [str(SYSTEMD), "--user", "--log-target=console", "--log-level=info"])  # noqa: S606 - becomes it


if __name__ == "__main__":
    become(sys.argv[1])
