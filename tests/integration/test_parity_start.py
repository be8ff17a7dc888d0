"""Rules of the C daemon's start that no other test shows: tests/parity/rows/01-life-cycle.toml."""

import contextlib
import struct
from pathlib import Path

import pytest

from guid.config import ExitCode
from guid.x11.desktop import Desktop, UnsuitableDisplay
from protocol.limits import PAGE_BYTES
from protocol.messages import MessageType
from shm.pool import Pool
from shm.x11.requests import get_input_focus
from tests.harness.daemon import DaemonProcess
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube

pytestmark = pytest.mark.desktop

MAX_START_REQUESTS = 100
"""A tenth of the C daemon's 1,060, nearly all of which are cursors that may never be shown."""


def test_start_is_few_requests(xvfb: XServer) -> None:
    desktop = Desktop(xvfb.name, qube="work")
    replies: list[bytes] = []
    with contextlib.closing(desktop.x):
        desktop.x.send_with_reply(get_input_focus(), 1, replies.append)
        desktop.x.sync()
        (number,) = struct.unpack_from("<H", replies[0], 2)
        assert number < MAX_START_REQUESTS, "a reply says how many requests there were"


def test_cursors_are_made_when_they_are_first_asked_for(xvfb: XServer) -> None:
    with contextlib.closing(Person(xvfb.name)) as person, Qube(xvfb.name) as qube:
        window = qube.show((100, 150, 90, 60), pseudo_random(90, 60))

        def cursors() -> int:
            counts = person.x.res_query_client_resources(window.xid).types
            return sum(each.count for each in counts if person.x.get_atom_name(each.resource_type) == "CURSOR")

        assert cursors() == 0
        for glyph in (2, 4, 2, 4, 2):
            qube.agent.send(MessageType.CURSOR, window.remote, 0x100 + glyph)
        qube.agent.send(MessageType.WMNAME, window.remote, b"after them".ljust(128, b"\0"))
        wait_until(lambda: person.property(window.xid, "_NET_WM_NAME") == b"after them", what="the title")
        assert cursors() == 2


def test_daemon_without_an_agent_serves_its_supervisor_and_ends_when_told(xvfb: XServer, tmp_path: Path) -> None:
    with (
        contextlib.closing(Pool.create(PAGE_BYTES)) as pool,
        DaemonProcess(xvfb.name, tmp_path / "nobody.sock", pool) as daemon,
    ):
        assert daemon.windows() == []
        assert daemon.child.stop() == ExitCode.STOPPED


def test_remote_display_is_refused_with_words() -> None:
    with (
        XServer(100, 80, extra=("-listen", "tcp")) as server,
        pytest.raises(UnsuitableDisplay, match="the display is remote"),
    ):
        Desktop(f"127.0.0.1{server.name}", qube="work")
