"""The command line `vitrail`: finds the command, runs it, and says what it could not do; must not know any of them."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import MappingProxyType

from guid.commands.parsers import INTERRUPTED, JSON_VERSION, CommandParser
from guid.control import CommandError
from guid.version import VERSION

NOUNS = MappingProxyType(
    {
        "running": ("run", "stop", "kill", "restart"),
        "aside": ("hide", "show", "pause", "resume", "attention"),
        "opening": ("open",),
        "listing": ("ls", "logs"),
        "watching": ("watch",),
        "qubes": ("create", "set", "rm"),
        "menu": ("menu",),
        "labels": ("labels",),
        "templates": ("template",),
        "clipboard": ("clipboard",),
        "manager": ("manager",),
        "doctor": ("doctor",),
        "export": ("export",),
        "supervise": ("supervise",),
        "daemon": ("daemon",),
        "iconreceiver": ("icon-receiver",),
    }
)
"""Module of guid/commands → the commands that its `add` adds, in the order in which help lists them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `vitrail`; returns the exit code, one of EXIT_CODES or that of a program that was waited for."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser(only=given[0] if given else None).parse_args(given)
    gc.enable()
    level = logging.DEBUG if getattr(options, "verbose", False) else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    try:
        code = int(options.act(options))
        sys.stdout.flush()
    except CommandError as error:
        print(f"vitrail: {error}", file=sys.stderr)
        if getattr(options, "json", False):
            print(json.dumps({"version": JSON_VERSION, "error": str(error)}))
        return error.code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # as with `vitrail ls | head`: whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    return code


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole command line; only: a command, if the rest will not be needed (and need not be loaded)."""
    made = CommandParser(
        prog="vitrail", description="Windows of isolated qubes on one desktop, each framed in its qube's colour."
    )
    made.add_argument("--version", action="version", version=f"vitrail {VERSION}")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")
    some = [noun for noun, its in NOUNS.items() if only in its] or NOUNS
    for noun in some:
        import_module(f"guid.commands.{noun}").add(commands)
    return made
