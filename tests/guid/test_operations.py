"""guid/operations.py: whatever a request has in its fields, it is answered, and the supervisor goes on; a real one."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guid.core.asking import FIELDS
from guid.core.definition import ENGINES
from guid.engines.engine import Engine, LocalQube, RunningQube, Traits
from guid.engines.errors import EngineError
from guid.supervisor import Supervisor

TURN_S = 0.05
WRONG: list[Any] = [*(None, True, 1, 1.5, "", "\0", "\ud800", "../../x", "x" * 300), *([], [[]], {}, {"config": []})]


class Nowhere(Engine):
    """An engine that this machine cannot have."""

    @property
    def traits(self) -> Traits:
        raise AssertionError

    def check(self) -> None:
        raise EngineError("nothing runs here")

    def start(self, qube: LocalQube, **_descriptors: Any) -> RunningQube:
        raise EngineError(f"{qube.name} does not run here")


class Served:
    """A supervisor that can start no qube, asked by its socket."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self._path)
        self._listener.listen()
        self.supervisor = Supervisor(dict.fromkeys(ENGINES, Nowhere()), self._listener, display="", stay=True)
        operations = self.supervisor._operations
        operations.show_panel = lambda: False
        self.names = sorted(operations.table)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The first line that it says."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as command:
            command.connect(self._path)
            command.sendall(json.dumps(request).encode() + b"\n")
            command.setblocking(False)  # noqa: FBT003 - the standard library's own signature
            for _ in range(100):
                self.supervisor.readers.turn(TURN_S)
                self.supervisor._tick(0.0)
                try:
                    answer: dict[str, Any] = json.loads(command.recv(1 << 20).splitlines()[0])
                except BlockingIOError:
                    continue
                break
            else:
                raise AssertionError(f"no answer to {request}")
        self.supervisor.readers.turn(0)  # it has gone
        return answer

    def close(self) -> None:
        self.supervisor.stop()
        self.supervisor.run()
        self._listener.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            patch.setenv(variable, str(folder / variable))
            (folder / variable).mkdir(mode=0o700)
        patch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        made = Served(folder / "control.sock")
        yield made
        made.close()


RIGHT: dict[str, Any] = {
    "argv": ["true"],
    "display": "",
    "do": "status",
    "engine": None,
    "label": "red",
    "net": None,
    "now": False,
    "qube": "work",
    "template": "there-is-none",
    "until": "started",
    "wait": False,
    "wanted": {},
}


def test_every_field_of_every_operation_may_have_any_value(served: Served) -> None:
    for name in served.names:
        for field in FIELDS:
            for value in WRONG:
                served.answer({"op": name, **RIGHT, field: value})
    assert served.answer({"op": "ls"})["qubes"] == []


def test_every_operation_may_lack_any_field(served: Served) -> None:
    for name in served.names:
        for field in RIGHT:
            served.answer({"op": name, **{each: value for each, value in RIGHT.items() if each != field}})
    assert served.answer({"op": "ls"})["qubes"] == []
