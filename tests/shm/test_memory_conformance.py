"""The suite of memory_conformance.py over the kinds of memory that exist within one machine.

Over a real ivshmem device and real grants it runs in tests/vm/test_seams.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.limits import PAGE_BYTES
from shm.allocator import PageAllocator
from shm.ivshmem import DEVICE, VENDOR, IvshmemPool
from shm.pages import PoolPages
from shm.pool import PagePool, Pool
from tests.harness.memory import AgentSide, DesktopPicture
from tests.shm.memory_conformance import Allocated, MemoryConformance

PAGES = 64


class PoolShared:
    """A pool seen from both sides: by the agent's file, and by a descriptor that only reads."""

    def __init__(self, agents: PagePool, read_only: int) -> None:
        self._source = PoolPages(read_only, PAGES * PAGE_BYTES)
        self._agent = AgentSide(agents, PageAllocator(PAGES))
        self.limit, self.most = self._source.refs, PAGES

    def allocate(self, pages: int) -> Allocated | str:
        found = self._agent.allocate(pages)
        return found if isinstance(found, str) else Allocated(*found)

    def write(self, run: Allocated, offset_bytes: int, data: bytes) -> None:
        self._agent.write(run.first_page, offset_bytes, data)

    def free(self, run: Allocated) -> None:
        self._agent.free(run.first_page)

    def picture(self, refs: list[int]) -> DesktopPicture:
        return DesktopPicture(self._source, refs)

    def close(self) -> None:
        self._agent.close()


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool.create(PAGES * PAGE_BYTES)
    yield made
    made.close()


class TestPool(MemoryConformance):
    """One sealed memfd."""

    names_are_checked = False

    @pytest.fixture
    def shared(self, pool: Pool) -> Iterator[PoolShared]:
        read_only = pool.open_read_only()
        both = PoolShared(pool, read_only)
        yield both
        both.close()
        os.close(read_only)


class TestDeviceFile(MemoryConformance):
    """A device's memory as the agent opens it, played by a link to the pool: the machine's end without a machine."""

    names_are_checked = False

    @pytest.fixture
    def shared(self, pool: Pool, tmp_path: Path) -> Iterator[PoolShared]:
        device = tmp_path / "0000:00:04.0"
        device.mkdir()
        (device / "vendor").write_text(VENDOR)
        (device / "device").write_text(DEVICE)
        (device / "resource2_wc").symlink_to(f"/proc/self/fd/{pool.fd}")
        agents = IvshmemPool.open(tmp_path)
        read_only = pool.open_read_only()
        both = PoolShared(agents, read_only)
        yield both
        both.close()
        os.close(read_only)
        agents.close()
