"""The shadow that is told by an input shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.crop import MAX_SHADOW_PX, NO_CROP, Crop
from guiagent.core.settle import Place
from guiagent.core.shadow import ARGB_DEPTH, InputBox, shadow_of
from guiagent.core.values import Geometry, Properties
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World

WHOLE, VISIBLE = Geometry(100, 200, 351, 252), Geometry(126, 223, 300, 200)
BOX = (26, 23, 300, 200)
positions, lengths = st.integers(-0x8000, 0x7FFF), st.integers(0, 0xFFFF)


@given(st.tuples(positions, positions, lengths, lengths), st.integers(1, 2_000), st.integers(1, 2_000))
def test_whatever_the_shape_is_what_is_seen_lies_inside_the_window(
    box: tuple[int, int, int, int], width: int, height: int
) -> None:
    crop = InputBox(*box).fitting((width, height))
    part = crop.inner(Geometry(0, 0, width, height))
    assert min(part.size) >= 1
    assert part.x >= 0 <= part.y
    assert max(crop) <= MAX_SHADOW_PX


@pytest.mark.parametrize(
    ("box", "size", "crop"),
    [
        (BOX, (351, 252), Crop(26, 25, 23, 29)),
        (BOX, (310, 252), Crop(26, 0, 23, 29)),
        ((-3, -3, 300, 200), (310, 210), Crop(0, 13, 0, 13)),
        ((0, 0, 351, 252), (351, 252), NO_CROP),
        ((0, 0, 0, 0), (351, 252), NO_CROP),
        ((20, 20, 0, 10), (351, 252), NO_CROP),
        ((351, 0, 10, 252), (351, 252), NO_CROP),
        ((MAX_SHADOW_PX, 0, 40, 252), (MAX_SHADOW_PX + 40, 252), Crop(MAX_SHADOW_PX, 0, 0, 0)),
        ((MAX_SHADOW_PX + 1, 0, 40, 252), (MAX_SHADOW_PX + 41, 252), NO_CROP),
    ],
)
def test_what_lies_round_the_box_is_cut_off(box: tuple[int, int, int, int], size: tuple[int, int], crop: Crop) -> None:
    assert InputBox(*box).fitting(size) == crop


@pytest.mark.parametrize(
    ("properties", "depth", "shadow"),
    [
        (Properties(input_box=BOX), ARGB_DEPTH, InputBox(*BOX)),
        (Properties(input_box=BOX), 24, NO_CROP),
        (Properties(), ARGB_DEPTH, NO_CROP),
        (Properties(shadow=(1, 2, 3, 4), input_box=BOX), ARGB_DEPTH, Crop(1, 2, 3, 4)),
        (Properties(shadow=(0, 0, 0, 0), input_box=BOX), ARGB_DEPTH, NO_CROP),
    ],
)
def test_what_the_program_says_counts_first(properties: Properties, depth: int, shadow: Crop | InputBox) -> None:
    assert shadow_of(properties, depth) == shadow


def test_shown_window_stays_where_it_is_when_its_shape_changes() -> None:
    place = Place.of(WHOLE, NO_CROP)
    for shadow, visible in ((InputBox(*BOX), VISIBLE), (InputBox(0, 0, 300, 200), Geometry(100, 200, 300, 200))):
        assert not place.cropped(shadow, shown=True)
        assert (place.real, place.whole) == (visible, WHOLE)
        assert place.unheard() == visible
    assert not place.cropped(NO_CROP, shown=True)
    assert (place.real, place.whole) == (WHOLE, WHOLE)


def test_box_counts_anew_at_every_size() -> None:
    place = Place.of(Geometry(100, 200, 326, 223), InputBox(*BOX))
    assert place.real == VISIBLE
    assert place.reported(WHOLE) is None
    assert place.crop == Crop(26, 25, 23, 29)


def test_daemon_hears_of_the_menu_alone() -> None:
    world = World()
    window = world.show(5, WHOLE, depth=ARGB_DEPTH, override_redirect=True)
    world.take_said()
    world.perform(world.reports.described(window, Properties(input_box=BOX)))
    assert world.take_done() == []
    world.copy()
    said = world.take_said()
    assert tuple(next(one.body for one in said if one.type is T.CONFIGURE)[:4]) == VISIBLE
    assert next(one.body for one in said if one.type is T.WINDOW_DUMP)[1:3] == (300, 200)
