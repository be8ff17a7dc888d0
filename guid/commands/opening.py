"""`vitrail open`: a copy of one file in a disposable qube; must not know how a qube is started."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colors.labels import DEFAULT
from guid.commands.ending import tidily
from guid.commands.parsers import LabelNames, add_json, display, in_words, say
from guid.commands.running import start_supervising, stop
from guid.commands.templates import meant
from guid.control import CommandError, ask
from guid.core.text import printable

if TYPE_CHECKING:
    from guid.commands.parsers import Commands

TERMINATED = 128 + signal.SIGTERM
INSIDE_HOME = "/home/user"
"""Where a qube has its home. Source: guid/engines/sandbox.py."""


def add(commands: Commands) -> None:
    """Add `open`."""
    opening = commands.add_parser(
        "open",
        help="open a copy of a file in a disposable qube",
        epilog="By the program that this desktop opens such files with; which that is, the file's name alone says. The "
        "command returns when the qube has ended. If the copy was changed then, it can be had beside the file under a "
        "new name (NAME.changed.pdf); the file itself is never touched.",
    )
    opening.add_argument("--disposable", action="store_true", required=True, help="in a new qube, for this file alone")
    opening.add_argument(
        "--label", choices=LabelNames(), default=DEFAULT.name, help="its colour (default: %(default)s)"
    )
    opening.add_argument(
        "--template", metavar="TEMPLATE", help="open it with the programs of this template, instead of this machine's"
    )
    opening.add_argument("--with", dest="program", metavar="PROGRAM", help="by this program of the qube")
    opening.add_argument("--bring-back", action="store_true", help="take a changed copy back without asking")
    add_json(opening)
    opening.add_argument("file", metavar="FILE", type=Path, help="the file")
    opening.set_defaults(act=_open)


def _open(options: argparse.Namespace) -> int:
    from guid.copies import CopyError  # noqa: PLC0415 - the parser alone needs none of it
    from guid.engines.errors import EngineError  # noqa: PLC0415
    from guid.opening import NoProgram, program_for  # noqa: PLC0415

    desktop = display("shall show the windows")
    inside = f"{INSIDE_HOME}/{options.file.name}"
    try:
        argv = [options.program, inside] if options.program else program_for(options.file.name).command(inside)
        with in_words(), tidily():
            return _opened(options, argv, desktop)
    except (CopyError, EngineError, NoProgram) as error:
        raise CommandError(str(error)) from error


def _opened(options: argparse.Namespace, argv: list[str], desktop: str) -> int:
    from guid.copies import changed_copy, copy_in  # noqa: PLC0415 - the parser alone needs none of it
    from guid.removal import disposable_home, new_disposable, remove_disposable  # noqa: PLC0415

    template = meant(options.template)
    name, held = new_disposable()
    try:
        home = disposable_home(name)
        before = copy_in(options.file, home)
        if not options.json:
            file = printable(str(options.file))
            program = " ".join(argv[:-1]) or argv[0]
            print(f"opening a copy of {file} in disposable qube {name} ({options.label}): {program}", flush=True)
        request = {"op": "dispose", "qube": name, "label": options.label, "argv": argv, "until": "end"}
        with _ended_with_us(name):
            ask({**request, "template": template, "display": desktop}, supervise=start_supervising)
        copy = changed_copy(options.file.name, home, before)
        facts: dict[str, Any] = {"qube": name, "program": argv, "changed": copy is not None, "brought_back": None}
        lines = []
        if copy is not None:
            path = _brought_back(copy, options)
            os.close(copy)
            lines = [
                f"the changed copy is {printable(str(path))}"
                if path
                else "the changed copy is gone (--bring-back keeps it)"
            ]
            facts["brought_back"] = str(path) if path else None
        return say(options, facts, *lines)
    finally:
        os.close(held)
        remove_disposable(name)


@contextmanager
def _ended_with_us(name: str) -> Iterator[None]:
    """Whoever ends the command by Ctrl-C or SIGTERM ends the qube; a terminal that is closed leaves its windows."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as end:
        if not isinstance(end, SystemExit) or end.code == TERMINATED:
            with suppress(CommandError):
                stop(name, now=True)
        raise


def _brought_back(copy: int, options: argparse.Namespace) -> Path | None:
    """Take the changed copy back, if the person wants it."""
    from guid.copies import bring_back  # noqa: PLC0415 - the parser alone needs none of it

    size = os.fstat(copy).st_size
    if not options.bring_back:
        if not sys.stdin.isatty():
            return None
        print(f"The copy was changed ({size:,} bytes). Keep it, under a new name? [y/N] ", end="")
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return None
    return bring_back(copy, options.file.absolute(), (Path.cwd(), Path("~").expanduser()))
