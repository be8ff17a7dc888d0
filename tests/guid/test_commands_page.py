"""docs/commands.md: every command, as the parser has it."""

import argparse

import pytest

from guid.cli import NOUNS, parser
from scripts.commands_page import PAGE, commands, page_text
from tests.harness.processes import ROOT


def test_page_is_as_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(), "run python -m scripts.commands_page"


def test_every_command_is_told_of_once() -> None:
    named = [name for names in NOUNS.values() for name in names]
    assert sorted(named) == sorted(set(named))
    assert [each.prog for each, _words in commands(parser())] == [f"vitrail {name}" for name in named]
    assert all(words for _each, words in commands(parser()))


@pytest.mark.parametrize("name", [name for names in NOUNS.values() for name in names])
def test_every_argument_has_its_help(name: str) -> None:
    for made, _words in commands(parser(only=name)):
        told = [each for each in made._actions if not isinstance(each, argparse._SubParsersAction)]
        assert [each.dest for each in told if not each.help] in ([], ["verbose"], ["label", "verbose"])


def test_one_command_alone_is_parsed_as_among_all() -> None:
    arguments = ["run", "--qube", "work", "--", "xterm", "-e", "sh"]
    alone, whole = parser(only="run").parse_args(arguments), parser().parse_args(arguments)
    assert {**vars(alone), "act": None} == {**vars(whole), "act": None}


def test_every_command_of_the_readme_is_one() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = {name for names in NOUNS.values() for name in names}
    used = {line.split("`vitrail ")[1].split()[0].rstrip("`") for line in text.splitlines() if "| `vitrail " in line}
    assert used <= named
