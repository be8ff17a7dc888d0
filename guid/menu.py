"""Puts the programs of the person's qubes into the desktop's menu, and takes them out; touches no file of others.

Files lie where the XDG specifications want a person's own: entries and directories in $XDG_DATA_HOME, the menu that
holds them in $XDG_CONFIG_HOME/menus/applications-merged. That one is there as long as the menu is kept.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from colors.labels import DEFAULT
from guid import definitions
from guid.core import menu as words
from guid.core.definition import ENGINES, Definition
from guid.core.desktopentry import MAX_ENTRY_BYTES, Program
from guid.settings import SettingsError, definition_of, labels
from guid.systemprograms import system_programs
from guid.templates import ROOT, templates_dir


class MenuError(Exception):
    """A file of the menu cannot be written or removed; the message says which. The person's."""


class QubeMenu(NamedTuple):
    """One qube in the menu. shown: what is in it; all: what could be. problems: what the person should know."""

    qube: str
    label: str
    shown: list[Program]
    all: list[Program]
    problems: list[str]


class Done(NamedTuple):
    """What a change of the menu did, in files."""

    written: int
    removed: int


def menus() -> list[QubeMenu]:
    """What every defined qube has in the menu, if it is kept. Raises SettingsError."""
    return [_menu_of(name) for name in definitions.names()]


def is_kept() -> bool:
    """Whether the person wants the menu: they have had it made, and not taken away."""
    return (_merged() / words.MENU).exists()


def sync(found: list[QubeMenu]) -> Done:
    """Let the menu be as `found`. Raises MenuError, SettingsError."""
    wanted = dict(_files(found))
    try:
        removed = sum(_removed(path) for path in list(_present()) if path not in wanted)
        return Done(sum(_written(path, content) for path, content in wanted.items()), removed)
    except OSError as error:
        raise MenuError(f"cannot change {error.filename}: {error.strerror}") from error


def clear() -> Done:
    """Take everything of ours out of the menu. Raises MenuError."""
    try:
        return Done(0, sum(_removed(path) for path in list(_present())))
    except OSError as error:
        raise MenuError(f"cannot remove {error.filename}: {error.strerror}") from error


def keep_up() -> None:
    """Bring the menu up to date if it is kept. Raises MenuError, SettingsError."""
    if is_kept():
        sync(menus())


def _menu_of(name: str) -> QubeMenu:
    try:
        definition = definition_of(name) or Definition()
    except SettingsError as error:
        return QubeMenu(name, DEFAULT.name, [], [], [str(error)])
    label = (definition.label or DEFAULT).name
    if definition.engine not in (None, ENGINES[0]):
        return QubeMenu(
            name, label, [], [], [f"qube {name} is a virtual machine: its programs cannot be seen from here"]
        )
    there = system_programs(_root(definition.template), words.languages(os.environ))
    shown, missing = words.chosen(there.programs, definition.menu)
    problems = [f"qube {name} has no program {each}; it has: vitrail menu ls --all {name}" for each in missing]
    return QubeMenu(name, label, shown, there.programs, problems)


def _root(template: str | None) -> Path:
    if template is None:
        return Path("/")
    return Path(template) if template.startswith("/") else templates_dir() / template / ROOT


def _files(found: list[QubeMenu]) -> Iterator[tuple[Path, bytes]]:
    command = _command()
    for each in found:
        for program in each.shown:
            text = words.entry(command, each.qube, each.label, program)
            yield _applications() / words.file_name(each.qube, program), text.encode()
        if each.shown:
            yield _directories() / words.directory_name(each.qube), words.directory(each.qube, each.label).encode()
    shown = [each for each in found if each.shown]
    yield _directories() / words.directory_name(words.ALL), words.directory(words.ALL, None).encode()
    yield _merged() / words.MENU, words.menu(each.qube for each in shown).encode()
    known = labels()
    for label in {each.label for each in shown}:
        from colors.menuicon import draw  # noqa: PLC0415 - cairo is heavy

        yield _icons() / f"{words.icon_name(label)}.png", draw(known[label].rgb)


def _present() -> Iterator[Path]:
    """Every file of ours that is there."""
    places = ((_applications(), "*.desktop"), (_directories(), "*.directory"), (_merged(), words.MENU))
    for folder, ends in places:
        yield from (path for path in folder.glob(f"vitrail{ends.removeprefix('vitrail')}") if _is_ours(path))
    yield from _icons().glob(f"{words.icon_name('*')}.png")


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return words.is_ours(file.read(MAX_ENTRY_BYTES).decode("utf-8", "replace"))
    except OSError:
        return False


def _written(path: Path, content: bytes) -> bool:
    """Write a file if it is another one; somebody else's of that name stays. Raises OSError."""
    if path.suffix != ".png" and os.path.lexists(path) and not _is_ours(path):
        return False
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
    return True


def _removed(path: Path) -> bool:
    path.unlink(missing_ok=True)
    return True


def _command() -> tuple[str, ...]:
    """What starts this very Vitrail, wherever it is started from."""
    own = Path(sys.argv[0])
    if own.name == "vitrail" and (path := shutil.which(sys.argv[0])) is not None:
        return (str(Path(path).absolute()),)
    return (sys.executable, "-m", "guid")


def _applications() -> Path:
    return _home("XDG_DATA_HOME", ".local/share") / "applications"


def _directories() -> Path:
    return _home("XDG_DATA_HOME", ".local/share") / "desktop-directories"


def _icons() -> Path:
    return _home("XDG_DATA_HOME", ".local/share") / "icons/hicolor/64x64/apps"


def _merged() -> Path:
    return _home("XDG_CONFIG_HOME", ".config") / "menus/applications-merged"


def _home(variable: str, otherwise: str) -> Path:
    """Of the desktop's specifications, which know no other folder for root."""
    value = os.environ.get(variable, "")
    return Path(value) if value.startswith("/") else Path("~").expanduser() / otherwise
