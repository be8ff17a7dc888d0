"""The files of the person's qubes: lists, makes and changes qubes/NAME.toml; must not know what runs.

A file is replaced as a whole, never written in place, and one at a time: who changes one holds a lock on the folder.
"""

from __future__ import annotations

import fcntl
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from guid.core.definition import OPTIONS, Definition, as_listed
from guid.core.tomltext import CannotEdit, changed
from guid.paths import QUBE_NAME, config_dir, qube_definition
from guid.settings import SettingsError, definition_in, definition_of, read_text

SUFFIX = ".toml"
NOT_RUNNING: Mapping[str, Any] = {
    "violation": None,
    "daemon_pid": 0,
    "frame": None,
    "style": None,
    "hidden": False,
    "paused": False,
}

Literals = Mapping[str, str | None]
"""Key → its value as TOML has it, None to take it away. A key "options.X" is X of the table [options]."""


class DefinitionExists(SettingsError):
    """There is a qube of that name already."""


def names() -> list[str]:
    """The qubes that have a definition, by name."""
    try:
        entries = list((config_dir() / "qubes").iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise SettingsError(f"cannot read {config_dir() / 'qubes'}: {error.strerror}") from error
    found = [entry.name.removesuffix(SUFFIX) for entry in entries if entry.name.endswith(SUFFIX)]
    return sorted(name for name in found if QUBE_NAME.fullmatch(name))


def listed(name: str) -> dict[str, Any]:
    """What is said of a qube that does not run, as `ls --json` has it."""
    stopped = {"name": name, "state": "stopped", "reason": None, "windows": [], "disposable": False, **NOT_RUNNING}
    try:
        return stopped | as_listed(definition_of(name) or Definition())
    except SettingsError as error:
        nothing = dict.fromkeys(as_listed(Definition()))
        return stopped | {**nothing, "state": "broken", "reason": str(error)}


def make(name: str, literals: Literals) -> Definition:
    """Write the definition of a new qube. Raises DefinitionExists, SettingsError, PathsError."""
    path = qube_definition(name)
    with _locked(path.parent):
        if path.exists() or path.is_symlink():
            raise DefinitionExists(
                f"there is a qube {name} already ({path}); change it with: vitrail set {name} --label LABEL"
            )
        return _write(path, _edited("", literals, path))


def change(name: str, literals: Literals) -> Definition:
    """Change the definition of a qube, or begin one. Raises SettingsError, PathsError."""
    path = qube_definition(name)
    with _locked(path.parent):
        definition_of(name)  # what is not understood now is not made worse
        return _write(path, _edited(read_text(path) or "", literals, path))


def remove(name: str) -> bool:
    """Take a definition away; False if there was none. Raises SettingsError, PathsError."""
    path = qube_definition(name)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise SettingsError(f"cannot remove {path}: {error.strerror}") from error
    return True


def _edited(text: str, literals: Literals, path: Path) -> str:
    for key, literal in literals.items():
        table, _, last = key.rpartition(".")
        try:
            text = changed(text, last, literal, (OPTIONS,) if table else ())
        except CannotEdit as error:
            raise SettingsError(f"{path}: {error}") from error
        except tomllib.TOMLDecodeError as error:
            advice = f"a text is written in quotes: '{last}=\"…\"'"
            raise SettingsError(f"{key} = {literal} is no TOML: {error}; {advice}") from error
    return text


def _write(path: Path, text: str) -> Definition:
    """Replace the file, or the target of a link (settings often lie elsewhere); do nothing if it is not understood."""
    try:
        definition = definition_in(text, path)
    except SettingsError as error:
        raise SettingsError(f"nothing was written: {error}") from error
    target = path.resolve()
    new = target.with_name(f".{target.name}.new")
    try:
        with suppress(FileNotFoundError):
            new.unlink()  # what a crash has left; the lock is ours
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        new.replace(target)
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise SettingsError(f"cannot write {target}: {error.strerror}") from error
    return definition


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SettingsError(
            f"cannot use {folder}: {error.strerror}; set XDG_CONFIG_HOME to a folder that you can write in"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
