"""What shm/pages.py and shm/supply.py promise of shared memory, as tests: one suite for every kind. Knows no kind.

A kind is a fixture `shared`. Its two sides may be in different machines: the suite sees references, offsets and bytes.
"""

from __future__ import annotations

import contextlib
import random
import threading
from typing import ClassVar, NamedTuple, Protocol

import pytest

from protocol.limits import PAGE_BYTES
from shm.errors import ShmError


class Allocated(NamedTuple):
    """A run as the agent's side has it. refs: as the wire has them."""

    first_page: int
    refs: list[int]


class Picture(Protocol):
    """A picture's pages as the desktop side has them."""

    size_bytes: int

    def copied(self, offset_bytes: int, length_bytes: int) -> bytes:
        """The whole file that this much was copied into, of `size_bytes`. Raises ShmError."""

    def close(self) -> None: ...


class Shared(Protocol):
    """One memory from both sides. limit: references are smaller. most: pages that a run can have at most."""

    limit: int
    most: int

    def allocate(self, pages: int) -> Allocated | str:
        """A run, or why there is none."""

    def write(self, run: Allocated, offset_bytes: int, data: bytes) -> None:
        """As the agent's X server draws and the agent publishes."""

    def free(self, run: Allocated) -> None: ...

    def picture(self, refs: list[int]) -> Picture:
        """Raises ShmError."""


def allocated(shared: Shared, pages: int) -> Allocated:
    found = shared.allocate(pages)
    assert isinstance(found, Allocated), found
    return found


def noise(pages: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(pages * PAGE_BYTES)


class MemoryConformance:
    """The suite. names_are_checked: a reference that names nothing is refused when the picture is asked for."""

    names_are_checked: ClassVar[bool] = True

    def test_every_byte_arrives_in_its_place(self, shared: Shared) -> None:
        run, data = allocated(shared, 5), noise(5, 1)
        shared.write(run, 0, data)
        assert len(run.refs) == 5
        assert all(0 <= ref < shared.limit for ref in run.refs)
        picture = shared.picture(run.refs)
        assert picture.size_bytes == 5 * PAGE_BYTES
        assert picture.copied(0, 5 * PAGE_BYTES) == data
        picture.close()
        shared.free(run)

    def test_references_in_any_order_name_their_pages(self, shared: Shared) -> None:
        first, second = allocated(shared, 3), allocated(shared, 2)
        data = {**pages_of(first, noise(3, 2)), **pages_of(second, noise(2, 3))}
        shared.write(first, 0, noise(3, 2))
        shared.write(second, 0, noise(2, 3))
        refs = [second.refs[1], first.refs[2], first.refs[0], second.refs[0], first.refs[1]]
        picture = shared.picture(refs)
        assert picture.copied(0, 5 * PAGE_BYTES) == b"".join(data[ref] for ref in refs)
        picture.close()
        shared.free(first)
        shared.free(second)

    def test_part_is_copied_to_its_place_and_nothing_else(self, shared: Shared) -> None:
        run, data = allocated(shared, 3), noise(3, 4)
        shared.write(run, 0, data)
        picture = shared.picture(run.refs)
        start, end = PAGE_BYTES - 100, 2 * PAGE_BYTES + 36
        assert picture.copied(start, end - start) == bytes(start) + data[start:end] + bytes(3 * PAGE_BYTES - end)
        picture.close()
        shared.free(run)

    def test_what_is_written_later_is_seen_through_the_same_picture(self, shared: Shared) -> None:
        run, data = allocated(shared, 2), bytearray(noise(2, 5))
        shared.write(run, 0, bytes(data))
        picture = shared.picture(run.refs)
        assert picture.copied(0, 2 * PAGE_BYTES) == data
        data[4000:4200] = bytes(range(200))
        shared.write(run, 4000, bytes(range(200)))
        assert picture.copied(0, 2 * PAGE_BYTES) == data
        picture.close()
        shared.free(run)

    def test_two_pictures_at_once_are_two(self, shared: Shared) -> None:
        runs = [allocated(shared, 2), allocated(shared, 2)]
        for seed, run in enumerate(runs):
            shared.write(run, 0, noise(2, 6 + seed))
        assert not set(runs[0].refs) & set(runs[1].refs)
        pictures = [shared.picture(run.refs) for run in runs]
        pictures[0].close()
        assert pictures[1].copied(0, 2 * PAGE_BYTES) == noise(2, 7)
        pictures[1].close()
        for run in runs:
            shared.free(run)

    def test_closing_a_picture_again_is_harmless(self, shared: Shared) -> None:
        run = allocated(shared, 1)
        picture = shared.picture(run.refs)
        picture.close()
        picture.close()
        shared.free(run)

    def test_run_freed_under_a_picture_is_bytes_or_an_error(self, shared: Shared) -> None:
        """A hostile agent does not wait for an acknowledgement: whatever is copied then, nobody dies of it."""
        run = allocated(shared, 2)
        shared.write(run, 0, noise(2, 8))
        picture = shared.picture(run.refs)
        shared.free(run)
        with contextlib.suppress(ShmError):
            assert len(picture.copied(0, 2 * PAGE_BYTES)) == 2 * PAGE_BYTES
        picture.close()
        again = allocated(shared, 2)
        shared.write(again, 0, noise(2, 9))
        picture = shared.picture(again.refs)
        assert picture.copied(0, 2 * PAGE_BYTES) == noise(2, 9)
        picture.close()
        shared.free(again)

    def test_bytes_that_change_while_they_are_copied_are_copied_all_the_same(self, shared: Shared) -> None:
        run = allocated(shared, 4)
        picture = shared.picture(run.refs)
        for turn in range(4):
            shared.write(run, 0, noise(4, 20 + turn))
            writing = threading.Thread(target=shared.write, args=(run, 0, noise(4, 30 + turn)))
            writing.start()
            assert len(picture.copied(0, 4 * PAGE_BYTES)) == 4 * PAGE_BYTES
            writing.join()
        assert picture.copied(0, 4 * PAGE_BYTES) == noise(4, 33)
        picture.close()
        shared.free(run)

    def test_more_than_there_is_says_why_and_costs_nothing(self, shared: Shared) -> None:
        held = allocated(shared, shared.most // 2)
        refused = shared.allocate(shared.most)
        assert isinstance(refused, str)
        assert any(character.isdigit() for character in refused), refused
        shared.free(held)
        whole = allocated(shared, shared.most)
        assert len(whole.refs) == shared.most
        shared.free(whole)

    def test_reference_that_names_nothing_is_refused(self, shared: Shared) -> None:
        if not self.names_are_checked:
            pytest.skip("every reference below the limit names a page of this kind")
        run = allocated(shared, 2)
        with pytest.raises(ShmError):
            shared.picture([run.refs[0], shared.limit - 5])
        picture = shared.picture(run.refs)
        picture.close()
        shared.free(run)


def pages_of(run: Allocated, data: bytes) -> dict[int, bytes]:
    """Each reference's page."""
    return {ref: data[at * PAGE_BYTES : (at + 1) * PAGE_BYTES] for at, ref in enumerate(run.refs)}
