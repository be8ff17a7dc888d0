"""Help is as wide as the terminal."""

import os
import pty
import struct
import sys
import termios
from fcntl import ioctl
from pathlib import Path

import pytest

from guid.commands.parsers import CommandParser

WORDS = "word " * 100


def longest_line() -> int:
    """Of a help that has more words than go into a line."""
    made = CommandParser(prog="vitrail", description=WORDS)
    return max(len(line) for line in made.format_help().splitlines())


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


def test_help_is_as_wide_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert 50 < longest_line() < 60


@pytest.mark.parametrize("said", ["", "0", "-3", "wide"])
def test_nonsense_in_the_environment_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str
) -> None:
    monkeypatch.setenv("COLUMNS", said)
    with (tmp_path / "out").open("w") as output:
        monkeypatch.setattr(sys, "__stdout__", output)
        assert 70 < longest_line() < 80


def test_help_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("=HHHH", 24, 110, 0, 0))
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "__stdout__", terminal)
        assert 100 < longest_line() < 110
    os.close(ours)


def test_help_without_any_output_has_the_usual_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdout__", None)
    assert 70 < longest_line() < 80
