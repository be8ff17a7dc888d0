"""Reads what the person wrote down: vitrail.toml for all qubes, qubes/NAME.toml for one, labels.toml; decides nothing.

vitrail.toml has a table [defaults] with options for every qube, and [desktop] for what is no qube's; qubes/NAME.toml is
the qube's definition, with a table [options] for it. A file that is not there says nothing. A file that cannot be
understood stops the qube from starting: half a rule is none.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from colors.custom import BadLabel, labels_written
from colors.labels import Label
from guid.core.badoption import BadOption
from guid.core.definition import OPTIONS, BadDefinition, Definition, definition_written
from guid.core.desktopsettings import DesktopSettings, desktop_settings_written
from guid.core.options import Options, changed, options_written
from guid.core.tomltext import line_of
from guid.paths import config_dir, qube_definition

MAX_FILE_BYTES = 1 << 18
"""More than the person writes; and a file's lines are looked through one by one when something in it is wrong."""

DEFAULTS, DESKTOP = "defaults", "desktop"


class SettingsError(Exception):
    """A settings file that is not understood; the message names the file, the line, what is wrong. The person's."""


def written_options(name: str) -> dict[str, object]:
    """What is written about qube `name`, its own file before the one for all; each value has been understood.

    Raises SettingsError, or PathsError for an impossible name.
    """
    definition = definition_of(name) or Definition()
    return {**_defaults(config_dir() / "vitrail.toml"), **definition.options}


def check_defaults() -> None:
    """Read the options for all qubes. Raises SettingsError."""
    _defaults(config_dir() / "vitrail.toml")


def options_of(name: str) -> Options:
    """The options of qube `name`. Raises SettingsError, or PathsError for an impossible name."""
    return options_written(written_options(name))


def desktop_settings() -> DesktopSettings:
    """What is written for the desktop as a whole. Raises SettingsError."""
    path = config_dir() / "vitrail.toml"
    text = read_text(path) or ""
    table = _tables(path, text).get(DESKTOP, {})
    try:
        return desktop_settings_written(table)
    except BadOption as error:
        line = line_of(text, error.args[0].split(" ")[0], (DESKTOP,))
        raise SettingsError(f"{path}: line {line}: [{DESKTOP}] {error}") from error


def options_from(lines: Iterable[str]) -> Options:
    """The options that TOML lines give, KEY=VALUE. Raises SettingsError."""
    options = Options()
    for line in lines:
        try:
            options = changed(options, tomllib.loads(line))
        except (BadOption, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{line}: {error}") from error
    return options


def definition_of(name: str) -> Definition | None:
    """The definition of qube `name`, None if it has none. Raises SettingsError, PathsError for an impossible name."""
    path = qube_definition(name)
    text = read_text(path)
    return definition_in(text, path) if text is not None else None


def labels() -> dict[str, Label]:
    """The standard labels, then those of labels.toml, by name. Raises SettingsError."""
    path = config_dir() / "labels.toml"
    text = read_text(path) or ""
    try:
        return labels_written(_toml(text, path))
    except BadLabel as error:
        line = line_of(text, error.key or error.table, (error.table,) if error.key else ())
        raise SettingsError(f"{path}: line {line}: {error}") from error


def definition_in(text: str, path: Path) -> Definition:
    """The definition that `text` is. path: where it is from, for what is said of it. Raises SettingsError."""
    try:
        definition = definition_written(_toml(text, path), labels())
    except BadDefinition as error:
        raise SettingsError(f"{path}: line {line_of(text, error.key)}: {error}") from error
    _check_options(definition.options, OPTIONS, text, path)
    return definition


def read_text(path: Path) -> str | None:
    """The text of a file of settings, None if there is none. Raises SettingsError."""
    try:
        with FileIO(path, opener=_open_now) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SettingsError(f"cannot read {path}: it is no plain file")
            raw = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    if len(raw) > MAX_FILE_BYTES:
        raise SettingsError(f"{path} is longer than {MAX_FILE_BYTES >> 10} KiB")
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: {error}") from error


def _open_now(path: str, flags: int) -> int:
    """Without waiting for whoever is to write into a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        contents = tomllib.loads(text)
        repr(contents)  # what is wrong in it can be shown
    except (ValueError, RecursionError) as error:  # TOML's own, a number of thousands of digits, or of lists in lists
        raise SettingsError(f"{path}: {error}") from error
    return contents


def _defaults(path: Path) -> Mapping[str, object]:
    text = read_text(path) or ""
    table = _tables(path, text).get(DEFAULTS, {})
    _check_options(table, DEFAULTS, text, path)
    return table


def _tables(path: Path, text: str) -> Mapping[str, Mapping[str, object]]:
    """Those of vitrail.toml, which is `text`."""
    contents = _toml(text, path)
    for key, table in contents.items():
        if key not in (DEFAULTS, DESKTOP):
            there = f"[{DEFAULTS}] and [{DESKTOP}]"
            raise SettingsError(f"{path}: line {line_of(text, key)}: there is no {key!r}; there are {there}")
        if not isinstance(table, dict):
            raise SettingsError(f"{path}: line {line_of(text, key)}: {key} must be a table")
    return contents


def _check_options(written: Mapping[str, object], table: str, text: str, path: Path) -> None:
    for key, value in written.items():
        try:
            options_written({key: value})
        except BadOption as error:
            line = line_of(text, key, (table,))
            raise SettingsError(f"{path}: line {line}: [{table}] {error}") from error
