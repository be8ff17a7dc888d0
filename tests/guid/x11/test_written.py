"""guid/x11/written.py: whether pages were ever written, and that nobody can make a batch look for ever."""

import os
from collections.abc import Iterator

import pytest

from guid.x11.written import LOOK_PAGES, MAX_LOOKED_PAGES, Looks, Progress
from protocol.limits import PAGE_BYTES
from shm.pool import Pool
from shm.runs import Run

PAGES = 64


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool.create(PAGES * PAGE_BYTES)
    yield pool
    pool.close()


def write(pool: Pool, *pages: int) -> None:
    for page in pages:
        os.pwrite(pool.fd, b"x", page * PAGE_BYTES)


def wholly(pool: Pool, *runs: Run, progress: Progress | None = None) -> bool:
    return Looks(pool.fd).wholly(runs, progress or Progress())


def test_written_are_runs_without_a_hole(pool: Pool) -> None:
    write(pool, *range(10, 20), *range(30, PAGES))
    assert wholly(pool, Run(10, 10), Run(12, 3), Run(30, PAGES - 30))
    assert not wholly(pool, Run(10, 11))
    assert not wholly(pool, Run(10, 10), Run(9, 1), Run(30, 1))
    assert not wholly(pool, Run(0, 1))


def test_what_was_seen_is_not_looked_at_again(pool: Pool) -> None:
    write(pool, *range(40))
    looks, progress, runs = Looks(pool.fd), Progress(), [Run(0, 20), Run(10, 40)]
    assert not looks.wholly(runs, progress)
    assert MAX_LOOKED_PAGES - looks.left == (LOOK_PAGES + 40) + (LOOK_PAGES + 30)
    looks.begin()
    assert looks.left == MAX_LOOKED_PAGES
    for _ in range(10):
        assert not looks.wholly(runs, progress)
    assert MAX_LOOKED_PAGES - looks.left == 10 * LOOK_PAGES, "it goes on at the hole"
    write(pool, *range(40, 49))
    assert not looks.wholly(runs, progress)
    write(pool, 49)
    assert looks.wholly(runs, progress)
    assert looks.wholly(runs, progress)


def test_batch_that_has_looked_at_enough_goes_on_in_the_next(pool: Pool) -> None:
    write(pool, *range(PAGES))
    looks, progress = Looks(pool.fd), Progress()
    runs = [Run(0, 1)] * (2 * MAX_LOOKED_PAGES // (LOOK_PAGES + PAGES))
    assert not looks.wholly(runs, progress)
    assert -LOOK_PAGES - PAGES < looks.left <= 0
    before = looks.left
    assert not looks.wholly(runs, progress)
    assert looks.left == before, "no look without a budget"
    looks.begin()
    assert looks.wholly(runs, progress)


def test_written_in_part_is_a_page_under_the_bytes(pool: Pool) -> None:
    write(pool, 5)
    looks = Looks(pool.fd)
    assert looks.partly(5 * PAGE_BYTES - 1, 5 * PAGE_BYTES + 1)
    assert looks.partly(6 * PAGE_BYTES - 1, 6 * PAGE_BYTES)
    assert not looks.partly(0, 5 * PAGE_BYTES)
    assert not looks.partly(6 * PAGE_BYTES, PAGES * PAGE_BYTES)
    assert MAX_LOOKED_PAGES - looks.left == 4 * LOOK_PAGES
