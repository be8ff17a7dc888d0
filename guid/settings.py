"""Reads what the person wrote down about qubes: vitrail.toml for all, qubes/NAME.toml for one; decides nothing.

vitrail.toml has a table [defaults] with options for every qube; qubes/NAME.toml has a table [options] for one. A file
that is not there says nothing. A file that cannot be understood stops the qube from starting: half a rule is none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from guid.core.options import BadOption, Options, changed, options_written
from guid.paths import config_dir, qube_definition

MAX_FILE_BYTES = 1 << 20


class SettingsError(Exception):
    """A settings file that is not understood; the message names the file, what is wrong, and no more. The person's."""


def written_options(name: str) -> dict[str, object]:
    """What is written about qube `name`, its own file before the one for all; each value has been understood.

    Raises SettingsError, or PathsError for an impossible name.
    """
    written: dict[str, object] = {}
    for path, table in ((config_dir() / "vitrail.toml", "defaults"), (qube_definition(name), "options")):
        try:
            found = _table(read(path), table)
            options_written(found)
        except BadOption as error:
            raise SettingsError(f"{path}: [{table}] {error}") from error
        written.update(found)
    return written


def options_of(name: str) -> Options:
    """The options of qube `name`. Raises SettingsError, or PathsError for an impossible name."""
    return options_written(written_options(name))


def options_from(lines: Iterable[str]) -> Options:
    """The options that TOML lines give, KEY=VALUE. Raises SettingsError."""
    options = Options()
    for line in lines:
        try:
            options = changed(options, tomllib.loads(line))
        except (BadOption, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{line}: {error}") from error
    return options


def read(path: Path) -> dict[str, Any]:
    """The contents of a TOML file, {} if there is none. Raises SettingsError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    if len(raw) > MAX_FILE_BYTES:
        raise SettingsError(f"{path} is longer than {MAX_FILE_BYTES >> 20} MiB")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _table(contents: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = contents.get(name, {})
    if not isinstance(table, dict):
        raise BadOption("must be a table")
    return table
