"""guid/core/stacking.py: after what it says is done, no popup lies above a locker, and nothing else has moved."""

from hypothesis import given
from hypothesis import strategies as st

from guid.core.stacking import Lowering, lowering

WINDOWS = st.lists(st.integers(1, 40), unique=True, max_size=12)


def test_lowering_without_a_locker_is_nothing() -> None:
    assert lowering([1, 2, 3], {2, 3}, set()) is None
    assert lowering([1, 2, 3], {2, 3}, {9}) is None


def test_lowering_keeps_the_order_of_the_popups() -> None:
    assert lowering([1, 2, 3, 4, 5, 6], {1, 3, 5, 6}, {2, 4}) == Lowering(2, (3, 5, 6))


def done(order: list[int], lowered: Lowering) -> list[int]:
    """What the X server makes of ConfigureWindow with Below, one after the other."""
    order = list(order)
    for window in lowered.popups:
        order.remove(window)
        order.insert(order.index(lowered.locker), window)
    return order


@given(WINDOWS, st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)))
def test_lowering_leaves_no_popup_above_a_locker(order: list[int], popups: set[int], lockers: set[int]) -> None:
    popups -= lockers
    lowered = lowering(order, popups, lockers)
    if lowered is None:
        assert not lockers & set(order)
        return
    after = done(order, lowered)
    lowest = min(after.index(locker) for locker in lockers & set(order))
    assert not popups & set(after[lowest:])
    for some in (popups, set(order) - popups):
        assert [each for each in after if each in some] == [each for each in order if each in some]
    assert lowering(after, popups, lockers) == Lowering(lowered.locker, ())
