"""The engine that runs a qube as a virtual machine, its emulator in a sandbox. Must not know the wire or windows."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from guid.engines.bubblewrap import find_bubblewrap
from guid.engines.bundle import kept_bundle
from guid.engines.descriptors import check_descriptors
from guid.engines.engine import LocalQube, Traits
from guid.engines.errors import EmulatorMissing, EngineError, MachineUnsupported
from guid.engines.generated import etc_files
from guid.engines.host import host_machine_id, host_paths
from guid.engines.interpreter import system_interpreter
from guid.engines.launch import above_stdio, launch, lent_data
from guid.engines.qemu.accelerator import device_groups, find_accelerator
from guid.engines.qemu.disk import find_mke2fs, prepare_image
from guid.engines.qemu.initial import initial_file_system, is_static
from guid.engines.qemu.kernel import find_kernel
from guid.engines.qemu.machine import MESSAGE_BYTES, Accelerator, Machine, emulator_argv
from guid.engines.qemu.names import FIRST_PROGRAM
from guid.engines.qemu.programs import program_bundle
from guid.engines.qemu.sandbox import (
    HOME_IMAGE,
    TEMPLATE,
    EmulatorContents,
    emulator_sandbox_argv,
    environment_file,
)
from guid.engines.sandbox import INSIDE_AGENT, DataFile
from guid.engines.syscalls import filter_program
from guid.engines.uids import CLAIMS, check_uids_mapped, claim_uid
from guid.paths import QUBE_NAME
from shm.vchan.carrier import Carrier

log = logging.getLogger(__name__)

EMULATOR: Final = "qemu-system-x86_64"
KEEPER: Final = "/run/vitrail/keeper.pyz"
_SEALED: Final = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL


class QemuEngine:
    """Starts virtual machines. One object for many; what it learns of this system it learns once.

    bundle: returns the agent's code for an interpreter with the given magic; claims: see `uids.CLAIMS`.
    """

    traits = Traits(carrier=Carrier.VIRTIO_SERIAL, punches=True, start_timeout_s=480.0, stop_grace_s=20.0)

    def __init__(self, *, bundle: Callable[[bytes], bytes] = kept_bundle, claims: Path = CLAIMS) -> None:
        self._bundle = bundle
        self._claims = claims
        self._system: _System | None = None

    def check(self) -> None:
        """Raise an EngineError, with what to do about it, if this system cannot run such machines."""
        if self._system is None:
            self._system = _System(self._bundle)

    def start(
        self, qube: LocalQube, *, listener: socket.socket, pool_fd: int, control: socket.socket, log_fd: int
    ) -> subprocess.Popen[bytes]:
        """Start `qube`; see `Engine.start`. Its home is an image beside the home of a local qube of that name.

        Returns bubblewrap's process: it ends when the machine does. Raises an EngineError.
        """
        if QUBE_NAME.fullmatch(qube.name) is None:
            raise EngineError(f"{qube.name!r} cannot be a qube's name")
        qube.check_offered("qemu")
        self.check()
        system = self._system
        assert system is not None  # noqa: S101 - check() made it
        check_descriptors(listener, pool_fd, control, log_fd)
        home = qube.home.parent.resolve() / qube.home.name
        uid = claim_uid(home, self._claims) if os.geteuid() == 0 else os.geteuid()
        image = home_image(home)
        prepare_image(image, uid, system.mke2fs)
        if os.geteuid() == 0:
            # The emulator opens the pool by its name under /proc, for which it must be the owner.
            os.fchown(pool_fd, uid, uid)
        with contextlib.ExitStack() as stack:
            descriptors = [
                stack.enter_context(above_stdio(fd)) for fd in (listener.fileno(), pool_fd, control.fileno())
            ]
            return system.spawn(stack, qube.name, image, uid, log_fd, descriptors, os.fstat(pool_fd).st_size)


def home_image(home: Path) -> Path:
    """Return where the image of a qube is kept, by the home that a local qube of its name has."""
    return home.with_name("home.img")


class _System:
    """What one look at this system found."""

    def __init__(self, bundle: Callable[[bytes], bytes]) -> None:
        if platform.machine() != "x86_64":
            raise MachineUnsupported(f"the qemu engine knows no machines for a {platform.machine()} processor")
        self._bubblewrap = find_bubblewrap()
        self._emulator = _program(EMULATOR, "qemu-system-x86")
        self.mke2fs = find_mke2fs()
        self._filter = filter_program(platform.machine())
        self._host = host_paths()
        interpreter = system_interpreter()
        self._python = interpreter.path
        if os.geteuid() == 0:
            check_uids_mapped()
        kernel, initial = boot_files()
        self._accelerator = find_accelerator(self._emulator, kernel)
        self._groups = device_groups(self._accelerator)
        self._kernel_fd, self._initial_fd = _kept(kernel), _kept(initial)
        self._programs = {
            f"{TEMPLATE}{INSIDE_AGENT}": bundle(interpreter.magic),
            f"{TEMPLATE}{FIRST_PROGRAM}": program_bundle("first", interpreter.magic),
            KEEPER: program_bundle("keeper", interpreter.magic),
        }

    def spawn(
        self,
        stack: contextlib.ExitStack,
        name: str,
        image: Path,
        uid: int,
        log_fd: int,
        descriptors: Sequence[int],
        pool_bytes: int,
    ) -> subprocess.Popen[bytes]:
        """Start a machine in a sandbox; descriptors: listener, pool, control."""
        listener, pool, control = descriptors
        etc = {f"{TEMPLATE}{path}": content for path, content in etc_files(name, host_machine_id()).items()}
        etc[f"{TEMPLATE}/etc/vitrail-environment"] = environment_file()
        files = [
            DataFile(path, stack.enter_context(lent_data(content))) for path, content in (etc | self._programs).items()
        ]
        filter_fd = stack.enter_context(lent_data(self._filter))
        machine = Machine(
            emulator=self._emulator,
            accelerator=self._accelerator,
            kernel=f"/proc/self/fd/{self._kernel_fd}",
            initial=f"/proc/self/fd/{self._initial_fd}",
            pool_fd=pool,
            pool_bytes=pool_bytes,
            listener_fd=listener,
            root=TEMPLATE,
            usr="/usr",
            home=HOME_IMAGE,
        )
        contents = EmulatorContents(
            hostname=name,
            home_image=str(image),
            files=files,
            filter_fd=filter_fd,
            command=(self._python, "-I", KEEPER, str(control), *emulator_argv(machine)),
            kvm=self._accelerator is Accelerator.KVM,
        )
        argv = emulator_sandbox_argv(self._bubblewrap, self._host, contents)
        inherited = (*descriptors, self._kernel_fd, self._initial_fd, filter_fd, *(file.fd for file in files))
        return launch(argv, uid=uid, log_fd=log_fd, inherited=inherited, groups=self._groups)


def boot_files() -> tuple[bytes, bytes]:
    """Return kernel and initial file system. Raises KernelMissing or EmulatorMissing."""
    busybox = Path(_program("busybox", "busybox-static")).read_bytes()
    if not is_static(busybox):
        raise EmulatorMissing("busybox here needs shared libraries: install busybox-static instead")
    kernel = find_kernel()
    log.info("virtual machines have the kernel %s", kernel.version)
    return kernel.image, initial_file_system(busybox, kernel.modules, message_bytes=MESSAGE_BYTES)


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise EmulatorMissing(f"the program {name} is missing: install {package} (apt install {package})")
    return found


def _kept(content: bytes) -> int:
    """Return a descriptor that lives as long as we do, of memory that everybody may read and nobody can change."""
    descriptor = os.memfd_create("vitrail-boot", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fchmod(descriptor, 0o444)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALED)
    return descriptor
