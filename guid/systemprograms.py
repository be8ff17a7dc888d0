"""Reads which programs a system has that a menu could show; must not know what a menu is, nor whose system it is.

The system may be a template's, and anybody may have made its files: it is looked at through descriptors, no link in it
is followed, only plain files are read, and not too much of them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from guid.core.desktopentry import MAX_ENTRY_BYTES, BadEntry, Program, program_in

APPLICATIONS = ("usr/local/share/applications", "usr/share/applications")
"""Of two entries with one id the first one counts."""
PROGRAMS = ("usr/local/bin", "usr/bin", "bin", "usr/local/games", "usr/games")
"""Where a program of a qube is looked for. Source: PATH in guid/engines/sandbox.py."""
SEEN = ("usr", "bin", "sbin", "lib", "lib64")
"""Of a path, the first part that a qube sees, be its system a template or the host's."""
TERMINAL = "xterm"
MAX_DEPTH = 3
MAX_FILES = 3000
"""In all folders together. A desktop with everything installed has 600."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Found(NamedTuple):
    """What there is. refused: ids of entries that are not as they should be, with why."""

    programs: list[Program]
    refused: list[tuple[str, str]]


def system_programs(root: Path, languages: Sequence[str] = ()) -> Found:
    """Every program of the system in `root` that a menu could show, by id. languages: for its name."""
    names = {name for folder in PROGRAMS for name in _names(root, folder)}
    found: dict[str, Program] = {}
    refused: dict[str, str] = {}
    seen: set[str] = set()
    for id_, text in _entries(root):
        if id_ in seen:
            continue
        seen.add(id_)
        try:
            program = program_in(untrusted_text=text, untrusted_id=id_, languages=languages)
        except BadEntry as error:
            refused[ascii(id_)] = str(error)
            continue
        if program is not None and _can_run(root, names, program):
            found[program.id] = program
    return Found([found[id_] for id_ in sorted(found)], sorted(refused.items()))


def _can_run(root: Path, names: set[str], program: Program) -> bool:
    needed = [program.argv[0], *([program.needs] if program.needs else []), *([TERMINAL] if program.terminal else [])]
    return all(each in names if "/" not in each else _is_there(root, each) for each in needed)


def _is_there(root: Path, path: str) -> bool:
    """Whether there is something at an absolute path that a qube sees."""
    parts = path.split("/")
    if parts[0] or parts[1] not in SEEN or any(each in ("", ".", "..") for each in parts[1:]):
        return False
    return parts[-1] in _names(root, "/".join(parts[1:-1]))


def _names(root: Path, folder: str) -> list[str]:
    """What is in a folder of the system; nothing if it cannot be looked into without following a link."""
    try:
        descriptor = _opened(root, folder)
    except OSError:
        return []
    try:
        return os.listdir(descriptor)  # noqa: PTH208 - a descriptor
    finally:
        os.close(descriptor)


def _opened(root: Path, folder: str) -> int:
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in folder.split("/"):
        try:
            inner = os.open(part, _FOLDER, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def _entries(root: Path) -> Iterator[tuple[str, str]]:
    """Id and text of each desktop entry, as they are."""
    left = MAX_FILES
    for applications in APPLICATIONS:
        try:
            top = _opened(root, applications)
        except OSError:
            continue
        try:
            for folder, folders, files, descriptor in os.fwalk(".", dir_fd=top):
                parts = folder.split("/")[1:]
                folders[:] = sorted(folders)[:MAX_FILES] if len(parts) < MAX_DEPTH else []
                for name in sorted(each for each in files if each.endswith(".desktop"))[:left]:
                    left -= 1
                    text = _text(descriptor, name)
                    if text is not None:
                        yield "-".join((*parts, name.removesuffix(".desktop"))), text
        finally:
            os.close(top)


def _text(folder: int, name: str) -> str | None:
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        raw = file.read(MAX_ENTRY_BYTES + 1)
    return raw.decode("utf-8", "replace") if len(raw) <= MAX_ENTRY_BYTES else None
