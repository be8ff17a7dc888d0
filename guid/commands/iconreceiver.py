"""`vitrail icon-receiver`: icons that Qubes OS sends by a service; must not know what an icon looks like."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from guid.control import CommandError
from guid.core.names import qube_name

if TYPE_CHECKING:
    from guid.commands.parsers import Commands

CALLER = "QREXEC_REMOTE_DOMAIN"
"""Who calls, as qrexec tells the program of a service."""


def add(commands: Commands) -> None:
    """Add it."""
    receiver = commands.add_parser(
        "icon-receiver",
        help="on Qubes OS: take icons of a qube's windows from standard input",
        epilog="The program of the service qubes.WindowIconUpdater: docs/icons.md.",
    )
    receiver.add_argument(
        "--name", type=qube_name, metavar="NAME", help=f"the qube that sends (default: ${CALLER}, which qrexec sets)"
    )
    receiver.set_defaults(act=_receive)


def _receive(options: argparse.Namespace) -> int:
    from guid.iconreceiver import IconReceiver  # noqa: PLC0415 - needs X
    from shm.errors import DisplayLost  # noqa: PLC0415

    try:
        name = options.name or qube_name(os.environ.get(CALLER, ""))
    except (ValueError, argparse.ArgumentTypeError) as error:
        raise CommandError(f"--name or ${CALLER} must name the qube: {error}") from None
    try:
        return IconReceiver(None, name, sys.stdin.fileno()).run()
    except DisplayLost as error:
        raise CommandError(f"the desktop: {error}") from None
