"""Which program opens a file, by its name, from the texts in which a desktop keeps that; must not know where they lie.

Sources: Shared MIME-info Database 0.21 (globs2, subclasses), MIME Applications 1.0.1, Desktop Entry 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

ANY_TEXT: Final = "text/plain"
TERMINAL: Final = ("xterm", "-e")
DEFAULTS, ADDED, REMOVED = "Default Applications", "Added Associations", "Removed Associations"
ENTRY: Final = "Desktop Entry"


class Glob(NamedTuple):
    """A line of globs2."""

    weight: int
    type: str
    pattern: str
    exact_case: bool


def globs(text: str) -> Iterator[Glob]:
    """The lines of a globs2 file; what is not understood is passed over."""
    for line in text.splitlines():
        words = line.split(":")
        if not line.startswith("#") and len(words) >= 3 and words[0].isdigit():
            flags = words[3].split(",") if len(words) > 3 else []
            yield Glob(int(words[0]), words[1], words[2], "cs" in flags)


def types_of(name: str, known: Iterable[Glob]) -> list[str]:
    """The types that a file of this name may have, the likeliest first: by weight, then by the longest pattern."""
    found: dict[str, tuple[int, int]] = {}
    for glob in known:
        if fnmatchcase(name, glob.pattern) or (not glob.exact_case and fnmatchcase(name.lower(), glob.pattern.lower())):
            rank = (glob.weight, len(glob.pattern))
            found[glob.type] = max(rank, found.get(glob.type, rank))
    return sorted(found, key=lambda each: found[each], reverse=True)


def with_parents(types: Iterable[str], subclasses: str) -> list[str]:
    """The types and, after each, what it is a kind of; any text is plain text in the end."""
    parents: dict[str, list[str]] = {}
    for line in subclasses.splitlines():
        child, _, parent = line.partition(" ")
        parents.setdefault(child, []).append(parent)
    found: list[str] = []

    def add(each: str) -> None:
        if each not in found:
            found.append(each)
            for parent in parents.get(each, []):
                add(parent)

    for each in types:
        add(each)
    if any(each.startswith("text/") for each in found):
        add(ANY_TEXT)
    return found


def groups(text: str) -> dict[str, dict[str, str]]:
    """Group → key → value of a desktop entry or a mimeapps.list; the first of two equal keys counts."""
    found: dict[str, dict[str, str]] = {}
    group: dict[str, str] = {}
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            group = found.setdefault(stripped[1:-1], {})
        elif "=" in stripped and not stripped.startswith("#"):
            key, _, value = stripped.partition("=")
            group.setdefault(key.rstrip(), value.lstrip())
    return found


def candidates(type_: str, lists: Sequence[str], claims: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Desktop ids that may open a type, the best first. lists: texts of mimeapps.list, the person's own before others.

    claims: desktop id → the types that its program says it opens.
    """
    read = [groups(text) for text in lists]
    removed = {each for one in read for each in _ids(one, REMOVED, type_)}
    for name in (DEFAULTS, ADDED):
        for one in read:
            yield from (each for each in _ids(one, name, type_) if name == DEFAULTS or each not in removed)
    yield from (each for each, its in claims.items() if type_ in its and each not in removed)


def _ids(one: Mapping[str, Mapping[str, str]], group: str, type_: str) -> list[str]:
    return [each for each in one.get(group, {}).get(type_, "").split(";") if each]


@dataclass(frozen=True, slots=True)
class Program:
    """A desktop entry that can be run. types: those that it opens."""

    argv: tuple[str, ...]
    name: str
    terminal: bool
    types: tuple[str, ...]

    def command(self, path: str) -> list[str]:
        """Its command line for one file."""
        whole = [word for each in self.argv for word in self._filled(each, path)]
        if not any(code in each for each in self.argv for code in ("%f", "%F", "%u", "%U")):
            whole.append(path)
        return [*(TERMINAL if self.terminal else ()), *whole]

    def _filled(self, word: str, path: str) -> list[str]:
        if word in ("%i", "%k", "%d", "%D", "%n", "%N", "%v", "%m"):
            return []
        values = {"%%": "%", "%c": self.name, **dict.fromkeys(("%f", "%F", "%u", "%U"), path)}
        return [re.sub("%.", lambda found: values.get(found[0], ""), word)]


def program(text: str) -> Program | None:
    """The program of a desktop entry, None if it has none that could be run. Raises ValueError for a broken Exec."""
    entry = groups(text).get(ENTRY, {})
    if entry.get("Type") != "Application" or entry.get("Hidden") == "true" or not entry.get("Exec"):
        return None
    types = tuple(each for each in entry.get("MimeType", "").split(";") if each)
    name = _unescaped(entry.get("Name", ""))
    return Program(tuple(_words(_unescaped(entry["Exec"]))), name, entry.get("Terminal") == "true", types)


def _unescaped(value: str) -> str:
    """A value of type string. Source: Desktop Entry 1.5, "Possible value types"."""
    plain = {r"\s": " ", r"\n": "\n", r"\t": "\t", r"\r": "\r", r"\\": "\\"}
    return re.sub(r"\\.", lambda found: plain.get(found[0], found[0]), value)


def _words(line: str) -> list[str]:
    """The words of an Exec line. Raises ValueError. Source: Desktop Entry 1.5, "The Exec key"."""
    words: list[str] = []
    for found in re.finditer(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)|(")', line):
        if found[3]:
            raise ValueError("a quote is not closed")
        words.append(re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2])
    if not words:
        raise ValueError("nothing to run")
    return words


def changed_name(name: str, number: int) -> str:
    """What a changed copy is called: "report.changed.pdf", then "report.changed-2.pdf"."""
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    mark = "changed" if number == 1 else f"changed-{number}"
    return f"{stem}.{mark}{dot}{suffix}"
