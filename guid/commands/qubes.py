"""`vitrail create`, `set` and `rm`: qubes as things that one owns; must not know how they are kept."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from colors.labels import DEFAULT
from guid.commands.menu import keep_up
from guid.commands.parsers import LabelNames, add_json, confirm, in_words, say
from guid.commands.templates import meant
from guid.control import CommandError, ask, while_none_starts
from guid.core.definition import ENGINES, RULES, Net
from guid.core.tomltext import quoted, quoted_list

if TYPE_CHECKING:
    from guid.commands.parsers import Commands

AT_ONCE = frozenset({"label", "menu"})
"""What counts in a qube that runs; options do too, but for those of the frames' style. The rest counts from its next
start."""


def add(commands: Commands) -> None:
    """Add the three."""
    create = commands.add_parser("create", help="make a qube, which is not started yet")
    create.add_argument("name", metavar="NAME", help="what it is called: a letter, then letters, digits, '-' or '_'")
    create.add_argument(
        "--label", choices=LabelNames(), default=DEFAULT.name, help="the colour of its frames (default: %(default)s)"
    )
    _add_properties(create, net=Net.NONE.value, pool="512M", engine=ENGINES[0])
    create.set_defaults(act=_create)
    change = commands.add_parser(
        "set",
        help="change what a qube is",
        epilog="A label and options count at once, also in a qube that runs; the rest counts from its "
        "next start. "
        "'none' takes away a template, a pool, a memory, a menu or an option that was chosen.",
    )
    change.add_argument("name", metavar="NAME", help="the qube")
    change.add_argument("--label", choices=LabelNames(), help="the colour of its frames")
    _add_properties(change, net=None, pool=None, engine=None)
    change.set_defaults(act=_set)
    remove = commands.add_parser(
        "rm", help="remove a qube with everything in its home", epilog="It asks before. A running qube is not removed."
    )
    remove.add_argument("name", metavar="NAME", help="the qube")
    remove.add_argument("-y", "--yes", action="store_true", help="do not ask")
    remove.add_argument("--force", action="store_true", help="end the qube first, if it runs")
    add_json(remove)
    remove.set_defaults(act=_remove)


def _add_properties(parser: argparse.ArgumentParser, *, net: str | None, pool: str | None, engine: str | None) -> None:
    """What may be said of any qube; None: nothing was said. net, pool, engine: what a qube has if nothing is said."""

    def otherwise(value: str | None) -> str:
        return "" if value is None else f" (default: {value})"

    parser.add_argument(
        "--template",
        metavar="TEMPLATE",
        help="whose programs it has: the name of a template, or a folder with a whole system (default: this machine's)",
    )
    parser.add_argument("--net", choices=tuple(each.value for each in Net), help=f"what it reaches{otherwise(net)}")
    parser.add_argument("--pool", metavar="SIZE", help=f"memory for its windows' pictures, as 256M{otherwise(pool)}")
    parser.add_argument("--memory", metavar="SIZE", help="most memory that its programs may have together, as 4G")
    parser.add_argument(
        "--menu", metavar="PROGRAMS", help="those that the desktop's menu has of it, with commas: vitrail menu"
    )
    parser.add_argument(
        "--engine", choices=ENGINES, help=f"what runs it: a sandbox or a virtual machine{otherwise(engine)}"
    )
    parser.add_argument(
        *("-o", "--option"),
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="one of its options, more than once: docs/options.md",
    )
    add_json(parser)


def _create(options: argparse.Namespace) -> int:
    from guid.definitions import make  # noqa: PLC0415 - the parser alone needs none of it
    from guid.paths import qube_definition  # noqa: PLC0415

    with in_words():
        make(options.name, _literals(options))
        path = qube_definition(options.name)
    keep_up()
    line = f"created qube {options.name} ({options.label}); run a program in it: vitrail run --qube {options.name} --"
    return say(options, {"created": options.name, "label": options.label, "path": str(path)}, f"{line} COMMAND")


def _set(options: argparse.Namespace) -> int:
    from guid.definitions import change  # noqa: PLC0415 - the parser alone needs none of it
    from guid.settings import definition_of  # noqa: PLC0415

    literals = _literals(options)
    if not literals:
        raise CommandError(f"nothing to change: vitrail set {options.name} --label LABEL, for one")
    with in_words():
        if definition_of(options.name) is None:
            raise CommandError(f"there is no qube {options.name}; make it: vitrail create {options.name} --label LABEL")
        change(options.name, literals)
    keep_up()
    running = bool(ask({"op": "reread", "qube": options.name}).get("running"))
    later = sorted(key for key in literals if _counts_later(key)) if running else []
    told = " and ".join(key.removeprefix("options.") for key in later)
    lines = [f"{told}: from the next start on (vitrail restart {options.name})"] if later else []
    return say(options, {"changed": options.name, "keys": sorted(literals), "next_start": later}, *lines)


def _counts_later(key: str) -> bool:
    """Whether a change of this counts from the qube's next start on."""
    return "." not in key and key not in AT_ONCE


def _literals(options: argparse.Namespace) -> dict[str, str | None]:
    """What was said, as TOML has it."""
    said = {key: getattr(options, key) for key in RULES}
    if said["template"] is not None:
        said["template"] = meant(said["template"]) or "none"
    if said["engine"] == "qemu" and said["template"] not in (None, "none"):
        raise CommandError("a virtual machine cannot have a template: leave --engine or --template out")
    may_be_none = {"template", "pool", "memory", "menu"}
    literals = {
        key: None if key in may_be_none and value == "none" else _literal(key, value)
        for key, value in said.items()
        if value is not None
    }
    for line in options.option:
        key, equals, literal = line.partition("=")
        if not equals:
            raise CommandError(f"--option {line}: write KEY=VALUE, as in TOML")
        literals[f"options.{key.strip()}"] = None if literal.strip() == "none" else literal.strip()
    return literals


def _literal(key: str, value: str) -> str:
    return quoted_list(each.strip() for each in value.split(",") if each.strip()) if key == "menu" else quoted(value)


def _remove(options: argparse.Namespace) -> int:
    from guid.definitions import names  # noqa: PLC0415 - the parser alone needs none of it
    from guid.paths import qube_home  # noqa: PLC0415
    from guid.removal import finish  # noqa: PLC0415

    name = options.name
    with in_words():
        folder = qube_home(name).parent
        if name not in names() and not folder.exists():
            there = ", ".join(names())
            raise CommandError(f"there is no qube {name} ({f'there are: {there}' if there else 'there is none yet'})")
        if not options.yes:
            confirm(f"Remove qube {name} and everything in {folder}?")
        removed = _taken_away(name, force=options.force)
        finish(name)
    keep_up()
    return say(options, {"removed": name, **removed}, f"removed qube {name}")


def _taken_away(name: str, *, force: bool) -> dict[str, bool]:
    """Let there be no such qube any more; what is set aside is still on the disk. Raises CommandError if it runs."""
    from guid.removal import take_away  # noqa: PLC0415 - what a supervisor would do

    with while_none_starts() as supervised:
        if not supervised:
            return take_away(name)
    if force and any(qube["name"] == name for qube in ask({"op": "ls"}).get("qubes", [])):
        ask({"op": "stop", "qube": name, "now": True})
    answer = ask({"op": "rm", "qube": name})
    return answer or take_away(name)
