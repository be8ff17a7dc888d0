"""guid/requests.py: what a command is answered that asks for what nobody knows; over a real socket."""

import contextlib
import json
import os
import resource
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guid.readers import Readers
from guid.requests import MAX_CLIENTS, MAX_REQUEST_BYTES, REQUEST_TIMEOUT_S, Client, Commands

TURN_S = 0.05


class Served:
    """Somebody who listens, and does one thing: "echo"."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.readers = Readers()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.path)
        self._listener.listen()
        self.commands = Commands(
            self.readers, self._listener, {"echo": self._echo, "stay": self._stay}, (ArithmeticError,)
        )

    def _echo(self, client: Client, request: dict[str, Any]) -> None:
        if "fail" in request:
            raise ArithmeticError(request["fail"])
        if "need" in request:
            request = {"found": request[request["need"]]}
        self.commands.finish(client, request)

    def _stay(self, client: Client, _request: dict[str, Any]) -> None:
        self.said = self.commands.keep(client)

    def answer(self, line: bytes) -> dict[str, Any]:
        """What a command that sends this line is answered."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as command:
            command.connect(self.path)
            command.sendall(line)
            self.readers.turn(TURN_S)
            while self.commands.waiting:
                self.readers.turn(TURN_S)
            with command.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
        return answer

    def connected(self) -> socket.socket:
        """A command that has said nothing yet."""
        command = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        command.connect(self.path)
        command.settimeout(10)
        self.readers.turn(TURN_S)
        return command

    def close(self) -> None:
        self.commands.close()
        self._listener.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path / "control.sock")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"op": "echo", "need": "qube"}\n', "a request without 'qube'"),
        (b"[" * 100_000 + b"\n", "a request that is no JSON"),
        (b'{"op": "fly\\u001b"}\n', r"nothing that a supervisor does: fly\x1b"),
        (b"{}\n", "nothing that a supervisor does: None"),
        (b'{"op": []}\n', "nothing that a supervisor does: []"),
        (b"[1]\n", "nothing that a supervisor does: "),
        (b"what?\n", "a request that is no JSON: "),
        (b"\xff\n", "a request that is no JSON: "),
        (b'{"op": "echo", "fail": "as it may"}\n', "as it may"),
    ],
)
def test_request_that_is_not_done_is_answered_and_the_next_one_served(served: Served, line: bytes, said: str) -> None:
    assert served.answer(line)["error"].startswith(said)
    assert served.answer(b'{"op": "echo"}\n') == {"op": "echo"}


def test_command_that_asks_for_nothing_is_left_after_a_while(served: Served) -> None:
    """One that has asked waits for its answer as long as it takes."""
    served.commands.tick(100.0)
    with served.connected() as silent, served.connected() as slow:
        slow.sendall(b'{"op": ')
        served.readers.turn(TURN_S)
        served.commands.tick(100.0 + REQUEST_TIMEOUT_S - 0.1)
        before = served.commands.waiting
        served.commands.tick(100.0 + REQUEST_TIMEOUT_S + 0.1)
        assert (before, served.commands.waiting) == (True, False)
        assert (silent.recv(1), slow.recv(1)) == (b"", b"")


def test_command_that_asks_for_too_much_is_left(served: Served) -> None:
    with served.connected() as endless:
        endless.settimeout(0)
        taken = 0
        while served.commands.waiting:
            with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
                taken += endless.send(b" " * 65_536)
            assert taken < 2 * MAX_REQUEST_BYTES
            served.readers.turn(TURN_S)
        assert taken > MAX_REQUEST_BYTES


def test_command_that_hears_more_is_not_left(served: Served) -> None:
    served.commands.tick(100.0)
    with served.connected() as watcher:
        watcher.sendall(b'{"op": "stay"}\n')
        served.readers.turn(TURN_S)
        served.commands.tick(100.0 + 10 * REQUEST_TIMEOUT_S)
        assert served.said({"still": "here"})
        assert json.loads(watcher.recv(100)) == {"still": "here"}
    served.readers.turn(TURN_S)
    assert not served.commands.waiting


def test_commands_beyond_the_limit_are_refused_and_those_before_served(served: Served) -> None:
    with contextlib.ExitStack() as stack:
        many = [stack.enter_context(served.connected()) for _ in range(MAX_CLIENTS)]
        with served.connected() as beyond:
            assert "too many commands" in json.loads(beyond.recv(1000))["error"]
            assert beyond.recv(1) == b""
        many[0].sendall(b'{"op": "echo"}\n')
        served.readers.turn(TURN_S)
        assert json.loads(many[0].recv(1000)) == {"op": "echo"}
    while served.commands.waiting:
        served.readers.turn(TURN_S)
    assert served.answer(b'{"op": "echo"}\n') == {"op": "echo"}


def test_command_that_goes_in_the_middle_of_its_words_ends_nothing(served: Served) -> None:
    with served.connected() as rude:
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        rude.sendall(b'{"op": "echo"}')
    served.readers.turn(TURN_S)
    served.readers.turn(TURN_S)
    assert served.answer(b'{"op": "echo"}\n') == {"op": "echo"}


def test_descriptors_that_have_run_out_end_nothing(served: Served) -> None:
    """A command that comes meanwhile is served when there are some again."""
    served.commands.tick(100.0)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as command:
        command.settimeout(10)
        used = [os.open(os.devnull, os.O_RDONLY)]
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (used[0] + 1, hard))
            command.connect(served.path)
            command.sendall(b'{"op": "echo"}\n')
            for _ in range(3):
                served.readers.turn(TURN_S)
            served.commands.tick(100.5)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for fd in used:
                os.close(fd)
        served.commands.tick(200.0)
        for _ in range(3):
            served.readers.turn(TURN_S)
        assert json.loads(command.recv(1000)) == {"op": "echo"}
