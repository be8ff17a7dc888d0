"""What shm/vchan/channel.py promises, as tests: one suite for every kind of byte channel. Knows no kind.

A kind is a fixture `make`: (folder, longest queue) → two joined ends. They may be anything that does what a channel
does, such as one that stands for a channel in another machine.
"""

import random
import select
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

import pytest

from shm.errors import ChannelClosed, ChannelFull
from shm.vchan.channel import Channel

TIMEOUT_MS = 60_000
LIMIT = 1 << 20


@runtime_checkable
class HalfClosing(Channel, Protocol):
    """A channel that may end one of its ways; some kinds cannot."""

    def shutdown_write(self) -> None: ...


@runtime_checkable
class Asked(Protocol):
    """An end that is not in this process, and therefore has no descriptor here."""

    def readable(self, timeout_ms: int) -> bool: ...


Maker = Callable[[Path, int], tuple[Channel, Channel]]


@dataclass
class Pair:
    """Two joined ends, `peer` being the one that misbehaves."""

    ours: Channel
    peer: Channel


def readable(channel: Channel, timeout_ms: int = 0) -> bool:
    if isinstance(channel, Asked):
        return channel.readable(timeout_ms)
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


def read_all_that_is_there(channel: Channel) -> bytes:
    received = bytearray()
    while data := channel.receive():
        received += data
    return bytes(received)


class ChannelConformance:
    """The suite.

    limit: the longest queue. large_bytes: more than any buffer on the way; both_ways_bytes: less than the limit;
    piece_bytes: what is always taken once the peer has read, so no more than a ring.
    told_at_once: a sender knows of its peer's end before it has received it.
    """

    limit: ClassVar[int] = LIMIT
    large_bytes: ClassVar[int] = 12 << 20
    both_ways_bytes: ClassVar[int] = 900_000
    piece_bytes: ClassVar[int] = 20_000
    told_at_once: ClassVar[bool] = True

    @pytest.fixture
    def pair(self, make: Maker, tmp_path: Path) -> Iterator[Pair]:
        ours, peer = make(tmp_path, self.limit)
        yield Pair(ours, peer)
        ours.close()
        peer.close()

    def piece(self, number: int) -> bytes:
        return number.to_bytes(4) * (self.piece_bytes // 4)

    def hear_of_the_end(self, pair: Pair) -> None:
        """Between two machines a close takes a while to arrive."""
        if not self.told_at_once:
            assert receive_until_closed(pair.ours) == b""

    def test_whole_message_arrives_both_ways(self, pair: Pair) -> None:
        pair.ours.send(b"to the peer")
        pair.peer.send(b"to us")
        assert receive_exactly(pair.peer, 11) == b"to the peer"
        assert receive_exactly(pair.ours, 5) == b"to us"

    def test_nothing_sent_gives_nothing_and_is_not_readable(self, pair: Pair) -> None:
        assert pair.ours.receive() == b""
        assert not readable(pair.ours)
        pair.peer.send(b"")
        assert not readable(pair.ours)
        assert pair.ours.receive() == b""

    def test_descriptor_is_readable_exactly_while_there_is_something(self, pair: Pair) -> None:
        pair.peer.send(b"abcdef")
        assert readable(pair.ours, TIMEOUT_MS)
        assert pair.ours.receive(4) == b"abcd"
        assert readable(pair.ours)  # level-triggered: a partial read re-arms nothing and need not
        assert pair.ours.receive(4) == b"ef"
        assert not readable(pair.ours)
        pair.peer.send(b"again")
        assert readable(pair.ours, TIMEOUT_MS)

    def test_messages_sent_apart_may_be_received_as_one(self, pair: Pair) -> None:
        for part in (b"a", b"bc", b"def"):
            pair.peer.send(part)
        assert receive_exactly(pair.ours, 6) == b"abcdef"

    def test_transfer_larger_than_any_kernel_buffer_arrives_whole(self, make: Maker, tmp_path: Path) -> None:
        ours, peer = make(tmp_path, self.large_bytes + (4 << 20))
        try:
            data = random.Random(2).randbytes(self.large_bytes)
            ours.send(data)
            assert receive_exactly(peer, len(data), sender=ours) == data
            assert not ours.wants_write
        finally:
            ours.close()
            peer.close()

    def test_flood_both_ways_at_once_arrives_whole(self, pair: Pair) -> None:
        """Neither end waits for the other: the deadlock of two full rings cannot happen."""
        rng = random.Random(3)
        count = self.both_ways_bytes
        data = {id(pair.ours): rng.randbytes(count), id(pair.peer): rng.randbytes(count)}
        for channel in (pair.ours, pair.peer):
            channel.send(data[id(channel)])
        got_here, got_there = bytearray(), bytearray()
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        while (len(got_here) < count or len(got_there) < count) and time.monotonic() < deadline:
            pair.ours.flush()
            pair.peer.flush()
            got_here += pair.ours.receive()
            got_there += pair.peer.receive()
        assert got_here == data[id(pair.peer)]
        assert got_there == data[id(pair.ours)]

    def test_flood_against_a_peer_that_never_reads_is_full_without_waiting(self, pair: Pair) -> None:
        chunk = bytes(65_536)
        started = time.monotonic()
        taken = flood(pair.ours, chunk)
        assert time.monotonic() - started < TIMEOUT_MS / 1000
        assert self.limit // len(chunk) <= taken <= (self.limit + (6 << 20)) // len(chunk)

    def test_full_channel_sends_what_it_took_and_nothing_of_what_it_refused(self, pair: Pair) -> None:
        count = 0
        with pytest.raises(ChannelFull):
            while True:
                pair.ours.send(self.piece(count))
                count += 1
        expected = b"".join(self.piece(number) for number in range(count))
        assert receive_exactly(pair.peer, len(expected), sender=pair.ours) == expected
        pair.ours.send(b"and on")
        assert receive_exactly(pair.peer, 6) == b"and on"

    def test_send_once_the_peer_has_read_goes_behind_the_queue(self, pair: Pair) -> None:
        """The way is free again before the queue was flushed: what is sent now must not overtake it."""
        count = 0
        with pytest.raises(ChannelFull):
            while True:
                pair.ours.send(self.piece(count))
                count += 1
        received = read_all_that_is_there(pair.peer)
        pair.ours.send(self.piece(count))
        expected = b"".join(self.piece(number) for number in range(count + 1))
        assert received + receive_exactly(pair.peer, len(expected) - len(received), sender=pair.ours) == expected

    def test_message_larger_than_the_limit_is_full_at_once(self, pair: Pair) -> None:
        with pytest.raises(ChannelFull):
            pair.ours.send(bytes(self.limit + 1))
        pair.ours.send(b"still whole")
        assert receive_exactly(pair.peer, 11) == b"still whole"

    def test_full_channel_can_still_receive(self, pair: Pair) -> None:
        flood(pair.ours, bytes(65_536))
        pair.peer.send(b"I never read, but I write")
        assert receive_exactly(pair.ours, 25) == b"I never read, but I write"

    def test_end_is_told_after_the_last_byte_and_again(self, pair: Pair) -> None:
        pair.peer.send(b"last words")
        pair.peer.close()
        assert receive_until_closed(pair.ours) == b"last words"
        assert readable(pair.ours)
        with pytest.raises(ChannelClosed):
            pair.ours.receive()

    def test_end_without_a_word_is_told(self, pair: Pair) -> None:
        pair.peer.close()
        assert receive_until_closed(pair.ours) == b""

    def test_send_to_a_peer_that_is_gone_is_closed(self, pair: Pair) -> None:
        pair.peer.close()
        self.hear_of_the_end(pair)
        with pytest.raises(ChannelClosed):
            pair.ours.send(b"anyone?")

    def test_reset_with_bytes_unread_by_the_peer_is_closed_after_its_own(self, pair: Pair) -> None:
        """The peer goes without having read what we sent: a unix socket tells that as ECONNRESET."""
        pair.ours.send(b"never read")
        pair.peer.send(b"said before")
        pair.peer.close()
        assert receive_until_closed(pair.ours) == b"said before"
        with pytest.raises(ChannelClosed):
            pair.ours.send(b"anyone?")

    def test_peer_gone_while_bytes_are_queued_is_closed_at_flush(self, pair: Pair) -> None:
        flood(pair.ours, bytes(65_536))
        pair.peer.close()
        self.hear_of_the_end(pair)
        with pytest.raises(ChannelClosed):
            pair.ours.flush()

    def test_half_close_ends_one_way_only(self, pair: Pair) -> None:
        if not isinstance(pair.peer, HalfClosing):
            pytest.skip("this kind has no half-close")
        pair.peer.send(b"my last")
        pair.peer.shutdown_write()
        assert receive_until_closed(pair.ours) == b"my last"
        pair.ours.send(b"but I still talk")
        assert receive_exactly(pair.peer, 16) == b"but I still talk"
        with pytest.raises(ChannelClosed):
            pair.peer.send(b"more")

    def test_close_ours_makes_every_use_closed(self, pair: Pair) -> None:
        pair.ours.close()
        pair.ours.close()
        with pytest.raises(ChannelClosed):
            pair.ours.send(b"x")
        with pytest.raises(ChannelClosed):
            pair.ours.receive()
        assert pair.ours.fileno() == -1
        assert receive_until_closed(pair.peer) == b""
