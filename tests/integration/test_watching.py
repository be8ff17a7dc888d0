"""`vitrail watch`: real qubes, watched while they live; and a watcher keeps a supervisor that nothing else keeps."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from guid.commands.watching import WORDS
from tests.harness import schema
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]


class Watcher:
    """`vitrail watch --json`. rows: the newest of each key; notices: their summaries."""

    def __init__(self, session: Session) -> None:
        self._child = subprocess.Popen(
            session.argv("watch", "--json"), env=session.environment(), stdout=subprocess.PIPE, bufsize=0, cwd="/"
        )
        assert self._child.stdout is not None
        os.set_blocking(self._child.stdout.fileno(), False)
        self.rows: dict[str, dict[str, Any]] = {}
        self._partial = b""

    def qube(self, name: str) -> dict[str, Any]:
        return self.rows.get(f"qube {name}", {})

    def until(self, condition: Callable[[], object], what: str) -> None:
        wait_until(lambda: self._read() and condition(), 30, what)

    def _read(self) -> bool:
        assert self._child.stdout is not None
        text = self._partial + (self._child.stdout.read() or b"")
        *lines, self._partial = text.split(b"\n")
        for line in lines:
            schema.check(("watch", "--json"), 0, line.decode("ascii"))
            row = json.loads(line)
            if row["kind"] == "gone":
                del self.rows[row["key"]]
            else:
                more = row.get("name", row.get("number"))
                self.rows[row["kind"] if more is None else f"{row['kind']} {more}"] = row
        return True

    def end(self) -> None:
        self._child.send_signal(signal.SIGINT)
        assert self._child.wait(20) == 0
        assert self._child.stdout is not None
        self._child.stdout.close()


@contextmanager
def watching(session: Session) -> Iterator[Watcher]:
    watcher = Watcher(session)
    try:
        yield watcher
    finally:
        watcher.end()


@pytest.fixture
def session(xvfb: XServer) -> Iterator[Session]:
    with Session(xvfb.name) as person:
        yield person


def test_watcher_hears_what_qubes_do_and_are_made_to_do(session: Session) -> None:
    assert session.vitrail("create", "idle", "--label", "green").returncode == 0
    session.run("work", "blue", "xterm")
    with watching(session) as seen:
        seen.until(lambda: "complete" in seen.rows, "all that there is")
        assert (seen.qube("idle")["state"], seen.qube("idle")["label"]) == ("stopped", "green")
        assert seen.rows["label blue"]["pattern"] == "dashes"
        assert seen.rows["clipboard"]["empty"]
        seen.until(lambda: seen.qube("work")["windows"] == 1, "the window")
        seen.until(lambda: (seen.qube("work")["used_bytes"] or 0) > 10 << 20, "the memory in use")
        session.vitrail("pause", "work")
        seen.until(lambda: seen.qube("work")["paused"], "the pause")
        session.vitrail("resume", "work")
        session.vitrail("set", "idle", "--label", "purple")
        seen.until(lambda: seen.qube("idle")["label"] == "purple", "the other label")
        session.vitrail("rm", "--yes", "idle")
        seen.until(lambda: not seen.qube("idle"), "the removal")
        os.kill(session.daemon_pid("work"), signal.SIGKILL)
        seen.until(lambda: "Windows of qube work came back" in summaries(seen), "the notice")
        session.vitrail("stop", "work")
        seen.until(lambda: seen.qube("work")["state"] == "stopped", "the end")
        assert (seen.qube("work")["used_bytes"], seen.qube("work")["windows"]) == (None, 0)


def summaries(seen: Watcher) -> list[str]:
    return [row["summary"] for row in seen.rows.values() if row["kind"] == "notice"]


def test_watcher_keeps_a_supervisor_until_it_goes(session: Session) -> None:
    socket = session.runtime / "vitrail" / "control.sock"
    session.run("work", "blue", "true")
    with watching(session) as seen:
        seen.until(lambda: seen.qube("work").get("state") == "running", "the qube")
        session.vitrail("stop", "work")
        seen.until(lambda: seen.qube("work")["state"] == "stopped", "its end")
        assert session.vitrail("create", "later").returncode == 0
        seen.until(lambda: seen.qube("later"), "what is made later")
    wait_until(lambda: not socket.exists(), 20, "the supervisor's end")


def test_words_for_a_person_are_a_line_each(session: Session) -> None:
    session.run("work", "blue", "true")
    with subprocess.Popen(
        session.argv("watch"), env=session.environment(), stdout=subprocess.PIPE, text=True, cwd="/"
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith("work (blue): running")
        child.send_signal(signal.SIGINT)


@pytest.mark.parametrize(("windows", "words"), [(0, "0 windows"), (1, "1 window"), (2, "2 windows")])
def test_one_window_is_no_windows(windows: int, words: str) -> None:
    row = {"name": "work", "label": "blue", "state": "running", "reason": None, "paused": False, "hidden": False}
    assert (
        WORDS["qube"]({**row, "windows": windows, "daemon_pid": 1, "used_bytes": None})
        == f"work (blue): running, {words}"
    )
