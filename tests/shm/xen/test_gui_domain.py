"""A channel in a domain that xenstore does not trust, as a GuiVM is one; with a stand-in for the two libraries."""

import select
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from shm.errors import ChannelClosed, TransportError
from shm.vchan.xen import XenChannel, connect
from shm.xen import libraries
from tests.shm.xen.fake_store import FakeStore
from tests.shm.xen.fake_vchan import FakeVchan

QUBE, OWN, PORT = 7, 9, 6000
RING = f"/local/domain/{QUBE}/data/vchan/{OWN}/{PORT}"


class Machine(NamedTuple):
    store: FakeStore
    vchan: FakeVchan

    def deaf(self) -> None:
        """As for every domain but dom0 since XSA-115."""
        self.store.tells = self.store.answers = False


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A GuiVM, and a qube that serves it."""
    keys = {"domid": str(OWN).encode(), f"{RING}/event-channel": b"3", f"{RING}/ring-ref": b"8"}
    made = Machine(FakeStore(keys, {0, QUBE, OWN}), FakeVchan())

    def client_init(_logger: Any, domain: int, path: bytes) -> Any:
        assert (domain, path.decode()) == (QUBE, RING)
        return made.vchan.client

    made.vchan.libxenvchan_client_init = client_init  # type: ignore[attr-defined]
    monkeypatch.setattr(libraries, "store", lambda: made.store)
    monkeypatch.setattr(libraries, "vchan", lambda: made.vchan)
    monkeypatch.setattr(libraries, "c_library", lambda: made.store)
    yield made
    made.store.close()
    made.vchan.close()


def readable(channel: XenChannel) -> bool:
    return bool(select.select([channel.fileno()], [], [], 0)[0])


def test_qube_is_reached_where_xenstore_answers_nothing_about_others(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.deaf()
    channel = connect(QUBE)
    assert channel.receive() == b""
    channel.send(b"x")
    assert machine.vchan.shared.left.prod + machine.vchan.shared.right.prod == 1
    assert "does not tell this domain when others end" in caplog.text
    channel.close()


def test_watch_that_is_refused_is_no_reason_not_to_connect(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    machine.store.watches = False
    connect(QUBE).close()
    assert "does not tell this domain when others end" in caplog.text


def test_agent_that_ends_is_noticed_without_xenstore(machine: Machine) -> None:
    machine.deaf()
    channel = connect(QUBE)
    channel.receive()
    machine.vchan.libxenvchan_close(machine.vchan.server)
    assert readable(channel)
    with pytest.raises(ChannelClosed):
        channel.receive()
    channel.close()


def test_domain_that_ends_is_noticed_where_xenstore_tells(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """As in dom0; and nothing is said of what is not so."""
    channel = connect(QUBE)
    channel.receive()
    machine.store.end(11)
    assert channel.receive() == b""
    machine.store.end(QUBE)
    assert readable(channel)
    with pytest.raises(ChannelClosed):
        channel.receive()
    channel.close()
    assert caplog.text == ""


def test_domain_that_is_not_there_ends_the_search_only_if_xenstore_says_so(machine: Machine) -> None:
    machine.store.end(QUBE)
    with pytest.raises(ChannelClosed, match="no domain 7"):
        connect(QUBE)
    machine.deaf()
    machine.store.keys.clear()
    with pytest.raises(TransportError, match="yet"):  # may come: it is looked for again
        connect(QUBE)
