"""The machine of a qube, as QEMU's command line. Pure: must not look at the host.

Source: qemu(1), version 7.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from guid.engines.qemu.names import CONTROL_PORT, GUI_PORT, ROOT_TAG, USR_TAG

MEMORY_MIB: Final = 1024
PROCESSORS: Final = 2
MESSAGE_BYTES: Final = 512 << 10
"""Longest 9p message: fewer and longer reads, each of which stops the machine."""
COMMAND_LINE: Final = "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on tsc=reliable"
"""Of the kernel. A panic ends the machine. The processor is emulated or one qube's alone, so mitigations guard nothing
between its programs that its own uid would not already give."""


class Accelerator(Enum):
    """What runs the machine's instructions."""

    KVM = "kvm"
    TCG = "tcg"


@dataclass(frozen=True, slots=True)
class Machine:
    """Paths and descriptors as the emulator sees them, in its sandbox.

    pool_fd: the pool, of pool_bytes. listener_fd: where the daemon connects. root, usr: folders that become the file
    system. home: a raw image. control: stands for the control stream's descriptor until it is known.
    """

    emulator: str
    accelerator: Accelerator
    kernel: str
    initial: str
    pool_fd: int
    pool_bytes: int
    listener_fd: int
    root: str
    usr: str
    home: str
    control: str = "{control}"


def emulator_argv(machine: Machine) -> list[str]:
    """Return the command line. No network, no display, no monitor, no device that is not named here."""
    kvm = machine.accelerator is Accelerator.KVM
    return [
        machine.emulator,
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
        *("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"),
        *("-machine", "q35,vmport=off,sata=off,smbus=off,usb=off"),
        *("-accel", "kvm" if kvm else "tcg,thread=multi"),
        *("-cpu", "host" if kvm else "max"),
        *("-m", str(MEMORY_MIB), "-smp", str(PROCESSORS)),
        *("-kernel", machine.kernel, "-initrd", machine.initial, "-append", COMMAND_LINE),
        *("-chardev", "stdio,id=log,signal=off", "-serial", "chardev:log"),
        "-object",
        f"memory-backend-file,id=pool,share=on,mem-path=/proc/self/fd/{machine.pool_fd},size={machine.pool_bytes}",
        *("-device", "ivshmem-plain,memdev=pool"),
        *("-device", "virtio-serial-pci"),
        *("-chardev", f"socket,id=gui,fd={machine.listener_fd},server=on,wait=off"),
        *("-device", f"virtserialport,chardev=gui,name={GUI_PORT}"),
        *("-chardev", f"socket,id=control,fd={machine.control},server=off"),
        *("-device", f"virtserialport,chardev=control,name={CONTROL_PORT}"),
        *_shared("root", machine.root, ROOT_TAG),
        *_shared("usr", machine.usr, USR_TAG),
        *("-drive", f"if=none,id=home,format=raw,file={machine.home},discard=unmap"),
        *("-device", "virtio-blk-pci,drive=home"),
        *("-device", "virtio-rng-pci"),
    ]


def _shared(name: str, path: str, tag: str) -> tuple[str, ...]:
    """A folder, read-only, with the eyes of the emulator's own uid (security_model=none changes nobody's)."""
    return (
        *("-fsdev", f"local,id={name},path={path},security_model=none,readonly=on,multidevs=remap"),
        *("-device", f"virtio-9p-pci,fsdev={name},mount_tag={tag}"),
    )
