"""`vitrail manager`: starts the window over all qubes, in the system's own Python; must not know what it shows."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from guid.commands.parsers import display, in_words
from guid.commands.running import start_supervising
from guid.commands.supervise import ourselves
from guid.control import SOCKET_NAME, CommandError, ask, begin
from guid.paths import runtime_dir

if TYPE_CHECKING:
    from guid.commands.parsers import Commands

PYTHON: Final = "/usr/bin/python3"
"""The one for which a distribution has the toolkit. Source: ADR 61."""
START: Final = "import sys; sys.path.append(sys.argv.pop(1)); from guid.manager.__main__ import main; sys.exit(main())"
"""Our folder comes last: what lies beside the rooms there may be for another version of Python."""


def add(commands: Commands) -> None:
    """Add it."""
    manager = commands.add_parser(
        "manager",
        help="show a window over all qubes: what they do, and what can be done to them",
        epilog="F1 in it shows its keys. It needs GTK 3 for the system's Python: apt install python3-gi gir1.2-gtk-3.0",
    )
    manager.set_defaults(act=_manage)


def _manage(_options: argparse.Namespace) -> int:
    display("shall show the window")
    watch = begin(
        {"op": "watch"}, start_supervising
    )  # one that was started for this would end before the window is there
    ask({"op": "clipboard", "do": "status"})  # says if it is of another version
    with in_words():
        socket = runtime_dir() / SOCKET_NAME
    again = json.dumps([*ourselves(), "manager"])
    ours = Path(__file__).resolve().parent.parent.parent
    argv = [PYTHON, "-I", "-B", "-c", START, str(ours), "--socket", str(socket), "--again", again]
    argv += ["--watch", str(watch.fileno())]
    watch.set_inheritable(True)
    try:
        os.execv(PYTHON, argv)  # noqa: S606 - a list, and no shell
    except OSError as error:
        raise CommandError(f"{PYTHON} cannot be started: {error.strerror}") from error
