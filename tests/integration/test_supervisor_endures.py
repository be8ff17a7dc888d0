"""A supervisor that whoever may reach its socket does odd things to; the real one, as a process of its own."""

import contextlib
import json
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.processes import lives
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

SPARE_FDS = 8


@pytest.fixture
def session(xvfb: XServer) -> Iterator[Session]:
    with Session(xvfb.name) as person:
        yield person


def connected(session: Session) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.connect(str(session.runtime / "vitrail" / "control.sock"))
    return made


def supervisor(session: Session) -> int:
    found: int = json.loads(session.vitrail("ls", "--json").stdout)["supervisor"]["pid"]
    return found


def test_commands_without_end_cost_it_no_life(session: Session) -> None:
    """More than it has descriptors for; whoever asks afterwards is answered."""
    with session.service() as child:
        used = len(list(Path(f"/proc/{child.pid}/fd").iterdir()))
        resource.prlimit(child.pid, resource.RLIMIT_NOFILE, (used + SPARE_FDS, used + SPARE_FDS))
        with contextlib.ExitStack() as stack:
            for _ in range(3 * SPARE_FDS):
                stack.enter_context(connected(session))
            wait_until(lambda: "a command cannot be heard" in child.output(), 20, "descriptors to run out")
        assert session.vitrail("ls").returncode == 0
        assert child.alive


def test_command_that_asks_for_nothing_keeps_no_idle_supervisor(session: Session) -> None:
    session.run("work", "blue", "true")
    pid = supervisor(session)
    with connected(session):
        assert session.vitrail("stop", "work").returncode == 0
        wait_until(lambda: not lives(pid), 30, "its end")
