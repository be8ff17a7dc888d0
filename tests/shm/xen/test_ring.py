"""shm/xen/ring.py believes nothing that a hostile domain can write into the ring."""

from collections.abc import Iterator

import pytest

from shm.errors import ChannelClosed, TransportError
from shm.vchan.xen import XenChannel
from shm.xen import libraries
from shm.xen.ring import State, XenRing
from tests.shm.xen.fake_vchan import ORDER, FakeVchan


@pytest.fixture
def vchan() -> Iterator[FakeVchan]:
    made = FakeVchan(start=(1 << 32) - 100)  # the indices wrap around early
    yield made
    made.close()


def test_bytes_pass_where_the_indices_wrap(vchan: FakeVchan) -> None:
    server, client = XenRing(vchan.server, vchan), XenRing(vchan.client, vchan)
    for number in range(40):
        data = bytes([number]) * 333
        assert server.write(data) == 333
        assert client.read(1000) == data


def test_full_ring_takes_a_part_then_nothing(vchan: FakeVchan) -> None:
    server = XenRing(vchan.server, vchan)
    assert server.write(bytes(2 << ORDER)) == 1 << ORDER
    assert server.write(b"x") == 0


@pytest.mark.parametrize("ring", ["left", "right"])
@pytest.mark.parametrize("index", ["cons", "prod"])
@pytest.mark.parametrize("change", [(1 << ORDER) + 1, 1 << 31, (1 << 32) - 1 - (1 << ORDER)])
def test_scribbled_index_is_hostile_at_the_next_use(vchan: FakeVchan, ring: str, index: str, change: int) -> None:
    """Every value that leaves more between two indices than the ring holds; the library would call it empty."""
    client = XenRing(vchan.client, vchan)
    shared = getattr(vchan.shared, ring)
    setattr(shared, index, (getattr(shared, index) + (change if index == "prod" else -change)) % (1 << 32))
    for use in (lambda: client.read(10), lambda: client.write(b"x"), client.has_data):
        with pytest.raises(TransportError, match="apart"):
            use()


def test_data_that_was_never_written_is_read_and_no_more(vchan: FakeVchan) -> None:
    """An index inside of the bounds is the peer's to choose: it gives bytes of the ring, whatever they are."""
    vchan.shared.right.prod = (vchan.shared.right.prod + 77) % (1 << 32)
    assert len(XenRing(vchan.client, vchan).read(1000)) == 77


@pytest.mark.parametrize("live", [3, 7, 255])
def test_impossible_life_byte_is_hostile(vchan: FakeVchan, live: int) -> None:
    vchan.shared.cli_live = live
    with pytest.raises(TransportError, match="state"):
        XenRing(vchan.server, vchan).state()


@pytest.mark.parametrize("order", [-1, 21, 31])
def test_impossible_order_is_refused_at_once(vchan: FakeVchan, order: int) -> None:
    vchan.client.read.order = order
    with pytest.raises(TransportError, match="order"):
        XenRing(vchan.client, vchan)


@pytest.mark.parametrize("count", [-1, -5, 11, 1 << 30])
def test_absurd_counts_of_the_library_are_hostile(
    vchan: FakeVchan, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = XenRing(vchan.client, vchan)
    for name in ("libxenvchan_read", "libxenvchan_write", "libxenvchan_data_ready"):
        monkeypatch.setattr(vchan, name, lambda *_arguments: count)
    with pytest.raises(TransportError):
        ring.read(10)
    with pytest.raises(TransportError):
        ring.write(bytes(10))
    if not 0 <= count <= 1 << ORDER:
        with pytest.raises(TransportError):
            ring.has_data()


def test_peer_that_is_gone_reads_as_nothing_then_closed(vchan: FakeVchan) -> None:
    server, client = XenRing(vchan.server, vchan), XenRing(vchan.client, vchan)
    server.write(b"last")
    server.close()
    assert client.read(10) == b"last"
    assert client.read(10) == b""
    assert client.write(b"x") == 0
    assert client.state() is State.CLOSED


class FakeStore:
    """xenstore that says when a domain ends."""

    def __init__(self) -> None:
        self.alive = True
        self.event = FakeVchan()

    def fileno(self) -> int:
        return self.event.events[True]

    def drain(self) -> None:
        self.event.libxenvchan_wait(self.event.server)

    def lives(self, domain: int) -> bool:
        assert domain == 7
        return self.alive

    def close(self) -> None:
        self.event.close()


def test_destroyed_domain_closes_the_channel_though_the_ring_is_open(vchan: FakeVchan) -> None:
    store = FakeStore()
    channel = XenChannel(XenRing(vchan.client, vchan), peer=(store, 7))  # type: ignore[arg-type]
    XenRing(vchan.server, vchan).write(b"said before")
    store.event.signal(to_server=True)  # some other domain has ended
    assert channel.receive() == b"said before"
    assert channel.receive() == b""
    store.alive = False
    store.event.signal(to_server=True)
    with pytest.raises(ChannelClosed):
        channel.receive()
    with pytest.raises(ChannelClosed):
        channel.send(b"x")
    channel.close()


def test_batch_in_one_send_is_one_notification(vchan: FakeVchan) -> None:
    client = XenChannel(XenRing(vchan.client, vchan))
    before = vchan.notifications
    client.send(b"".join(bytes(28) for _ in range(100)))
    assert vchan.notifications == before + 1
    client.close()


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "VCHAN_NAMES", ("libnosuchvchan.so.9",))
    libraries.vchan.cache_clear()
    with pytest.raises(TransportError, match="libxenmisc"):
        libraries.vchan()
    libraries.vchan.cache_clear()
