"""Running programs in qubes: disposable ones that leave nothing, killing, restarting, and reading what they print."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.engines.uids import CLAIMS
from tests.harness.processes import Child
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.test_command import processes_of

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


def leftovers(session: Session) -> list[str]:
    """What disposable qubes have left on the disk."""
    folders = (session.data / "vitrail" / "disposable", session.runtime / "vitrail" / "qubes")
    return [str(entry) for folder in folders if folder.exists() for entry in folder.iterdir()]


def test_disposable_qube_ends_with_its_last_window_and_leaves_nothing(session: Session) -> None:
    done = session.vitrail("run", "--disposable", "--label", "purple", "--json", "--", "xterm")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    name = answer["qube"]
    assert (answer["disposable"], answer["label"], name[:4]) == (True, "purple", "disp")
    window = session.window(name)
    qube = session.qubes()[name]
    assert (qube["label"], qube["disposable"]) == ("purple", True)
    home = session.data / "vitrail" / "disposable" / name / "home"
    uid = home.stat().st_uid
    session.focus(window)
    session.type_text("exit\n")
    wait_until(lambda: session.qubes() == {}, 30, "the end of the qube")
    assert leftovers(session) == []
    assert json.loads(session.vitrail("ls", "--all", "--json").stdout)["qubes"] == []
    if os.geteuid() == 0:
        wait_until(lambda: not processes_of(uid), what="the end of every process of the qube")
        assert not (CLAIMS / str(uid)).exists()


def test_disposable_qube_whose_program_has_no_window_ends_with_it(session: Session) -> None:
    done = session.vitrail("run", "--disposable", "--wait", "--", "sh", "-c", "echo found > file; exit 7")
    assert done.returncode == 7
    wait_until(lambda: session.qubes() == {}, 30, "the end of the qube")
    assert leftovers(session) == []


def test_disposable_qube_outlives_a_program_that_leaves_a_window_behind(session: Session) -> None:
    line = "xterm & sleep 1000 & exit 0"
    name = json.loads(session.vitrail("run", "--disposable", "--json", "--", "sh", "-c", line).stdout)["qube"]
    window = session.window(name)
    session.focus(window)
    session.type_text("exit\n")
    wait_until(lambda: session.qubes() == {}, 30, "the end of the qube")
    assert leftovers(session) == []


def test_disposable_qube_with_a_program_that_is_not_there_says_so_and_leaves_nothing(session: Session) -> None:
    done = session.vitrail("run", "--disposable", "--", "no-such-program")
    assert (done.returncode, "no-such-program" in done.stderr) == (1, True)
    wait_until(lambda: session.qubes() == {}, 30, "the end of the qube")
    assert leftovers(session) == []


def test_disposable_qube_that_is_stopped_leaves_nothing(session: Session) -> None:
    name = json.loads(session.vitrail("run", "--disposable", "--json", "--", "sleep", "1000").stdout)["qube"]
    refused = session.vitrail("restart", name)
    assert (refused.returncode, "what is stopped is gone" in refused.stderr) == (1, True)
    assert session.vitrail("stop", name).returncode == 0
    assert leftovers(session) == []


def test_two_disposable_qubes_do_not_share_anything(session: Session) -> None:
    line = "touch mine; test $(ls | wc -l) = 1; sleep 1000"
    names = [
        json.loads(session.vitrail("run", "--disposable", "--json", "--", "sh", "-c", line).stdout)["qube"]
        for _ in range(2)
    ]
    assert len(set(names)) == 2
    homes = [session.data / "vitrail" / "disposable" / name / "home" for name in names]
    for home in homes:
        wait_until((home / "mine").exists, what="the file")
    if os.geteuid() == 0:
        assert homes[0].stat().st_uid != homes[1].stat().st_uid
    assert session.vitrail("stop", "--all").returncode == 0
    assert leftovers(session) == []


def test_what_a_supervisor_that_was_killed_has_left_is_removed_by_the_next(session: Session) -> None:
    with session.service() as service:
        session.vitrail("run", "--disposable", "--", "sleep", "1000")
        os.kill(service.pid, 9)
        service.wait()
    assert [path for path in leftovers(session) if "disposable" in path]
    (session.runtime / "vitrail" / "control.sock").unlink()
    session.run("work", "blue", "true")
    wait_until(lambda: not [path for path in leftovers(session) if "disposable" in path], 20, "an empty folder")


def test_network_is_for_disposable_qubes_and_definitions(session: Session) -> None:
    refused = session.vitrail("run", "--net", "user", "--", "true")
    assert (refused.returncode, "vitrail set untrusted --net user" in refused.stderr) == (1, True)
    assert session.qubes() == {}


def test_kill_ends_what_does_not_want_to_end(session: Session) -> None:
    session.run("work", "blue", "sh", "-c", "trap '' TERM; while true; do sleep 1; done")
    done = session.vitrail("kill", "work", "--json")
    assert json.loads(done.stdout) == {"version": 1, "stopped": ["work"]}
    assert session.qubes() == {}


def test_stop_all_stops_all(session: Session) -> None:
    session.run("work", "blue", "true")
    session.run("home", "red", "true")
    done = session.vitrail("stop", "--all", "--json")
    assert sorted(json.loads(done.stdout)["stopped"]) == ["home", "work"]
    assert session.qubes() == {}
    assert session.vitrail("stop").returncode == 2


def test_restart_takes_what_was_changed_and_runs_the_program(session: Session) -> None:
    session.run("work", "blue", "touch", "kept")
    session.vitrail("set", "work", "--pool", "32M")
    before = session.qubes()["work"]
    done = session.vitrail("restart", "work", "--", "touch", "again")
    assert (done.returncode, done.stdout) == (0, "started qube work (blue)\n"), done.stderr
    wait_until((session.home("work") / "again").exists, what="the program")
    after = session.qubes()["work"]
    assert (session.home("work") / "kept").exists()
    assert (before["pool_bytes"] > 32 << 20, after["pool_bytes"]) == (True, 32 << 20)
    assert before["daemon_pid"] != after["daemon_pid"]
    session.vitrail("stop", "work")
    assert session.vitrail("restart", "work").stdout == "started qube work (blue)\n"


def test_wait_tells_our_failures_from_those_of_the_program(session: Session) -> None:
    assert session.vitrail("run", "--wait", "--", "sh", "-c", "exit 1").returncode == 1
    assert session.vitrail("run", "--wait", "--", "no-such-program").returncode == 125
    assert session.vitrail("run", "--wait", "--qube", "nobody", "--", "true").returncode == 125
    done = session.vitrail("run", "--wait", "--json", "--", "sh", "-c", "exit 3")
    assert (done.returncode, json.loads(done.stdout)["exit_code"]) == (3, 3)


def test_wait_prints_what_the_program_has_printed(session: Session) -> None:
    session.run("work", "blue", "sh", "-c", "echo before")
    wait_until(lambda: "before" in session.vitrail("logs", "work").stdout, what="the first program's line")
    line = r"echo out; echo err >&2; printf 'a\033[31m'; exit 3"
    done = session.vitrail("run", "--qube", "work", "--wait", "--", "sh", "-c", line)
    assert (done.returncode, done.stderr) == (3, "")
    assert "before" not in done.stdout
    assert "".join(done.stdout.split()) == "outerra\\x1b[31m"
    told = json.loads(session.vitrail("run", "--qube", "work", "--wait", "--json", "--", "echo", "said").stdout)
    assert (told["exit_code"], told["printed"]) == (0, "said\n")


def test_wait_prints_while_the_program_runs(session: Session) -> None:
    line = "echo first; printf part; while test -e wait; do sleep 0.1; done; echo ially"
    session.run("work", "blue", "sh", "-c", "touch wait; echo another program")
    wait_until((session.home("work") / "wait").exists, what="the first program")
    wait_until(lambda: "another" in session.vitrail("logs", "work").stdout, what="its line")
    argv = session.argv("run", "--qube", "work", "--wait", "--", "sh", "-c", line)
    log = session.runtime / "run.log"
    with Child(argv, env=session.environment(), log=log, cwd=Path("/")) as child:
        wait_until(lambda: log.read_text() == "first\n", 30, "the first line")
        assert child.alive
        (session.home("work") / "wait").unlink()
        assert child.wait(30) == 0
        assert log.read_text() == "first\npartially\n"


def test_wait_for_a_disposable_qube_names_it_and_prints_what_it_printed(session: Session) -> None:
    done = session.vitrail("run", "--disposable", "--wait", "--label", "green", "--", "sh", "-c", "hostname; exit 4")
    name = done.stdout.strip()
    assert (done.returncode, done.stderr) == (4, f"vitrail: disposable qube {name} (green)\n")
    wait_until(lambda: session.qubes() == {} and leftovers(session) == [], 30, "the end of the qube")


def test_command_that_is_ended_while_it_waits_leaves_nothing(session: Session) -> None:
    argv = session.argv("run", "--disposable", "--wait", "--", "sh", "-c", "while test -e .; do sleep 0.1; done")
    with Child(argv, env=session.environment(), log=session.runtime / "run.log", cwd=Path("/")) as child:
        name = next(iter(wait_until(session.qubes, 30, "the qube")))
        child.stop()
        assert child.returncode == 128 + 15
    session.vitrail("stop", name)
    wait_until(lambda: session.qubes() == {} and leftovers(session) == [], 30, "the end of the qube")


def test_error_is_json_where_json_was_asked_for(session: Session) -> None:
    done = session.vitrail("stop", "nobody", "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert (answer["version"], "no qube nobody is running" in answer["error"]) == (1, True)
    assert answer["error"] in done.stderr


def test_supervisor_keeps_nothing_of_the_command_that_started_it(session: Session) -> None:
    reading, writing = os.pipe()
    argv = session.argv("run", "--", "sleep", "1000")
    with Child(argv, env=session.environment(), pass_fds=(writing,), log=session.runtime / "run.log") as child:
        assert child.wait(60) == 0, child.output()
    os.close(writing)
    with os.fdopen(reading, "rb") as end:
        assert end.read() == b""
    assert set(session.qubes()) == {"untrusted"}


def test_logs_are_printed_without_anything_that_a_terminal_would_obey(session: Session) -> None:
    session.run("work", "blue", "printf", r"plain\n\033]0;owned\007\rhidden\302\233\n")
    lines: list[str] = []

    def printed() -> bool:
        lines[:] = session.vitrail("logs", "work").stdout.splitlines()
        return any("owned" in line for line in lines)

    wait_until(printed, what="the log")
    assert "plain" in lines
    assert all(" " <= character <= "~" for line in lines for character in line)
    assert any(r"\x1b]0;owned\x07" in line for line in lines)
    said = [json.loads(line) for line in session.vitrail("logs", "--json", "work").stdout.splitlines()]
    assert {"version": 1, "qube": "work", "line": "plain"} in said
    assert session.vitrail("logs").returncode == 0
    missing = session.vitrail("logs", "nobody")
    assert (missing.returncode, "there is no qube nobody" in missing.stderr) == (1, True)
    assert session.vitrail("logs", "../x").returncode == 1


def test_line_that_comes_in_pieces_is_one_line_of_the_log(session: Session) -> None:
    session.run("work", "blue", "sh", "-c", "printf 'one '; sleep 0.7; printf 'two '; sleep 0.7; printf 'three\\nfour'")
    wait_until(lambda: "four" in session.vitrail("logs", "work").stdout, 20, "the log")
    assert {"one two three", "four"} <= set(session.vitrail("logs", "work").stdout.splitlines())


def test_logs_follow_until_the_qube_ends(session: Session) -> None:
    session.run("work", "blue", "sh", "-c", "echo one; until test -e go; do sleep 0.1; done; echo two; sleep 1000")
    argv = session.argv("logs", "-f", "work")
    with Child(argv, env=session.environment(), log=session.runtime / "followed") as child:
        wait_until(lambda: "one\n" in child.output(), what="the first line")
        (session.home("work") / "go").touch()
        wait_until(lambda: "two\n" in child.output(), what="the second line")
        assert child.alive
        session.vitrail("stop", "work")
        assert child.wait(20) == 0
    assert child.output().splitlines().count("one") == 1
