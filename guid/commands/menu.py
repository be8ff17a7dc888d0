"""`vitrail menu`: the programs of qubes in the desktop's menu; must not know where files of it lie."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from guid.commands.parsers import add_json, in_words, say
from guid.control import CommandError

if TYPE_CHECKING:
    from guid.commands.parsers import Commands
    from guid.menu import QubeMenu


def add(commands: Commands) -> None:
    """Add `menu` and its actions."""
    menu = commands.add_parser(
        "menu",
        help="have the programs of qubes in the desktop's menu",
        epilog="After the first sync, making, changing and removing a qube changes the menu too, until it is cleared. "
        "Which programs a qube shows: vitrail set NAME --menu PROGRAM,PROGRAM; without that, all that have windows.",
    )
    actions = menu.add_subparsers(title="actions", required=True, metavar="ACTION")
    listing = actions.add_parser("ls", help="list the programs that qubes have in the menu")
    listing.add_argument("--all", action="store_true", help="also those that they could have")
    add_json(listing)
    listing.add_argument("qube", metavar="NAME", nargs="?", help="the qube (default: every one)")
    listing.set_defaults(act=_list)
    sync = actions.add_parser(
        "sync",
        help="make the menu, or bring it up to date",
        epilog="An entry starts its program by vitrail run. Only files that Vitrail has made are changed or removed.",
    )
    add_json(sync)
    sync.set_defaults(act=_sync)
    clear = actions.add_parser("clear", help="take every qube out of the menu")
    add_json(clear)
    clear.set_defaults(act=_clear)


def keep_up() -> None:
    """Bring the menu up to date after a change of qubes, if the person keeps it; what cannot be done is only told."""
    from guid.menu import MenuError  # noqa: PLC0415 - not every command has to do with menus
    from guid.menu import keep_up as bring_up  # noqa: PLC0415
    from guid.settings import SettingsError  # noqa: PLC0415

    try:
        bring_up()
    except (MenuError, SettingsError) as error:
        print(f"vitrail: the menu is not up to date: {error}", file=sys.stderr)


def _list(options: argparse.Namespace) -> int:
    from guid.menu import menus  # noqa: PLC0415 - the parser alone needs none of it

    with in_words():
        found = [each for each in menus() if options.qube in (None, each.qube)]
    if options.qube is not None and not found:
        raise CommandError(f"there is no qube {options.qube}")
    rows = [
        {"qube": each.qube, "program": program.id, "name": program.name, "shown": program in each.shown}
        for each in found
        for program in (each.all if options.all else each.shown)
    ]
    if options.json:
        return say(options, {"programs": rows})
    if not rows:
        print("no qube has a program in the menu")
        return 0
    table = [["QUBE", "PROGRAM", "NAME"], *([str(row[key]) for key in ("qube", "program", "name")] for row in rows)]
    marks = ["SHOWN", *("yes" if row["shown"] else "no" for row in rows)] if options.all else ["", *("" for _ in rows)]
    widths = [max(len(line[at]) for line in table) for at in range(2)]
    for line, mark in zip(table, marks, strict=True):
        told = [f"{word:{width}}" for word, width in zip(line, widths, strict=False)]
        print("  ".join([*told, *([f"{mark:5}"] if mark else []), line[2]]))
    return 0


def _sync(options: argparse.Namespace) -> int:
    from guid.menu import MenuError, menus, sync  # noqa: PLC0415 - the parser alone needs none of it

    with in_words():
        found = menus()
        try:
            done = sync(found)
        except MenuError as error:
            raise CommandError(str(error)) from error
    problems = [problem for each in found for problem in each.problems]
    if not options.json:
        for problem in problems:
            print(f"vitrail: {problem}", file=sys.stderr)
    programs = sum(len(each.shown) for each in found)
    facts = {"programs": programs, "written": done.written, "removed": done.removed, "problems": problems}
    return say(options, facts, _told(found, programs))


def _told(found: list[QubeMenu], programs: int) -> str:
    shown = [each.qube for each in found if each.shown]
    if not shown:
        return "there is no qube with a program to show; make one: vitrail create work --label blue"
    of = ", ".join(shown)
    return f"1 program of {of} is in the menu" if programs == 1 else f"{programs} programs of {of} are in the menu"


def _clear(options: argparse.Namespace) -> int:
    from guid.menu import MenuError, clear  # noqa: PLC0415 - the parser alone needs none of it

    try:
        done = clear()
    except MenuError as error:
        raise CommandError(str(error)) from error
    return say(options, {"removed": done.removed}, f"removed {done.removed} files: no qube is in the menu any more")
