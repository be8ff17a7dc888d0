"""The proof that the hot path and python-xlib live on one connection: all ways mixed at random, against a real server.

It leans on python-xlib's internals, so it is what a new version of python-xlib has to pass.
"""

import random
import select
import struct
import time
from collections.abc import Callable

import pytest
from Xlib import X, Xatom, error

from shm.x11.connection import XConnection
from shm.x11.requests import get_input_focus
from tests.harness.xserver import XServer
from tests.shm.x11.rig import (
    BAD_WINDOW,
    Journal,
    bad_map,
    no_operations,
    pump_what_is_there,
    send_motions,
    turn_until,
)

ROUNDS = 3000
GET_GEOMETRY = 14


class Mixer:
    """One random action a round; knows what the journal must hold at the end."""

    def __init__(self, connection: XConnection, sender: XConnection, seed: int) -> None:
        self.journal = Journal(connection)
        self.connection = connection
        self.sender = sender
        self.rng = random.Random(seed)
        self.atoms = [connection.display.intern_atom(f"MIXED_{n}") for n in range(5)]
        self.motions = 0
        self.expected: list[tuple[str, int]] = []
        self.caught: list[error.CatchError] = []
        self.reply_lengths: list[int] = []
        self.actions: list[Callable[[], None]] = [
            self.hot_events,
            self.cold_event,
            self.wait_for_reply,
            self.packed_error,
            self.caught_error,
            self.caught_success,
            self.fence,
            self.long_reply,
            self.no_operations,
            self.batch_with_an_error_inside,
            self.asked,
        ]

    def hot_events(self) -> None:
        count = self.rng.randrange(1, 40)
        send_motions(self.sender, self.journal.window.id, range(self.motions, self.motions + count))
        self.motions += count

    def cold_event(self) -> None:
        atom = self.rng.choice(self.atoms)
        # From time to time larger than one read, so that replies and events are cut anywhere.
        size = self.rng.choice([0, 3, 50, 2000, 70_000])
        self.journal.window.change_property(atom, Xatom.STRING, 8, b"x" * size)
        self.expected.append(("property", atom))

    def wait_for_reply(self) -> None:
        self.connection.display.get_input_focus()
        if self.rng.random() < 0.5:
            self.connection.sync()

    def packed_error(self) -> None:
        number = len(self.expected)
        self.connection.send(bad_map(number), 1)
        self.expected.append(("error", number))

    def caught_error(self) -> None:
        catch = error.CatchError(error.BadWindow)
        bad = self.connection.display.create_resource_object("window", BAD_WINDOW)
        bad.map(onerror=catch)
        self.caught.append(catch)

    def caught_success(self) -> None:
        catch = error.CatchError()
        self.journal.window.unmap(onerror=catch)
        # It must never catch the error of another request; its place is forgotten once a later request is answered.
        self.connection.send(bad_map(len(self.expected)), 1)
        self.expected.append(("error", len(self.expected)))
        self.caught.append(catch)
        catch.expected_none = True  # type: ignore[attr-defined]

    def fence(self) -> None:
        self.connection.fence(self.journal.on_reply(len(self.expected)))
        self.expected.append(("reply", len(self.expected)))

    def long_reply(self) -> None:
        # GetProperty of the largest property: a reply over several reads.
        packed = no_operations(3) + _get_property(self.journal.window.id, self.rng.choice(self.atoms))
        self.connection.send_with_reply(packed, 4, self.journal.on_reply(len(self.expected)))
        self.expected.append(("reply", len(self.expected)))

    def no_operations(self) -> None:
        count = self.rng.choice([1, 200, 3000])
        self.connection.send(no_operations(count), count)

    def batch_with_an_error_inside(self) -> None:
        number = len(self.expected)
        batch = no_operations(5) + bad_map(number) + no_operations(5) + get_input_focus()
        self.connection.send_with_reply(batch, 12, self.journal.on_reply(number + 1))
        self.expected += [("error", number), ("reply", number + 1)]

    def asked(self) -> None:
        """What is asked and waited for has its own answers, whatever else comes between."""
        atom = self.rng.choice(self.atoms)
        whole = _get_property(self.journal.window.id, atom)
        focus, first, again = self.connection.ask([get_input_focus(), whole, whole])
        assert focus[2:4] != first[2:4] != again[2:4]
        assert first[32:] == again[32:] == _padded(first)
        assert len(focus) == 32
        if self.rng.random() < 0.3:
            with pytest.raises(error.BadWindow):
                self.connection.ask([whole, _get_property(BAD_WINDOW, atom), whole])

    def turn(self) -> None:
        self.rng.choice(self.actions)()
        chance = self.rng.random()
        if chance < 0.5:
            self.connection.flush()
            if self.connection.wants_write and select.select([], [self.connection], [], 0)[1]:
                self.connection.writable()
            pump_what_is_there(self.connection)
            self.connection.drain()


def _padded(reply: bytes) -> bytes:
    """What a property of our own holds, by its length, with the padding of the wire."""
    size = int.from_bytes(reply[16:20], "little")
    return b"x" * size + reply[32 + size :]


def _get_property(window: int, atom: int) -> bytes:
    import struct

    return struct.pack("=BBHIIIII", 20, 0, 6, window, atom, 0, 0, 100_000)


@pytest.mark.desktop
@pytest.mark.parametrize(("read_bytes", "rounds"), [(65_536, ROUNDS), (1_000, ROUNDS // 3)])
def test_everything_mixed_at_random_arrives_whole_and_in_order(
    connection: XConnection, other: XConnection, monkeypatch: pytest.MonkeyPatch, read_bytes: int, rounds: int
) -> None:
    """Reads of 1,000 bytes end inside an event or a reply nearly every time."""
    monkeypatch.setattr("shm.x11.connection.INPUT_BYTES", read_bytes)
    mixer = Mixer(connection, other, seed=read_bytes)
    for _ in range(rounds):
        mixer.turn()
    mixer.journal.settle()
    assert mixer.journal.of("motion") == [("motion", number & 0x7FFF) for number in range(mixer.motions)]
    assert mixer.journal.of("property", "error", "reply") == mixer.expected
    assert len(mixer.journal.entries) == mixer.motions + len(mixer.expected)
    for catch in mixer.caught:
        assert (catch.get_error() is None) == hasattr(catch, "expected_none")
    replies = mixer.journal.replies
    assert all(len(reply) == 32 + 4 * int.from_bytes(reply[4:8], "little") for reply in replies)
    assert max(map(len, replies)) > 65_536
    # The serials of X have 16 bits: they have wrapped.
    assert connection.display.display.next_serial > 65_536
    # Nothing that was answered is remembered.
    assert not connection.display.display.sent_requests


@pytest.mark.desktop
def test_stopped_server_lets_requests_queue_without_waiting_and_answers_all_in_order(own_server: XServer) -> None:
    """More requests under way than a serial has values; errors, cold requests and replies among them."""
    connection = XConnection(own_server.name)
    try:
        journal = Journal(connection)
        atom = connection.display.intern_atom("STOPPED")
        expected: list[tuple[str, int]] = []
        rng = random.Random(9)
        own_server.freeze()
        requests, slowest = 0, 0.0
        while requests < 150_000:
            began = time.perf_counter()
            number = len(expected)
            kind = rng.randrange(4)
            if kind == 0:
                connection.send(no_operations(700), 700)
                requests += 700
            elif kind == 1:
                connection.send(bad_map(number), 1)
                expected.append(("error", number))
            elif kind == 2:
                journal.window.change_property(atom, Xatom.STRING, 8, b"y" * 300)
                connection.flush()
                expected.append(("property", atom))
            else:
                connection.send_with_reply(no_operations(20) + get_input_focus(), 21, journal.on_reply(number))
                requests += 21
                expected.append(("reply", number))
            slowest = max(slowest, time.perf_counter() - began)
            pump_what_is_there(connection)
        assert len(journal.entries) == 0
        assert connection.wants_write
        assert slowest < 1
        own_server.thaw()
        turn_until(connection, lambda: len(journal.entries) >= len(expected))
        journal.settle()
        assert journal.entries == expected
        connection.sync()
        assert not connection.display.display.data_send
        assert not connection.display.display.sent_requests
    finally:
        own_server.thaw()
        connection.close()


@pytest.mark.desktop
def test_waiting_call_after_a_long_backlog_keeps_the_order(own_server: XServer) -> None:
    """A call that waits sends the backlog first: python-xlib's own sending goes through the same queue."""
    connection = XConnection(own_server.name)
    try:
        journal = Journal(connection)
        own_server.freeze()
        for number in range(60):
            connection.send(no_operations(4000) + bad_map(number), 4001)
        assert connection.wants_write
        own_server.thaw()
        assert connection.display.intern_atom("AFTER") > 0
        connection.drain()
        assert journal.entries == [("error", number) for number in range(60)]
    finally:
        own_server.thaw()
        connection.close()


@pytest.mark.desktop
def test_send_that_is_taken_in_part_goes_on_where_it_stopped(own_server: XServer) -> None:
    connection = XConnection(own_server.name)
    try:
        journal = Journal(connection)
        # 8,000 requests of 40 bytes: more than a socket's buffer holds, so the first send is taken in part.
        long_no_operation = b"\x7f\x00\x0a\x00" + bytes(36)
        own_server.freeze()
        for number in range(5):
            connection.send(long_no_operation * 8000 + bad_map(number), 8001)
        own_server.thaw()
        journal.settle()
        assert journal.entries == [("error", number) for number in range(5)]
    finally:
        own_server.thaw()
        connection.close()


@pytest.mark.desktop
def test_many_packed_requests_without_a_reply_do_not_confuse_serials(connection: XConnection) -> None:
    """An error's serial equals, in its 16 bits, that of a request which succeeded 65,536 requests before."""
    journal = Journal(connection)
    catch = error.CatchError()
    journal.window.unmap(onerror=catch)
    connection.flush()
    lower = connection.display.display
    wanted = lower.next_serial - 1 + 65_536
    while lower.next_serial < wanted:
        count = min(4096, wanted - lower.next_serial)
        connection.send(no_operations(count), count)
    # A fence may have taken the wanted serial: then the error comes one later, and the test proves nothing this time.
    assert lower.next_serial == wanted
    connection.send(bad_map(1), 1)
    journal.settle()
    assert journal.entries == [("error", 1)]
    assert catch.get_error() is None


@pytest.mark.desktop
def test_replies_that_were_waited_for_count_as_far_as_others(connection: XConnection) -> None:
    """A request that fails after 65,536 of which only such replies have come is known by its serial."""
    lower = connection.display.display
    while lower.next_serial < 70_000:
        connection.send(no_operations(4096), 4096)
        assert len(connection.ask([get_input_focus()])) == 1
    told: list[bytes] = []
    connection.on_error(lambda _error: None)
    connection.send_with_reply(struct.pack("=BBHI", GET_GEOMETRY, 0, 2, BAD_WINDOW), 1, told.append)
    connection.sync()
    assert told == [b""]


@pytest.mark.desktop
def test_many_cold_requests_without_a_reply_are_fenced_too(connection: XConnection) -> None:
    journal = Journal(connection)
    lower = connection.display.display
    asked = lower.asked_serial
    for _ in range(10_000):
        journal.window.unmap()
    assert lower.asked_serial > asked
    journal.settle()
    assert journal.entries == []


@pytest.mark.desktop
def test_event_older_than_the_last_reply_forgets_no_waiting_request(
    connection: XConnection, other: XConnection
) -> None:
    """An event carries the serial of the last request done: the same as the reply's, if another client caused it."""
    journal = Journal(connection)
    journal.settle()
    other.display.create_resource_object("window", journal.window.id).change_property(
        Xatom.WM_NAME, Xatom.STRING, 8, b"t"
    )
    other.sync()
    catch = error.CatchError(error.BadWindow)
    connection.display.create_resource_object("window", BAD_WINDOW).map(onerror=catch)
    journal.settle()
    assert catch.get_error() is not None
    assert journal.entries == [("property", Xatom.WM_NAME)]


@pytest.mark.desktop
@pytest.mark.parametrize("reader", ["pump", "call"])
def test_errors_find_their_requests_after_many_replies(connection: XConnection, reader: str) -> None:
    """Whoever read the replies, they move the serial from which 16 bits are understood."""
    journal = Journal(connection)
    for _ in range(12):
        connection.send(no_operations(5000), 5000)
        if reader == "pump":
            journal.settle()
        else:
            connection.display.get_input_focus()
    catch = error.CatchError(error.BadWindow)
    connection.display.create_resource_object("window", BAD_WINDOW).map(onerror=catch)
    connection.sync()
    assert catch.get_error() is not None
    assert journal.entries == []


@pytest.mark.desktop
def test_wrong_count_is_found_at_the_next_reply(connection: XConnection) -> None:
    connection.send(no_operations(2), 1)
    connection.fence(lambda _: None)
    with pytest.raises(RuntimeError, match="Expected reply"):
        turn_until(connection, lambda: False)


@pytest.mark.desktop
@pytest.mark.parametrize("wait", ["call", "sync"])
def test_handler_that_waits_for_a_reply_keeps_the_order(connection: XConnection, other: XConnection, wait: str) -> None:
    """While it waits, hot events and an earlier fence's reply lie in the receive buffer, undispatched."""
    journal = Journal(connection)
    plain = journal.on_motion
    nested: list[bool] = []

    def waits(buffer: bytes | memoryview, offset: int) -> None:
        nested.append(True)
        plain(buffer, offset)
        if wait == "call":
            connection.display.get_input_focus()
        else:
            connection.sync()
        assert nested.pop()
        assert not nested, "dispatched inside a handler"

    connection.on_event(X.MotionNotify, waits)
    send_motions(other, journal.window.id, range(20))
    connection.fence(journal.on_reply(1))
    connection.send(bad_map(2), 1)
    select.select([connection], [], [], 10)
    send_motions(other, journal.window.id, range(20, 40))
    journal.settle()
    assert journal.of("motion") == [("motion", number) for number in range(40)]
    assert journal.of("reply", "error") == [("reply", 1), ("error", 2)]


@pytest.mark.desktop
def test_events_read_by_a_waiting_call_are_handed_on_by_drain(connection: XConnection, other: XConnection) -> None:
    """They will not make the descriptor readable again: forgetting to drain is how a loop hangs."""
    journal = Journal(connection)
    send_motions(other, journal.window.id, range(3))
    journal.window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"t")
    connection.display.get_input_focus()
    assert not select.select([connection], [], [], 0)[0]
    assert journal.entries == []
    connection.drain()
    assert journal.entries == [("motion", 0), ("motion", 1), ("motion", 2), ("property", Xatom.WM_NAME)]


@pytest.mark.desktop
def test_handler_that_fails_loses_no_other_event(connection: XConnection, other: XConnection) -> None:
    journal = Journal(connection)
    plain = journal.on_motion

    def fails_once(buffer: bytes | memoryview, offset: int) -> None:
        plain(buffer, offset)
        if len(journal.entries) == 2:
            raise LookupError("on purpose")

    connection.on_event(X.MotionNotify, fails_once)
    send_motions(other, journal.window.id, range(5))
    select.select([connection], [], [], 10)
    with pytest.raises(LookupError):
        connection.pump()
    connection.drain()
    assert journal.entries == [("motion", number) for number in range(5)]
