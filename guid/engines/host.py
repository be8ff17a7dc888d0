"""Which paths of the allow list exist on this machine. Must not decide what is on the list."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from guid.engines.sandbox import ETC_ENTRIES, SYSTEM_FOLDERS, HostPath

_USR = Path("/usr")


def host_paths() -> tuple[HostPath, ...]:
    """Return the entries of the allow list that are here and that everybody may read, parents first."""
    return tuple(found for path in (*SYSTEM_FOLDERS, *ETC_ENTRIES) if (found := _host_path(Path(path))) is not None)


def host_clock() -> Mapping[str, bytes]:
    """Return the files that say which time zone this machine is in, for a qube that does not see them."""
    found = {}
    for path in ("/etc/localtime", "/etc/timezone"):
        with suppress(OSError):
            found[path] = Path(path).read_bytes()
    return found


def host_machine_id() -> bytes:
    """Return the host's machine id, or nothing if it has none. Never handed to a qube as it is."""
    try:
        return Path("/etc/machine-id").read_bytes()
    except OSError:
        return b""


def _host_path(path: Path) -> HostPath | None:
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
    except (OSError, RuntimeError):  # missing, a dangling link or a loop of links
        return None
    needed = stat.S_IROTH | stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH
    if mode & needed != needed or not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        return None
    if path.is_symlink() and real.is_relative_to(_USR):
        return HostPath(str(path), link=str(path.readlink()))
    return HostPath(str(path))
