"""The suites of channels and of memory over real boundaries: libxenvchan and grants, a virtio port and ivshmem.

One end of a channel, or one side of a memory, is in a machine and is called there; the other is in dom0, or here.
"""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from shm.errors import ShmError
from shm.pages import PoolPages
from shm.vchan.channel import Channel
from shm.vchan.virtio_serial import VirtioSerialChannel, connect
from tests.harness.memory import DesktopPicture
from tests.shm.memory_conformance import Allocated, MemoryConformance
from tests.shm.vchan.conformance import TIMEOUT_MS, ChannelConformance, Maker, readable
from tests.vm.far import FarChannel, HalfClosingFarChannel
from tests.vm.xen_host import PORT, Domain, XenHost
from tests.vm.xen_world import XEN_DEADLINE_S, World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(XEN_DEADLINE_S)]

XEN_PORT: Final = 6003
PAGES: Final = 64
FAR_LIMIT: Final = 1 << 16
ORDERS: Final = ("client first", "server first")

Call = Callable[..., Any]


def in_order(client: Channel, server: Channel, order: str) -> tuple[Channel, Channel]:
    return (client, server) if order == ORDERS[0] else (server, client)


class FarChannels(ChannelConformance):
    """The sizes of ChannelConformance are for ends in one process; these are still larger than each ring."""

    limit: ClassVar[int] = FAR_LIMIT
    large_bytes: ClassVar[int] = 200_000
    both_ways_bytes: ClassVar[int] = 50_000
    piece_bytes: ClassVar[int] = 2_000
    told_at_once: ClassVar[bool] = False


@pytest.fixture(scope="module")
def serving_domain(world: World) -> Domain:
    """A domain that serves one client of dom0 after another."""
    world.work.domain("channels:serve_xen", client_domain=0, port=XEN_PORT, limit=FAR_LIMIT)
    return world.work.domain


@pytest.fixture(scope="module")
def serving_machine(world: World) -> XenHost:
    """A machine that serves one client of its port after another."""
    world.host.dom0("channels:serve_port", name=PORT, limit=FAR_LIMIT)
    return world.host


class TestLibxenvchan(FarChannels):
    """Between dom0 and a domain, through the library and the hypervisor."""

    @pytest.fixture(params=ORDERS)
    def make(self, request: pytest.FixtureRequest, serving_domain: Domain) -> Maker:
        domain = serving_domain

        def pair(_folder: Path, limit: int) -> tuple[Channel, Channel]:
            number = domain.host.dom0("channels:connect_xen", domain=domain.number, port=XEN_PORT, limit=limit)
            client = FarChannel(domain.host.dom0, number)
            server = FarChannel(domain, domain("channels:accept", kind="xen", limit=limit))
            return in_order(client, server, request.param)

        return pair


class TestVirtioPort(FarChannels):
    """Between this process and dom0, which is QEMU's guest: its socket, its device, the guest's driver."""

    @pytest.fixture(params=ORDERS)
    def make(self, request: pytest.FixtureRequest, serving_machine: XenHost) -> Maker:
        host = serving_machine

        def pair(_folder: Path, limit: int) -> tuple[Channel, Channel]:
            client = connect(host.port, max_queue_bytes=limit)
            server = HalfClosingFarChannel(host.dom0, host.dom0("channels:accept", kind="port", limit=limit))
            hear_of_the_session(client, server)
            return in_order(client, server, request.param)

        return pair


def hear_of_the_session(client: VirtioSerialChannel, server: FarChannel) -> None:
    """The opening and its answer have gone both ways: from now on only what is sent arrives."""
    while not client.begun:
        assert readable(client, TIMEOUT_MS)
        assert client.receive() == b""
        assert server.receive() == b""


# Memory


class FarAgent:
    """Where windows are drawn, in a domain or machine."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def allocate(self, pages: int) -> Allocated | str:
        found = self._call("pages:allocate", pages=pages)
        return found if isinstance(found, str) else Allocated(*found)

    def write(self, run: Allocated, offset_bytes: int, data: bytes) -> None:
        coded = base64.b64encode(data).decode("ascii")
        self._call("pages:write", first_page=run.first_page, offset_bytes=offset_bytes, data=coded)

    def free(self, run: Allocated) -> None:
        self._call("pages:free", first_page=run.first_page)


class FarPicture:
    """A picture that dom0 copies."""

    def __init__(self, call: Call, refs: list[int]) -> None:
        self._call = call
        made = told(call("pages:picture", refs=refs))
        self._number, self.size_bytes = made["number"], made["size_bytes"]

    def copied(self, offset_bytes: int, length_bytes: int) -> bytes:
        place = {"offset_bytes": offset_bytes, "length_bytes": length_bytes}
        return base64.b64decode(told(self._call("pages:copied", number=self._number, **place))["data"])

    def close(self) -> None:
        self._call("pages:close_picture", number=self._number)


def told(answer: dict[str, Any]) -> dict[str, Any]:
    if "raised" in answer:
        raise ShmError(answer["raised"])
    return answer


class GrantShared(FarAgent):
    """Drawn in a domain, copied in dom0."""

    def __init__(self, world: World) -> None:
        super().__init__(one_at_a_time(world.work.domain))
        self._dom0 = one_at_a_time(world.host.dom0)
        self.most = PAGES
        self._call("pages:draw_into_grants", pages=PAGES)
        self.limit = self._dom0("pages:read_from", domain=world.work.domain.number)

    def picture(self, refs: list[int]) -> FarPicture:
        return FarPicture(self._dom0, refs)


class DeviceShared(FarAgent):
    """Drawn by dom0 as QEMU's guest into its ivshmem device, copied here out of the memfd behind it."""

    def __init__(self, world: World) -> None:
        super().__init__(world.host.dom0)
        self._pool = world.host.pool
        self._read_only = self._pool.open_read_only()
        self._source = PoolPages(self._read_only, self._pool.size_bytes)
        self.limit, self.most = self._source.refs, PAGES
        self._call("pages:draw_into_device", pages=PAGES)

    def picture(self, refs: list[int]) -> DesktopPicture:
        return DesktopPicture(self._source, refs)

    def close(self) -> None:
        self._call("pages:stop_drawing")
        os.close(self._read_only)


LOCK: Final = threading.Lock()


def one_at_a_time(call: Call) -> Call:
    """The suite writes while it copies; both go through the one port of dom0."""

    def locked(*arguments: Any, **named: Any) -> Any:
        with LOCK:
            return call(*arguments, **named)

    return locked


@pytest.fixture(scope="module")
def grants(world: World) -> Iterator[GrantShared]:
    yield GrantShared(world)
    world.work.domain("pages:stop_drawing")


@pytest.fixture(scope="module")
def device(world: World) -> Iterator[DeviceShared]:
    both = DeviceShared(world)
    yield both
    both.close()


class TestGrants(MemoryConformance):
    """Pages of a domain, through gntalloc and gntdev."""

    @pytest.fixture
    def shared(self, grants: GrantShared) -> GrantShared:
        return grants


class TestDevice(MemoryConformance):
    """An ivshmem device over a sealed memfd."""

    names_are_checked: ClassVar[bool] = False

    @pytest.fixture
    def shared(self, device: DeviceShared) -> DeviceShared:
        return device
