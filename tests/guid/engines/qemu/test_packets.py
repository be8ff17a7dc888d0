"""Packets that travel as lines: none is lost, joined or cut, whatever the slices."""

import os
import signal
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.engines.qemu.packets import MAX_PACKET_BYTES, Lines, relay

words = st.lists(st.binary(min_size=1, max_size=30).map(lambda data: data.replace(b"\n", b" ")), max_size=8)


@given(packets=words, steps=st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_lines_in_any_slices_come_back(packets: list[bytes], steps: list[int]) -> None:
    stream = b"".join(packet + b"\n" for packet in packets)
    lines, found, at, turn = Lines(), list[bytes](), 0, 0
    while at < len(stream):
        found += lines.received(stream[at : at + steps[turn % len(steps)]])
        at, turn = at + steps[turn % len(steps)], turn + 1
    assert found == packets


def test_line_that_no_packet_can_hold_is_left_out() -> None:
    lines = Lines()
    assert lines.received(b"x" * MAX_PACKET_BYTES) == []
    assert lines.received(b"x" * MAX_PACKET_BYTES) == []
    assert lines.received(b"x" * MAX_PACKET_BYTES) == []
    assert lines.received(b"tail\nnext\n") == [b"next"]


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket, threading.Thread]]:
    """A relay in a thread: the far end of its packets, and of its stream."""
    packets, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    stream, far = socket.socketpair()
    wake_read, wake_write = os.pipe()
    thread = threading.Thread(target=relay, args=(theirs, stream.fileno(), lambda: False, wake_read))
    thread.start()
    yield packets, far, thread
    packets.close()
    thread.join(10)
    for end in (far, theirs, stream):
        end.close()
    os.close(wake_read)
    os.close(wake_write)


def test_relay_turns_packets_into_lines_and_back(ends: tuple[socket.socket, socket.socket, threading.Thread]) -> None:
    packets, stream, _thread = ends
    packets.send(b'{"a": 1}')
    packets.send(b'{"b": "' + b"y" * 60_000 + b'"}')
    received = b""
    while received.count(b"\n") < 2:
        received += stream.recv(65_536)
    assert [len(line) for line in received.split(b"\n")] == [8, 60_009, 0]
    stream.sendall(b'{"c": 1}\n\n{"d"')
    stream.sendall(b": 2}\n")
    assert [packets.recv(100), packets.recv(100)] == [b'{"c": 1}', b'{"d": 2}']


def test_relay_ends_with_its_packets_not_with_its_stream(
    ends: tuple[socket.socket, socket.socket, threading.Thread],
) -> None:
    packets, stream, thread = ends
    stream.close()
    thread.join(0.2)
    assert thread.is_alive()
    packets.close()
    thread.join(10)
    assert not thread.is_alive()


def test_relay_asks_whether_it_is_over_when_woken() -> None:
    packets, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    stream, far = socket.socketpair()
    wake_read, wake_write = os.pipe()
    over = [False, True]
    os.write(wake_write, bytes([signal.SIGCHLD]))
    thread = threading.Thread(target=relay, args=(theirs, stream.fileno(), lambda: over.pop(0), wake_read))
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    for end in (packets, theirs, stream, far):
        end.close()
    os.close(wake_read)
    os.close(wake_write)
