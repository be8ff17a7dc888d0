"""`vitrail supervise`: the supervisor in the foreground, or the unit that makes systemd run it so."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add `supervise`."""
    supervise = commands.add_parser(
        "supervise",
        help="run the supervisor in the foreground, as a service (`run` starts one by itself)",
        epilog="SIGHUP reads the settings again; SIGTERM ends it, and its qubes.",
    )
    supervise.add_argument("--unit", action="store_true", help="print a systemd user unit that runs it, and end")
    supervise.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    supervise.set_defaults(act=_supervise)


def _supervise(options: argparse.Namespace) -> int:
    if options.unit:
        from guid.core.unit import unit_text  # noqa: PLC0415 - only here

        print(unit_text(ourselves()), end="")
        return 0
    from guid.service import supervise  # noqa: PLC0415 - imports what it will fork

    return supervise(options.ready_fd, stay=options.ready_fd is None)


def ourselves() -> tuple[str, ...]:
    """What starts this command from anywhere."""
    started = Path(sys.argv[0])
    return (sys.executable, "-I", "-m", "guid") if started.suffix == ".py" else (str(started.absolute()),)
