"""Writes docs/commands.md from the parser of the command line: `python -m scripts.commands_page`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from guid.cli import parser
from guid.commands.parsers import EXIT_CODES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
WIDTH = 110

HEAD = """\
# Commands

Made from the parser by `python -m scripts.commands_page`; change `guid/commands/`. `vitrail COMMAND --help` says the
same. What is printed with `--json` is described in [json.md](json.md).

"""


def page_text() -> str:
    """The whole page."""
    rows = "\n".join(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items())
    codes = f"| exit code | means |\n|---|---|\n{rows}\n"
    return HEAD + codes + "".join(_section(each, words, 2) for each, words in commands(parser()))


def commands(made: argparse.ArgumentParser) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """The parsers of the commands right below one, each with its one line of help."""
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {each.dest: each.help or "" for each in action._choices_actions}
            for name, found in action.choices.items():
                yield found, helps.get(name, "")


def _section(made: argparse.ArgumentParser, words: str, level: int) -> str:
    made.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=WIDTH)
    usage = made.format_usage().removeprefix("usage: ").rstrip()
    lines = [f"\n{'#' * level} {made.prog}\n\n{words[:1].upper()}{words[1:]}.\n\n```\n{usage}\n```\n"]
    arguments = [each for each in made._actions if _is_told(each)]
    if arguments:
        lines.append("\n| argument | |\n|---|---|\n")
        lines += [f"| {_name(each)} | {_help(each)} |\n" for each in arguments]
    if made.epilog:
        lines.append(f"\n{made.epilog}\n")
    return "".join(lines) + "".join(_section(each, its, level + 1) for each, its in commands(made))


def _is_told(action: argparse.Action) -> bool:
    hidden = isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    return not hidden and action.help != argparse.SUPPRESS


def _name(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else ""
    if action.choices is not None and not value:
        value = " \\| ".join(str(each) for each in action.choices)
    if not action.option_strings:
        return f"`{value or action.dest}`"
    return ", ".join(f"`{each}`" for each in action.option_strings) + (f" {value}" if action.nargs != 0 else "")


def _help(action: argparse.Action) -> str:
    return (action.help or "") % {"default": action.default}


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")
