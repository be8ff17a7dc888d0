"""`vitrail export`: a qube's virtual machine for another program to run."""

from __future__ import annotations

import argparse
import logging
from typing import TYPE_CHECKING

from guid.commands.parsers import in_words
from guid.control import CommandError
from guid.paths import PathsError, qube_home

if TYPE_CHECKING:
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add `export`."""
    export = commands.add_parser("export", help="print a qube's virtual machine for another program to run")
    export.add_argument("name", metavar="NAME", help="the qube")
    export.add_argument("--libvirt", action="store_true", required=True, help="as a libvirt domain, for virsh define")
    export.set_defaults(act=_export)


def _export(options: argparse.Namespace) -> int:
    from guid.definitions import names  # noqa: PLC0415 - the parser alone needs none of it
    from guid.engines.errors import EngineError  # noqa: PLC0415 - only this command needs an engine
    from guid.engines.qemu.libvirt import export  # noqa: PLC0415

    with in_words():
        if options.name not in names():
            raise CommandError(f"there is no qube {options.name}")
    try:
        logging.disable(logging.INFO)  # which kernel it takes stands in the domain
        print(export(options.name, qube_home(options.name)), end="")
    except (EngineError, PathsError) as error:
        raise CommandError(str(error)) from error
    return 0
