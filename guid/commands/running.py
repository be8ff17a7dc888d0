"""`vitrail run`, `stop`, `kill` and `restart`: what runs; must not know how a qube is started."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from colors.labels import DEFAULT
from guid.commands.ending import tidily
from guid.commands.menu import keep_up
from guid.commands.parsers import OURS, LabelNames, add_json, display, in_words, say
from guid.commands.templates import meant
from guid.control import CommandError, ask, wait_for_its_end
from guid.core.definition import ENGINES, Net
from guid.core.starting import FIRST
from guid.core.text import printable
from guid.paths import qube_log
from guid.version import VERSION

if TYPE_CHECKING:
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add the four."""
    run = commands.add_parser(
        "run",
        help="run a program in a qube, starting the qube if needed",
        usage="vitrail run [--qube NAME | --disposable] [--label LABEL] [--engine ENGINE] [--net NET]"
        " [--template TEMPLATE] [--wait] [--json] -- COMMAND [ARGUMENT ...]",
        epilog="A qube that is not there yet is made if its label is given. A disposable qube has an empty home, and "
        "ends with its last window, or with the program if that has no window; nothing of it is left. What the program "
        "prints goes into the qube's log: vitrail logs NAME. With --wait it is printed as it comes, as printable "
        "ASCII (--json: at the end, at most 1 MiB), and the exit code is the program's, or "
        f"{OURS} if it could not be run.",
    )
    which = run.add_mutually_exclusive_group()
    which.add_argument("--qube", metavar="NAME", help=f"the qube (default: {FIRST}, made when it is wanted first)")
    which.add_argument("--disposable", action="store_true", help="a new qube, for this program alone")
    run.add_argument(
        "--label", choices=LabelNames(), help=f"colour of a qube that is not there yet (default: {DEFAULT.name})"
    )
    run.add_argument(
        "--engine",
        choices=ENGINES,
        help=f"what runs a qube that is not there yet: a sandbox or a virtual machine (default: {ENGINES[0]})",
    )
    run.add_argument(
        "--net",
        choices=tuple(each.value for each in Net),
        help=f"what a disposable qube reaches (default: {Net.NONE.value})",
    )
    run.add_argument(
        "--template", metavar="TEMPLATE", help="whose programs a disposable qube has, instead of this machine's"
    )
    run.add_argument("--wait", action="store_true", help="wait until the program ends, and return its exit code")
    add_json(run)
    run.add_argument("command", nargs="+", metavar="COMMAND", help="the program and its arguments, after --")
    run.set_defaults(act=_run)
    stop = commands.add_parser("stop", help="stop qubes and everything in them", epilog="Homes are kept.")
    stop.set_defaults(act=_stop, now=False)
    kill = commands.add_parser("kill", help="end qubes at once, without asking their programs")
    kill.set_defaults(act=_stop, now=True)
    for parser in (stop, kill):
        some = parser.add_mutually_exclusive_group(required=True)
        some.add_argument("name", metavar="NAME", nargs="?", help="the qube")
        some.add_argument("--all", action="store_true", help="every qube that runs")
        add_json(parser)
    restart = commands.add_parser(
        "restart",
        help="stop a qube and start it again, as it is defined now",
        usage="vitrail restart [--json] NAME [-- COMMAND [ARGUMENT ...]]",
        epilog="Its programs end. A qube that does not run is started. If it was the last qube of another version of "
        "Vitrail, it is started by this one.",
    )
    restart.add_argument("name", metavar="NAME", help="the qube")
    add_json(restart)
    restart.add_argument("command", nargs="*", metavar="COMMAND", help="what to run in it then, after --")
    restart.set_defaults(act=_restart)


def _run(options: argparse.Namespace) -> int:
    try:
        answer = _dispose(options) if options.disposable else _start(options)
    except CommandError as error:
        if not options.wait:
            raise
        raise CommandError(str(error), OURS) from error
    facts = {key: value for key, value in answer.items() if key not in ("warning", "status")}
    if answer["created_qube"]:
        keep_up()
    lines = [_started(answer)] if answer["started_qube"] and not options.wait else []
    if options.wait:
        facts["exit_code"] = int(answer["status"])
    if answer.get("warning"):
        print(f"vitrail: {answer['warning']}", file=sys.stderr)
    say(options, facts, *lines)
    return int(answer["status"]) if options.wait else 0


def _start(options: argparse.Namespace) -> dict[str, Any]:
    name = options.qube or FIRST
    if options.net is not None:
        raise CommandError(f"--net is for disposable qubes; for this one: vitrail set {name} --net {options.net}")
    if options.template is not None:
        meant = f"vitrail set {name} --template {printable(options.template)}"
        raise CommandError(f"--template is for disposable qubes; for this one: {meant}")
    request = {
        "op": "run",
        "qube": name,
        "label": options.label,
        "engine": options.engine,
        "argv": options.command,
        "wait": options.wait,
        "display": display("shall show the windows"),
    }
    return {"qube": name, "disposable": False, **_asked(request, name, options)}


def _dispose(options: argparse.Namespace) -> dict[str, Any]:
    if options.engine not in (None, ENGINES[0]):
        raise CommandError("a disposable qube is a sandbox: leave --engine out")
    request = {
        "op": "dispose",
        "label": options.label,
        "net": options.net,
        "template": meant(options.template),
        "argv": options.command,
        "until": "exit" if options.wait else "started",
        "display": display("shall show the windows"),
    }
    with in_words(), tidily(), _named(options) as name:
        answer = _asked({**request, **name}, name.get("qube", ""), options)
    return {"disposable": True, "created_qube": False, **answer}


def _asked(request: dict[str, Any], name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Ask for it, and print meanwhile what comes, for whoever waits and wants no JSON."""
    if options.json or not options.wait:
        return ask(request, supervise=start_supervising)
    from guid.commands.printing import Printing  # noqa: PLC0415 - only here

    with in_words():
        printing = Printing(qube_log(name))
    try:
        return ask(request, supervise=start_supervising, meanwhile=printing)
    finally:
        printing.end()


@contextmanager
def _named(options: argparse.Namespace) -> Iterator[dict[str, str]]:
    """The name of the disposable qube that is waited for, told before; nothing for one that the supervisor names."""
    if not options.wait:
        yield {}
        return
    from guid.removal import new_disposable, remove_disposable  # noqa: PLC0415 - only here

    name, held = new_disposable()
    try:
        if not options.json:
            print(f"vitrail: disposable qube {name} ({options.label or DEFAULT.name})", file=sys.stderr)
        yield {"qube": name}
    finally:
        os.close(held)
        remove_disposable(name)


def _started(answer: dict[str, Any]) -> str:
    kind = "disposable qube" if answer["disposable"] else "qube"
    line = f"started {kind} {answer['qube']} ({answer['label']})"
    if not answer["created_qube"]:
        return line
    return f"created and {line}; to change its colour: vitrail set {answer['qube']} --label LABEL"


def start_supervising(ready_fd: int | None) -> int:
    """Be a supervisor."""
    from guid.service import supervise  # noqa: PLC0415 - imports what it will fork

    return supervise(ready_fd)


def _stop(options: argparse.Namespace) -> int:
    names = [qube["name"] for qube in ask({"op": "ls"}).get("qubes", [])] if options.all else [options.name]
    for name in names:
        stop(name, now=options.now)
    return say(options, {"stopped": names})


def stop(name: str, *, now: bool) -> None:
    """End a qube, and return when it has ended. Raises CommandError if it does not run."""
    if not ask({"op": "stop", "qube": name, "now": now}):
        raise CommandError(f"no qube {name} is running")


def _restart(options: argparse.Namespace) -> int:
    desktop = display("shall show the windows")
    running = ask({"op": "ls"})
    found = {qube["name"]: qube for qube in running.get("qubes", [])}.get(options.name)
    if found is not None and found["disposable"]:
        raise CommandError(f"qube {options.name} is disposable: what is stopped is gone")
    if found is not None:
        stop(options.name, now=False)
    if (running.get("supervisor") or {}).get("version") not in (None, VERSION) and ask({"op": "retire"})["retired"]:
        wait_for_its_end()
    request = {
        "op": "run",
        "qube": options.name,
        "label": None,
        "argv": options.command,
        "wait": False,
        "display": desktop,
    }
    answer = {"qube": options.name, "disposable": False, **ask(request, supervise=start_supervising)}
    return say(options, {"qube": options.name, "label": answer["label"]}, _started(answer))
