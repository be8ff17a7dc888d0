"""A TOML text as the lines that a person wrote: where a key stands, and the same with another value there. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|"(?:[^"\\\n]|\\.)*"'''
    r"""|'''(?:[^']|'(?!''))*'{3,5}|'[^'\n]*'|#[^\n]*|[\[{\]}\n]""",
    re.DOTALL,
)
"""What decides where a statement ends: strings and comments, in which nothing else counts, brackets and line ends.
Source: TOML 1.0, "String" (a string in three quotes may end with one or two more), "Comment", "Array"."""
_DEPTH: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


class CannotEdit(ValueError):
    """The text says it in a way that is not changed by a program; the message says what to do. The person's fault."""


class Statement(NamedTuple):
    """Some lines of a text that are one thing. first, end: line indices from 0, end exclusive.

    table: the one it is in (a header: the one that it begins). key: its first key; "" for a header.
    """

    first: int
    end: int
    table: tuple[str, ...]
    key: str


def line_of(text: str, key: str, table: tuple[str, ...] = ()) -> int:
    """The number (from 1) of the line where `key` of `table` stands, or the header of a table so called; else 1."""
    for statement in statements(text):
        if (statement.table, statement.key) == (table, key) or statement.table == (*table, key):
            return statement.first + 1
    return 1


def changed(text: str, key: str, literal: str | None, table: tuple[str, ...] = ()) -> str:
    """`text` with `key` of `table` being `literal` (None: not there), and every other line as it was.

    Raises CannotEdit.
    """
    wanted = _with(tomllib.loads(text), key, literal, table)
    edited = _edited(text, key, literal, table)
    try:
        done = tomllib.loads(edited) == wanted
    except tomllib.TOMLDecodeError:
        done = False
    if not done:
        raise CannotEdit(f"line {line_of(text, key, table)}: change {key} there by hand")
    return edited


def quoted(value: str) -> str:
    """A printable string as TOML has it."""
    return json.dumps(value, ensure_ascii=False)


def quoted_list(values: Iterable[str]) -> str:
    """Printable strings as TOML has a list of them."""
    return f"[{', '.join(map(quoted, values))}]"


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text that is valid as a whole; blank lines and comments are none."""
    table: tuple[str, ...] = ()
    end = 0
    for chunk in _chunks(text):
        first, end = end, end + chunk.count("\n") + (not chunk.endswith("\n"))
        found = tomllib.loads(chunk)
        if not found:
            continue
        if chunk.lstrip().startswith("["):
            table = _path(found)
            yield Statement(first, end, table, "")
        else:
            yield Statement(first, end, table, next(iter(found)))


def _chunks(text: str) -> Iterator[str]:
    """The text in pieces of whole lines, of which each can stand alone."""
    depth = begin = 0
    for token in _TOKEN.finditer(text):
        depth += _DEPTH.get(token[0], 0)
        if token[0] == "\n" and not depth:
            yield text[begin : token.end()]
            begin = token.end()
    if begin < len(text):
        yield text[begin:]


def _path(found: dict[str, object]) -> tuple[str, ...]:
    path: list[str] = []
    inner: object = found
    while isinstance(inner, dict) and inner:
        path.append(next(iter(inner)))
        inner = inner[path[-1]]
    return tuple(path)


def _with(contents: dict[str, object], key: str, literal: str | None, table: tuple[str, ...]) -> dict[str, object]:
    inner = contents
    for name in table:
        found = inner.get(name, {}) if literal is None else inner.setdefault(name, {})
        if not isinstance(found, dict):
            raise CannotEdit(f"{name} must be a table")
        inner = found
    if literal is None:
        inner.pop(key, None)
    else:
        inner[key] = tomllib.loads(f"value = {literal}")["value"]
    return contents


def _edited(text: str, key: str, literal: str | None, table: tuple[str, ...]) -> str:
    lines = text.split("\n")
    found = list(statements(text))
    new = [f"{key} = {literal}"] if literal is not None else []
    here = next((each for each in found if (each.table, each.key) == (table, key)), None)
    if here is not None:
        return "\n".join([*lines[: here.first], *new, *lines[here.end :]])
    if not new:
        return text
    inside = [each for each in found if each.table == table]
    if inside:
        at = inside[-1].end
    elif table:
        head = text.rstrip("\n")
        return "\n".join([*([head, ""] if head else []), f"[{'.'.join(table)}]", *new, ""])
    else:
        at = min((each.first for each in found), default=_end(lines))
        new += [""] if found else []
    return "\n".join([*lines[:at], *new, *lines[at:]])


def _end(lines: list[str]) -> int:
    """Where a line goes at the end: before the last line's end."""
    return len(lines) - 1 if lines[-1] == "" else len(lines)
