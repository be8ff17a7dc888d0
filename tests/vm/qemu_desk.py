"""A person's session whose qubes may be virtual machines; knows what a person can see, and the emulator's process."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from guid.engines.errors import EngineError, KernelMissing
from guid.engines.qemu.engine import QemuEngine
from guid.engines.qemu.kernel import ROOT_VARIABLE, find_kernel
from scripts.vm.fetch import ImageError
from scripts.vm.kernel import kernel_folder
from tests.harness.processes import ROOT, Child, clean_environment
from tests.harness.session import PROGRAMS, Session
from tests.harness.wait import wait_until

START_TIMEOUT_S = 200.0
"""A machine that takes longer has failed, however busy this one is."""
REQUIRED = "VITRAIL_VM"
"""Set by `make test-vm`: what is missing then fails instead of being skipped."""


def need_machines() -> None:
    """Go on only if machines can be started here; a kernel is fetched if there is none."""
    try:
        try:
            find_kernel()
        except KernelMissing:
            os.environ[ROOT_VARIABLE] = str(kernel_folder())
        QemuEngine().check()
    except (EngineError, ImageError) as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"no virtual machine can be started: {error}", pytrace=False)
        pytest.skip(f"NO VIRTUAL MACHINE WAS TESTED: {error}")


class MachineSession(Session):
    """Qube names that were started with `start_machine` are virtual machines."""

    def __init__(self, display: str) -> None:
        super().__init__(display, command_timeout_s=START_TIMEOUT_S)
        self.first_window_s = self.first_window_processor_s = 0.0

    def start_machine(self, qube: str, label: str, *command: str) -> None:
        """`vitrail run --engine qemu`; returns once the command has started."""
        done = self.vitrail("run", "--engine", "qemu", "--qube", qube, "--label", label, "--", *command)
        assert done.returncode == 0, f"{done.stderr}\n{self.log()}"

    def program(self, qube: str, name: str, *arguments: str) -> tuple[str, ...]:
        """The command of a test program: its code is on the command line, for nothing can be put into a machine."""
        if self.qubes()[qube]["engine"] != "qemu":
            return super().program(qube, name, *arguments)
        return ("/usr/bin/python3", "-I", "-c", PROGRAMS.read_text(), name, *arguments)

    def holds(self, qube: str, script: str) -> bool:
        """Whether a shell script in the qube's home says so by its exit status."""
        return self.vitrail("run", "--wait", "--qube", qube, "--", "sh", "-c", script).returncode == 0

    def emulator_pid(self, qube: str) -> int:
        """The emulator of this session's only machine, found below its supervisor."""
        supervisor = _parent(self.daemon_pid(qube))
        found = [pid for pid in _descendants(supervisor) if _name(pid).startswith("qemu-system")]
        assert len(found) == 1, found
        return found[0]

    def emulator_processor_s(self, qube: str) -> float:
        """Processor time that the emulator has had so far. Source: proc(5), stat, utime (14) and stime (15)."""
        fields = Path(f"/proc/{self.emulator_pid(qube)}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill_emulator(self, qube: str) -> None:
        os.kill(self.emulator_pid(qube), signal.SIGKILL)

    def pool_bytes_in_use(self, qube: str) -> int:
        """Memory that the pool holds, as the daemon's own descriptor of it tells."""
        return self.pool_file(qube).stat().st_blocks * 512

    def pool_file(self, qube: str) -> Path:
        """The pool, as the daemon's own descriptor of it."""
        folder = Path(f"/proc/{self.daemon_pid(qube)}/fd")
        return next(each for each in folder.iterdir() if "vitrail-pool" in str(each.readlink()))


def supervisor_with(session: Session, script: str, folder: Path) -> Child:
    """A supervisor that `script` starts, instead of the one that a command would start."""
    path = folder / "supervisor.py"
    path.write_text(script)
    environment = clean_environment(
        DISPLAY=session.display,
        XDG_RUNTIME_DIR=str(session.runtime),
        XDG_DATA_HOME=str(session.data),
        XDG_CONFIG_HOME=str(session.config),
        PYTHONPATH=str(ROOT),
    )
    child = Child([sys.executable, path], env=environment, log=folder / "supervisor.log")
    wait_until((session.runtime / "vitrail" / "control.sock").exists, what="the supervisor")
    return child


def _status(pid: int, field: str) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return next((line.split(None, 1)[1] for line in lines if line.startswith(f"{field}:")), "")


def _name(pid: int) -> str:
    return _status(pid, "Name")


def _parent(pid: int) -> int:
    return int(_status(pid, "PPid") or 0)


def _descendants(pid: int) -> list[int]:
    parents = {int(entry.name): _parent(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found, waiting = list[int](), [pid]
    while waiting:
        current = waiting.pop()
        children = [child for child, parent in parents.items() if parent == current]
        found += children
        waiting += children
    return found
