"""shm/x11/connection.py and xlib.py: the traps of python-xlib one by one, and the ways a connection ends."""

import os
import resource
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import Xlib
from Xlib import X, error
from Xlib.ext import randr

from shm.errors import DisplayLost
from shm.x11.connection import MAX_BACKLOG_BYTES, XConnection
from shm.x11.requests import get_input_focus, set_input_focus
from shm.x11.xlib import MAX_REQUESTS_PER_SEND, HotEvent
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.shm.x11.rig import Journal, bad_map, no_operations, send_motions, turn_until

pytestmark = pytest.mark.desktop

ROOT = Path(__file__).resolve().parents[3]


def test_python_xlib_is_the_version_whose_internals_are_used() -> None:
    version: tuple[int, ...] = Xlib.__version__  # type: ignore[attr-defined]  # missing in the stubs
    assert version == (0, 33)


# python-xlib leaves the socket that did not connect to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_connect_without_a_server_is_display_lost() -> None:
    with pytest.raises(DisplayLost, match="987"):
        XConnection(":987")
    with pytest.raises(DisplayLost):
        XConnection("no display")


def test_connect_with_a_descriptor_that_select_cannot_name_is_refused(xvfb: XServer) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2048), hard))
    taken: list[int] = []
    try:
        while not taken or taken[-1] < 1024:
            taken.append(os.open("/dev/null", os.O_RDONLY))
        with pytest.raises(DisplayLost, match="select"):
            XConnection(xvfb.name)
    finally:
        for fd in taken:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_extensions_not_asked_for_cost_nothing_and_are_not_there(xvfb: XServer) -> None:
    lean = XConnection(xvfb.name, extensions=("RANDR",))
    try:
        assert lean.display.extensions == ["RANDR"]
        assert lean.display.screen().root.xrandr_get_screen_resources_current().outputs
    finally:
        lean.close()


def test_extension_that_the_server_has_not_is_left_out(xvfb: XServer) -> None:
    lean = XConnection(xvfb.name, extensions=("NV-CONTROL", "SHAPE"))
    try:
        assert lean.display.extensions == ["SHAPE"]
        assert not lean.display.has_extension("NV-CONTROL")
    finally:
        lean.close()


def test_core_error_codes_keep_their_classes_beside_randr_and_damage(connection: XConnection) -> None:
    """python-xlib alone: AttributeError inside the parser, as RandR takes codes 0, 1 and 2 for plain exceptions."""
    found: list[error.XError] = []
    connection.on_error(found.append)
    connection.send(struct.pack("=BBHI", 0x80 - 2, 0, 2, 0), 1)  # no such request
    connection.send(set_input_focus(X.PointerRoot, revert_to=9, time=0), 1)  # no such way to revert
    connection.sync()
    assert [type(failure) for failure in found] == [error.BadRequest, error.BadValue]


def test_extension_error_is_told_by_its_code(connection: XConnection) -> None:
    with pytest.raises(error.XError) as caught:
        randr.GetCrtcInfo(
            display=connection.display.display,
            opcode=connection.display.display.get_extension_major("RANDR"),
            crtc=0x1F000001,
            config_timestamp=0,
        )
    assert caught.value.code > 127


def test_failed_packed_request_with_a_reply_calls_back_with_nothing_after_the_error(connection: XConnection) -> None:
    journal = Journal(connection)
    get_geometry = struct.pack("=BBHI", 14, 0, 2, 0x1F000007)
    connection.send_with_reply(get_geometry, 1, journal.on_reply(8))
    connection.fence(journal.on_reply(9))
    turn_until(connection, lambda: len(journal.entries) == 3)
    assert journal.entries == [("error", 7), ("reply", 8), ("reply", 9)]
    assert [len(reply) for reply in journal.replies] == [0, 32]


def test_ask_returns_every_reply_in_order_and_dispatches_nothing(connection: XConnection, other: XConnection) -> None:
    journal = Journal(connection)
    send_motions(other, journal.window.id, range(3))
    other.sync()
    geometry = struct.pack("=BBHI", 14, 0, 2, connection.display.screen().root.id)
    replies = connection.ask([geometry, get_input_focus(), geometry])
    assert [struct.unpack_from("=HH", reply, 16) for reply in replies[::2]] == [(1920, 1080)] * 2
    assert journal.entries == []
    connection.drain()
    assert journal.entries == [("motion", 0), ("motion", 1), ("motion", 2)]


def test_ask_of_nothing_waits_for_nothing(connection: XConnection) -> None:
    before = connection.display.display.next_serial
    assert connection.ask([]) == []
    assert connection.display.display.next_serial == before


def test_ask_raises_the_first_error_when_all_are_answered(connection: XConnection) -> None:
    journal = Journal(connection)
    bad = struct.pack("=BBHI", 14, 0, 2, 0x1F000007)
    with pytest.raises(error.BadDrawable) as caught:
        connection.ask([get_input_focus(), bad, get_input_focus()])
    assert caught.value.resource_id.id == 0x1F000007
    assert not connection.display.display.sent_requests
    connection.drain()
    assert journal.entries == []


def test_two_connections_share_no_table(connection: XConnection, other: XConnection) -> None:
    hot, cold = Journal(connection), Journal(other, hot=False)
    assert connection.display.display.event_classes[X.MotionNotify] is HotEvent
    send_motions(connection, cold.window.id, range(1))
    send_motions(other, hot.window.id, range(1))
    cold.settle()
    hot.settle()
    assert hot.entries == [("motion", 0)]
    assert cold.entries == [("MotionNotify", 0)]


def test_freed_id_is_not_handed_out_again_soon(connection: XConnection) -> None:
    seen = set()
    for _ in range(1000):
        resource_id = connection.allocate_id()
        assert resource_id not in seen
        seen.add(resource_id)
        connection.free_id(resource_id)


def test_ids_go_round_the_whole_range(connection: XConnection) -> None:
    lower = connection.display.display
    lower.last_resource_id = lower.info.resource_id_mask - 1
    first, second = connection.allocate_id(), connection.allocate_id()
    assert first == lower.info.resource_id_base | lower.info.resource_id_mask
    assert second & ~lower.info.resource_id_mask == lower.info.resource_id_base
    assert second != first


@pytest.mark.parametrize("code", [0, 1, 35, 128, 200, -1])
def test_on_event_of_a_code_without_fixed_size_is_refused(connection: XConnection, code: int) -> None:
    with pytest.raises(ValueError, match="fixed size"):
        connection.on_event(code, lambda _buffer, _offset: None)


@pytest.mark.parametrize("count", [0, -1, MAX_REQUESTS_PER_SEND + 1])
def test_send_of_a_count_out_of_range_is_refused(connection: XConnection, count: int) -> None:
    with pytest.raises(ValueError, match="in one send"):
        connection.send(b"", count)
    with pytest.raises(ValueError, match="in one send"):
        connection.send_with_reply(b"", count, lambda _: None)


def test_pump_inside_a_handler_is_refused(connection: XConnection) -> None:
    refused: list[RuntimeError] = []

    def nests(_reply: bytes) -> None:
        with pytest.raises(RuntimeError) as caught:
            connection.pump()
        refused.append(caught.value)

    connection.fence(nests)
    turn_until(connection, lambda: bool(refused))
    connection.sync()


def test_keymap_is_read_when_it_is_asked_for(connection: XConnection, xvfb: XServer) -> None:
    plain = xvfb.connect()
    try:
        for keysym in (0x61, 0xFF0D, 0xFFE1):
            assert connection.display.keysym_to_keycode(keysym) == plain.keysym_to_keycode(keysym) != 0
        assert connection.display.keycode_to_keysym(38, 0) == plain.keycode_to_keysym(38, 0)
    finally:
        plain.close()


def test_screen_objects_have_the_extensions_methods(connection: XConnection) -> None:
    root = connection.display.screen().root
    assert root.composite_get_overlay_window() is not None
    connection.display.xfixes_select_selection_input(root, 1, 7)
    connection.sync()


@pytest.mark.parametrize("use", ["pump", "send", "call", "sync", "fence"])
def test_server_that_dies_makes_every_use_display_lost(own_server: XServer, use: str) -> None:
    connection = XConnection(own_server.name)
    os.kill(own_server.pid, signal.SIGKILL)
    wait_until(lambda: not own_server.alive, what="the server's end")
    uses: dict[str, Callable[[], object]] = {
        "pump": connection.pump,
        "send": lambda: connection.send(no_operations(1), 1),
        "call": lambda: connection.display.intern_atom("X"),
        "sync": connection.sync,
        "fence": lambda: connection.fence(lambda _: None),
    }
    with pytest.raises(DisplayLost):
        uses[use]()
    for again in uses.values():
        with pytest.raises(DisplayLost):
            again()
    assert not connection.wants_write
    connection.drain()
    connection.close()
    assert connection.fileno() == -1


def test_server_that_dies_after_its_last_events_delivers_them_first(own_server: XServer) -> None:
    connection, sender = XConnection(own_server.name), XConnection(own_server.name)
    journal = Journal(connection)
    send_motions(sender, journal.window.id, range(10))
    os.kill(own_server.pid, signal.SIGKILL)
    wait_until(lambda: not own_server.alive, what="the server's end")
    connection.pump()
    assert journal.entries == [("motion", number) for number in range(10)]
    with pytest.raises(DisplayLost, match="server"):
        connection.pump()
    sender.close()


def test_close_in_a_handler_drops_what_follows(connection: XConnection, other: XConnection) -> None:
    journal = Journal(connection)
    plain = journal.on_motion

    def closes(buffer: bytes | memoryview, offset: int) -> None:
        plain(buffer, offset)
        connection.close()

    connection.on_event(X.MotionNotify, closes)
    send_motions(other, journal.window.id, range(5))
    connection.send(bad_map(1), 1)
    select.select([connection], [], [], 10)
    connection.pump()
    assert journal.entries == [("motion", 0)]
    with pytest.raises(DisplayLost, match="client"):
        connection.pump()


def test_server_that_never_reads_is_lost_at_the_limit_and_not_waited_for(own_server: XServer) -> None:
    connection = XConnection(own_server.name)
    own_server.freeze()
    try:
        chunk = no_operations(MAX_REQUESTS_PER_SEND)
        sent = 0
        with pytest.raises(DisplayLost, match="wait for it"):
            while sent < 2 * MAX_BACKLOG_BYTES:
                connection.send(chunk, MAX_REQUESTS_PER_SEND)
                sent += len(chunk)
        assert sent >= MAX_BACKLOG_BYTES
    finally:
        own_server.thaw()
        connection.close()


def test_fences_answered_at_once_leave_nothing_behind(connection: XConnection) -> None:
    answers: list[bytes] = []
    for _ in range(100):
        connection.send_with_reply(no_operations(3) + get_input_focus(), 4, answers.append)
    turn_until(connection, lambda: len(answers) == 100)
    assert connection.display.display.sent_requests == []
    assert connection.display.display.data_recv[:] == b""


def test_importing_all_of_shm_imports_nothing_heavy() -> None:
    code = (
        "import sys, shm.pool, shm.staging, shm.runs, shm.damage, shm.allocator, shm.vchan.unix, shm.vchan.memory\n"
        "import shm.x11.mitshm\n"
        "print(sorted({'numpy', 'asyncio', 'construct', 'cairo', 'cffi', 'ctypes'} & set(sys.modules)))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
