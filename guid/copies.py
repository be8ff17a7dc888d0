"""A file of the person's in a disposable qube: copied in, and its changed copy out again; must not know what runs.

What comes out is a qube's: it is read only once the qube has ended, only if it is a plain file, and written under a
name that no file had.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from guid.core.definition import size_text
from guid.core.opening import changed_name
from guid.engines.homes import prepare_home
from guid.engines.uids import claim_uid

COPY_BYTES = 1 << 20
MAX_BACK_BYTES = 4 << 30
"""A qube may make a file as large as its disk lets it; ours is not to be filled with it."""
MAX_NAMES = 1000


class CopyError(Exception):
    """A file cannot be copied; the message says which and why."""


def copy_in(file: Path, home: Path) -> bytes:
    """Make the home of a disposable qube with a copy of `file` in it; returns the digest of what it holds.

    Raises CopyError, and an EngineError if there cannot be such a home.
    """
    resolved = home.parent.resolve() / home.name
    uid = claim_uid(resolved) if os.geteuid() == 0 else os.geteuid()
    prepare_home(resolved, uid)
    try:
        source = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise CopyError(f"cannot read {file}: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(source).st_mode):
            raise CopyError(f"{file} is no plain file")
        target = os.open(home / file.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            digest = _copied(source, target)
            os.fchown(target, uid, uid if os.geteuid() == 0 else -1)
        finally:
            os.close(target)
    except OSError as error:
        raise CopyError(f"cannot copy {file}: {error.strerror}") from error
    finally:
        os.close(source)
    return digest


def changed_copy(name: str, home: Path, before: bytes) -> int | None:
    """A descriptor of the copy, if it has another digest than `before`; None if it has not, or is gone.

    Raises CopyError if it is nothing that could be taken back.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            copy = os.open(name, flags, dir_fd=folder)
        finally:
            os.close(folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CopyError(f"the copy of {name} is no plain file any more ({error.strerror}): it is not taken") from error
    found = os.fstat(copy)
    words = ""
    if not stat.S_ISREG(found.st_mode):
        words = "is no plain file any more"
    elif found.st_size > MAX_BACK_BYTES:
        words = f"has more than {size_text(MAX_BACK_BYTES)}"
    if words:
        os.close(copy)
        raise CopyError(f"the copy of {name} {words}: it is not taken")
    if _copied(copy, None) == before:
        os.close(copy)
        return None
    return copy


def bring_back(copy: int, file: Path, otherwise: Iterable[Path]) -> Path:
    """Write what `copy` holds beside `file` under a new name, or into one of the other folders; returns where.

    Raises CopyError if nowhere is a place for it.
    """
    words = ""
    for folder in (file.parent, *otherwise):
        try:
            path, target = _new_file(folder, file.name)
        except OSError as error:
            words = words or f"cannot write in {folder}: {error.strerror}"
            continue
        try:
            os.lseek(copy, 0, os.SEEK_SET)
            _copied(copy, target)
        except OSError as error:
            path.unlink()
            words = words or f"cannot write {path}: {error.strerror}"
            continue
        finally:
            os.close(target)
        return path
    raise CopyError(words)


def _new_file(folder: Path, name: str) -> tuple[Path, int]:
    for number in range(1, MAX_NAMES):
        path = folder / changed_name(name, number)
        with suppress(FileExistsError):
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    raise CopyError(f"{folder} is full of changed copies of {name}")


def _copied(source: int, target: int | None) -> bytes:
    """Copy to the end, to nowhere if there is no target; returns the digest."""
    digest = sha256()
    while block := os.read(source, COPY_BYTES):
        digest.update(block)
        view = memoryview(block)
        while view and target is not None:
            view = view[os.write(target, view) :]
    return digest.digest()
