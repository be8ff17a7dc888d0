"""The first program of a machine: mounts, kernel modules, the port to the outside. Knows no program of the project."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts.vm.inside.calls import serve

BUSYBOX: Final = "/bin/busybox"
MODULES: Final = Path("/modules")
PATH: Final = "/usr/lib/xen-4.17/bin:/usr/sbin:/usr/bin:/sbin:/bin"
VIRTIO: Final = (
    *("virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "virtio_console"),
)
PORT_NAME: Final = "rpc"
PORT_TIMEOUT_S: Final = 30.0
READ_BYTES: Final = 1 << 16
TIME_SCALE: Final = "4"
"""Of what tests/harness waits for: four kernels may share two processors with other work."""


def say(text: str) -> None:
    """Tell the console, with the machine's own time."""
    uptime = Path("/proc/uptime").read_text().split()[0]
    print(f"[{uptime}] {text}", flush=True)


def busybox(*argv: str) -> None:
    """Run one of its tools; a failure is only said."""
    done = subprocess.run([BUSYBOX, *argv], check=False)
    if done.returncode != 0:
        say(f"{' '.join(argv)}: status {done.returncode}")


def set_environment() -> None:
    """Give programs the usual names, and the tests more time."""
    os.environ.update(PATH=PATH, HOME="/root", LANG="C.UTF-8", PYTHONPATH="/vitrail", PYTHONDONTWRITEBYTECODE="1")
    os.environ.setdefault("VITRAIL_TEST_TIME_SCALE", TIME_SCALE)


def mount_basics() -> None:
    """Mount what every program expects."""
    set_environment()
    for kind, place in (("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev")):
        busybox("mount", "-t", kind, kind, place)
    for folder in ("/dev/pts", "/dev/shm", "/run/lock", "/var/log", "/tmp/.X11-unix"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    Path("/tmp/.X11-unix").chmod(0o1777)
    busybox("mount", "-t", "devpts", "devpts", "/dev/pts")
    busybox("mount", "-t", "tmpfs", "tmpfs", "/dev/shm")
    busybox("ifconfig", "lo", "127.0.0.1", "up")


def load_modules(names: Sequence[str], arguments: dict[str, str] | None = None) -> None:
    """Load kernel modules that are not there yet, in the given order; `arguments`: module → what follows its name."""
    loaded = Path("/proc/modules").read_text().split()
    for name in names:
        if name.replace("-", "_") in loaded:
            continue
        extra = (arguments or {}).get(name)
        busybox("insmod", str(MODULES / f"{name}.ko"), *([extra] if extra else []))


class Port:
    """A virtio-serial port; the host's end is a socket that QEMU serves."""

    def __init__(self, name: str) -> None:
        self._fd = os.open(_port_device(name), os.O_RDWR | os.O_CLOEXEC)

    def read(self) -> bytes:
        """Wait for bytes; b"" when nobody is connected outside (any more)."""
        return os.read(self._fd, READ_BYTES)

    def write(self, data: bytes) -> None:
        """Write all of `data`."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]


def _port_device(name: str) -> str:
    """The device of a port, once the driver has learnt its name."""
    deadline = time.monotonic() + PORT_TIMEOUT_S
    while time.monotonic() < deadline:
        for folder in Path("/sys/class/virtio-ports").glob("*"):
            if (folder / "name").read_text().strip() == name:
                return f"/dev/{folder.name}"
        time.sleep(0.02)
    raise TimeoutError(f"no virtio port is called {name}")


def serve_port() -> None:
    """Answer calls from outside until nobody is there any more, then end the machine."""
    load_modules(VIRTIO)
    try:
        serve(Port(PORT_NAME))
    finally:
        say("nobody is outside any more")
        power_off()


def power_off() -> None:
    """End the machine at once. QEMU runs with -no-reboot, so that a reboot ends it too."""
    sys.stdout.flush()
    busybox("reboot", "-f")


def main() -> None:
    """A machine that only answers calls."""
    mount_basics()
    say("machine is up")
    serve_port()
