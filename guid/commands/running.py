"""`vitrail run`, `ls` and `stop`: what runs; must not know how a qube is started."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from colors.labels import DEFAULT, STANDARD
from guid.commands.parsers import add_json, display
from guid.control import CommandError, ask
from guid.core.definition import ENGINES

if TYPE_CHECKING:
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add the three."""
    run = commands.add_parser(
        "run",
        help="run a program in a qube, starting the qube if needed",
        usage="vitrail run [--qube NAME] [--label LABEL] [--engine ENGINE] [--wait] -- COMMAND [ARGUMENT ...]",
        epilog="What the program prints goes into the qube's log: vitrail/qubes/NAME/qube.log in $XDG_RUNTIME_DIR.",
    )
    run.add_argument("--qube", metavar="NAME", default="untrusted", help="the qube (default: %(default)s)")
    run.add_argument(
        "--label", choices=tuple(STANDARD), help=f"colour of a qube that is not there yet (default: {DEFAULT.name})"
    )
    run.add_argument(
        "--engine",
        choices=ENGINES,
        help=f"what runs a qube that is not there yet: a sandbox or a virtual machine (default: {ENGINES[0]})",
    )
    run.add_argument("--wait", action="store_true", help="wait until the program ends, and return its exit code")
    run.add_argument("command", nargs="+", metavar="COMMAND", help="the program and its arguments, after --")
    run.set_defaults(act=_run)
    listing = commands.add_parser("ls", help="list the running qubes")
    add_json(listing, ", with every window")
    listing.set_defaults(act=_list)
    stop = commands.add_parser("stop", help="stop a qube and everything in it")
    stop.add_argument("name", metavar="NAME", help="the qube")
    stop.set_defaults(act=_stop)


def _run(options: argparse.Namespace) -> int:
    request = {
        "op": "run",
        "qube": options.qube,
        "label": options.label,
        "engine": options.engine,
        "argv": options.command,
        "wait": options.wait,
        "display": display("shall show the windows"),
    }
    answer = ask(request, supervise=_start_supervising)
    if options.wait:
        return int(answer["status"])
    if answer.get("started_qube"):
        print(_started(options.qube, answer))
    return 0


def _started(name: str, answer: dict[str, Any]) -> str:
    line = f"started qube {name} ({answer['label']})"
    if not answer.get("created_qube"):
        return line
    return f"created and {line}; to change its colour: vitrail set {name} --label LABEL"


def _start_supervising(ready_fd: int | None) -> int:
    from guid.service import supervise  # noqa: PLC0415 - imports what it will fork

    return supervise(ready_fd)


def _list(options: argparse.Namespace) -> int:
    answer = ask({"op": "ls"})
    qubes = answer.get("qubes", [])
    if options.json:
        print(json.dumps({"version": 1, "qubes": qubes}, indent=2))
        return 0
    if not qubes:
        print("no qube is running; start one with: vitrail run -- xterm")
        return 0
    widths = [
        max(len(str(row[key])) for row in [*qubes, {key: key for key in row}])
        for row in qubes[:1]
        for key in ("name", "label", "state")
    ]
    print(f"{'NAME':{widths[0]}}  {'LABEL':{widths[1]}}  {'STATE':{widths[2]}}  WINDOWS")
    for qube in qubes:
        shown = sum(1 for window in qube["windows"] if window["mapped"])
        print(f"{qube['name']:{widths[0]}}  {qube['label']:{widths[1]}}  {qube['state']:{widths[2]}}  {shown}")
    return 0


def _stop(options: argparse.Namespace) -> int:
    answer = ask({"op": "stop", "qube": options.name})
    if not answer:
        raise CommandError(f"no qube {options.name} is running")
    return 0
