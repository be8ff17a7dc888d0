"""The command line as a tree of values, read from its parser: from which its pages and completion are made."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from guid.cli import parser
from guid.commands.parsers import CommandFormatter
from guid.core.options import RULES

WIDTH: Final = 110
"""Characters of a usage line."""


class Kind(Enum):
    """What may stand where a value is wanted, as a shell can complete it."""

    NOTHING = "nothing"
    """only the person knows"""
    WORDS = "words"
    """one of a few words"""
    QUBE = "qubes"
    """a qube that has a definition"""
    RUNNING = "running"
    """a qube that runs or has run since the person logged in, disposable ones too"""
    TEMPLATE = "templates"
    """a template's name, or a folder"""
    FILE = "files"
    FOLDER = "folders"
    PROGRAM = "programs"
    """one word: the name of a program"""
    COMMAND = "command"
    """a program and, after it, what is completed for that"""


KINDS: Final = MappingProxyType(
    {
        "NAME": Kind.QUBE,
        "QUBE": Kind.QUBE,
        "FILE": Kind.FILE,
        "PATH": Kind.FILE,
        "DIR": Kind.FOLDER,
        "TEMPLATE": Kind.TEMPLATE,
        "PROGRAM": Kind.PROGRAM,
        "COMMAND": Kind.COMMAND,
    }
)
"""Metavar → what stands there; any other is known to the person alone."""

KINDS_OF: Final = MappingProxyType(
    {
        ("create", "name"): Kind.NOTHING,
        ("template build", "name"): Kind.NOTHING,
        ("template build", "packages"): Kind.NOTHING,
        ("template rm", "name"): Kind.TEMPLATE,
        ("stop", "name"): Kind.RUNNING,
        ("kill", "name"): Kind.RUNNING,
        ("logs", "name"): Kind.RUNNING,
        ("hide", "name"): Kind.RUNNING,
        ("show", "name"): Kind.RUNNING,
        ("pause", "name"): Kind.RUNNING,
        ("resume", "name"): Kind.RUNNING,
    }
)
"""Command and argument → what stands there, where the metavar is not enough."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. names: of an option, the short one first; none of a positional one.

    metavar: what its value is called, "" for an option without one. words: those that it may be, or may begin with
    (then they end in "="). many: more than one may follow. others: options that may not stand beside it.
    """

    names: tuple[str, ...]
    metavar: str
    help: str
    kind: Kind = Kind.NOTHING
    words: tuple[str, ...] = ()
    many: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """One command. path: its words after the program, none for that itself. help: in a line. epilog: the rest."""

    path: tuple[str, ...]
    help: str
    epilog: str
    usage: str
    arguments: tuple[Argument, ...]
    commands: tuple[Command, ...]
    program: str = "vitrail"

    @property
    def name(self) -> str:
        """As it is typed."""
        return " ".join((self.program, *self.path))

    @property
    def function(self) -> str:
        """As a shell may call a function that is about the program alone."""
        return self.program.replace("-", "_")

    @property
    def options(self) -> tuple[Argument, ...]:
        """The arguments that have a name."""
        return tuple(each for each in self.arguments if each.names)

    @property
    def places(self) -> tuple[Argument, ...]:
        """The arguments that have none, in order."""
        return tuple(each for each in self.arguments if not each.names)

    def below(self) -> Iterator[Command]:
        """Every command under this one, each before its own."""
        for each in self.commands:
            yield each
            yield from each.below()


def command_tree() -> Command:
    """The whole command line."""
    made = parser()
    return _command(made, (), made.description or "")


def _command(made: argparse.ArgumentParser, path: tuple[str, ...], words: str) -> Command:
    made.formatter_class = lambda prog: CommandFormatter(prog, width=WIDTH)
    return Command(
        path=path,
        help=words,
        epilog=made.epilog or "",
        usage=made.format_usage().removeprefix("usage: ").rstrip(),
        arguments=tuple(_argument(each, made, path) for each in made._actions if _is_told(each)),
        commands=tuple(_commands(made, path)),
    )


def _commands(made: argparse.ArgumentParser, path: tuple[str, ...]) -> Iterator[Command]:
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {each.dest: each.help or "" for each in action._choices_actions}
            for name, found in action.choices.items():
                yield _command(found, (*path, name), helps.get(name, ""))


def _is_told(action: argparse.Action) -> bool:
    hidden = isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    return not hidden and action.help != argparse.SUPPRESS


def _argument(action: argparse.Action, made: argparse.ArgumentParser, path: tuple[str, ...]) -> Argument:
    names = tuple(sorted(action.option_strings, key=len))
    metavar = action.metavar if isinstance(action.metavar, str) else (names[-1].lstrip("-") if names else action.dest)
    metavar = metavar.upper() if action.nargs != 0 else ""
    words = tuple(str(getattr(each, "value", each)) for each in action.choices or ())
    kind = Kind.WORDS if words else KINDS_OF.get((" ".join(path), action.dest), KINDS.get(metavar, Kind.NOTHING))
    if metavar == "KEY=VALUE":
        words, kind = tuple(f"{key}=" for key in RULES), Kind.WORDS
    groups = [group._group_actions for group in made._mutually_exclusive_groups if action in group._group_actions]
    others = [name for group in groups for each in group if each is not action for name in each.option_strings]
    told = (action.help or "") % {"default": action.default}
    many = action.nargs in ("+", "*") or isinstance(action, argparse._AppendAction)
    return Argument(names, metavar, told, kind, words, many, tuple(others))
