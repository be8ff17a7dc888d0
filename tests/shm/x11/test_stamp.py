"""shm/x11/stamp.py on a real server: what it writes, when, and where it writes nothing."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.limits import PAGE_BYTES
from shm.errors import ShmError
from shm.pool import COUNTER, Pool, holds_data
from shm.x11.connection import XConnection
from shm.x11.mitshm import MitShm
from shm.x11.stamp import Progress, Stamp
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

PAGE = 5


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool.create(1 << 20)
    yield made
    made.close()


def page_of(pool: Pool, page: int) -> bytes:
    return os.pread(pool.fd, PAGE_BYTES, page * PAGE_BYTES)


@pytest.mark.parametrize("number", [0, 1, 0x80000001, 0xFFFFFFFF])
def test_every_number_is_written_whole(connection: XConnection, pool: Pool, number: int) -> None:
    stamp = Stamp(connection, MitShm(connection), pool.fd, PAGE)
    os.pwrite(pool.fd, b"\x55" * PAGE_BYTES, PAGE * PAGE_BYTES)
    connection.send(stamp.request(number), 1)
    connection.sync()
    assert page_of(pool, PAGE) == COUNTER.pack(number) + b"\x55" * (PAGE_BYTES - COUNTER.size)


def test_no_other_page_is_touched(connection: XConnection, pool: Pool) -> None:
    stamp = Stamp(connection, MitShm(connection), pool.fd, PAGE)
    connection.send(stamp.request(7), 1)
    connection.sync()
    assert [page for page in range(pool.pages) if holds_data(pool.fd, page, 1)] == [PAGE]


def test_last_page_of_a_pool_will_do(connection: XConnection, pool: Pool) -> None:
    stamp = Stamp(connection, MitShm(connection), pool.fd, pool.pages - 1)
    connection.send(stamp.request(9), 1)
    connection.sync()
    assert page_of(pool, pool.pages - 1).startswith(COUNTER.pack(9))


def test_closed_stamp_leaves_no_memory_with_the_server(own_server: XServer, pool: Pool) -> None:
    connection = XConnection(own_server.name)
    maps = Path(f"/proc/{own_server.pid}/maps")
    stamp = Stamp(connection, MitShm(connection), pool.fd, PAGE)
    connection.send(stamp.request(3), 1)
    connection.sync()
    assert "vitrail-pool" in maps.read_text(encoding="utf-8")
    stamp.close()
    connection.sync()
    assert "vitrail-pool" not in maps.read_text(encoding="utf-8")
    assert page_of(pool, PAGE).startswith(COUNTER.pack(3))
    connection.close()


def test_progress_is_seen_without_a_word_from_the_server(own_server: XServer) -> None:
    connection = XConnection(own_server.name)
    progress = Progress(connection, MitShm(connection))
    assert progress.reached()
    for _ in range(3):
        os.kill(own_server.pid, signal.SIGSTOP)
        connection.send(progress.request(), 1)
        assert not progress.reached()
        os.kill(own_server.pid, signal.SIGCONT)
        wait_until(progress.reached, what="the stamp")
    connection.close()


def test_server_without_such_pixmaps_is_refused(connection: XConnection, pool: Pool) -> None:
    shm = MitShm(connection)
    shm.shared_pixmaps = False
    with pytest.raises(ShmError, match="no pixmaps of depth 32"):
        Stamp(connection, shm, pool.fd, PAGE)
    with pytest.raises(ShmError, match="no pixmaps of depth 32"):
        Progress(connection, shm)


def test_memory_that_cannot_be_written_is_refused(connection: XConnection, pool: Pool) -> None:
    fd = pool.open_read_only()
    with pytest.raises(ShmError, match="refused the shared memory"):
        Stamp(connection, MitShm(connection), fd, PAGE)
    os.close(fd)
