"""Whether the processor's own virtualization works here. Must not know what machine will use it."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from guid.engines.qemu.machine import COMMAND_LINE, Accelerator

log = logging.getLogger(__name__)

DEVICE: Final = Path("/dev/kvm")
PROBE_TIMEOUT_S: Final = 15.0
"""A kernel without a file system gives up, and the machine with it, after about one second."""


def find_accelerator(emulator: str, kernel: bytes, device: Path = DEVICE) -> Accelerator:
    """Return KVM if a kernel really starts with it here, else TCG.

    That the device is there says little: inside another virtual machine it may run firmware and then stand still.
    """
    if not os.access(device, os.R_OK | os.W_OK):
        log.info("%s is not there or not ours: virtual machines are emulated, which is slow", device)
        return Accelerator.TCG
    with tempfile.NamedTemporaryFile(prefix="vitrail-kernel-") as image:
        image.write(kernel)
        image.flush()
        argv = [emulator, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-accel", "kvm"]
        argv += ["-machine", "q35", "-cpu", "host", "-m", "256", "-kernel", image.name, "-append", COMMAND_LINE]
        try:
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROBE_TIMEOUT_S, check=False, cwd="/"
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("KVM does not run a kernel here (%s): virtual machines are emulated, which is slow", error)
            return Accelerator.TCG
    if done.returncode != 0:
        log.warning("KVM fails here (%s): virtual machines are emulated, which is slow", ascii(done.stderr[-200:]))
        return Accelerator.TCG
    return Accelerator.KVM


def device_groups(accelerator: Accelerator, device: Path = DEVICE) -> tuple[int, ...]:
    """Return the groups that a process of another uid needs for the device: its group, if that alone may use it."""
    if accelerator is Accelerator.TCG:
        return ()
    found = device.stat()
    everybody = found.st_mode & (stat.S_IROTH | stat.S_IWOTH) == stat.S_IROTH | stat.S_IWOTH
    return () if everybody else (found.st_gid,)
