"""Who takes whose place."""

from hypothesis import given
from hypothesis import strategies as st

from guid.core.geometry import Extents, Rect
from guid.core.heritage import Heritage, Left
from guid.core.values import RemoteId

RECT = Rect(1, 2, 3, 4)


def left(outer: int, *, iconic: bool = False) -> Left:
    return Left(outer, RECT, (), 0, iconic)


def raised(stacking: list[int], order: list[int]) -> list[int]:
    """What a window manager makes of it."""
    for window in order:
        stacking = [*(each for each in stacking if each != window), window]
    return stacking


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.randoms())
def test_to_raise_puts_every_heir_where_its_window_was(ours: list[bool], random: object) -> None:
    before = list(range(1, len(ours) + 1))
    mine = [window for window, is_mine in zip(before, ours, strict=True) if is_mine]
    heritage = Heritage({RemoteId(window): left(window) for window in mine})
    mapped = list(mine)
    random.shuffle(mapped)  # type: ignore[attr-defined]
    for window in mapped:
        assert heritage.claim(RemoteId(window), window + 100) == left(window)
    after = raised(
        [*before, *(window + 100 for window in mapped)], heritage.to_raise([*before, *(w + 100 for w in mapped)])
    )
    assert [each for each in after if each not in mine] == [w + 100 if w in mine else w for w in before]


def test_to_raise_without_an_heir_raises_nobody() -> None:
    assert Heritage({RemoteId(1): left(1)}).to_raise([1, 2, 3]) == []


def test_claim_again_or_by_a_stranger_follows_nobody() -> None:
    heritage = Heritage({RemoteId(1): left(1)})
    assert heritage.claim(RemoteId(2), 102) is None
    assert heritage.claim(RemoteId(1), 101) is not None
    assert heritage.claim(RemoteId(1), 103) is None


def test_complete_once_the_window_manager_has_all() -> None:
    heritage = Heritage({RemoteId(1): left(1), RemoteId(2): left(2)})
    heritage.claim(RemoteId(1), 101)
    assert not heritage.complete([1, 2, 101])
    heritage.claim(RemoteId(2), 102)
    assert not heritage.complete([1, 2, 101])
    assert heritage.complete([1, 2, 101, 102])
    assert Heritage({}).complete([])


def test_to_activate_only_if_the_person_still_works_there() -> None:
    heritage = Heritage({RemoteId(1): left(1)})
    heritage.claim(RemoteId(1), 101)
    assert heritage.to_activate(1) == 101
    assert heritage.to_activate(7) is None


def test_to_normalize_names_those_that_began_as_icons() -> None:
    heritage = Heritage({RemoteId(1): left(1, iconic=True), RemoteId(2): left(2), RemoteId(3): left(3, iconic=True)})
    heritage.claim(RemoteId(1), 101)
    heritage.claim(RemoteId(2), 102)
    assert heritage.to_normalize() == [101]


def test_content_that_had_no_frame_of_ours_keeps_its_place_in_one() -> None:
    content, extents = Rect(90, 80, 3, 4), Extents(2, 2, 18, 2)
    assert left(1).place(content, extents) == Rect(-1, -16, 7, 24)
    assert left(1).place(content._replace(width=4), extents) == RECT, "it had a frame"
    assert left(1)._replace(fills=True).place(content, extents) == RECT, "it fills the screen, frame and all"
