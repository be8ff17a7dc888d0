"""shm/damage.py: every damaged pixel is drawn, and no more than the rule allows."""

from hypothesis import given
from hypothesis import strategies as st

from shm.damage import REQUEST_COST_PX, Rect, coalesce

RECTS = st.lists(
    st.tuples(st.integers(-20, 60), st.integers(-20, 60), st.integers(1, 40), st.integers(1, 40)), max_size=30
)


def pixels(rects: list[Rect]) -> set[tuple[int, int]]:
    return {(i, j) for x, y, w, h in rects for i in range(x, x + w) for j in range(y, y + h)}


@given(RECTS)
def test_coalesce_any_rects_covers_every_pixel(rects: list[Rect]) -> None:
    assert pixels(rects) <= pixels(coalesce(dict.fromkeys(rects)))


@given(
    st.lists(
        st.tuples(st.integers(0, 9000), st.integers(0, 5000), st.integers(1, 900), st.integers(1, 900)), max_size=30
    )
)
def test_coalesce_any_rects_costs_no_more_than_they_do(rects: list[Rect]) -> None:
    distinct = dict.fromkeys(rects)
    drawn = coalesce(distinct)
    assert sum(w * h for _, _, w, h in drawn) <= sum(w * h + REQUEST_COST_PX for _, _, w, h in distinct)
    assert drawn == list(distinct) or len(drawn) == 1


def test_coalesce_neighbours_gives_their_box() -> None:
    assert coalesce({(0, 0, 10, 10): None, (10, 0, 10, 10): None, (0, 10, 20, 5): None}) == [(0, 0, 20, 15)]


def test_coalesce_two_far_spots_keeps_both() -> None:
    far: dict[Rect, None] = {(0, 0, 16, 16): None, (1900, 1000, 16, 16): None}
    assert coalesce(far) == list(far)


def test_coalesce_box_just_at_the_cost_is_the_box_and_one_pixel_more_is_not() -> None:
    # Two 1x1 rectangles cost 2 * (1 + 4096) = 8194 px; a box of 1 x 8194 costs the same.
    assert len(coalesce({(0, 0, 1, 1): None, (0, 8193, 1, 1): None})) == 1
    assert len(coalesce({(0, 0, 1, 1): None, (0, 8194, 1, 1): None})) == 2


def test_coalesce_one_or_none_returns_it_unchanged() -> None:
    assert coalesce({}) == []
    assert coalesce({(3, 4, 5, 6): None}) == [(3, 4, 5, 6)]
