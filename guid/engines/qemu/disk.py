"""The image that a machine has as its home. Must not read what is in it: the qube writes every byte.

It is made once, by mke2fs, before any qube has seen it; the trusted side never mounts, checks or opens it again.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Final

from guid.engines.errors import EmulatorMissing, HomeUnusable
from guid.engines.homes import blocked_folder
from guid.engines.sandbox import INSIDE_GID, INSIDE_UID
from guid.paths import PathsError, make_folders

HOME_BYTES: Final = 16 << 30
"""How large a home may grow; the file is sparse."""
_TIMEOUT_S: Final = 60.0


def find_mke2fs() -> str:
    """Return the path of mke2fs. Raises EmulatorMissing."""
    found = shutil.which("mke2fs", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise EmulatorMissing("the program mke2fs is missing: install e2fsprogs (apt install e2fsprogs)")
    return found


def prepare_image(image: Path, uid: int, mke2fs: str) -> None:
    """Make `image` a file of `uid` alone (mode 0600) with an empty file system, unless it is there already.

    Raises HomeUnusable if it is a link, somebody else's, or where `uid` cannot go.
    """
    try:
        make_folders(image.parent)
        if not os.path.lexists(image):
            _make(image, uid, mke2fs)
        found = image.lstat()
    except PathsError as error:
        raise HomeUnusable(str(error)) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise HomeUnusable(f"cannot make {image}: {error}") from error
    if not stat.S_ISREG(found.st_mode) or found.st_uid != uid:
        raise HomeUnusable(
            f"{image} is not a file of uid {uid}, as which the qube runs: move it away, or choose another qube name"
        )
    blocked = blocked_folder(image, uid)
    if blocked is not None:
        raise HomeUnusable(
            f"the qube runs as uid {uid}, which cannot enter {blocked}: "
            f"run `chmod o+x {blocked}`, or set XDG_DATA_HOME to a folder that everybody may pass through"
        )


def _make(image: Path, uid: int, mke2fs: str) -> None:
    """Make the file under another name first: one that is only half made must never be found."""
    making = image.with_name(f"{image.name}.new")
    making.unlink(missing_ok=True)
    descriptor = os.open(making, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, HOME_BYTES)
        options = f"root_owner={INSIDE_UID}:{INSIDE_GID},lazy_itable_init=1,lazy_journal_init=1"
        subprocess.run(
            [mke2fs, "-q", "-F", "-t", "ext4", "-m", "0", "-L", "home", "-E", options, str(making)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_TIMEOUT_S,
            cwd="/",
        )
        if os.geteuid() == 0:
            os.fchown(descriptor, uid, uid)
    finally:
        os.close(descriptor)
    making.rename(image)
