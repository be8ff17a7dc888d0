"""`vitrail doctor`, its command line; must not know what is looked at."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from guid.commands.parsers import add_json, display
from guid.core.needs.need import Group

if TYPE_CHECKING:
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add `doctor`."""
    doctor = commands.add_parser(
        "doctor",
        help="look at everything that is needed, and say how to mend what is missing",
        epilog="Each finding has the command that mends it. The exit code is 1 if something is missing without "
        "which no qube can be used, or if the oracle finds something. What is looked at: docs/doctor.md.",
    )
    doctor.add_argument(
        "group",
        metavar="GROUP",
        nargs="?",
        choices=tuple(each.name.lower() for each in Group),
        help=f"look only at: {', '.join(each.name.lower() for each in Group)} (default: everything)",
    )
    doctor.add_argument(
        "--oracle",
        action="store_true",
        help="instead, compare the screen: is every qube's window framed as it should be?",
    )
    add_json(doctor)
    doctor.set_defaults(act=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    if options.oracle:
        from guid.doctor import oracle  # noqa: PLC0415 - only this command looks at the screen

        return oracle(display("shall be looked at"), as_json=options.json)
    groups = [each for each in Group if options.group in (None, each.name.lower())]
    from guid.checkup import check_up  # noqa: PLC0415 - only this command looks at everything

    return check_up(groups, as_json=options.json)
