"""shm/staging.py: the copy equals the scattered picture, in bounded steps."""

import fcntl
import os
import random
from collections.abc import Iterator

import pytest

from protocol.limits import PAGE_BYTES
from shm.errors import ShmError
from shm.pages import PoolPicture
from shm.pool import SEALS, Pool
from shm.runs import Run, runs_of
from shm.staging import Staging

PAGES = 256


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool.create(PAGES * PAGE_BYTES)
    os.pwrite(made.fd, random.Random(1).randbytes(made.size_bytes), 0)
    yield made
    made.close()


def expected(pool: Pool, refs: list[int], length: int) -> bytes:
    return b"".join(os.pread(pool.fd, PAGE_BYTES, ref * PAGE_BYTES) for ref in refs)[:length]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 77), (1024, 20), (5000, 13), (16384, 3)])
def test_copy_rows_scattered_pages_equals_the_picture(pool: Pool, width: int, height: int) -> None:
    needed = -(-4 * width * height // PAGE_BYTES)
    refs = random.Random(width).choices(range(PAGES), k=needed)  # repeated references are legal
    staging = Staging(PoolPicture(pool.fd, runs_of(refs)), width, height)
    try:
        assert staging.copy_rows(0, height, limit_bytes=1 << 30) == height
        length = 4 * width * height
        assert os.pread(staging.fd, length, 0) == expected(pool, refs, length)
        assert staging.copied_bytes == length
        assert length <= staging.size_bytes < length + PAGE_BYTES
        assert fcntl.fcntl(staging.fd, fcntl.F_GET_SEALS) == SEALS
    finally:
        staging.close()


def test_copy_rows_within_a_limit_goes_on_where_it_stopped(pool: Pool) -> None:
    refs = random.Random(7).sample(range(PAGES), 100)
    width, height = 500, 200
    staging = Staging(PoolPicture(pool.fd, runs_of(refs)), width, height)
    try:
        row, steps = 0, []
        while row < height:
            before = staging.copied_bytes
            row = staging.copy_rows(row, height, limit_bytes=10_000)
            steps.append(staging.copied_bytes - before)
        assert max(steps) <= 10_000
        assert len(steps) == 40  # five rows of 2000 bytes each
        assert os.pread(staging.fd, 4 * width * height, 0) == expected(pool, refs, 4 * width * height)
    finally:
        staging.close()


def test_copy_rows_of_a_band_touches_nothing_else(pool: Pool) -> None:
    refs = list(range(100, 0, -1))
    staging = Staging(PoolPicture(pool.fd, runs_of(refs)), 1000, 50)
    try:
        assert staging.copy_rows(20, 23, limit_bytes=1 << 20) == 23
        whole = expected(pool, refs, 4000 * 50)
        assert os.pread(staging.fd, 4000 * 50, 0) == bytes(80_000) + whole[80_000:92_000] + bytes(4000 * 27)
    finally:
        staging.close()


def test_copy_rows_tiny_limit_still_makes_progress(pool: Pool) -> None:
    staging = Staging(PoolPicture(pool.fd, [Run(0, 4)]), 1024, 4)
    try:
        assert staging.copy_rows(1, 4, limit_bytes=1) == 2
    finally:
        staging.close()


def test_copy_rows_source_shorter_than_its_pages_is_a_memory_error(pool: Pool) -> None:
    staging = Staging(PoolPicture(pool.fd, [Run(PAGES - 1, 2)]), 1024, 2)
    try:
        with pytest.raises(ShmError, match="whole"):
            staging.copy_rows(0, 2, limit_bytes=1 << 20)
    finally:
        staging.close()


@pytest.mark.parametrize(("first", "end"), [(-1, 1), (2, 2), (0, 5)])
def test_copy_rows_outside_the_picture_is_refused(pool: Pool, first: int, end: int) -> None:
    staging = Staging(PoolPicture(pool.fd, [Run(0, 4)]), 1024, 4)
    try:
        with pytest.raises(ValueError, match="outside"):
            staging.copy_rows(first, end, limit_bytes=1)
    finally:
        staging.close()


def test_staging_too_few_pages_is_refused(pool: Pool) -> None:
    with pytest.raises(ValueError, match="fewer pages"):
        Staging(PoolPicture(pool.fd, [Run(0, 3)]), 1024, 4)
