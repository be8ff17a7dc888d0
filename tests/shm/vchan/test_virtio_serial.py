"""Sessions over a port that tells of no disconnect: what an old one left behind never reaches a new one."""

import os
import random
import select
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shm.errors import ChannelClosed, TransportError
from shm.vchan import carrier as carriers
from shm.vchan import virtio_serial
from shm.vchan.marks import MARK, NONCE_CHARACTERS, Kind, Mark, encoded, escaped
from shm.vchan.unix import listen
from shm.vchan.virtio_serial import PortListener, VirtioSerialChannel, open_port, open_session

TIMEOUT_MS = 10_000


@dataclass
class Carrier:
    """A socket pair that stands for the port: either end can come anew, and the other is not told.

    Each end hands out copies of its descriptor, so that closing one closes nothing.
    """

    desktop: socket.socket
    machine: socket.socket
    listeners: list[PortListener] = field(default_factory=list)
    channels: list[VirtioSerialChannel] = field(default_factory=list)

    def open(self) -> VirtioSerialChannel:
        self.channels.append(open_session(os.dup(self.desktop.fileno())))
        return self.channels[-1]

    def listen(self) -> PortListener:
        self.listeners.append(PortListener(os.dup(self.machine.fileno())))
        return self.listeners[-1]

    def accept(self, listener: PortListener) -> VirtioSerialChannel:
        """The newest session; waits for it."""
        accepted: VirtioSerialChannel | None = None
        while accepted is None:
            assert ready(listener)
            accepted = listener.accept()
        self.channels.append(accepted)
        return accepted


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    yield from carried_by(socket.SOCK_STREAM)


@pytest.fixture
def packets() -> Iterator[Carrier]:
    """A carrier in which an empty packet is an end that is not for ever."""
    yield from carried_by(socket.SOCK_SEQPACKET)


def carried_by(kind: socket.SocketKind) -> Iterator[Carrier]:
    desktop, machine = socket.socketpair(socket.AF_UNIX, kind)
    made = Carrier(desktop, machine)
    yield made
    for channel in made.channels:
        channel.close()
    for listener in made.listeners:
        listener.close()
    desktop.close()
    machine.close()


def ready(end: VirtioSerialChannel | PortListener, timeout_ms: int = TIMEOUT_MS) -> bool:
    poll = select.poll()
    poll.register(end.fileno(), select.POLLIN)
    return bool(poll.poll(timeout_ms))


def wait_for_end(channel: VirtioSerialChannel, why: str) -> None:
    with pytest.raises(ChannelClosed, match=why):
        while True:
            assert ready(channel)
            channel.receive()


def receive(channel: VirtioSerialChannel, length: int, peer: VirtioSerialChannel) -> bytes:
    received = b""
    while len(received) < length:
        if peer.wants_write:
            peer.flush()
        assert ready(channel)
        received += channel.receive()
    return received


def test_bytes_before_the_answer_are_not_heard(carrier: Carrier) -> None:
    client = carrier.open()
    carrier.machine.send(b"left behind" + encoded(Mark(Kind.ACCEPT, b"0" * NONCE_CHARACTERS)) + b"and more")
    carrier.machine.send(encoded(Mark(Kind.CLOSE)) + encoded(Mark(Kind.END)))
    assert client.receive() == b""
    server = carrier.accept(carrier.listen())
    server.send(b"new")
    assert receive(client, 3, server) == b"new"


def test_what_is_sent_before_the_session_begins_arrives_when_it_does(carrier: Carrier) -> None:
    client = carrier.open()
    client.send(b"early " + bytes([MARK]))
    server = carrier.accept(carrier.listen())
    while client.wants_write:
        assert ready(client)
        assert client.receive() == b""
    assert receive(server, 7, client) == b"early \xa7"


def test_client_that_comes_anew_ends_the_session_and_opens_another(carrier: Carrier) -> None:
    listener = carrier.listen()
    old = carrier.open()
    first = carrier.accept(listener)
    old.send(b"never read")
    new = carrier.open()
    wait_for_end(first, "another one")
    second = carrier.accept(listener)
    new.send(b"hello")
    second.send(b"hello back")
    assert receive(second, 5, new) == b"hello"
    assert receive(new, 10, second) == b"hello back"


def test_server_that_comes_anew_ends_the_clients_session(carrier: Carrier) -> None:
    client = carrier.open()
    first = carrier.accept(carrier.listen())
    first.send(b"half a mess" + bytes([MARK]))
    assert receive(client, 12, first) == b"half a mess\xa7"
    carrier.machine.send(escaped(bytes([MARK]))[:1])  # its last byte is half of a pair
    carrier.listen()
    assert ready(client)
    with pytest.raises(ChannelClosed):
        client.receive()


def test_opening_that_nobody_saw_is_said_again(carrier: Carrier) -> None:
    client = carrier.open()
    carrier.machine.recv(100)  # lost
    listener = carrier.listen()
    assert ready(client)
    assert client.receive() == b""
    server = carrier.accept(listener)
    server.send(b"here")
    assert receive(client, 4, server) == b"here"


def test_opening_that_is_heard_before_the_port_is_called_connected_is_answered_after_all(packets: Carrier) -> None:
    """The machine hears by another queue that somebody is connected than it hears their bytes."""
    listener = packets.listen()
    client = packets.open()
    first = packets.accept(listener)
    assert packets.desktop.recv(100) == encoded(Mark(Kind.RESET))
    assert packets.desktop.recv(100).startswith(encoded(Mark(Kind.ACCEPT, client.nonce)))  # lost
    packets.desktop.send(b"")  # as the port is read while it is not connected
    wait_for_end(first, "not connected")
    assert ready(client)
    assert client.receive() == b""
    server = packets.accept(listener)
    server.send(b"here")
    assert receive(client, 4, server) == b"here"
    client.send(b"heard")
    assert receive(server, 5, client) == b"heard"


def test_client_whose_machine_takes_it_for_disconnected_is_told(packets: Carrier) -> None:
    """The word that the client before has gone may come after the opening of the next."""
    client = packets.open()
    server = packets.accept(packets.listen())
    server.send(b"here")
    assert receive(client, 4, server) == b"here"
    packets.desktop.send(b"")
    wait_for_end(server, "not connected")
    wait_for_end(client, "the peer closed")


def test_old_answer_does_not_begin_a_new_session(carrier: Carrier) -> None:
    listener = carrier.listen()
    carrier.open()
    first = carrier.accept(listener)
    first.send(b"for the first client only")
    client = carrier.open()
    assert ready(first)
    with pytest.raises(ChannelClosed, match="another one"):
        first.receive()
    second = carrier.accept(listener)
    second.send(b"mine")
    assert receive(client, 4, second) == b"mine"


def test_listener_without_a_client_does_not_stay_readable(carrier: Carrier) -> None:
    """A port whose other end is not connected is readable without end: nobody may spin on it."""
    listener = carrier.listen()
    client = carrier.open()
    server = carrier.accept(listener)
    client.close()
    carrier.desktop.shutdown(socket.SHUT_WR)
    wait_for_end(server, "the peer closed")
    server.close()
    for _ in range(3):
        listener.accept()
    assert not ready(listener, 0)


def test_machine_that_only_writes_is_given_up(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtio_serial, "MAX_STALE_BYTES", 100_000)
    client = carrier.open()
    carrier.machine.settimeout(0)
    with pytest.raises(ChannelClosed, match="no answer"):
        while True:
            carrier.machine.send(bytes(20_000))
            assert client.receive() == b""


def test_mark_that_only_a_client_may_send_ends_the_session(carrier: Carrier) -> None:
    client = carrier.open()
    carrier.accept(carrier.listen())
    assert client.receive() == b""
    carrier.machine.send(encoded(Mark(Kind.OPEN, b"0" * NONCE_CHARACTERS)))
    assert ready(client)
    with pytest.raises(ChannelClosed, match="only a client"):
        client.receive()


@pytest.mark.parametrize("seed", range(12))
def test_random_resets_never_mix_sessions(carrier: Carrier, seed: int) -> None:
    """Ends come and go at any moment, cut anywhere; whatever a session delivers was said in it, from its beginning."""
    rng = random.Random(seed)
    said: dict[bytes, dict[str, bytearray]] = {}
    heard: dict[bytes, dict[str, bytearray]] = {}
    client, listener = carrier.open(), carrier.listen()
    server: VirtioSerialChannel | None = None
    begun = 0
    for _turn in range(400):
        action = rng.randrange(24)
        cut = escaped(rng.choice([bytes([MARK]), b"word"]) * 5)[: rng.randrange(1, 10)]
        if action == 0:
            carrier.desktop.send(cut)  # the old one ended in the middle of a write
            client = carrier.open()
        elif action == 1:
            carrier.machine.send(cut)
            listener, server = carrier.listen(), None
        accepted = listener.accept() if ready(listener, 0) else None
        if accepted is not None:
            carrier.channels.append(accepted)
            server, begun = accepted, begun + 1
        for side, end in (("client", client), ("server", server)):
            if end is None:
                continue
            streams = said.setdefault(end.nonce, {}), heard.setdefault(end.nonce, {})
            message = rng.choice([bytes([MARK]), b"\0", b"word", bytes([MARK, 0, MARK])]) * rng.randrange(1, 9)
            try:
                end.send(message)
                streams[0].setdefault(side, bytearray()).extend(message)
                streams[1].setdefault(side, bytearray()).extend(end.receive(rng.randrange(1, 100)))
            except ChannelClosed:
                continue
    assert begun > 5
    for nonce, ends in heard.items():
        for side, stream in ends.items():
            other = said.get(nonce, {}).get("server" if side == "client" else "client", bytearray())
            assert other.startswith(stream), (nonce, side)
    assert any(stream for ends in heard.values() for stream in ends.values())


def test_channel_of_each_carrier_is_connected_by_its_name(tmp_path: Path) -> None:
    for name in carriers.Carrier:
        path = tmp_path / name.value
        with listen(path) as waiting:
            client = carriers.connect(name, path)
            accepted, _ = waiting.accept()
            client.send(b"word")
            if name is carriers.Carrier.UNIX:
                assert accepted.recv(10) == b"word"
            else:
                assert accepted.recv(1) == bytes([MARK])
            client.close()
            accepted.close()


def test_port_that_is_not_there_is_named() -> None:
    with pytest.raises(TransportError, match="called no-such-port"):
        open_port("no-such-port")
