"""`vitrail hide`, `show`, `pause`, `resume` and `attention`: qubes set aside for a while; must not know how."""

from __future__ import annotations

import argparse
from types import MappingProxyType
from typing import TYPE_CHECKING

from guid.commands.parsers import add_json, say
from guid.control import CommandError, ask

if TYPE_CHECKING:
    from guid.commands.parsers import Commands

WANTED = MappingProxyType(
    {
        "hide": ({"hidden": True}, "take all windows of a qube off the desktop", "What runs in it runs on."),
        "show": ({"hidden": False}, "show the windows of a hidden qube again", ""),
        "pause": (
            {"paused": True},
            "let everything in a qube stand still",
            "Its windows stay, marked, and take no input. A network peer may give up meanwhile.",
        ),
        "resume": ({"paused": False}, "let a paused qube go on", ""),
    }
)
"""Command → what it asks for, its help, and what more there is to say."""


def add(commands: Commands) -> None:
    """Add the five."""
    for name, (wanted, text, more) in WANTED.items():
        parser = commands.add_parser(name, help=text, epilog=more or None)
        parser.add_argument("name", metavar="NAME", help="the qube")
        add_json(parser)
        parser.set_defaults(act=_set_aside, wanted=wanted)
    panel = commands.add_parser(
        "attention",
        help="show the panel that says whose window has the focus",
        epilog="The same as the attention chord (Super-Escape): docs/attention.md.",
    )
    add_json(panel)
    panel.set_defaults(act=_attention)


def _set_aside(options: argparse.Namespace) -> int:
    answer = ask({"op": "aside", "qube": options.name, "wanted": options.wanted})
    if not answer:
        raise CommandError(f"no qube {options.name} is running")
    return say(options, answer)


def _attention(options: argparse.Namespace) -> int:
    if not ask({"op": "attention"}):
        raise CommandError("no qube is running; start one with: vitrail run -- xterm")
    return say(options, {"shown": True})
