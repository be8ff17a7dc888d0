"""`vitrail create`: qubes as things that one owns; must not know what runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from colors.labels import DEFAULT, STANDARD
from guid.control import CommandError
from guid.core.definition import ENGINES, Net
from guid.core.tomltext import quoted
from guid.paths import PathsError

if TYPE_CHECKING:
    from guid.commands.parsers import Commands

KEYS = ("label", "engine", "template", "net", "pool", "memory")


def add(commands: Commands) -> None:
    """Add `create`."""
    create = commands.add_parser("create", help="make a qube, which is not started yet")
    create.add_argument("name", metavar="NAME", help="what it is called: a letter, then letters, digits, '-' or '_'")
    create.add_argument(
        "--label", choices=tuple(STANDARD), default=DEFAULT.name, help="the colour of its frames (default: %(default)s)"
    )
    _add_properties(create)
    create.set_defaults(act=_create)


def _add_properties(parser: argparse.ArgumentParser) -> None:
    """What may be said of any qube; None: nothing was said."""
    parser.add_argument(
        "--template", metavar="DIR", help="the folder, or the name of the template, whose programs it has"
    )
    parser.add_argument(
        "--net", choices=tuple(each.value for each in Net), help=f"what it reaches (default: {Net.NONE.value})"
    )
    parser.add_argument("--pool", metavar="SIZE", help="memory for its windows' pictures, as 512M (the default)")
    parser.add_argument("--memory", metavar="SIZE", help="most memory that its programs may have together, as 4G")
    parser.add_argument(
        "--engine", choices=ENGINES, help=f"a sandbox or a virtual machine (default: {ENGINES[0]}, the sandbox)"
    )
    parser.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help="one of its options, more than once"
    )


def _create(options: argparse.Namespace) -> int:
    from guid.definitions import make  # noqa: PLC0415 - the parser alone needs none of it
    from guid.settings import SettingsError  # noqa: PLC0415

    try:
        make(options.name, _literals(options))
    except (SettingsError, PathsError) as error:
        raise CommandError(str(error)) from error
    print(f"created qube {options.name} ({options.label}); run a program in it: vitrail run --qube {options.name} -- …")
    return 0


def _literals(options: argparse.Namespace) -> dict[str, str]:
    """What was said, as TOML has it."""
    said = {key: getattr(options, key) for key in KEYS}
    if said["template"] is not None and "/" in said["template"]:
        said["template"] = str(Path(said["template"]).absolute())
    literals = {key: quoted(value) for key, value in said.items() if value is not None}
    for line in options.option:
        key, equals, literal = line.partition("=")
        if not equals:
            raise CommandError(f"--option {line}: write KEY=VALUE, as in TOML")
        literals[f"options.{key.strip()}"] = literal.strip()
    return literals
