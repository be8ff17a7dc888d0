"""What the kernel allows here; must not know what is needed for what."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from guid.core.needs.seen import Kernel
from guid.engines.errors import EngineError, MachineLacks
from guid.engines.local import LocalEngine

SETTINGS: Final = Path("/proc/sys")
HARMLESS: Final = frozenset({"/proc/sys/fs/binfmt_misc"})
"""Mounted over an empty folder, by every systemd."""
FILTER_WORDS: Final = "PR_SET_SECCOMP"
"""What bubblewrap says if it may not set a filter."""


def look_at_kernel() -> Kernel:
    """Everything; a sandbox is built for trial, and `true` is run in it."""
    refused, said = _trial()
    actions = _text(SETTINGS / "kernel/seccomp/actions_avail").split()
    return Kernel(
        userns_clone=_number("kernel/unprivileged_userns_clone"),
        max_user_namespaces=_number("user/max_user_namespaces"),
        apparmor_userns=_number("kernel/apparmor_restrict_unprivileged_userns"),
        masked=_masked(),
        sealed=_sealed(),
        filters="errno" in actions and FILTER_WORDS not in said,
        refused=refused,
        said=said,
        available_kib=_available_kib(),
    )


def _trial() -> tuple[str, str]:
    try:
        LocalEngine().check()
    except MachineLacks as error:
        return type(error).__name__, error.words
    except EngineError as error:
        return type(error).__name__, str(error)
    except OSError as error:  # not even memory for the trial: what lacks is found by itself
        return type(error).__name__, f"no sandbox could be tried: {error.strerror}"
    return "", ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _number(name: str) -> int | None:
    text = _text(SETTINGS / name).strip()
    return int(text) if text.isdigit() else None


def _masked() -> tuple[str, ...]:
    points = [line.split()[4] for line in _text(Path("/proc/self/mountinfo")).splitlines()]
    return tuple(dict.fromkeys(point for point in points if point.startswith("/proc/") and point not in HARMLESS))


def _sealed() -> str:
    try:
        descriptor = os.memfd_create("vitrail-doctor", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError as error:
        return error.strerror or str(error)
    try:
        os.ftruncate(descriptor, 1)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    except OSError as error:
        return error.strerror or str(error)
    finally:
        os.close(descriptor)
    return ""


def _available_kib() -> int:
    for line in _text(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            with suppress(ValueError, IndexError):
                return int(line.split()[1])
    return 0
