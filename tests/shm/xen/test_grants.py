"""shm/grants without Xen: a library that stands for it, and memory that vanishes under a copy."""

import errno
import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protocol.limits import PAGE_BYTES
from shm.errors import ShmError
from shm.grants import limit
from shm.grants.mapped import MappedPages, Mapper
from shm.grants.source import GrantPages
from shm.grants.supply import GrantSupply
from shm.pool import Pool
from shm.runs import runs_of
from shm.staging import Staging
from shm.xen import libraries

PAGES = 64
LIMIT = 20


class FakeGrants:
    """Grants of one domain to itself; at most LIMIT pages."""

    def __init__(self) -> None:
        self.ffi = libraries.ffi()
        self.shared: dict[int, Any] = {}
        self.refs: dict[int, tuple[int, int]] = {}
        self.mapped: dict[int, Any] = {}
        self.next_ref = 1000

    def xengntshr_open(self, _logger: Any, _flags: int) -> Any:
        return self.ffi.cast("void *", 1)

    xengnttab_open = xengntshr_open

    def xengntshr_share_pages(self, _handle: Any, _domain: int, count: int, refs: Any, writable: int) -> Any:
        assert not writable
        if len(self.refs) + count > LIMIT:
            self.ffi.errno = errno.ENOSPC
            return self.ffi.NULL
        memory = self.ffi.new("char[]", count * PAGE_BYTES)
        address = int(self.ffi.cast("uintptr_t", memory))
        self.shared[address] = memory
        for page in range(count):
            self.next_ref -= 1  # no ascending runs, as the kernel gives none
            refs[page] = self.next_ref
            self.refs[self.next_ref] = (address, page)
        return memory

    def xengntshr_unshare(self, _handle: Any, address: Any, count: int) -> None:
        key = int(self.ffi.cast("uintptr_t", address))
        del self.shared[key]
        gone = [ref for ref, (owner, _page) in self.refs.items() if owner == key]
        assert len(gone) == count
        for ref in gone:
            del self.refs[ref]

    def xengnttab_map_domain_grant_refs(self, _handle: Any, count: int, _domain: int, refs: Any, prot: int) -> Any:
        assert prot == mmap.PROT_READ
        if any(refs[number] not in self.refs for number in range(count)):
            self.ffi.errno = errno.EINVAL
            return self.ffi.NULL
        memory = self.ffi.new("char[]", count * PAGE_BYTES)
        for number in range(count):
            address, page = self.refs[refs[number]]
            source = self.ffi.buffer(self.shared[address])[page * PAGE_BYTES : (page + 1) * PAGE_BYTES]
            self.ffi.buffer(memory)[number * PAGE_BYTES : (number + 1) * PAGE_BYTES] = source
        self.mapped[int(self.ffi.cast("uintptr_t", memory))] = memory
        return memory

    def xengnttab_unmap(self, _handle: Any, address: Any, _count: int) -> None:
        del self.mapped[int(self.ffi.cast("uintptr_t", address))]


@pytest.fixture
def xen(monkeypatch: pytest.MonkeyPatch) -> FakeGrants:
    fake = FakeGrants()
    monkeypatch.setattr(libraries, "grants", lambda: fake)
    return fake


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool.create(PAGES * PAGE_BYTES)
    yield made
    made.close()


def refs_of(supply: GrantSupply, first_page: int, pages: int) -> list[int]:
    data = supply.refs(first_page, pages)
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]


def test_published_rows_arrive_in_the_daemons_copy(xen: FakeGrants, pool: Pool) -> None:
    """From the agent's pool, over granted pages in any order, to the memory that the desktop's X server attaches."""
    supply = GrantSupply(pool, 0)
    first_page = supply.allocate(3)
    assert first_page is not None
    width, height = 64, 40  # 10,240 bytes: two pages and a half
    data = os.urandom(4 * width * height)
    os.pwrite(pool.fd, data, first_page * PAGE_BYTES)
    supply.publish(first_page, 4 * width * 10, 4 * width * 20)
    staging = Staging(GrantPages(7).picture(runs_of(refs_of(supply, first_page, 3))), width, height)
    staging.copy_rows(0, height, limit_bytes=1 << 20)
    wanted = bytes(2560) + data[2560:7680] + bytes(2560)
    assert os.pread(staging.fd, len(data), 0) == wanted
    staging.close()
    assert not xen.mapped, "a mapped page keeps a domain that has ended"
    supply.free(first_page, 3)
    assert not xen.shared


def test_nothing_is_published_into_a_run_that_was_freed(xen: FakeGrants, pool: Pool) -> None:
    supply = GrantSupply(pool, 0)
    first_page = supply.allocate(2)
    assert first_page is not None
    supply.free(first_page, 2)
    supply.publish(first_page, 0, PAGE_BYTES)
    assert not xen.shared


def test_limit_is_named_and_costs_no_page_of_the_pool(
    xen: FakeGrants, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameter = tmp_path / "limit"
    parameter.write_text(f"{LIMIT}\n")
    monkeypatch.setattr("shm.grants.shared.advice", lambda: limit.advice(parameter))
    supply = GrantSupply(pool, 0)
    assert supply.allocate(LIMIT) is not None
    assert supply.allocate(1) is None
    assert f"{parameter} is {LIMIT} pages" in supply.shortage()
    assert supply.allocate(PAGES - LIMIT + 1) is None
    assert f"{PAGES - LIMIT} of {PAGES} are free" in supply.shortage()
    assert xen.shared


def test_limit_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    assert "xen-gntalloc" in limit.advice(tmp_path / "nothing")


def test_grant_that_is_none_is_a_memory_error(xen: FakeGrants) -> None:
    with pytest.raises(ShmError, match="domain 7 cannot be mapped"):
        Mapper(7).map([1, 2, 3])
    assert not xen.mapped


def test_page_that_vanishes_under_a_copy_is_an_error_and_no_signal(xen: FakeGrants, tmp_path: Path) -> None:
    """A mapping beyond the end of its file is what a revoked page would be: touching it is SIGBUS, pwrite is EFAULT."""
    file = tmp_path / "pages"
    file.write_bytes(bytes(4 * PAGE_BYTES))
    with file.open("r+b") as backing, mmap.mmap(backing.fileno(), 0) as memory:
        address = libraries.ffi().from_buffer(memory)
        key = int(libraries.ffi().cast("uintptr_t", address))
        xen.mapped[key] = address
        pages = MappedPages(None, libraries.ffi().cast("void *", address), 4)
        os.truncate(file, PAGE_BYTES)
        with (tmp_path / "copy").open("w+b") as copy:
            pages.copy_to(copy.fileno(), 0, PAGE_BYTES)
            with pytest.raises(ShmError, match="copied"):
                pages.copy_to(copy.fileno(), 0, 4 * PAGE_BYTES)
        pages.close()
        libraries.ffi().release(address)
    assert not xen.mapped
