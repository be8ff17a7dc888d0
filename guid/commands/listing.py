"""`vitrail ls` and `logs`: what qubes there are, and what they say; must not change anything."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guid.commands.parsers import JSON_VERSION, add_json, in_words, say
from guid.control import LOG_NAME, CommandError, ask, follow
from guid.paths import QUBE_NAME, runtime_dir

if TYPE_CHECKING:
    from guid.commands.parsers import Commands

COLUMNS = ["NAME", "LABEL", "STATE", "WINDOWS"]
LINES_AT_ONCE = 1 << 20
"""Characters of a log that are read and printed at a time."""


def add(commands: Commands) -> None:
    """Add both."""
    listing = commands.add_parser("ls", help="list the running qubes")
    listing.add_argument("--all", action="store_true", help="also those that do not run")
    add_json(listing, ", with every window")
    listing.set_defaults(act=_list)
    logs = commands.add_parser(
        "logs",
        help="print what the programs of a qube have printed",
        epilog="Of the last start, at most 4 MiB, as printable ASCII. Without a qube: what the supervisor has noted.",
    )
    logs.add_argument("name", metavar="NAME", nargs="?", help="the qube")
    logs.add_argument("-f", "--follow", action="store_true", help="go on with what comes, until the qube ends")
    add_json(logs, ", an object a line")
    logs.set_defaults(act=_logs)


def _list(options: argparse.Namespace) -> int:
    answer = ask({"op": "ls"})
    qubes = answer.get("qubes", [])
    if options.all:
        with in_words():
            qubes = _with_definitions(qubes)
    if options.json:
        return say(options, {"qubes": qubes, "supervisor": answer.get("supervisor")})
    if not qubes:
        print("there is no qube yet" if options.all else "no qube is running", end="")
        print("; start one with: vitrail run -- xterm")
        return 0
    shown = [[each["name"], each["label"] or "-", _state(each), _windows(each)] for each in qubes]
    widths = [max(len(row[column]) for row in [*shown, COLUMNS]) for column in range(3)]
    for row in [COLUMNS, *shown]:
        print("  ".join([*(f"{word:{width}}" for word, width in zip(row, widths, strict=False)), row[-1]]))
    for each in qubes:
        if each["state"] == "broken":
            print(each["reason"], file=sys.stderr)
    return 0


def _state(qube: dict[str, Any]) -> str:
    aside = [word for word in ("paused", "hidden") if qube.get(word)]
    return ", ".join([str(qube["state"]), *aside])


def _windows(qube: dict[str, Any]) -> str:
    return str(sum(1 for window in qube["windows"] if window["mapped"]))


def _with_definitions(qubes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All that run, and all that are defined, by name."""
    from guid.definitions import listed, names  # noqa: PLC0415 - only here

    rows = {qube["name"]: qube for qube in qubes}
    rows |= {name: listed(name) for name in names() if name not in rows}
    return [rows[name] for name in sorted(rows)]


def _logs(options: argparse.Namespace) -> int:
    with in_words():
        folder = runtime_dir()
    if options.name is not None and QUBE_NAME.fullmatch(options.name) is None:
        raise CommandError(f"{options.name!r} cannot be a qube's name")
    if options.name is None and options.follow:
        raise CommandError("-f needs the name of a qube")
    path = folder / "qubes" / options.name / "qube.log" if options.name else folder / LOG_NAME
    with suppress(KeyboardInterrupt):
        for text in _followed(path, options.name) if options.follow else _once(path, options.name):
            _print(text, options)
    return 0


def _once(path: Path, name: str | None) -> Iterator[str]:
    try:
        with path.open(encoding="ascii", errors="replace") as log:
            while text := log.read(LINES_AT_ONCE):
                yield text + (log.readline() if not text.endswith("\n") else "")
    except FileNotFoundError:
        if name is not None and not _runs(name):
            raise CommandError(_no_log(name)) from None


def _no_log(name: str) -> str:
    from guid.definitions import names  # noqa: PLC0415 - only here

    with in_words():
        there = names()
    joined = ", ".join(there)
    if name in there:
        return f"qube {name} has not been started since you logged in: no log"
    return f"there is no qube {name} ({f'there are: {joined}' if there else 'there is none yet'})"


def _followed(path: Path, name: str) -> Iterator[str]:
    told = follow({"op": "follow", "qube": name})
    next(told)  # from here on we hear of everything
    at = 0
    while True:
        with suppress(FileNotFoundError), path.open(encoding="ascii", errors="replace") as log:
            log.seek(at)
            while line := log.readline():
                if not line.endswith("\n"):
                    break
                at = log.tell()
                yield line
        if "ended" in next(told, {"ended": True}):
            with suppress(FileNotFoundError), path.open(encoding="ascii", errors="replace") as log:
                log.seek(at)
                yield log.read()
            return


def _print(text: str, options: argparse.Namespace) -> None:
    """As printable ASCII: the supervisor has escaped it already, so what is not is a fault of ours."""
    for line in text.splitlines():
        safe = "".join(each if " " <= each <= "~" else "?" for each in line)
        print(json.dumps({"version": JSON_VERSION, "qube": options.name, "line": safe}) if options.json else safe)
    sys.stdout.flush()


def _runs(name: str) -> bool:
    return any(qube["name"] == name for qube in ask({"op": "ls"}).get("qubes", []))
