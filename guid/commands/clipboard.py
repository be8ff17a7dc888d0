"""`vitrail clipboard`, its command line; must not know what a clipboard is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from guid.commands.parsers import add_json

if TYPE_CHECKING:
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add `clipboard` and its actions."""
    clipboard = commands.add_parser("clipboard", help="look at the clipboard of all qubes, or empty it")
    actions = clipboard.add_subparsers(title="actions", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="where its contents are from, how much, how old")
    add_json(status)
    show = actions.add_parser("show", help="print its contents")
    show.add_argument("--escaped", action="store_true", required=True, help="as printable ASCII: they are a qube's")
    add_json(show, ", the text as base64")
    add_json(actions.add_parser("clear", help="empty it"))
    watch = actions.add_parser("watch", help="print what happens to it, a line each")
    add_json(watch, ", an object a line")
    for name, parser in actions.choices.items():
        parser.set_defaults(act=_clipboard, action=name)


def _clipboard(options: argparse.Namespace) -> int:
    from guid import clipboardcommand as command  # noqa: PLC0415 - the parser alone needs none of it

    if options.action == "status":
        command.status(as_json=options.json)
    elif options.action == "show":
        command.show(as_json=options.json)
    elif options.action == "clear":
        command.clear(as_json=options.json)
    else:
        command.watch(as_json=options.json)
    return 0
