"""Qubes as things that a person owns: made, started as they were made, and not mistaken for another."""

import json
import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from colors.labels import STANDARD
from tests.harness.frames import framed as wears
from tests.harness.processes import Child
from tests.harness.session import Session, Window
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


def test_qube_that_was_created_starts_as_it_was_created(session: Session) -> None:
    done = session.vitrail("create", "work", "--label", "blue", "--pool", "64M", display="")
    assert (done.returncode, done.stderr) == (0, "")
    assert "created qube work (blue)" in done.stdout
    assert (session.config / "vitrail" / "qubes" / "work.toml").read_text() == 'label = "blue"\npool = "64M"\n'
    assert not session.home("work").exists()
    assert session.vitrail("run", "--qube", "work", "--", "true").stdout == "started qube work (blue)\n"
    qube = session.qubes()["work"]
    assert (qube["label"], qube["pool_bytes"]) == ("blue", 64 << 20)


def test_label_of_the_first_run_stays(session: Session) -> None:
    session.run("work", "blue", "true")
    session.vitrail("stop", "work")
    assert session.vitrail("run", "--qube", "work", "--", "true").stdout == "started qube work (blue)\n"
    session.vitrail("stop", "work")
    refused = session.vitrail("run", "--qube", "work", "--label", "red", "--", "true")
    assert (refused.returncode, "vitrail set work --label red" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('label = "blue"\npool = "3M"\n', "work.toml: line 2: pool = '3M': must be from 16M to 4G"),
        ('label = "blue"\n[options]\ntitle_name = 1\n', "work.toml: line 3: [options] title_name = 1: must be true"),
        ('label = "blue"\ncolour = "blue"\n', "work.toml: line 2: there is no key 'colour'; there are label, "),
    ],
)
def test_definition_that_cannot_be_done_starts_nothing_and_says_why(session: Session, text: str, words: str) -> None:
    folder = session.config / "vitrail" / "qubes"
    folder.mkdir(parents=True)
    (folder / "work.toml").write_text(text)
    done = session.vitrail("run", "--qube", "work", "--", "true")
    assert (done.returncode, words in done.stderr) == (1, True), done.stderr
    assert session.qubes() == {}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("create", "../x"), 1, "cannot be a qube's name"),
        (("create", "work", "--label", "pink"), 2, "invalid choice: 'pink'"),
        (("create", "work", "--pool", "500M"), 1, "must be a power of two"),
        (("create", "work", "--option", "title_name"), 1, "write KEY=VALUE"),
        (("create", "work", "--option", "title_name=maybe"), 1, "title_name = maybe is no TOML"),
        (("create", "work", "--option", "title_name=maybe"), 1, "a text is written in quotes: 'title_name=\"…\"'"),
        (("create", "work", "--option", "title_nam=true"), 1, "no option 'title_nam'"),
        (("create", "work", "--option", "title_nam=true"), 1, "nothing was written: "),
        (("export", "work", "--libvirt"), 1, "there is no qube work"),
        (("create",), 2, "NAME"),
    ],
)
def test_wrong_creation_is_told_in_words(session: Session, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = session.vitrail(*arguments)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert not (session.config / "vitrail" / "qubes" / "work.toml").exists()


def definition(session: Session, name: str) -> Path:
    return session.config / "vitrail" / "qubes" / f"{name}.toml"


def framed(session: Session, window: Window, label: str) -> bool:
    return wears(session.picture(), tuple(window["outer"]), window["frame_px"], STANDARD[label].rgb)


@pytest.fixture
def alone() -> Iterator[Session]:
    """A person on a desktop where no other test has left anything."""
    with XServer(1000, 700) as server, Session(server.name) as person:
        yield person


def test_set_label_of_a_running_qube_recolours_its_windows_at_once(alone: Session) -> None:
    session = alone
    session.run("work", "blue", "true")
    session.run_program("work", "blue", "paint", "kept", "50", "60", "207", "111", "7")
    window = session.window("work", lambda each: each["title"] == "kept")
    wait_until(lambda: framed(session, window, "blue"), what="a blue frame")
    done = session.vitrail("set", "work", "--label", "green")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wait_until(lambda: framed(session, window, "green"), what="a green frame")
    qube = session.qubes()["work"]
    assert (qube["label"], qube["rgb"]) == ("green", "0x73D216")
    assert session.vitrail("run", "--qube", "work", "--label", "blue", "--", "true").returncode == 1
    os.kill(int(qube["daemon_pid"]), 9)
    wait_until(lambda: session.windows("work"), what="the window again")
    wait_until(lambda: framed(session, session.window("work"), "green"), what="a green frame again")


def test_set_style_of_a_running_qube_changes_its_frames_at_once(alone: Session) -> None:
    session = alone
    session.run("work", "blue", "true")
    session.run_program("work", "blue", "paint", "kept", "50", "60", "207", "111", "7")
    window = session.window("work", lambda each: each["title"] == "kept")
    done = session.vitrail("set", "work", "-o", "high_contrast=true")
    assert (done.returncode, done.stdout) == (0, "")
    assert session.qubes()["work"]["style"]["contrast"]
    wait_until(lambda: session.window("work")["frame_px"] == 10, what="a frame of high contrast")
    assert session.window("work")["local_xid"] == window["local_xid"], "its windows stay"
    looked = session.vitrail("doctor", "--oracle")
    assert (looked.returncode, looked.stdout[:20]) == (0, "every frame is right")
    os.kill(int(session.qubes()["work"]["daemon_pid"]), 9)
    wait_until(lambda: session.windows("work") and session.window("work")["frame_px"] == 10, what="the next daemon")


def test_set_changes_what_is_written_and_says_what_counts_later(session: Session) -> None:
    assert session.vitrail("set", "work", "--label", "red").returncode == 1
    session.run("work", "blue", "true")
    done = session.vitrail("set", "work", "--memory", "1G", "-o", "title_name=true", "--label", "gray", "--json")
    assert json.loads(done.stdout) == {
        "version": 1,
        "changed": "work",
        "keys": ["label", "memory", "options.title_name"],
        "next_start": ["memory"],
    }
    text = 'label = "gray"\nmemory = "1G"\n\n[options]\ntitle_name = true\n'
    assert definition(session, "work").read_text() == text
    again = session.vitrail("set", "work", "--memory", "none", "-o", "title_name=none")
    assert "memory: from the next start on (vitrail restart work)" in again.stdout
    assert definition(session, "work").read_text() == 'label = "gray"\n\n[options]\n'
    refused = session.vitrail("set", "work", "--pool", "3M")
    assert (refused.returncode, "from 16M to 4G" in refused.stderr) == (1, True)
    assert session.vitrail("set", "work").returncode == 1


def test_memory_that_cannot_be_limited_is_told(session: Session) -> None:
    session.vitrail("create", "work", "--label", "blue", "--memory", "1G")
    done = session.vitrail("run", "--qube", "work", "--", "true")
    assert done.returncode == 0
    assert "the memory of qube work is not limited to 1G" in done.stderr
    assert "Delegate=yes" in done.stderr


def test_remove_asks_and_refuses_while_it_runs(session: Session) -> None:
    session.run("work", "blue", "touch", "file")
    wait_until((session.home("work") / "file").exists, what="the file")
    nobody = session.vitrail("rm", "work")
    assert (nobody.returncode, "add --yes" in nobody.stderr) == (1, True)
    running = session.vitrail("rm", "--yes", "work")
    assert running.returncode == 1
    assert "vitrail stop work" in running.stderr
    session.vitrail("stop", "work")
    assert (session.home("work") / "file").exists()
    done = session.vitrail("rm", "--yes", "work")
    assert (done.returncode, done.stdout) == (0, "removed qube work\n"), done.stderr
    assert not session.home("work").parent.exists()
    assert not definition(session, "work").exists()
    assert list(session.home("work").parent.parent.iterdir()) == []
    gone = session.vitrail("rm", "--yes", "work")
    assert (gone.returncode, "there is no qube work" in gone.stderr) == (1, True)


def test_remove_by_force_ends_it_first(session: Session) -> None:
    session.run("work", "blue", "sleep", "1000")
    session.run("other", "red", "true")
    done = session.vitrail("rm", "--yes", "--force", "--json", "work")
    assert json.loads(done.stdout) == {"version": 1, "removed": "work", "definition": True, "home": True}
    assert set(session.qubes()) == {"other"}
    assert not session.home("work").parent.exists()


@pytest.mark.parametrize(("typed", "gone"), [("n\n", False), ("\n", False), ("y\n", True)])
def test_remove_does_what_is_answered_on_the_terminal(session: Session, typed: str, gone: bool) -> None:  # noqa: FBT001
    session.vitrail("create", "work", "--label", "blue")
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        script = f"import os; os.dup2({theirs}, 0); os.execvp({session.argv()[0]!r}, {session.argv('rm', 'work')!r})"
        log = session.runtime / "rm.log"
        argv = [session.argv()[0], "-c", script]
        with Child(argv, env=session.environment(), pass_fds=(theirs,), log=log) as child:
            os.close(theirs)
            wait_until(lambda: "[y/N]" in child.output(), what="the question")
            terminal.write(typed.encode())
            assert child.wait(30) == (0 if gone else 1)
    assert definition(session, "work").exists() is not gone


def test_ls_all_lists_what_is_defined_what_runs_and_what_is_broken(session: Session) -> None:
    session.vitrail("create", "home", "--label", "yellow", "--net", "user")
    session.run("work", "blue", "true")
    definition(session, "torn").write_text('label = "blau"\n')
    done = session.vitrail("ls", "--all")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows == [
        ["NAME", "LABEL", "STATE", "WINDOWS"],
        ["home", "yellow", "stopped", "0"],
        ["torn", "-", "broken", "0"],
        ["work", "blue", "running", "0"],
    ]
    assert "torn.toml: line 1: label = 'blau': no label" in done.stderr
    found = {each["name"]: each for each in json.loads(session.vitrail("ls", "--all", "--json").stdout)["qubes"]}
    assert (found["home"]["net"], found["home"]["engine"], found["home"]["state"]) == ("user", "local", "stopped")
    assert (found["work"]["label"], found["work"]["pool_bytes"] > 0) == ("blue", True)
    assert set(session.qubes()) == {"work"}


def test_every_qube_has_the_same_keys_whatever_it_does(session: Session) -> None:
    session.run("work", "blue", "true")
    session.vitrail("run", "--disposable", "--", "sleep", "1000")
    session.vitrail("create", "home", "--label", "yellow", "--net", "user", "--memory", "1G")
    definition(session, "torn").write_text('label = "blau"\n')
    qubes = {each["name"]: each for each in json.loads(session.vitrail("ls", "--all", "--json").stdout)["qubes"]}
    assert len({tuple(sorted(each)) for each in qubes.values()}) == 1
    home, torn, work = qubes["home"], qubes["torn"], qubes["work"]
    assert (home["net"], home["memory_bytes"], home["rgb"], home["daemon_pid"]) == ("user", 1 << 30, "0xEDD400", 0)
    assert (torn["state"], torn["net"], torn["rgb"]) == ("broken", None, None)
    assert (work["net"], work["template"], work["memory_bytes"]) == ("none", None, None)
    assert [set(each) for each in session.qubes().values()] == [set(home)] * 2


def test_logs_of_a_qube_that_is_not_there_say_so(session: Session) -> None:
    session.vitrail("create", "work", "--label", "blue")
    assert "there is no qube nobody (there are: work)" in session.vitrail("logs", "nobody").stderr
    assert "work has not been started since you logged in" in session.vitrail("logs", "work").stderr


def test_command_with_other_folders_changes_no_qube_of_the_supervisor(session: Session) -> None:
    session.run("work", "blue", "touch", "file")
    wait_until((session.home("work") / "file").exists, what="the file")
    session.vitrail("stop", "work")
    session.run("other", "red", "true")
    with Session(session.display) as elsewhere:
        elsewhere.runtime = session.runtime
        elsewhere.vitrail("create", "work", "--label", "green")
        for arguments in (
            ("rm", "--yes", "work"),
            ("run", "--qube", "work", "--", "true"),
            ("run", "--disposable", "--", "true"),
        ):
            done = elsewhere.vitrail(*arguments)
            assert done.returncode == 1
            assert f"keeps its qubes in {session.config}/vitrail, not in {elsewhere.config}/vitrail" in done.stderr
        assert definition(elsewhere, "work").exists()
    assert (session.home("work") / "file").exists()
    assert definition(session, "work").exists()
