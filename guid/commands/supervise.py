"""`vitrail supervise`: the supervisor in the foreground."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add `supervise`."""
    supervise = commands.add_parser(
        "supervise", help="run the supervisor in the foreground, as a service (`run` starts one by itself)"
    )
    supervise.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    supervise.set_defaults(act=_supervise)


def _supervise(options: argparse.Namespace) -> int:
    from guid.service import supervise  # noqa: PLC0415 - imports what it will fork

    return supervise(options.ready_fd, stay=options.ready_fd is None)
