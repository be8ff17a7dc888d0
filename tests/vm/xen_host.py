"""A machine with Xen, dom0 and domains in it, as the tests see it. Knows no window."""

from __future__ import annotations

import importlib.util
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

from guid.engines.bundle import agent_bundle
from scripts.vm.boot import Machine, emulator, rpc_arguments
from scripts.vm.image import Images
from scripts.vm.overlay import overlay
from shm.pool import Pool
from tests.vm.units import with_systemd

XEN_COMMAND_LINE: Final = (
    "console=com1 com1=115200,8n1 dom0_mem=2048M,max:2048M dom0_max_vcpus=1 "
    "bootscrub=0 spec-ctrl=no xpti=no loglvl=warning"
)
DOM0_COMMAND_LINE: Final = "console=hvc0 quiet mitigations=off rodata=off"
DOM0_PACKAGES: Final = (
    *("protocol", "shm", "colors", "guid", "scripts.vm", "tests.vm", "tests.harness"),
    *("Xlib", "six", "jeepney"),
)
QUBE_PACKAGES: Final = ("protocol", "shm", "scripts.vm", "tests.vm", "tests.harness", "Xlib", "six", "jeepney")
AGENT: Final = "vitrail/agent.pyz"
MEMORY_MIB: Final = 4096
SECTOR_BYTES: Final = 512
PORT: Final = "org.vitrail.gui.0"
POOL_BYTES: Final = 16 << 20
BOOT_TIMEOUT_S: Final = 400.0
"""Twenty seconds on a quiet machine. As all times here, for one whose load is eight."""
CALL_TIMEOUT_S: Final = 300.0


class XenHost(Machine):
    """Started by `boot`. It has a port and shared memory beside what Xen needs: dom0 is a guest of QEMU too."""

    pool: Pool
    port: Path

    @classmethod
    def boot(cls, made: Images, *, deadline_s: float, qube_files: dict[str, bytes] | None = None) -> Self:
        """Start the machine and wait for dom0. Raises NoAnswer."""
        folder = cls.new_folder()
        port, pool = folder / "gui.sock", Pool.create(POOL_BYTES)
        initrd = folder / "dom0.cpio"
        dom0 = overlay(DOM0_PACKAGES, main="tests.vm.inside.dom0")
        files = {AGENT: agent_bundle(importlib.util.MAGIC_NUMBER), **(qube_files or {})}
        qube = overlay(QUBE_PACKAGES, main="tests.vm.inside.domu", files=files)
        initrd.write_bytes(made.dom0.read_bytes() + dom0)
        parts = {
            "/run/domain-kernel": made.vmlinux.read_bytes(),
            "/run/domain-initrd": made.qube.read_bytes() + qube,
            "/run/domain-systemd": made.init.read_bytes() + with_systemd(),
        }
        disk = folder / "disk"
        content = b"".join(parts.values())
        disk.write_bytes(content + bytes(-len(content) % SECTOR_BYTES))
        argv = [
            *emulator(folder, memory_mib=MEMORY_MIB),
            *rpc_arguments(folder),
            *("-chardev", f"socket,id=gui,path={port},server=on,wait=off"),
            *("-device", f"virtserialport,chardev=gui,name={PORT}"),
            *("-object", f"memory-backend-file,id=pool,share=on,mem-path={_path(pool)},size={pool.size_bytes}"),
            *("-device", "ivshmem-plain,memdev=pool"),
            *("-drive", f"file={disk},if=none,id=disk,format=raw,readonly=on"),
            *("-device", "virtio-blk-pci,drive=disk"),
            *("-kernel", str(made.xen), "-append", XEN_COMMAND_LINE),
            *("-initrd", f"{made.vmlinux} {DOM0_COMMAND_LINE},{initrd}"),
        ]
        with ExitStack() as stack:
            stack.callback(pool.close)
            host = cls(folder, argv, deadline_s=deadline_s, pass_fds=[pool.fd])
            host.pool, host.port = pool, port
            stack.push(host)
            host.ready(BOOT_TIMEOUT_S)
            host.dom0("unpack_disk", parts={path: len(content) for path, content in parts.items()})
            stack.pop_all()
        return host

    def stop(self) -> None:
        """End the machine, and let go of what it shared."""
        super().stop()
        self.pool.close()

    def dom0(self, function: str, call_timeout_s: float = CALL_TIMEOUT_S, /, **arguments: Any) -> Any:
        """Call a function of `tests.vm.inside.dom0`, or of another module there by `module:function`."""
        module, _, name = function.rpartition(":")
        return self.calls.call(f"tests.vm.inside.{module or 'dom0'}:{name}", call_timeout_s, **arguments)

    def domain(self, name: str, *, kind: str = "pv", memory_mib: int = 512, systemd: bool = False) -> Domain:
        """Start a domain, with systemd as its first program or with ours alone; it may not answer yet."""
        number = self.dom0("create", name=name, kind=kind, memory_mib=memory_mib, systemd=systemd)
        return Domain(self, name, number)


class Domain:
    """One domain."""

    def __init__(self, host: XenHost, name: str, number: int) -> None:
        self.host = host
        self.name = name
        self.number = number

    def __call__(self, function: str, call_timeout_s: float = CALL_TIMEOUT_S, /, **arguments: Any) -> Any:
        """Call `module:function` of `tests.vm.inside` in it; with a dot in the module, of anything."""
        full = function if "." in function else f"tests.vm.inside.{function}"
        request = {"domain": self.number, "name": full, "arguments": arguments, "timeout_s": call_timeout_s}
        return self.host.dom0("call", call_timeout_s + 5, **request)

    def destroy(self) -> None:
        """End it at once."""
        self.host.dom0("destroy", domain=self.number)

    def console(self) -> str:
        """What it wrote."""
        return str(self.host.dom0("console", name=self.name))


def _path(pool: Pool) -> str:
    """The pool as QEMU, which inherits its descriptor, can open it."""
    return f"/proc/self/fd/{pool.fd}"
