"""The suite of conformance.py over every kind of byte channel that exists within one machine."""

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shm.vchan.memory import MemoryChannel, memory_pair
from shm.vchan.unix import Listener, UnixChannel, connect, listen
from shm.vchan.virtio_serial import PortListener, VirtioSerialChannel, open_session
from shm.vchan.xen import XenChannel
from shm.xen.ring import XenRing
from tests.shm.vchan.conformance import LIMIT, ChannelConformance, Maker
from tests.shm.xen.fake_vchan import FakeVchan


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


MAKERS: dict[str, Maker] = {
    "unix": unix_pair,
    "memory": in_memory_pair,
    "virtio client": virtio_client_first,
    "virtio server": virtio_server_first,
    "xen client": xen_client_first,
    "xen server": xen_server_first,
}


class TestWithinOneMachine(ChannelConformance):
    """Over real Xen domains and a real port it runs in tests/vm/test_seams.py."""

    @pytest.fixture(params=list(MAKERS))
    def make(self, request: pytest.FixtureRequest) -> Maker:
        return MAKERS[request.param]


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
