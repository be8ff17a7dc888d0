"""`vitrail open --disposable`: a copy of a file in a throwaway qube, and what was changed in it brought back."""

import json
import os
import pty
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.processes import Child
from tests.harness.session import Session
from tests.harness.terminal import Terminal
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.test_running import leftovers

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

EDITOR = """\
[Desktop Entry]
Type=Application
Name=Editor
Exec=/bin/sh -c "echo $* > seen; echo changed >> \\\\"$1\\\\"; exec xterm" sh %f
MimeType=text/x-note;
"""
VIEWER = "[Desktop Entry]\nType=Application\nName=Viewer\nExec=/bin/cat %f\nMimeType=text/x-note;\n"


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        applications = person.data / "applications"
        applications.mkdir(parents=True)
        (applications / "editor.desktop").write_text(EDITOR)
        (applications / "a-viewer.desktop").write_text(VIEWER)
        (person.data / "mime").mkdir()
        (person.data / "mime" / "globs2").write_text("50:text/x-note:*.note\n")
        (person.config / "mimeapps.list").write_text("[Default Applications]\ntext/x-note=editor.desktop\n")
        person.data.chmod(0o711)
        yield person


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "my notes.note"
    path.write_text("before\n")
    return path


def close_its_window(session: Session) -> None:
    wait_until(session.qubes, 30, "the qube")
    name = next(iter(session.qubes()))
    session.focus(session.window(name))
    session.type_text("exit\n")


def opened(session: Session, *arguments: str | Path) -> Child:
    argv = session.argv("open", "--disposable", *map(str, arguments))
    return Child(argv, env=session.environment(), log=session.runtime / "open.log", cwd=Path("/"))


def test_changed_copy_comes_back_under_a_new_name_and_nothing_else_stays(session: Session, note: Path) -> None:
    with opened(session, "--label", "orange", "--bring-back", "--json", note) as child:
        close_its_window(session)
        assert child.wait(30) == 0, child.output()
    answer = json.loads(child.output())
    changed = note.with_name("my notes.changed.note")
    assert (answer["changed"], answer["brought_back"], answer["version"]) == (True, str(changed), 1)
    assert answer["program"][-1] == "/home/user/my notes.note"
    assert (note.read_text(), changed.read_text()) == ("before\n", "before\nchanged\n")
    assert changed.stat().st_uid == os.geteuid()
    wait_until(lambda: session.qubes() == {}, 20, "the end of the qube")
    assert leftovers(session) == []


@pytest.mark.parametrize("answer", ["y", "n"])
def test_person_is_asked_on_the_terminal(session: Session, note: Path, answer: str) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        argv = session.argv("open", "--disposable", str(note))
        script = f"import os; os.dup2({theirs}, 0); os.execvp({argv[0]!r}, {argv!r})"
        log = session.runtime / "open.log"
        with Child([argv[0], "-c", script], env=session.environment(), pass_fds=(theirs,), log=log) as child:
            os.close(theirs)
            close_its_window(session)
            wait_until(lambda: "[y/N]" in child.output(), 30, "the question")
            terminal.write(f"{answer}\n".encode())
            assert child.wait(30) == 0, child.output()
    assert note.with_name("my notes.changed.note").exists() is (answer == "y")
    wait_until(lambda: leftovers(session) == [], 20, "nothing left")


def test_copy_that_was_only_looked_at_is_gone(session: Session, note: Path) -> None:
    with opened(session, "--with", "cat", note) as child:
        assert child.wait(60) == 0, child.output()
    assert "in disposable qube disp" in child.output()
    assert list(note.parent.iterdir()) == [note]
    wait_until(lambda: leftovers(session) == [], 20, "nothing left")


def test_odd_name_of_a_file_is_told_without_what_a_terminal_would_act_on(session: Session, tmp_path: Path) -> None:
    note = tmp_path / os.fsdecode(b"-\xff\x1b]0;x\x07\n.note")
    note.write_text("before\n")
    with opened(session, "--with", "cat", note) as child:
        assert child.wait(60) == 0, child.output()
    assert "-\\udcff\\x1b]0;x\\x07\\n.note in disposable qube" in child.output()


def test_command_that_goes_early_leaves_the_qube_and_it_leaves_nothing(session: Session, note: Path) -> None:
    with opened(session, note) as child:
        wait_until(session.qubes, 30, "the qube")
        session.window(next(iter(session.qubes())))
        child.signal(signal.SIGHUP)
        assert child.wait(20) == 128 + signal.SIGHUP
    close_its_window(session)
    wait_until(lambda: session.qubes() == {}, 30, "the end of the qube")
    assert leftovers(session) == []
    assert list(note.parent.iterdir()) == [note]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_command_that_is_ended_ends_the_qube(session: Session, note: Path, number: signal.Signals) -> None:
    with opened(session, note) as child:
        wait_until(session.qubes, 30, "the qube")
        session.window(next(iter(session.qubes())))
        child.signal(number)
        assert child.wait(30) == 128 + number
    wait_until(lambda: session.qubes() == {}, 20, "the end of the qube")
    assert leftovers(session) == []
    assert list(note.parent.iterdir()) == [note]


def test_command_that_is_ended_at_its_question_leaves_nothing(session: Session, note: Path) -> None:
    with Terminal(session.argv("open", "--disposable", str(note)), env=session.environment(), cwd=Path("/")) as command:
        close_its_window(session)
        wait_until(lambda: "[y/N]" in command.shown(), 30, "the question")
        command.signal(signal.SIGTERM)
        wait_until(lambda: leftovers(session) == [], 20, "nothing left")
    assert list(note.parent.iterdir()) == [note]


@pytest.mark.parametrize(
    ("name", "words"),
    [("file.unheard", "say which: vitrail open --disposable --with PROGRAM FILE"), ("gone.note", "cannot read")],
)
def test_what_cannot_be_opened_is_told_and_leaves_nothing(
    session: Session, tmp_path: Path, name: str, words: str
) -> None:
    done = session.vitrail("open", "--disposable", str(tmp_path / name))
    assert (done.returncode, words in done.stderr) == (1, True), done.stderr
    assert leftovers(session) == []


def test_program_that_the_qube_has_not_is_told(session: Session, note: Path) -> None:
    done = session.vitrail("open", "--disposable", "--with", "no-such-program", str(note))
    assert (done.returncode, "no-such-program" in done.stderr) == (1, True), done.stderr
    wait_until(lambda: leftovers(session) == [], 20, "nothing left")
