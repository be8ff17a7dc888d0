"""The pool inside a QEMU machine: memory of a PCI device that lies in the desktop side's memfd; knows no window.

The X server of the machine attaches the device's file itself, as it would a memfd. A machine cannot give pages back to
the memfd: the desktop side punches them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Self

from protocol.limits import PAGE_BYTES
from shm.errors import ShmError
from shm.pool import check_size

DEVICES: Final = Path("/sys/bus/pci/devices")
VENDOR, DEVICE = "0x1af4", "0x1110"
"""Source: QEMU, docs/specs/ivshmem-spec: Red Hat's vendor number, and the device's."""
MEMORY: Final = ("resource2_wc", "resource2")
"""BAR 2 as files: write-combining where the kernel offers it. Source: Linux, Documentation/PCI/sysfs-pci.rst."""


class IvshmemPool:
    """The memory of an ivshmem-plain device. As a Pool, but `punch` does nothing."""

    def __init__(self, fd: int, size_bytes: int) -> None:
        self.fd = fd
        self.size_bytes = size_bytes
        self.pages = size_bytes // PAGE_BYTES

    @classmethod
    def open(cls, devices: Path = DEVICES) -> Self:
        """Open the memory of this machine's only such device.

        Raises ShmError if there is none, or several, or if the file is not ours to open.
        """
        found = [folder for folder in sorted(devices.glob("*")) if _is_ivshmem(folder)]
        if len(found) != 1:
            raise ShmError(f"this machine has {len(found)} ivshmem devices; one is needed")
        memory = next((found[0] / name for name in MEMORY if (found[0] / name).exists()), None)
        if memory is None:
            raise ShmError(f"the ivshmem device {found[0].name} has no memory that can be opened")
        try:
            fd = os.open(memory, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise ShmError(f"cannot open {memory}: {error.strerror}") from error
        size_bytes = os.fstat(fd).st_size
        try:
            check_size(size_bytes)
        except ShmError:
            os.close(fd)
            raise
        return cls(fd, size_bytes)

    @property
    def punches(self) -> bool:
        """Never: the desktop side gives the pages back, and says so by an acknowledgement."""
        return False

    def punch(self, first_page: int, pages: int) -> None:
        """Do nothing: there is no way from here."""

    def close(self) -> None:
        """Close the file."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def _is_ivshmem(folder: Path) -> bool:
    try:
        return (folder / "vendor").read_text().strip() == VENDOR and (folder / "device").read_text().strip() == DEVICE
    except OSError:  # unplugged
        return False
