"""`vitrail watch`: what happens to qubes, a line each, as it happens; must not change anything."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from guid.commands.parsers import JSON_VERSION, add_json
from guid.control import follow

if TYPE_CHECKING:
    from guid.commands.parsers import Commands

Row = Mapping[str, Any]


def add(commands: Commands) -> None:
    """Add it."""
    watch = commands.add_parser(
        "watch",
        help="print what all qubes do, a line each, until interrupted",
        epilog="First what there is, then what changes. With --json also the labels there are and the clipboard's "
        "state, never its contents.",
    )
    add_json(watch, ", an object a line")
    watch.set_defaults(act=_watch)


def _watch(options: argparse.Namespace) -> int:
    with suppress(KeyboardInterrupt):
        for row in follow({"op": "watch"}):
            line = json.dumps({"version": JSON_VERSION, **row}) if options.json else _line(row)
            if line:
                print(line, flush=True)
    return 0


def _line(row: Row) -> str:
    found = WORDS.get(row["kind"])
    return found(row) if found is not None else ""


def _qube(row: Row) -> str:
    state = ", ".join([row["state"], *(word for word in ("paused", "hidden") if row[word])])
    reason = f": {row['reason']}" if row["reason"] else ""
    windows = f", {row['windows']} {'window' if row['windows'] == 1 else 'windows'}" if row["daemon_pid"] else ""
    used = f", {row['used_bytes'] >> 20} MiB" if row["used_bytes"] is not None else ""
    return f"{row['name']} ({row['label'] or '-'}): {state}{reason}{windows}{used}"


def _notice(row: Row) -> str:
    body = " ".join(row["body"].split())
    return f"{row['summary']}: {body}" if body else str(row["summary"])


WORDS: Mapping[str, Callable[[Row], str]] = MappingProxyType(
    {
        "qube": _qube,
        "gone": lambda row: f"{row['key'].removeprefix('qube ')} is gone" if row["key"].startswith("qube ") else "",
        "notice": _notice,
    }
)
"""Kind of a row → its line; the others are for programs."""
