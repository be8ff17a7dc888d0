"""What the emulator of a qube sees, as a bubblewrap command line. Pure: must not look at the host, only at values.

The machine's file system is a folder in this sandbox. So the qube is shown what a local qube is shown, with the same
eyes; and a program that breaks out of the machine finds itself in a sandbox like a local qube's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from guid.engines.sandbox import (
    ENVIRONMENT,
    PRIVILEGES,
    RUN_BYTES,
    DataFile,
    HostPath,
    file_arguments,
    host_arguments,
)

TEMPLATE: Final = "/template"
"""The folder that becomes the machine's file system, but for /usr."""
HOME_IMAGE: Final = "/home.img"
KVM: Final = "/dev/kvm"

_OWN: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache", "/etc/alternatives")
"""What the emulator itself needs of the allow list."""

EMPTY_FOLDERS: Final = (
    *("dev", "etc", "etc/X11", "etc/ssl", "etc/xdg", "home", "home/user", "media", "mnt", "opt", "proc", "root"),
    *("run", "run/vitrail", "srv", "sys", "tmp", "usr", "var"),
)
"""What a file system must have, though it is empty: places to mount on, and those that programs look for."""


@dataclass(frozen=True, slots=True)
class EmulatorContents:
    """files: below TEMPLATE or not. home_image: the trusted side's path. kvm: hand over the device."""

    hostname: str
    home_image: str
    files: Sequence[DataFile]
    filter_fd: int
    command: Sequence[str]
    kvm: bool


def emulator_sandbox_argv(bubblewrap: str, host: Iterable[HostPath], contents: EmulatorContents) -> list[str]:
    """Return the command line that runs `contents.command` where TEMPLATE holds what the qube may see."""
    shown = tuple(host)
    own = tuple(entry for entry in shown if entry.path in _OWN)
    below = tuple(entry for entry in shown if entry.path != "/usr")
    return [
        bubblewrap,
        *PRIVILEGES,
        *("--hostname", contents.hostname),
        *("--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--perms", "0755", "--size", str(RUN_BYTES), "--tmpfs", "/run"),
        *("--perms", "0755", "--dir", "/run/vitrail"),
        *("--perms", "0755", "--dir", TEMPLATE),
        *(word for name in EMPTY_FOLDERS for word in ("--perms", "0755", "--dir", f"{TEMPLATE}/{name}")),
        *("--symlink", "../tmp", f"{TEMPLATE}/var/tmp"),  # noqa: S108 - a path inside the qube
        *("--symlink", "../run", f"{TEMPLATE}/var/run"),
        *host_arguments(own),
        *host_arguments(below, TEMPLATE),
        *file_arguments(contents.files),
        *("--bind", contents.home_image, HOME_IMAGE),
        *(("--dev-bind", KVM, KVM) if contents.kvm else ()),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--seccomp", str(contents.filter_fd)),
        "--",
        *contents.command,
    ]


def environment_file() -> bytes:
    """Return what the agent's environment is, a NAME=VALUE a line, for the machine's first program."""
    return "".join(f"{name}={value}\n" for name, value in ENVIRONMENT.items()).encode()
