"""What a qube prints while a command waits for it, out of logs that begin, go and come anew."""

import socket
from pathlib import Path

import pytest

from guid.commands.printing import MAX_READ_BYTES, Printing


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "qube.log"


def add(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def test_printing_begins_at_the_present_end(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(log, "before\n")
    printing = Printing(log)
    add(log, "one\nguiagent: its own\ntw")
    add(log, "o\nthree")
    printing.end()
    assert capsys.readouterr().out == "one\ntwo\nthree"


def test_printing_goes_over_to_the_log_of_a_qube_that_starts(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(log, "of an earlier start\n")
    printing = Printing(log)
    log.unlink()
    add(log, "of this one\n")
    printing.end()
    assert capsys.readouterr().out == "of this one\n"


def test_printing_of_a_log_that_comes_and_goes_is_whole(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, there = socket.socketpair()
    with here, there:
        printing = Printing(log)
        add(log, f"{'x' * MAX_READ_BYTES}\nlast")
        there.send(b"answered")
        printing(here)
        printing._print()
        log.unlink()
        printing.end()
    assert capsys.readouterr().out == f"{'x' * MAX_READ_BYTES}\nlast"
