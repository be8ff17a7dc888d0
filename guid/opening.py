"""Finds the program that this desktop opens a file with, as xdg-open would, by the file's name alone.

The file itself is not looked into: it is what a disposable qube is for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from guid.core.opening import Program, candidates, globs, program, types_of, with_parents

MAX_FILE_BYTES = 4 << 20


class NoProgram(Exception):
    """Nothing is known that opens such a file; the message says what to do."""


def program_for(name: str) -> Program:
    """The default program for a file of this name. Raises NoProgram."""
    folders = [_data_home(), *_paths("XDG_DATA_DIRS", "/usr/local/share:/usr/share")]
    known = [glob for folder in folders for glob in globs(_text(folder / "mime" / "globs2"))]
    types = with_parents(types_of(name, known), "\n".join(_text(each / "mime" / "subclasses") for each in folders))
    programs = dict(_programs(folders))
    lists = [_text(path) for path in _lists(folders)]
    claims = {each: found.types for each, found in programs.items()}
    for type_ in types:
        for each in candidates(type_, lists, claims):
            if each in programs:
                return programs[each]
    kind = types[0] if types else "a file with such a name"
    raise NoProgram(f"no program is known that opens {kind}; say which: vitrail open --disposable --with PROGRAM FILE")


def _lists(folders: list[Path]) -> Iterator[Path]:
    """Where mimeapps.list may lie, the one that goes before all others first."""
    desktops = [each.lower() for each in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":") if each.isalnum()]
    names = [*(f"{each}-mimeapps.list" for each in desktops), "mimeapps.list"]
    settings = [_home("XDG_CONFIG_HOME", ".config"), *_paths("XDG_CONFIG_DIRS", "/etc/xdg")]
    for folder in (*settings, *(each / "applications" for each in folders)):
        yield from (folder / name for name in names)


def _programs(folders: list[Path]) -> Iterator[tuple[str, Program]]:
    """Desktop id → program; of two with the same id the person's own counts."""
    seen: set[str] = set()
    for folder in (each / "applications" for each in folders):
        for path in sorted(folder.rglob("*.desktop")):
            id_ = "-".join(path.relative_to(folder).parts)
            if id_ in seen:
                continue
            seen.add(id_)
            try:
                found = program(_text(path))
            except ValueError:  # a broken entry is none
                continue
            if found is not None:
                yield id_, found


def _data_home() -> Path:
    return _home("XDG_DATA_HOME", ".local/share")


def _home(variable: str, otherwise: str) -> Path:
    value = os.environ.get(variable, "")
    return Path(value) if value.startswith("/") else Path("~").expanduser() / otherwise


def _paths(variable: str, otherwise: str) -> list[Path]:
    return [Path(each) for each in (os.environ.get(variable) or otherwise).split(":") if each.startswith("/")]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
