"""The folder that a qube sees as its home. Must not choose whose it is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from guid.engines.errors import HomeUnusable
from guid.paths import PathsError, make_folders


def prepare_home(home: Path, uid: int) -> None:
    """Make `home` a folder of `uid` alone (mode 0700), with the folders above it if they are missing.

    uid: of the qube on the trusted side: our own, or, started by root, the qube's own.
    Raises HomeUnusable if it is a link, somebody else's, or where `uid` cannot go.
    """
    try:
        make_folders(home.parent)
        home.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except PathsError as error:
        raise HomeUnusable(str(error)) from error
    except OSError as error:
        raise HomeUnusable(
            f"cannot use {home} as a qube's home: {error.strerror}; it must be a folder, not a link"
        ) from error
    try:
        _own(home, descriptor, uid)
    finally:
        os.close(descriptor)
    blocked = blocked_folder(home, uid)
    if blocked is not None:
        raise HomeUnusable(
            f"the qube runs as uid {uid}, which cannot enter {blocked}: "
            f"run `chmod o+x {blocked}`, or set XDG_DATA_HOME to a folder that everybody may pass through"
        )


def blocked_folder(home: Path, uid: int) -> Path | None:
    """Return the first folder above `home` that `uid` (and the gid of the same number) may not pass through, if any."""
    return first_blocked(reversed(home.resolve().parents), uid)


def first_blocked(folders: Iterable[Path], uid: int) -> Path | None:
    """Return the first of `folders` that `uid` (and the gid of the same number) may not pass through, if any."""
    for folder in folders:
        found = folder.stat()
        needed = stat.S_IXUSR if found.st_uid == uid else stat.S_IXGRP if found.st_gid == uid else stat.S_IXOTH
        if not found.st_mode & needed:
            return folder
    return None


def _own(home: Path, descriptor: int, uid: int) -> None:
    owner = os.fstat(descriptor).st_uid
    if owner != uid:
        if os.geteuid() != 0 or owner != 0 or os.listdir(descriptor):
            raise HomeUnusable(
                f"{home} belongs to uid {owner} and the qube runs as uid {uid}: "
                f"run `chown -R {uid}:{uid} {home}` as root if it is this qube's, or choose another qube name"
            )
        os.fchown(descriptor, uid, uid)
    os.fchmod(descriptor, 0o700)
