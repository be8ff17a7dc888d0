"""shm/pool.py on the kernel's own memfds."""

import errno
import fcntl
import mmap
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.limits import MAX_POOL_BYTES, PAGE_BYTES
from shm.errors import ShmError
from shm.pool import SEALS, Pool, holds_data

SIZE = 16 * PAGE_BYTES


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool.create(SIZE)
    yield made
    made.close()


def refusal(fd: int, size_bytes: int | None = None) -> str:
    try:
        with pytest.raises(ShmError) as caught:
            Pool.from_fd(fd, size_bytes=size_bytes)
        os.fstat(fd)  # still the caller's
    finally:
        os.close(fd)
    return str(caught.value)


def memory(size_bytes: int, seals: int = SEALS) -> int:
    fd = os.memfd_create("test", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, size_bytes)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


def test_create_is_sealed_private_and_sparse(pool: Pool) -> None:
    assert fcntl.fcntl(pool.fd, fcntl.F_GET_SEALS) == SEALS
    assert (pool.size_bytes, pool.pages) == (SIZE, 16)
    found = os.fstat(pool.fd)
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert found.st_blocks == 0
    assert not os.get_inheritable(pool.fd)


@pytest.mark.parametrize("size_bytes", [0, PAGE_BYTES - 1, SIZE - PAGE_BYTES, SIZE * 4])
def test_create_size_cannot_be_changed(pool: Pool, size_bytes: int) -> None:
    with pytest.raises(PermissionError):
        os.ftruncate(pool.fd, size_bytes)


def test_create_seals_cannot_be_added_to(pool: Pool) -> None:
    with pytest.raises(PermissionError):
        fcntl.fcntl(pool.fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)


@pytest.mark.parametrize(
    "size_bytes", [-1, 0, 1, PAGE_BYTES // 2, PAGE_BYTES + 1, 3 * PAGE_BYTES, MAX_POOL_BYTES + 1, MAX_POOL_BYTES * 2]
)
def test_create_odd_size_is_refused(size_bytes: int) -> None:
    with pytest.raises(ShmError, match="power of two"):
        Pool.create(size_bytes)


def test_from_fd_sealed_pool_is_taken_over(pool: Pool) -> None:
    os.pwrite(pool.fd, b"pixels", 5 * PAGE_BYTES)
    other = Pool.from_fd(os.dup(pool.fd), size_bytes=SIZE)
    try:
        assert other.pages == pool.pages
        assert os.pread(other.fd, 6, 5 * PAGE_BYTES) == b"pixels"
    finally:
        other.close()


@pytest.mark.parametrize(
    "missing", [fcntl.F_SEAL_SHRINK, fcntl.F_SEAL_GROW, fcntl.F_SEAL_SEAL, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW]
)
def test_from_fd_with_a_seal_missing_is_refused(missing: int) -> None:
    assert "not sealed" in refusal(memory(SIZE, SEALS & ~missing))


def test_from_fd_never_sealed_is_refused() -> None:
    fd = os.memfd_create("test", os.MFD_CLOEXEC)
    os.ftruncate(fd, SIZE)
    assert "not sealed" in refusal(fd)


def test_from_fd_file_on_disk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pool"
    path.write_bytes(bytes(SIZE))
    assert "seal" in refusal(os.open(path, os.O_RDWR))


def test_from_fd_pipe_is_refused() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    assert "not sealable" in refusal(reading)


@pytest.mark.parametrize("size_bytes", [0, 100, PAGE_BYTES - 1, 3 * PAGE_BYTES, SIZE + 1])
def test_from_fd_size_no_pool_has_is_refused(size_bytes: int) -> None:
    assert "power of two" in refusal(memory(size_bytes))


def test_from_fd_shorter_than_promised_is_refused() -> None:
    assert refusal(memory(SIZE), size_bytes=2 * SIZE) == f"the pool has {SIZE} bytes, not {2 * SIZE}"


def test_open_read_only_can_be_read_but_neither_written_nor_mapped_for_writing(pool: Pool) -> None:
    os.pwrite(pool.fd, b"seen", 0)
    fd = pool.open_read_only()
    try:
        assert os.pread(fd, 4, 0) == b"seen"
        assert not os.get_inheritable(fd)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.pwrite(fd, b"x", 0)
        with pytest.raises(PermissionError):
            mmap.mmap(fd, PAGE_BYTES, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        os.pwrite(pool.fd, b"late", 0)
        assert os.pread(fd, 4, 0) == b"late"
    finally:
        os.close(fd)


def test_punch_gives_back_exactly_these_pages(pool: Pool) -> None:
    os.pwrite(pool.fd, b"\xff" * SIZE, 0)
    full = os.fstat(pool.fd).st_blocks
    pool.punch(3, 5)
    data = os.pread(pool.fd, SIZE, 0)
    assert data == b"\xff" * (3 * PAGE_BYTES) + bytes(5 * PAGE_BYTES) + b"\xff" * (8 * PAGE_BYTES)
    assert os.fstat(pool.fd).st_blocks == full * 11 // 16
    assert os.fstat(pool.fd).st_size == SIZE


@pytest.mark.parametrize(("first", "pages"), [(-1, 1), (0, 0), (16, 1), (15, 2), (0, 17)])
def test_punch_outside_the_pool_is_refused(pool: Pool, first: int, pages: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        pool.punch(first, pages)


def test_punch_through_a_read_only_fd_is_a_memory_error(pool: Pool) -> None:
    reader = Pool.from_fd(pool.open_read_only())
    try:
        with pytest.raises(ShmError, match=os.strerror(errno.EBADF)):
            reader.punch(0, 1)
    finally:
        reader.close()


def test_holds_data_sees_written_pages_only(pool: Pool) -> None:
    assert not holds_data(pool.fd, 0, 16)
    os.pwrite(pool.fd, b"x", 6 * PAGE_BYTES + 17)
    reader = pool.open_read_only()
    try:
        for fd in (pool.fd, reader):
            assert [page for page in range(16) if holds_data(fd, page, 1)] == [6]
            assert holds_data(fd, 0, 16)
            assert not holds_data(fd, 0, 6)
            assert not holds_data(fd, 7, 9)
        pool.punch(6, 1)
        assert not holds_data(reader, 0, 16)
    finally:
        os.close(reader)


def test_holds_data_of_no_memory_is_a_memory_error() -> None:
    reading, writing = os.pipe()
    try:
        with pytest.raises(ShmError, match="cannot look"):
            holds_data(reading, 0, 1)
    finally:
        os.close(reading)
        os.close(writing)


def test_largest_pool_reaches_its_last_page() -> None:
    pool = Pool.create(MAX_POOL_BYTES)
    try:
        assert pool.pages == 1 << 20
        os.pwrite(pool.fd, b"end", MAX_POOL_BYTES - 3)
        assert holds_data(pool.fd, pool.pages - 1, 1)
        assert not holds_data(pool.fd, 0, pool.pages - 1)
        pool.punch(pool.pages - 1, 1)
        assert not holds_data(pool.fd, 0, pool.pages)
    finally:
        pool.close()


def test_close_twice_closes_once(pool: Pool) -> None:
    pool.close()
    reused = os.open("/dev/null", os.O_RDONLY)
    pool.close()
    os.fstat(reused)
    os.close(reused)
