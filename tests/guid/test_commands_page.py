"""docs/commands.md: every command, as the parser has it."""

from guid.cli import NOUNS, parser
from guid.commands.ending import SIGNALS
from guid.commands.parsers import EXIT_CODES, INTERRUPTED, OURS
from guid.config import ExitCode
from scripts.command_tree import command_tree
from scripts.commands_page import PAGE, page_text
from tests.harness.processes import ROOT


def test_page_is_as_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(), "run python -m scripts.commands_page"


def test_every_command_is_told_of_once() -> None:
    named = [name for names in NOUNS.values() for name in names]
    assert sorted(named) == sorted(set(named))
    assert [each.path for each in command_tree().commands] == [(name,) for name in named]
    assert all(each.help for each in command_tree().below())


def test_every_argument_has_its_help() -> None:
    told = [(each.name, one) for each in command_tree().below() for one in each.arguments]
    assert [(name, one.metavar or one.names) for name, one in told if not one.help] == []


def test_every_exit_code_is_told_of() -> None:
    by_signals = {128 + number for number in SIGNALS}
    assert set(EXIT_CODES) == {0, 1, 2, OURS, INTERRUPTED} | by_signals | set(ExitCode)


def test_usage_lines_look_alike() -> None:
    usages = [each.usage for each in command_tree().below()]
    assert [each for each in usages if "[-h]" in each or "{" in each] == []


def test_one_command_alone_is_parsed_as_among_all() -> None:
    arguments = ["run", "--qube", "work", "--", "xterm", "-e", "sh"]
    alone, whole = parser(only="run").parse_args(arguments), parser().parse_args(arguments)
    assert {**vars(alone), "act": None} == {**vars(whole), "act": None}


def test_every_command_of_the_readme_is_one() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = {name for names in NOUNS.values() for name in names}
    used = {line.split("`vitrail ")[1].split()[0].rstrip("`") for line in text.splitlines() if "| `vitrail " in line}
    assert used <= named
