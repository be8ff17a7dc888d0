"""What `vitrail-guid` notes in a qube's QubesDB, by a program that stands for qubesdb-write and records."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.dropin import keyboardnote
from tests.harness.processes import lives
from tests.harness.wait import holds_for, wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person
from tests.integration.dropin_desk import Qubes

pytestmark = pytest.mark.desktop

CONTENT = (100, 150, 300, 200)
RECORDER = """#!/bin/sh
echo $$ > {folder}/pid
for word; do printf '%s\\0' "$word"; done > {folder}/words.part
{more}
mv {folder}/words.part {folder}/words
"""


@pytest.fixture(scope="module")
def person(desktop: XServer) -> Iterator[Person]:
    with contextlib.closing(Person(desktop.name)) as found:
        yield found


@pytest.fixture
def qubes(person: Person, tmp_path: Path) -> Iterator[Qubes]:
    with Qubes(person, tmp_path) as made:
        yield made


@pytest.fixture
def database(qubes: Qubes) -> Iterator[Path]:
    """The socket by which a qube's QubesDB is reached in dom0."""
    path = qubes.run / "qubesdb.work.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        yield path


def stand_in(folder: Path, more: str = "", *, name: str = "qubesdb-write") -> str:
    """A PATH with a program that records its words in `folder`."""
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(RECORDER.format(folder=folder, more=more))
    program.chmod(0o755)
    return f"{program.parent}:{os.environ['PATH']}"


def words(folder: Path) -> list[str]:
    text = wait_until(lambda: (folder / "words").exists() and (folder / "words").read_text(), what="the call")
    return str(text).split("\0")[:-1]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("background", [False, True])
def test_layout_is_noted_once_the_agent_is_there(qubes: Qubes, *, background: bool) -> None:
    qubes.environment["PATH"] = stand_in(qubes.folder)
    if background:
        assert qubes.start().returncode == 0
        pid = qubes.pid()
    else:
        pid = qubes.foreground().pid
    option, qube, key, text = words(qubes.folder)[:]
    assert (option, qube, key) == ("-d", "work", "/qubes-keyboard")
    assert text.startswith("xkb_keymap {")
    assert "xkb_symbols" in text
    wait_until(lambda: not lives(int((qubes.folder / "pid").read_text())), what="the end of the program")
    assert Path(f"/proc/{pid}/task/{pid}/children").read_text() == ""  # nothing is left to be collected


@pytest.mark.usefixtures("database")
def test_nobody_waits_for_the_program(qubes: Qubes) -> None:
    """The qube has its windows meanwhile, and the program outlives the daemon by its own time at the most."""
    os.mkfifo(qubes.folder / "until")
    qubes.environment["PATH"] = stand_in(qubes.folder, f"cat {qubes.folder}/until")
    child = qubes.foreground()
    wait_until((qubes.folder / "words.part").exists, what="the program to have begun")
    qubes.show(CONTENT)
    assert child.alive
    assert not (qubes.folder / "words").exists()
    (qubes.folder / "until").write_text("")
    assert words(qubes.folder)[0] == "-d"


def test_nothing_is_run_where_the_qube_has_no_database_here(qubes: Qubes) -> None:
    """In a GuiVM, and wherever else there is no Qubes OS."""
    qubes.environment["PATH"] = stand_in(qubes.folder)
    qubes.foreground()
    qubes.show(CONTENT)
    holds_for(lambda: not (qubes.folder / "pid").exists(), 0.3, "nothing is run")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("program", "more", "why"),
    [
        ("qubesdb-write", "exit 3", "qubesdb-write failed (3)"),
        ("setxkbmap", "exit 0", "a keyboard layout of 0 bytes"),
        ("setxkbmap", "head -c 5000 /dev/zero", "a keyboard layout of 5000 bytes"),
    ],
)
def test_note_that_fails_is_one_line_in_the_log(qubes: Qubes, program: str, more: str, why: str) -> None:
    stand_in(qubes.folder)
    qubes.environment["PATH"] = stand_in(qubes.folder, more, name=program)
    child = qubes.foreground()
    wait_until(lambda: why in child.output(), what=why)
    qubes.show(CONTENT)


def test_program_that_hangs_is_ended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stand_in(tmp_path, "exec sleep 600")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", stand_in(tmp_path, "echo layout", name="setxkbmap"))
        patch.setattr(keyboardnote, "TIMEOUT_S", 0.5)
        keyboardnote.write_layout("work")
    assert "qubesdb-write took more than" in caplog.text
    assert not lives(int((tmp_path / "pid").read_text()))
