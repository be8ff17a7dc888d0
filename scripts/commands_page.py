"""Writes docs/commands.md from the parser of the command line: `python -m scripts.commands_page`."""

from __future__ import annotations

from pathlib import Path

from guid.commands.parsers import EXIT_CODES
from scripts.command_tree import Argument, Command, Kind, command_tree

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

HEAD = """\
# Commands

Made from the parser by `python -m scripts.commands_page`; change `guid/commands/`. `vitrail COMMAND --help` and
`man vitrail-COMMAND` say the same. What is printed with `--json` is described in [json.md](json.md).

"""


def page_text() -> str:
    """The whole page."""
    rows = "\n".join(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items())
    codes = f"| exit code | means |\n|---|---|\n{rows}\n"
    return HEAD + codes + "".join(_section(each, 2) for each in command_tree().commands)


def _section(command: Command, level: int) -> str:
    words = command.help
    lines = [f"\n{'#' * level} {command.name}\n\n{words[:1].upper()}{words[1:]}.\n\n```\n{command.usage}\n```\n"]
    if command.arguments:
        lines.append("\n| argument | |\n|---|---|\n")
        lines += [f"| {_name(each)} | {each.help} |\n" for each in command.arguments]
    if command.epilog:
        lines.append(f"\n{command.epilog}\n")
    return "".join(lines) + "".join(_section(each, level + 1) for each in command.commands)


def _name(argument: Argument) -> str:
    is_choice = argument.kind is Kind.WORDS and not argument.words[0].endswith("=")
    value = " \\| ".join(argument.words) if is_choice else argument.metavar
    if not argument.names:
        return f"`{value}`"
    return ", ".join(f"`{each}`" for each in argument.names) + (f" {value}" if argument.metavar else "")


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")
