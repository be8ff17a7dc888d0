"""guid/requests.py: what a command is answered that asks for what nobody knows; over a real socket."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guid.readers import Readers
from guid.requests import Client, Commands

TURN_S = 0.05


class Served:
    """Somebody who listens, and does one thing: "echo"."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self.readers = Readers()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self._path)
        self._listener.listen()
        self.commands = Commands(self.readers, self._listener, {"echo": self._echo}, (ArithmeticError,))

    def _echo(self, client: Client, request: dict[str, Any]) -> None:
        if "fail" in request:
            raise ArithmeticError(request["fail"])
        if "need" in request:
            request = {"found": request[request["need"]]}
        self.commands.finish(client, request)

    def answer(self, line: bytes) -> dict[str, Any]:
        """What a command that sends this line is answered."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as command:
            command.connect(self._path)
            command.sendall(line)
            self.readers.turn(TURN_S)
            while self.commands.waiting:
                self.readers.turn(TURN_S)
            with command.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
        return answer

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
