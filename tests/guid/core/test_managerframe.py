"""When the window manager's frame round an outer counts as painted, and what the keeper makes of it."""

import pytest

from guid.core.framekeeping import AGAIN_S, BETWEEN_S, CALM_S, SOON_S, STRIKES, FrameKeeper, Step
from guid.core.geometry import Rect
from guid.core.managerframe import MAX_BAND_PX, Seen, Side, Verdict, sides, verdict
from guid.core.region import Region, without
from guid.core.values import RemoteId

RGB, GREY = 0x3465A4, 0x777777
OUTER = Rect(100, 100, 40, 30)
WHOLE = Rect(98, 90, 44, 42)
"""Two pixels left, right and below; a title bar of ten above."""
SCREEN = Rect(0, 0, 800, 600)
WINDOW = RemoteId(7)


def looked(
    colours: dict[Rect, int] | None = None, *, covered: tuple[Rect, ...] = (), whole: Rect = WHOLE
) -> tuple[Seen, ...]:
    """A look at a frame in the label's colour, in which the parts `colours` have others."""
    free: Region = [SCREEN]
    for each in covered:
        free = without(free, each)
    return tuple(_side(each, free, colours or {}) for each in sides(OUTER, whole))


def _side(side: Side, free: Region, colours: dict[Rect, int]) -> Seen:
    where, pixels = side.where, bytearray()
    for y in range(where.y, where.y + where.height):
        for x in range(where.x, where.x + where.width):
            hits = [rgb for (left, top, w, h), rgb in colours.items() if left <= x < left + w and top <= y < top + h]
            pixels += (0xFF000000 | (hits[-1] if hits else RGB)).to_bytes(4, "little")  # the X byte may be anything
    return Seen(side, where, bytes(pixels), free)


def test_frame_in_the_colour_is_painted() -> None:
    assert verdict(looked(), RGB) is Verdict.PAINTED
    assert verdict(looked(), GREY) is Verdict.UNPAINTED


def test_title_bar_may_have_any_colour_but_for_one_whole_line() -> None:
    bar = Rect(90, 90, 60, 9)
    assert verdict(looked({bar: GREY}), RGB) is Verdict.PAINTED
    assert verdict(looked({bar: GREY, Rect(139, 99, 1, 1): GREY}), RGB) is Verdict.UNPAINTED


@pytest.mark.parametrize("side", range(4))
def test_each_side_counts(side: int) -> None:
    where = sides(OUTER, WHOLE)[side].where
    assert verdict(looked({where: GREY}), RGB) is Verdict.UNPAINTED
    assert verdict(looked(covered=(where,)), RGB) is Verdict.UNSEEN
    assert verdict(looked({where: GREY}, covered=(where,)), RGB) is Verdict.UNSEEN


@pytest.mark.parametrize("whole", [OUTER, Rect(100, 90, 42, 42), Rect(98, 100, 44, 32)])
def test_frame_without_a_side_is_unpainted(whole: Rect) -> None:
    assert verdict(looked(whole=whole), RGB) is Verdict.UNPAINTED


def test_what_covers_a_side_proves_nothing() -> None:
    """A popup of the qube has the label's colour too: it could lie where the window manager's frame is grey."""
    bottom = sides(OUTER, WHOLE)[3].where
    popup = Rect(bottom.x - 5, bottom.y, 35, bottom.height)
    left_free = Rect(bottom.x + 30, bottom.y, 10, bottom.height)
    assert verdict(looked({left_free: GREY}, covered=(popup,)), RGB) is Verdict.UNPAINTED
    assert verdict(looked(covered=(popup,)), RGB) is Verdict.UNSEEN, "a quarter of a side is not enough"


def test_side_off_the_screen_is_unseen() -> None:
    seen = list(looked())
    seen[0] = Seen(seen[0].side, None, b"", [])
    assert verdict(tuple(seen), RGB) is Verdict.UNSEEN


def test_of_a_thick_frame_the_part_at_the_window_is_looked_at() -> None:
    left, _right, top, _bottom = sides(OUTER, Rect(0, 0, 800, 600))
    assert left.where == Rect(OUTER.x - MAX_BAND_PX, OUTER.y, MAX_BAND_PX, OUTER.height)
    assert top.where == Rect(OUTER.x, OUTER.y - MAX_BAND_PX, OUTER.width, MAX_BAND_PX)


# The keeper


def test_keeper_gives_a_painted_window_once_and_looks_again_calmly() -> None:
    keeper = FrameKeeper()
    assert keeper.wait_s(0.0) is None
    keeper.disturbed(WINDOW, 0.0)
    assert keeper.wait_s(0.0) == SOON_S
    assert keeper.take(0.0) is None
    assert keeper.take(SOON_S) == WINDOW
    assert keeper.take(SOON_S) is None
    assert keeper.looked(WINDOW, Verdict.PAINTED, 1.0) is Step.GIVE
    assert keeper.wait_s(1.0) == CALM_S
    assert keeper.looked(WINDOW, Verdict.PAINTED, 2.0) is Step.NOTHING
    assert keeper.given == {WINDOW}


def test_keeper_complains_after_its_last_try_and_then_waits_for_something_to_happen() -> None:
    keeper = FrameKeeper()
    keeper.disturbed(WINDOW, 0.0)
    now = SOON_S
    for wait_s in AGAIN_S:
        assert keeper.take(now) == WINDOW
        assert keeper.looked(WINDOW, Verdict.UNPAINTED, now) is Step.NOTHING
        assert keeper.wait_s(now) == pytest.approx(wait_s)
        now += wait_s + 0.001
    assert keeper.take(now) == WINDOW
    assert keeper.looked(WINDOW, Verdict.UNPAINTED, now) is Step.COMPLAIN
    assert keeper.wait_s(now) is None


def test_keeper_looks_at_one_window_at_a_time_however_many_are_due() -> None:
    keeper = FrameKeeper()
    for number in range(3):
        keeper.disturbed(RemoteId(number), number / 1000)
    assert keeper.take(1.0) == RemoteId(0)
    assert keeper.take(1.0) is None
    assert keeper.wait_s(1.0) == pytest.approx(BETWEEN_S)
    assert keeper.take(1.0 + BETWEEN_S) == RemoteId(1)


def test_keeper_takes_back_what_is_unpainted_and_keeps_what_is_unseen() -> None:
    keeper = FrameKeeper()
    keeper.looked(WINDOW, Verdict.PAINTED, 0.0)
    assert keeper.looked(WINDOW, Verdict.UNSEEN, 1.0) is Step.NOTHING
    assert keeper.given == {WINDOW}
    assert keeper.looked(WINDOW, Verdict.UNPAINTED, 2.0) is Step.TAKE_BACK
    assert keeper.given == set()
    assert not keeper.lost(WINDOW), "it is ours already"


def test_keeper_gives_up_on_a_window_manager_that_paints_now_and_then() -> None:
    keeper = FrameKeeper()
    for _ in range(STRIKES):
        keeper.looked(WINDOW, Verdict.PAINTED, 0.0)
        assert keeper.looked(WINDOW, Verdict.UNPAINTED, 0.0) is Step.TAKE_BACK
    keeper.lost(WINDOW)
    keeper.disturbed(WINDOW, 0.0)
    assert keeper.wait_s(0.0) is None
    keeper.pardon(RemoteId(WINDOW + 1))
    keeper.disturbed(WINDOW, 0.0)
    assert keeper.wait_s(0.0) is None, "what happens to another window is nothing to it"
    keeper.pardon(WINDOW)
    keeper.disturbed(WINDOW, 0.0)
    assert keeper.wait_s(0.0) == SOON_S


def test_unseen_window_gets_no_complaint() -> None:
    keeper = FrameKeeper()
    for _ in AGAIN_S:
        keeper.looked(WINDOW, Verdict.UNSEEN, 0.0)
    assert keeper.looked(WINDOW, Verdict.UNSEEN, 0.0) is Step.NOTHING
