"""What the commands have in common; must not know any one of them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from colors.labels import STANDARD
from guid.control import CommandError
from guid.paths import PathsError

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

OURS = 125
"""What is returned where a program's exit code is waited for, and it was Vitrail that failed. As env(1) does."""

INTERRUPTED = 130
"""128 and the number of SIGINT, as shells have it."""

EXIT_CODES = MappingProxyType(
    {
        0: "done",
        1: "refused or failed: the standard error says why, and what to do; `doctor`: something is wrong",
        2: "wrong usage",
        3: "`daemon`: the agent broke the protocol",
        4: "`daemon`: the desktop's X server will not do",
        5: "`daemon`: the agent went",
        OURS: "`run --wait`: Vitrail could not run the program; every other code there is the program's own",
        129: "its terminal went away (SIGHUP): what it had to tidy up is tidied up",
        INTERRUPTED: "interrupted by Ctrl-C",
        143: "ended by SIGTERM: what it had to tidy up is tidied up",
    }
)

JSON_VERSION = 1
"""Of everything that is printed with --json; a key that is added does not change it. Source: docs/json.md."""


class LabelNames:
    """The labels that --label takes: the standard ones are told of, and the person's own are there too."""

    def __iter__(self) -> Iterator[str]:
        return iter(STANDARD)

    def __contains__(self, name: object) -> bool:
        if name in STANDARD:
            return True
        from guid.settings import SettingsError, labels  # noqa: PLC0415 - for labels that are not standard

        try:
            return name in labels()
        except SettingsError:
            return True  # whoever looks it up says what is wrong with the file


class CommandFormatter(argparse.HelpFormatter):
    """Help that looks alike for every command: --help goes without saying, and a usage line names values by a word."""

    _in_usage = False

    def __init__(self, prog: str, *, width: int | None = None) -> None:
        """width: in characters; None: that of the terminal."""
        super().__init__(prog, width=_columns() - 2 if width is None else width)

    def _format_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None,
    ) -> str:
        told = [each for each in actions if not isinstance(each, argparse._HelpAction)]
        self._in_usage = True
        try:
            return super()._format_usage(usage, told, groups, prefix)
        finally:
            self._in_usage = False

    def _get_default_metavar_for_optional(self, action: argparse.Action) -> str:
        return action.option_strings[-1].lstrip("-").upper()

    def _metavar_formatter(self, action: argparse.Action, default_metavar: str) -> Callable[[int], tuple[str, ...]]:
        if self._in_usage and action.option_strings and action.metavar is None:
            return lambda size: (default_metavar,) * size
        return super()._metavar_formatter(action, default_metavar)


def _columns() -> int:
    """How wide the terminal is, or 80. As shutil says it, without loading that: argparse asks with each argument."""
    columns = 0
    with suppress(KeyError, ValueError):
        columns = int(os.environ["COLUMNS"])
    if columns <= 0:
        with suppress(AttributeError, ValueError, OSError):  # there may be no output, or a closed one, or no terminal
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    return columns if columns > 0 else 80


class CommandParser(argparse.ArgumentParser):
    """The parser of `vitrail` and of each command."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **{"formatter_class": CommandFormatter, **more})


def display(whose: str) -> str:
    """$DISPLAY. whose: the desktop that is meant, in words. Raises CommandError without one."""
    found = os.environ.get("DISPLAY", "")
    if not found:
        raise CommandError(f"DISPLAY is not set: run this on the desktop that {whose}, or ask: vitrail doctor desktop")
    return found


def add_json(parser: argparse.ArgumentParser, more: str = "") -> None:
    """--json, the same everywhere."""
    parser.add_argument("--json", action="store_true", help=f"print JSON{more}")


def say(options: argparse.Namespace, facts: Mapping[str, Any], *lines: str) -> int:
    """Print what was done, as JSON or in words; returns the exit code of what is done."""
    if options.json:
        print(json.dumps({"version": JSON_VERSION, **facts}, indent=2))
    else:
        for line in lines:
            print(line)
    return 0


def confirm(question: str) -> None:
    """Ask the person. Raises CommandError unless they say yes."""
    if not sys.stdin.isatty():
        raise CommandError(f"{question} There is nobody to ask: add --yes")
    print(f"{question} [y/N] ", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was removed")


@contextmanager
def in_words() -> Iterator[None]:
    """What settings and folders make impossible is told as a CommandError."""
    from guid.settings import SettingsError  # noqa: PLC0415 - not every command reads settings

    try:
        yield
    except (SettingsError, PathsError) as error:
        raise CommandError(str(error)) from error
