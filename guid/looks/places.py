"""The folders and files of the person; must not know what is needed of them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from guid.clipboard.policy import CURRENT_FOLDER, Policy
from guid.clipboard.verdict import Traits
from guid.core.needs.seen import Fault, Folder, Person, Places
from guid.definitions import names
from guid.engines.homes import blocked_folder
from guid.engines.uids import QUBE_UIDS
from guid.paths import config_dir, data_dir, qube_definition, runtime_place
from guid.settings import SettingsError, check_defaults, desktop_settings, labels, options_of

LINE = re.compile(r"\bline (\d+)")


def look_at_places(person: Person) -> Places:
    """Everything."""
    named = os.environ.get("XDG_RUNTIME_DIR", "")
    login = Path(f"/run/user/{person.uid}")
    homes = data_dir() / "qubes"
    nearest = _nearest(homes)
    blocked = blocked_folder(nearest / "home", QUBE_UIDS[0]) if person.root else None
    unreadable = tuple(str(path) for path in _files() if not os.access(path, os.R_OK))
    return Places(
        given=_folder(named),
        runtime=_folder(str(runtime_place())),
        named=named,
        login=str(login) if _folder(str(login)).owner == person.uid else "",
        own=_own_home(person),
        data=str(homes),
        unwritable="" if os.access(nearest, os.W_OK | os.X_OK) and nearest.is_dir() else str(nearest),
        blocked=str(blocked or ""),
        faults=tuple(fault for fault in _faults() if not _is_below(fault.path, unreadable)),
        unreadable=unreadable,
    )


def _own_home(person: Person) -> str:
    home = _folder(os.environ.get("HOME", ""))
    return str(Path(home.path)) if home.plain and home.owner == person.uid else ""


def _is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)


def _folder(path: str) -> Folder:
    try:
        found = Path(path).lstat()
    except OSError:
        return Folder(path)
    private = not stat.S_IMODE(found.st_mode) & 0o077
    return Folder(path, owner=found.st_uid, plain=stat.S_ISDIR(found.st_mode), private=private)


def _nearest(folder: Path) -> Path:
    """The folder, or the lowest one above it that is there."""
    return next(each for each in (folder, *folder.parents) if os.path.lexists(each))


def _files() -> Iterator[Path]:
    """The files of settings that are there, and the folders that they are in."""
    folder = config_dir()
    for path in (folder, folder / "vitrail.toml", folder / "labels.toml", folder / "qubes", folder / CURRENT_FOLDER):
        if os.path.lexists(path):
            yield path
    with suppress(OSError):  # a folder cannot be read, and was told above
        yield from Policy(folder, _nobody).files()
    try:
        yield from (qube_definition(name) for name in names())
    except SettingsError:  # the folder itself cannot be read, and was told above
        return


def _faults() -> Iterator[Fault]:
    folder = config_dir()
    of_all = [*_tried(folder / "vitrail.toml", _check_common), *_tried(folder / "labels.toml", labels)]
    yield from of_all
    try:
        found = [] if of_all else names()
    except SettingsError:
        found = []
    for name in found:
        yield from _tried(qube_definition(name), partial(options_of, name))
    with suppress(OSError):  # as above
        yield from (Fault(str(path), line, words) for path, line, words in Policy(folder, _nobody).faults())


def _check_common() -> None:
    check_defaults()
    desktop_settings()


def _tried(path: Path, read: Callable[[], object]) -> Iterator[Fault]:
    try:
        read()
    except SettingsError as error:
        found = LINE.search(str(error))
        yield Fault(str(path), int(found.group(1)) if found else 1, str(error))


def _nobody(_name: str) -> Traits:
    return Traits()
