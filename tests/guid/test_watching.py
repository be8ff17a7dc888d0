"""guid/watching.py: what watchers are told, over real sockets; above all those that do not read."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guid.readers import Readers
from guid.requests import Client, Commands
from guid.watching import LOOK_S, Watching
from tests.harness.wait import wait_until

LARGE = 1 << 13
"""Four such rows have room between two looks; those of forty looks have not."""


class Watched:
    """Somebody who listens and can be watched. rows: what there is; now: its clock."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self.rows: dict[str, dict[str, Any]] = {}
        self.now = 0.0
        self.looks = 0
        self._readers = Readers()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self._path)
        self._listener.listen()
        self.watching = Watching(self._look)
        self.commands = Commands(self._readers, self._listener, {"watch": self._watch, "echo": self._echo}, ())

    def _look(self, _now: float) -> dict[str, dict[str, Any]]:
        self.looks += 1
        return self.rows

    def _watch(self, client: Client, _request: dict[str, Any]) -> None:
        self.watching.join(self.commands.stream(client))

    def _echo(self, client: Client, request: dict[str, Any]) -> None:
        self.commands.finish(client, request)

    def ask(self, operation: str) -> socket.socket:
        command = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        command.connect(self._path)
        command.sendall(json.dumps({"op": operation}).encode() + b"\n")
        for _ in range(2):  # accepted, then read
            self._readers.turn(1)
        return command

    def turn(self) -> None:
        """A look later, whatever may have come."""
        self._readers.turn(0)
        self.now += LOOK_S
        self.watching.tick(self.now)

    def close(self) -> None:
        """Once everybody has been seen to go."""

        def alone() -> bool:
            self._readers.turn(0)
            return not self.commands.waiting

        wait_until(alone, 20, "the end of all watchers")
        self.commands.close()
        self._listener.close()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path / "control.sock")
    yield made
    made.close()


def heard(command: socket.socket) -> list[dict[str, Any]]:
    """All whole lines that are there now."""
    received = bytearray()
    command.setblocking(False)  # noqa: FBT003 - the standard library's own signature
    try:
        while data := command.recv(1 << 20):
            received += data
    except BlockingIOError:
        pass
    assert not received or received.endswith(b"\n")
    return [json.loads(line) for line in received.splitlines()]


def test_watcher_is_told_all_rows_once_then_only_what_changes(watched: Watched) -> None:
    watched.rows = {"qube a": {"kind": "qube", "n": 1}, "qube b": {"kind": "qube", "n": 2}}
    with watched.ask("watch") as watcher:
        watched.turn()
        assert heard(watcher) == [*watched.rows.values(), {"kind": "complete"}]
        watched.turn()
        assert heard(watcher) == []
        watched.rows = {"qube b": {"kind": "qube", "n": 3}, "qube c": {"kind": "qube", "n": 4}}
        watched.turn()
        assert heard(watcher) == [{"kind": "gone", "key": "qube a"}, *watched.rows.values()]


def test_nothing_is_looked_at_while_nobody_watches_nor_more_often_than_has_use(watched: Watched) -> None:
    watched.turn()
    assert watched.looks == 0
    with watched.ask("watch"):
        for _ in range(10):
            watched.watching.tick(watched.now)
        assert watched.looks == 1
    for _ in range(3):
        watched.turn()  # it has gone, and nothing has changed
    looks = watched.looks
    watched.turn()
    assert watched.looks == looks


def test_watcher_that_does_not_read_delays_nobody_and_hears_the_newest_later(watched: Watched) -> None:
    with watched.ask("watch") as slow, watched.ask("watch") as quick:
        for count in range(40):
            watched.rows = {f"row {at}": {"count": count, "filling": "x" * LARGE} for at in range(4)}
            watched.turn()
            assert heard(quick)[-1]["count"] == count if count else True
        with watched.ask("echo") as other:
            assert heard(other) == [{"op": "echo"}]

        received: list[bytes] = []
        slow.setblocking(False)  # noqa: FBT003 - the standard library's own signature

        def drained() -> bool:
            watched.turn()
            try:
                received.append(slow.recv(1 << 22))
            except BlockingIOError:
                return True
            return False

        wait_until(drained, 20, "the end of what the slow one has to hear")
    lines = [json.loads(line) for line in b"".join(received).splitlines()]
    rows = [line for line in lines if "count" in line]
    assert rows[-1]["count"] == 39, "the newest"
    assert len(rows) < 80, "most of the 160 were never sent"
