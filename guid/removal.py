"""Takes away what a qube has left on the disk, whatever its programs have made of it; must not know what runs."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from guid import definitions
from guid.engines.uids import release_uid
from guid.paths import PathsError, checked_name, data_dir, make_folders, qube_definition, qube_home

ASIDE = ".removed-"
NUMBERS = range(1000, 10_000)
"""Of disposable qubes, as in Qubes OS."""
DISPOSABLES = "disposable"
MAX_PASSES = 1000
"""Processes of a qube that has just ended may write for a moment more."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def set_aside(name: str) -> Path | None:
    """Rename what qube `name` has so that no qube has it any more; None if there is nothing. Raises PathsError."""
    folder = qube_home(name).parent
    for number in range(1000):
        aside = folder.with_name(f"{ASIDE}{number}-{name}")
        if os.path.lexists(aside):
            continue
        try:
            folder.rename(aside)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PathsError(f"cannot remove {folder}: {error.strerror}") from error
        return aside
    raise PathsError(f"remove {folder.parent / ASIDE}* first")


def take_away(name: str) -> dict[str, bool]:
    """Let there be no qube of this name any more; says what there was. Raises PathsError, SettingsError."""
    aside = set_aside(name)
    return {"definition": definitions.remove(name), "home": aside is not None}


def finish(name: str) -> None:
    """Remove everything that was ever set aside of qube `name`, and let its uid go. Raises PathsError."""
    home = qube_home(name)
    for aside in home.parent.parent.glob(f"{ASIDE}*-{name}"):
        remove_tree(aside)
    if os.geteuid() == 0 and not home.exists():
        release_uid(home.parent.resolve() / home.name)


def disposable_home(name: str) -> Path:
    """The home of a disposable qube (not made here). Raises PathsError for an impossible name."""
    return data_dir() / DISPOSABLES / checked_name(name) / "home"


def new_disposable() -> tuple[str, int]:
    """The name of a disposable qube that is to be, with a folder of its own, and what holds it. Raises PathsError."""
    folder = data_dir() / DISPOSABLES
    make_folders(folder)
    for _ in range(MAX_PASSES):
        name = f"disp{NUMBERS[int.from_bytes(os.urandom(4)) % len(NUMBERS)]}"
        if qube_definition(name).exists():
            continue
        try:
            (folder / name).mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
        except FileExistsError:
            continue
        except OSError as error:
            raise PathsError(f"cannot make {folder / name}: {error.strerror}") from error
        (folder / name).chmod(0o711 if os.geteuid() == 0 else 0o700)  # the umask may have taken bits
        return name, hold(name)
    raise PathsError("there are no more names for disposable qubes; stop some: vitrail ls")


@contextmanager
def unless_started(name: str, held: int | None) -> Iterator[None]:
    """Let `held` of a new disposable qube go, and remove the qube if it was not started. None: somebody else does."""
    started = False
    try:
        yield
        started = True
    finally:
        if held is not None:
            os.close(held)
            if not started:
                remove_disposable(name)


def hold(name: str) -> int:
    """A descriptor; as long as it is open, nobody removes the disposable qube `name`. Raises PathsError."""
    folder = disposable_home(name).parent
    make_folders(folder)
    descriptor = os.open(folder, _FOLDER)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def remove_disposable(name: str) -> bool:
    """Remove everything of a disposable qube; False if it is held, by another supervisor say. Raises PathsError."""
    home = disposable_home(name)
    resolved = home.parent.resolve() / home.name
    descriptor = hold(name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        remove_tree(home.parent)
    finally:
        os.close(descriptor)
    if os.geteuid() == 0:
        release_uid(resolved)
    return True


def disposables() -> list[str]:
    """Those that have left something."""
    try:
        return sorted(each.name for each in (data_dir() / DISPOSABLES).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def remove_tree(folder: Path) -> None:
    """Remove `folder` with all that is in it, following no link; nothing if it is not there. Raises PathsError.

    Folders in folders are first moved up beside each other: a program can make them deeper than a path can be long, and
    than there are descriptors.
    """
    try:
        descriptor = os.open(folder, _FOLDER)
    except FileNotFoundError:
        return
    except OSError as error:
        raise PathsError(f"cannot remove {folder}: {error.strerror}") from error
    try:
        for _ in range(MAX_PASSES):
            _empty(descriptor)
            if _rmdir(folder):
                return
        raise PathsError(f"cannot remove {folder}: something still writes there")
    except OSError as error:
        raise PathsError(f"cannot remove {folder}: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _empty(top: int) -> None:
    while names := os.listdir(top):
        taken = set(names)
        free = (each for each in map(str, count()) if each not in taken)
        for name in names:
            if not _unlinked(top, name):
                _move_up(top, name, free)
                _rmdir(name, top)


def _move_up(top: int, name: str, free: Iterator[str]) -> None:
    """Unlink what is in the folder `name`, and move its folders into `top`, by names that are `free`."""
    _open_up(top, name)
    folder = os.open(name, _FOLDER, dir_fd=top)
    try:
        for inner in os.listdir(folder):  # noqa: PTH208 - a descriptor
            if not _unlinked(folder, inner):
                _open_up(folder, inner)  # a folder is written to when it gets another parent
                os.rename(inner, next(free), src_dir_fd=folder, dst_dir_fd=top)
    finally:
        os.close(folder)


def _open_up(parent: int, name: str) -> None:
    """Let us into a folder that a program has closed to itself."""
    path = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{path}", stat.S_IRWXU)  # noqa: PTH101 - what is open, not what has the name now
    finally:
        os.close(path)


def _unlinked(parent: int, name: str) -> bool:
    """Remove what is no folder; False for a folder."""
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            return False
        os.unlink(name, dir_fd=parent)
    return True


def _rmdir(name: str | Path, parent: int | None = None) -> bool:
    """Remove an empty folder; False if somebody has just put something into it."""
    try:
        os.rmdir(name, dir_fd=parent)
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:
            raise
        return False
    return True
