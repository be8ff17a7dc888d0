"""shm/allocator.py against a model that knows every page."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shm.allocator import PageAllocator

PAGES = 64


class AllocatorMachine(RuleBasedStateMachine):
    """Allocates and frees at random beside a list of one flag a page."""

    def __init__(self) -> None:
        super().__init__()
        self.allocator = PageAllocator(PAGES)
        self.taken = [False] * PAGES
        self.runs: list[tuple[int, int]] = []

    def fits(self, pages: int) -> bool:
        return any(not any(self.taken[first : first + pages]) for first in range(PAGES - pages + 1))

    @rule(pages=st.integers(1, PAGES + 1))
    def allocate(self, pages: int) -> None:
        possible = self.fits(pages)
        first = self.allocator.allocate(pages)
        assert (first is not None) == possible
        if first is not None:
            assert 0 <= first <= PAGES - pages
            assert not any(self.taken[first : first + pages])
            self.taken[first : first + pages] = [True] * pages
            self.runs.append((first, pages))

    @rule(data=st.data())
    def free(self, data: st.DataObject) -> None:
        if self.runs:
            first, pages = self.runs.pop(data.draw(st.integers(0, len(self.runs) - 1)))
            self.allocator.free(first, pages)
            self.taken[first : first + pages] = [False] * pages

    @rule(first=st.integers(-1, PAGES), pages=st.integers(0, PAGES))
    def free_what_was_not_allocated(self, first: int, pages: int) -> None:
        if (first, pages) not in self.runs:
            with pytest.raises(ValueError, match="not allocated"):
                self.allocator.free(first, pages)

    @invariant()
    def counts_free_pages(self) -> None:
        assert self.allocator.free_pages == self.taken.count(False)


TestAllocator = AllocatorMachine.TestCase


def test_allocator_all_freed_takes_the_whole_pool_again() -> None:
    allocator = PageAllocator(10)
    firsts = [allocator.allocate(1) for _ in range(10)]
    for first in (firsts[i] for i in (3, 1, 2, 9, 0, 5, 4, 7, 8, 6)):
        assert first is not None
        allocator.free(first, 1)
    assert allocator.allocate(10) == 0


@pytest.mark.parametrize("pages", [0, -1])
def test_allocator_no_pages_is_refused(pages: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        PageAllocator(pages)
    with pytest.raises(ValueError, match="at least one"):
        PageAllocator(4).allocate(pages)
