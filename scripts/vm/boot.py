"""A QEMU process with a hard deadline, a log of its serial line, and calls into it. Knows no image and no test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from scripts.vm.rpc import Calls, connect

CPU: Final = "qemu64,+svm,+npt"
"""With `max`, software emulation of Debian 12's QEMU corrupts vector registers under Xen, and faults by SMAP."""
LOG_TAIL_BYTES: Final = 6_000
STOP_TIMEOUT_S: Final = 5.0


def rpc_arguments(folder: Path) -> list[str]:
    """QEMU's arguments for the port over which the machine is called."""
    return [
        *("-chardev", f"socket,id=rpc,path={folder / 'rpc.sock'},server=on,wait=off"),
        *("-device", "virtio-serial-pci", "-device", "virtserialport,chardev=rpc,name=rpc"),
    ]


def emulator(folder: Path, *, memory_mib: int, cpus: int = 2, machine: str = "pc", cpu: str = CPU) -> list[str]:
    """QEMU's arguments that every machine here has: emulation, a serial log, and an end instead of a reboot."""
    return [
        *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", cpu, "-M", machine, "-m", str(memory_mib)),
        *("-smp", str(cpus), "-display", "none", "-nodefaults", "-no-reboot", "-monitor", "none"),
        *("-serial", f"file:{folder / 'serial.log'}"),
    ]


class Machine:
    """A running machine, as a context manager: it ends with the block, and at the latest at the deadline."""

    def __init__(self, folder: Path, argv: Sequence[str], *, deadline_s: float, pass_fds: Sequence[int] = ()) -> None:
        """folder: from `new_folder`, removed at the end. argv: of QEMU. pass_fds: descriptors that QEMU inherits."""
        self._folder = folder
        self._deadline_s = deadline_s
        self.expired = False
        self._process = subprocess.Popen(list(argv), stdin=subprocess.DEVNULL, pass_fds=tuple(pass_fds))
        self._timer = threading.Timer(deadline_s, self._expire)
        self._timer.daemon = True
        self._timer.start()
        self._calls: Calls | None = None

    @classmethod
    def new_folder(cls) -> Path:
        """A folder for one machine's files (sockets need short paths); removed when it stops."""
        return Path(tempfile.mkdtemp(prefix="vitrail-vm-", dir=os.environ.get("XDG_RUNTIME_DIR") or "/tmp"))

    @property
    def pid(self) -> int:
        """QEMU's process id."""
        return self._process.pid

    @property
    def calls(self) -> Calls:
        """The way in, once the machine is `ready`."""
        if self._calls is None:
            raise RuntimeError("the machine was not waited for")
        return self._calls

    def ready(self, timeout_s: float) -> Calls:
        """Wait until the machine answers calls. Raises NoAnswer."""
        self._calls = connect(self._folder / "rpc.sock")
        self._calls.wait_until_ready(timeout_s)
        return self._calls

    def serial_log(self) -> str:
        """The end of what the machine wrote to its serial line."""
        try:
            return (self._folder / "serial.log").read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace")
        except FileNotFoundError:
            return "(nothing)"

    def _expire(self) -> None:
        self.expired = True
        self._process.kill()

    def stop(self) -> None:
        """End QEMU and remove the folder."""
        self._timer.cancel()
        if self._calls is not None:
            self._calls.close()
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            late = f" (ended at its deadline of {self._deadline_s:g} s)" if self.expired else ""
            print(f"--- serial log of the machine{late}\n{self.serial_log()}\n---", file=sys.stderr, flush=True)
        self.stop()
