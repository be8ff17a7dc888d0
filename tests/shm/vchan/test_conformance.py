"""One suite for every kind of byte channel: what shm/vchan/channel.py promises."""

import random
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shm.errors import ChannelClosed, ChannelFull
from shm.vchan.channel import Channel
from shm.vchan.memory import MemoryChannel, memory_pair
from shm.vchan.unix import Listener, UnixChannel, connect, listen
from shm.vchan.virtio_serial import PortListener, VirtioSerialChannel, open_session
from shm.vchan.xen import XenChannel
from shm.xen.ring import XenRing
from tests.shm.xen.fake_vchan import FakeVchan

TIMEOUT_MS = 10_000
LIMIT = 1 << 20

AnyChannel = UnixChannel | MemoryChannel | VirtioSerialChannel | XenChannel
Maker = Callable[[Path, int], tuple[AnyChannel, AnyChannel]]


def unix_pair(folder: Path, max_queue_bytes: int) -> tuple[UnixChannel, UnixChannel]:
    path = folder / "vchan.7.0.6000.sock"
    listener = Listener(listen(path), max_queue_bytes=max_queue_bytes)
    try:
        client = connect(path, max_queue_bytes=max_queue_bytes)
        server = listener.accept()
        assert server is not None
    finally:
        listener.close()
        path.unlink()
    return client, server


def in_memory_pair(folder: Path, max_queue_bytes: int) -> tuple[MemoryChannel, MemoryChannel]:
    del folder
    return memory_pair(max_queue_bytes=max_queue_bytes)


def virtio_client_first(folder: Path, max_queue_bytes: int) -> tuple[VirtioSerialChannel, VirtioSerialChannel]:
    """A socket pair stands for the port and its socket; the session has begun on both sides."""
    del folder
    desktop, machine = socket.socketpair()
    client = open_session(desktop.detach(), max_queue_bytes=max_queue_bytes)
    server = PortListener(machine.detach(), max_queue_bytes=max_queue_bytes).accept()
    assert server is not None
    for end in (client, server, client):
        assert end.receive() == b""
    return client, server


def virtio_server_first(folder: Path, max_queue_bytes: int) -> tuple[VirtioSerialChannel, VirtioSerialChannel]:
    client, server = virtio_client_first(folder, max_queue_bytes)
    return server, client


def xen_client_first(folder: Path, max_queue_bytes: int) -> tuple[XenChannel, XenChannel]:
    """libxenvchan's ring and notifications in one process; the library itself is tried by tests/vm."""
    del folder
    vchan = FakeVchan()
    client = XenChannel(XenRing(vchan.client, vchan), max_queue_bytes=max_queue_bytes)
    server = XenChannel(XenRing(vchan.server, vchan), max_queue_bytes=max_queue_bytes)
    return client, server


def xen_server_first(folder: Path, max_queue_bytes: int) -> tuple[XenChannel, XenChannel]:
    client, server = xen_client_first(folder, max_queue_bytes)
    return server, client


@dataclass
class Pair:
    """Two joined ends, `peer` being the one that misbehaves."""

    ours: AnyChannel
    peer: AnyChannel


MAKERS: dict[str, Maker] = {
    "unix": unix_pair,
    "memory": in_memory_pair,
    "virtio client": virtio_client_first,
    "virtio server": virtio_server_first,
    "xen client": xen_client_first,
    "xen server": xen_server_first,
}


@pytest.fixture(params=list(MAKERS))
def make(request: pytest.FixtureRequest) -> Maker:
    return MAKERS[request.param]


@pytest.fixture
def pair(make: Maker, tmp_path: Path) -> Iterator[Pair]:
    ours, peer = make(tmp_path, LIMIT)
    yield Pair(ours, peer)
    ours.close()
    peer.close()


def readable(channel: Channel, timeout_ms: int = 0) -> bool:
    poll = select.poll()
    poll.register(channel.fileno(), select.POLLIN)
    return bool(poll.poll(timeout_ms))


def receive_exactly(channel: Channel, length: int, sender: Channel | None = None, step: int = 65536) -> bytes:
    received = bytearray()
    while len(received) < length:
        if sender is not None and sender.wants_write:
            sender.flush()
        assert readable(channel, TIMEOUT_MS)
        received += channel.receive(step)
    return bytes(received)


def receive_until_closed(channel: Channel) -> bytes:
    received = bytearray()
    while True:
        assert readable(channel, TIMEOUT_MS)
        try:
            received += channel.receive()
        except ChannelClosed:
            return bytes(received)


def flood(channel: Channel, chunk: bytes) -> int:
    """Send until the channel refuses; return how many chunks it took."""
    for count in range(10_000):
        try:
            channel.send(chunk)
        except ChannelFull:
            return count
    raise AssertionError("the channel took 10,000 chunks from a sender whose peer never reads")


def test_whole_message_arrives_both_ways(pair: Pair) -> None:
    pair.ours.send(b"to the peer")
    pair.peer.send(b"to us")
    assert receive_exactly(pair.peer, 11) == b"to the peer"
    assert receive_exactly(pair.ours, 5) == b"to us"


def test_nothing_sent_gives_nothing_and_is_not_readable(pair: Pair) -> None:
    assert pair.ours.receive() == b""
    assert not readable(pair.ours)
    pair.peer.send(b"")
    assert not readable(pair.ours)
    assert pair.ours.receive() == b""


def test_descriptor_is_readable_exactly_while_there_is_something(pair: Pair) -> None:
    pair.peer.send(b"abcdef")
    assert readable(pair.ours, TIMEOUT_MS)
    assert pair.ours.receive(4) == b"abcd"
    assert readable(pair.ours)  # level-triggered: a partial read re-arms nothing and need not
    assert pair.ours.receive(4) == b"ef"
    assert not readable(pair.ours)
    pair.peer.send(b"again")
    assert readable(pair.ours, TIMEOUT_MS)


def test_messages_sent_apart_may_be_received_as_one(pair: Pair) -> None:
    for part in (b"a", b"bc", b"def"):
        pair.peer.send(part)
    assert receive_exactly(pair.ours, 6) == b"abcdef"


@pytest.mark.parametrize("kind", list(MAKERS))
@given(parts=st.lists(st.binary(max_size=300), max_size=30), steps=st.lists(st.integers(1, 50), min_size=1, max_size=5))
def test_slicing_never_changes_the_bytes(kind: str, parts: list[bytes], steps: list[int]) -> None:
    ours, peer = MAKERS[kind](Path(), LIMIT) if kind != "unix" else joined_by_socketpair()
    try:
        expected = b"".join(parts)
        for part in parts:
            ours.send(part)
        received = b""
        turn = 0
        while len(received) < len(expected):
            received += peer.receive(steps[turn % len(steps)])
            turn += 1
        assert received == expected
    finally:
        ours.close()
        peer.close()


def joined_by_socketpair() -> tuple[UnixChannel, UnixChannel]:
    one, other = socket.socketpair()
    return UnixChannel(one), UnixChannel(other)


def test_transfer_larger_than_any_kernel_buffer_arrives_whole(make: Maker, tmp_path: Path) -> None:
    ours, peer = make(tmp_path, 16 << 20)
    try:
        data = random.Random(2).randbytes(12 << 20)
        ours.send(data)
        assert receive_exactly(peer, len(data), sender=ours) == data
        assert not ours.wants_write
    finally:
        ours.close()
        peer.close()


def test_flood_both_ways_at_once_arrives_whole(pair: Pair) -> None:
    """Neither end waits for the other: the deadlock of two full rings cannot happen."""
    rng = random.Random(3)
    data = {id(pair.ours): rng.randbytes(900_000), id(pair.peer): rng.randbytes(900_000)}
    for channel in (pair.ours, pair.peer):
        channel.send(data[id(channel)])
    got_here, got_there = bytearray(), bytearray()
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while (len(got_here) < 900_000 or len(got_there) < 900_000) and time.monotonic() < deadline:
        pair.ours.flush()
        pair.peer.flush()
        got_here += pair.ours.receive()
        got_there += pair.peer.receive()
    assert got_here == data[id(pair.peer)]
    assert got_there == data[id(pair.ours)]


def test_flood_against_a_peer_that_never_reads_is_full_without_waiting(pair: Pair) -> None:
    chunk = bytes(65_536)
    started = time.monotonic()
    taken = flood(pair.ours, chunk)
    assert time.monotonic() - started < 5
    assert LIMIT // len(chunk) <= taken <= (LIMIT + (4 << 20)) // len(chunk)


def test_full_channel_sends_what_it_took_and_nothing_of_what_it_refused(pair: Pair) -> None:
    count = 0
    with pytest.raises(ChannelFull):
        while True:
            pair.ours.send(count.to_bytes(4) * 5000)
            count += 1
    expected = b"".join(number.to_bytes(4) * 5000 for number in range(count))
    assert receive_exactly(pair.peer, len(expected), sender=pair.ours) == expected
    pair.ours.send(b"and on")
    assert receive_exactly(pair.peer, 6) == b"and on"


def read_all_that_is_there(channel: Channel) -> bytes:
    received = bytearray()
    while data := channel.receive():
        received += data
    return bytes(received)


def test_send_once_the_peer_has_read_goes_behind_the_queue(pair: Pair) -> None:
    """The way is free again before the queue was flushed: what is sent now must not overtake it."""
    count = 0
    with pytest.raises(ChannelFull):
        while True:
            pair.ours.send(count.to_bytes(4) * 5000)
            count += 1
    received = read_all_that_is_there(pair.peer)
    pair.ours.send(count.to_bytes(4) * 5000)
    expected = b"".join(number.to_bytes(4) * 5000 for number in range(count + 1))
    assert received + receive_exactly(pair.peer, len(expected) - len(received), sender=pair.ours) == expected


def test_message_larger_than_the_limit_is_full_at_once(pair: Pair) -> None:
    with pytest.raises(ChannelFull):
        pair.ours.send(bytes(LIMIT + 1))
    pair.ours.send(b"still whole")
    assert receive_exactly(pair.peer, 11) == b"still whole"


def test_full_channel_can_still_receive(pair: Pair) -> None:
    flood(pair.ours, bytes(65_536))
    pair.peer.send(b"I never read, but I write")
    assert receive_exactly(pair.ours, 25) == b"I never read, but I write"


def test_end_is_told_after_the_last_byte_and_again(pair: Pair) -> None:
    pair.peer.send(b"last words")
    pair.peer.close()
    assert receive_until_closed(pair.ours) == b"last words"
    assert readable(pair.ours)
    with pytest.raises(ChannelClosed):
        pair.ours.receive()


def test_end_without_a_word_is_told(pair: Pair) -> None:
    pair.peer.close()
    assert receive_until_closed(pair.ours) == b""


def test_send_to_a_peer_that_is_gone_is_closed(pair: Pair) -> None:
    pair.peer.close()
    with pytest.raises(ChannelClosed):
        pair.ours.send(b"anyone?")


def test_reset_with_bytes_unread_by_the_peer_is_closed_after_its_own(pair: Pair) -> None:
    """The peer goes without having read what we sent: a unix socket tells that as ECONNRESET."""
    pair.ours.send(b"never read")
    pair.peer.send(b"said before")
    pair.peer.close()
    assert receive_until_closed(pair.ours) == b"said before"
    with pytest.raises(ChannelClosed):
        pair.ours.send(b"anyone?")


def test_peer_gone_while_bytes_are_queued_is_closed_at_flush(pair: Pair) -> None:
    flood(pair.ours, bytes(65_536))
    pair.peer.close()
    with pytest.raises(ChannelClosed):
        pair.ours.flush()


def test_half_close_ends_one_way_only(pair: Pair) -> None:
    if isinstance(pair.peer, XenChannel):
        pytest.skip("libxenvchan has no half-close")
    pair.peer.send(b"my last")
    pair.peer.shutdown_write()
    assert receive_until_closed(pair.ours) == b"my last"
    pair.ours.send(b"but I still talk")
    assert receive_exactly(pair.peer, 16) == b"but I still talk"
    with pytest.raises(ChannelClosed):
        pair.peer.send(b"more")


def test_close_ours_makes_every_use_closed(pair: Pair) -> None:
    pair.ours.close()
    pair.ours.close()
    with pytest.raises(ChannelClosed):
        pair.ours.send(b"x")
    with pytest.raises(ChannelClosed):
        pair.ours.receive()
    assert pair.ours.fileno() == -1
    assert receive_until_closed(pair.peer) == b""
