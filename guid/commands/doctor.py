"""`vitrail doctor`, its command line; must not know what is looked at."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from guid.commands.parsers import add_json, display

if TYPE_CHECKING:
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add `doctor`."""
    doctor = commands.add_parser("doctor", help="look whether every qube's window is framed as it should be")
    doctor.add_argument("--oracle", action="store_true", required=True, help="compare the screen's pixels")
    add_json(doctor)
    doctor.set_defaults(act=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from guid.doctor import oracle  # noqa: PLC0415 - only this command looks at the screen

    return oracle(display("shall be looked at"), as_json=options.json)
