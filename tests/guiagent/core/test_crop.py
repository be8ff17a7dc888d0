"""The shadow that is cut off a window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.crop import MAX_SHADOW_PX, NO_CROP, Crop
from guiagent.core.effects import MoveResize
from guiagent.core.hints import P_BASE_SIZE, P_MAX_SIZE, P_MIN_SIZE, P_RESIZE_INC
from guiagent.core.settle import Place
from guiagent.core.values import Geometry, Properties, SizeHints
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World

SHADOW = (26, 25, 23, 29)
WHOLE = Geometry(100, 200, 351, 252)
VISIBLE = Geometry(126, 223, 300, 200)

sides = st.integers(0, MAX_SHADOW_PX)
crops = st.builds(Crop, sides, sides, sides, sides)
visible_parts = st.builds(
    Geometry, st.integers(-20_000, 20_000), st.integers(-20_000, 20_000), st.integers(1, 16_384), st.integers(1, 6_144)
)


@given(crops, visible_parts)
def test_way_out_and_back_leads_to_the_same_part(crop: Crop, visible: Geometry) -> None:
    whole = crop.outer(visible)
    assert crop.fitting(whole.size) == crop
    assert crop.inner(whole) == visible


@given(st.lists(st.integers(0, 0xFFFFFFFF), max_size=6), st.integers(1, 2_000), st.integers(1, 2_000))
def test_whatever_a_program_writes_leaves_something_of_its_window(words: list[int], width: int, height: int) -> None:
    crop = Crop.of(words).fitting((width, height))
    part = crop.inner(Geometry(0, 0, width, height))
    assert min(part.size) >= 1
    assert part.x >= 0 <= part.y


@pytest.mark.parametrize("words", [(), (1, 2, 3), (1, 2, 3, 4, 5), (0xFFFFFFFF, 0, 0, 0), (0, 0, 0, MAX_SHADOW_PX + 1)])
def test_absurd_shadow_is_none(words: tuple[int, ...]) -> None:
    assert Crop.of(words) == NO_CROP


def test_shadow_larger_than_the_window_is_none() -> None:
    assert Crop(150, 150, 0, 0).fitting((300, 200)) == NO_CROP
    assert Crop(0, 0, 100, 100).fitting((300, 200)) == NO_CROP
    assert Crop(150, 149, 100, 99).fitting((300, 200)) != NO_CROP


def test_hints_are_those_of_the_visible_part() -> None:
    flags = P_MIN_SIZE | P_MAX_SIZE | P_BASE_SIZE | P_RESIZE_INC
    asked = SizeHints(flags, 251, 152, 1051, 1052, 10, 20, 71, 42)
    assert Crop(*SHADOW).hints(asked) == SizeHints(flags, 200, 100, 1000, 1000, 10, 20, 20, 10)
    assert NO_CROP.hints(asked) == asked
    assert Crop(*SHADOW).hints(SizeHints()) == SizeHints()


def test_base_below_the_shadow_stays_on_the_grid() -> None:
    asked = SizeHints(P_BASE_SIZE | P_RESIZE_INC, width_inc=10, height_inc=20, base_width=7, base_height=9)
    told = Crop(*SHADOW).hints(asked)
    assert ((7 - 51 - told.base_width) % 10, (9 - 52 - told.base_height) % 20) == (0, 0)
    assert (told.base_width, told.base_height) == (6, 17)


# The place of a window


def test_order_of_the_daemon_reaches_x_with_the_shadow_round_it() -> None:
    place = Place.of(WHOLE, Crop(*SHADOW))
    assert place.real == place.told == VISIBLE
    place.ordered(Geometry(0, 0, 400, 300), now=0.0)
    assert place.whole == Geometry(-26, -23, 451, 352)
    assert place.told == Geometry(0, 0, 400, 300)


def test_shadow_that_goes_leaves_what_is_seen_where_it_was() -> None:
    place = Place.of(WHOLE, Crop(*SHADOW))
    assert place.cropped(NO_CROP, shown=True)
    assert (place.real, place.whole) == (VISIBLE, VISIBLE)
    assert place.reported(VISIBLE) is None
    place.confirmed()
    assert place.due(0.0) is None
    assert place.real == VISIBLE


def test_program_that_resizes_together_with_its_shadow_is_told_in_the_end() -> None:
    place = Place.of(WHOLE, Crop(*SHADOW))
    assert place.cropped(NO_CROP, shown=True)
    assert place.reported(Geometry(126, 223, 310, 210)) is None
    place.confirmed()
    assert place.due(0.0) == Geometry(126, 223, 310, 210)


def test_shadow_of_a_window_that_is_not_shown_yet_changes_what_will_be_seen() -> None:
    place = Place.of(WHOLE, NO_CROP)
    assert not place.cropped(Crop(*SHADOW), shown=False)
    assert (place.real, place.whole) == (VISIBLE, WHOLE)
    assert place.unheard() == VISIBLE
    assert place.unheard() is None


def test_shadow_too_large_for_now_counts_from_the_size_on_that_it_fits() -> None:
    place = Place.of(Geometry(0, 0, 40, 40), Crop(*SHADOW))
    assert place.real == Geometry(0, 0, 40, 40)
    assert place.reported(WHOLE) == VISIBLE


def test_same_shadow_again_is_no_news() -> None:
    place = Place.of(WHOLE, Crop(*SHADOW))
    assert not place.cropped(Crop(*SHADOW), shown=True)


# All of the core together


def test_daemon_hears_of_the_visible_part_alone() -> None:
    world = World()
    hints = SizeHints(P_MIN_SIZE, min_width=151, min_height=152)
    window = world.show(5, WHOLE, shadow=SHADOW, size_hints=hints)
    world.qube.pixels.damaged(window, (0, 0, 30, 30))
    world.copy()
    said = world.take_said()
    assert tuple(next(one.body for one in said if one.type is T.CREATE)[:4]) == VISIBLE
    assert next(one.body for one in said if one.type is T.WINDOW_HINTS).min_width == 100
    assert next(one.body for one in said if one.type is T.WINDOW_DUMP)[1:3] == (300, 200)
    damage = [tuple(one.body) for one in said if one.type is T.SHMIMAGE]
    assert damage == [(0, 0, 300, 200), (0, 0, 4, 7)]


def test_damage_of_the_shadow_alone_is_nothing() -> None:
    world = World()
    window = world.show(5, WHOLE, shadow=SHADOW)
    world.take_said()
    world.qube.pixels.damaged(window, (0, 0, 351, 23))
    world.copy()
    assert world.take_said() == []


def test_copy_begins_where_the_visible_part_does() -> None:
    world = World()
    world.create(5, WHOLE, mapped=True, shadow=SHADOW)
    (copy,) = world.qube.pixels.plan()
    assert (copy.corner, copy.rects) == ((26, 23), [(0, 0, 300, 200)])


def test_shadow_that_comes_while_the_window_is_shown_makes_it_larger_and_the_picture_anew() -> None:
    world = World()
    window = world.show(5, VISIBLE)
    world.take_said()
    world.take_done()
    world.perform(world.reports.described(window, Properties(shadow=SHADOW)))
    assert world.take_done() == [MoveResize(window, WHOLE)]
    world.perform(world.reports.configured(window, WHOLE))
    world.perform(world.reports.confirmed(window, world.now))
    world.copy()
    assert [(one.type, tuple(one.body)) for one in world.take_said()] == [(T.SHMIMAGE, (0, 0, 300, 200))]
