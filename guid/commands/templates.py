"""`vitrail template`: systems that qubes can have instead of this machine's own; must not know how one is built."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guid.commands.ending import tidily
from guid.commands.parsers import add_json, confirm, in_words, say
from guid.control import CommandError, ask
from guid.core.definition import TEMPLATE_NAME

if TYPE_CHECKING:
    from guid.commands.parsers import Commands
    from guid.core.template import Recipe

NO_NAME = frozenset({"none"})
"""What says, where a template is named, that there shall be none."""


def add(commands: Commands) -> None:
    """Add `template` and its actions."""
    template = commands.add_parser("template", help="build systems for qubes with programs that this machine lacks")
    actions = template.add_subparsers(title="actions", required=True, metavar="ACTION")
    build = actions.add_parser(
        "build",
        help="build a template out of Debian packages",
        epilog="By mmdebstrap, from where apt of this machine gets its packages; it takes a minute or more, and a "
        "GB. What every qube needs is added by itself. A template does not change: --rebuild makes it anew, with "
        "newer packages; qubes that run keep the old one until they end.",
    )
    build.add_argument("name", metavar="NAME", help="what it is called: a letter, then letters, digits, '-' or '_'")
    build.add_argument("--suite", metavar="SUITE", help="the release to take, as bookworm (default: this machine's)")
    build.add_argument("--mirror", metavar="URL", default="", help="get the packages there")
    build.add_argument(
        "--rebuild", action="store_true", help="replace the one of this name; without packages, by the same ones"
    )
    build.add_argument("packages", nargs="*", metavar="PACKAGE", help="the programs, as Debian packages")
    build.set_defaults(act=_build)
    listing = actions.add_parser("ls", help="list the templates")
    listing.set_defaults(act=_list)
    remove = actions.add_parser(
        "rm", help="remove a template", epilog="It asks before. One that a qube has as its own is not removed."
    )
    remove.add_argument("name", metavar="NAME", help="the template")
    remove.add_argument("-y", "--yes", action="store_true", help="do not ask")
    remove.set_defaults(act=_remove)
    for parser in (build, listing, remove):
        add_json(parser)


def meant(said: str | None) -> str | None:
    """What a definition says for what was said: a name, or a path without links; None for this machine's own system.

    Raises CommandError if no such template is there.
    """
    from guid.templates import located  # noqa: PLC0415 - the parser alone needs none of it

    if said is None or said in NO_NAME:
        return None
    with in_words():
        written = str(Path(said).resolve()) if "/" in said else said
        located(written)
    return written


def _build(options: argparse.Namespace) -> int:
    from guid.building import build  # noqa: PLC0415 - the parser alone needs none of it
    from guid.core.template import BadTemplate  # noqa: PLC0415
    from guid.templates import names, templates_dir  # noqa: PLC0415

    name, began = options.name, time.monotonic()
    if TEMPLATE_NAME.fullmatch(name) is None or name in NO_NAME:
        raise CommandError(f"{name!r} cannot be a template's name: use a letter, then letters, digits, '-' or '_'")
    if name in names() and not options.rebuild:
        raise CommandError(
            f"there is a template {name} already; build it anew: vitrail template build {name} --rebuild"
        )

    def tell(line: str) -> None:
        print(f"vitrail: {line}", file=sys.stderr, flush=True)

    try:
        recipe = _recipe(options)
        with in_words(), tidily():
            found = build(name, recipe, tell)
    except BadTemplate as error:
        raise CommandError(str(error)) from error
    took_s = time.monotonic() - began
    facts: dict[str, Any] = {"built": name, "suite": found.suite, "packages": list(found.packages)}
    facts |= {"size_bytes": found.size_bytes, "path": str(templates_dir() / name)}
    line = f"built template {name} ({found.suite}, {found.size_bytes >> 20} MiB) in {took_s:.0f} s; for a qube with it:"
    return say(options, facts, f"{line} vitrail create NAME --template {name}")


def _recipe(options: argparse.Namespace) -> Recipe:
    """What is to be built; raises BadTemplate."""
    from guid.building import own_suite  # noqa: PLC0415 - the parser alone needs none of it
    from guid.core.template import Recipe  # noqa: PLC0415
    from guid.templates import made  # noqa: PLC0415

    before = made(options.name) if options.rebuild else None
    if before is None:
        return Recipe(options.suite or own_suite(), tuple(options.packages), options.mirror)
    packages = tuple(options.packages) or before.packages
    return Recipe(options.suite or before.suite, packages, options.mirror or before.mirror)


def _list(options: argparse.Namespace) -> int:
    with in_words():
        found = _described()
    if options.json:
        return say(options, {"templates": found})
    if not found:
        print("there is no template yet; build one with: vitrail template build NAME PACKAGE")
        return 0
    rows = [("NAME", "SUITE", "SIZE", "BUILT", "QUBES", "PACKAGES")]
    rows += [
        (
            each["name"],
            each["suite"] or "?",
            f"{each['size_bytes'] >> 20} MiB" if each["size_bytes"] else "?",
            (each["made"] or "?")[:10],
            ",".join(each["qubes"]) or "-",
            " ".join(each["packages"]) or "-",
        )
        for each in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{word:{width}}" for word, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _described() -> list[dict[str, Any]]:
    """Every template, with the qubes that have it: by their definitions, or because they run with it."""
    from guid import templates  # noqa: PLC0415 - the parser alone needs none of it

    templates.sweep()
    running = {qube["name"]: qube.get("template") for qube in ask({"op": "ls"}).get("qubes", [])}
    found = []
    for name in templates.names():
        made = templates.made(name)
        qubes = {*templates.defined_by(name), *(qube for qube, its in running.items() if its == name)}
        found.append(
            {
                "name": name,
                "path": str(templates.templates_dir() / name),
                "suite": made.suite if made else None,
                "packages": list(made.packages) if made else [],
                "made": made.made if made else None,
                "size_bytes": made.size_bytes if made else None,
                "qubes": sorted(qubes),
            }
        )
    return found


def _remove(options: argparse.Namespace) -> int:
    from guid import templates  # noqa: PLC0415 - the parser alone needs none of it

    name = options.name
    with in_words():
        if name not in templates.names():
            templates.sweep()
            templates.located(name)
        qubes = templates.defined_by(name)
        if qubes:
            raise CommandError(
                f"{'qube' if len(qubes) == 1 else 'qubes'} {', '.join(qubes)} would be without a system: give another"
                f" one first, or this machine's: vitrail set {qubes[0]} --template none"
            )
        if not options.yes:
            confirm(f"Remove the template {name} with everything in {templates.templates_dir() / name}?")
        templates.remove(name)
    return say(options, {"removed": name}, f"removed template {name}")
