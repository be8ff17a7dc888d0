"""Where Vitrail keeps its files on the trusted side. Must not know what is in them, nor what a qube is."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

QUBE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}", re.ASCII)
"""31 characters, the longest name that Qubes OS takes; no dot and no slash, because it becomes a folder's name."""

_PRIVATE_MODE = 0o700
_PASSABLE_MODE = 0o711
_SYSTEM_RUNTIME = Path("/run/vitrail")
_SYSTEM_DATA = Path("/var/lib/vitrail")
_SYSTEM_CONFIG = Path("/etc/vitrail")


class PathsError(Exception):
    """A folder that Vitrail needs cannot be used; the message says which and what to do. Never a qube's fault."""


def runtime_dir() -> Path:
    """Return the private folder for sockets, made if it is missing: mode 0700 and owned by us.

    `$XDG_RUNTIME_DIR/vitrail`, if that variable is absolute and names a folder of our own (after sudo it often names
    another person's); else `/run/vitrail` for root and `/tmp/vitrail-<uid>` for everybody else.
    Raises PathsError if the folder is a link, is somebody else's or can be entered by others.
    """
    return _private_folder(runtime_place())


def runtime_place() -> Path:
    """Return where that folder is to be (not made here, nor looked at)."""
    user_runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if user_runtime.startswith("/") and _is_own_folder(Path(user_runtime)):
        return Path(user_runtime) / "vitrail"
    if os.geteuid() == 0:
        return _SYSTEM_RUNTIME
    return Path(f"/tmp/vitrail-{os.geteuid()}")  # noqa: S108 - whoever makes it checks owner and mode


def data_dir() -> Path:
    """Return the folder for what outlives a session (not made here).

    `$XDG_DATA_HOME/vitrail`, else `/var/lib/vitrail` for root and `~/.local/share/vitrail` for everybody else.
    Source: XDG Base Directory Specification 0.8 (relative values are ignored).
    """
    configured = os.environ.get("XDG_DATA_HOME", "")
    if configured.startswith("/"):
        return Path(configured) / "vitrail"
    if os.geteuid() == 0:
        return _SYSTEM_DATA
    return Path("~").expanduser() / ".local/share/vitrail"


def config_dir() -> Path:
    """Return the folder for what the person writes down (not made here).

    `$XDG_CONFIG_HOME/vitrail`, else `/etc/vitrail` for root and `~/.config/vitrail` for everybody else.
    Source: XDG Base Directory Specification 0.8 (relative values are ignored).
    """
    configured = os.environ.get("XDG_CONFIG_HOME", "")
    if configured.startswith("/"):
        return Path(configured) / "vitrail"
    if os.geteuid() == 0:
        return _SYSTEM_CONFIG
    return Path("~").expanduser() / ".config/vitrail"


def qube_home(name: str) -> Path:
    """Return the folder that qube `name` sees as its home (not made here). Raises PathsError for an impossible name."""
    return data_dir() / "qubes" / checked_name(name) / "home"


def qube_definition(name: str) -> Path:
    """Return the file that says what qube `name` is (it may be missing). Raises PathsError for an impossible name."""
    return config_dir() / "qubes" / f"{checked_name(name)}.toml"


def qube_log(name: str) -> Path:
    """Return the file of what its programs have printed. Raises PathsError, also for an impossible name."""
    return runtime_dir() / "qubes" / checked_name(name) / "qube.log"


def checked_name(name: str) -> str:
    """Return `name` if a folder can be called so. Raises PathsError for an impossible name."""
    if QUBE_NAME.fullmatch(name) is None:
        raise PathsError(f"{name!r} cannot be a qube's name: use a letter, then at most 30 letters, digits, '-' or '_'")
    return name


def make_folders(folder: Path) -> None:
    """Make `folder` and its missing parents: 0700, but 0711 for root, whose qubes run as uids that must pass through.

    Raises PathsError if one cannot be made.
    """
    mode = _PASSABLE_MODE if os.geteuid() == 0 else _PRIVATE_MODE
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        for each in reversed(missing):
            each.mkdir(mode=mode, exist_ok=True)
            if each.stat().st_uid == os.geteuid():
                each.chmod(mode)  # the umask may have taken bits
    except OSError as error:
        raise PathsError(
            f"cannot make {folder}: {error.strerror}; set XDG_DATA_HOME to a folder that you can write in"
        ) from error


def _is_own_folder(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _private_folder(folder: Path) -> Path:
    try:
        folder.mkdir(mode=_PRIVATE_MODE, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise PathsError(
            f"cannot use {folder}: {error.strerror}; set XDG_RUNTIME_DIR to a private folder of yours"
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PathsError(
            f"{folder} is not a folder of uid {os.geteuid()}: remove it, or set XDG_RUNTIME_DIR to a private folder"
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise PathsError(f"{folder} can be entered by others: run `chmod 700 {folder}` after checking what is in it")
    return folder
