"""guiagent/core/area.py: where windows of a qube may be."""

import pytest

from guiagent.core.area import free_area, room_for
from guiagent.core.values import Geometry


@pytest.mark.parametrize(
    ("told", "free"),
    [
        (None, (0, 0, 800, 600)),
        (Geometry(0, 24, 800, 576), (0, 24, 800, 576)),
        (Geometry(0, 24, 1920, 1056), (0, 24, 800, 576)),
        (Geometry(-10, -10, 100, 100), (0, 0, 90, 90)),
        (Geometry(800, 0, 100, 600), (0, 0, 800, 600)),
        (Geometry(0, 600, 100, 1), (0, 0, 800, 600)),
    ],
)
def test_area_is_what_is_told_as_far_as_the_root_goes(told: Geometry | None, free: tuple[int, ...]) -> None:
    assert free_area(told, 800, 600) == free


LEFT, RIGHT, ALL = Geometry(0, 0, 900, 900), Geometry(900, 100, 600, 700), Geometry(0, 0, 1500, 900)
PANEL_ABOVE = Geometry(0, 24, 1500, 876)


@pytest.mark.parametrize(
    ("window", "room"),
    [
        (Geometry(10, 10, 100, 100), Geometry(0, 24, 900, 876)),
        (Geometry(850, 200, 200, 100), RIGHT),
        (Geometry(700, 200, 300, 100), Geometry(0, 24, 900, 876)),
        (Geometry(1600, 0, 50, 50), RIGHT),
        (Geometry(-100, 2000, 50, 50), Geometry(0, 24, 900, 876)),
        (Geometry(0, 0, 1500, 900), Geometry(0, 24, 900, 876)),
    ],
)
def test_room_is_on_the_monitor_that_shows_most_or_is_nearest(window: Geometry, room: Geometry) -> None:
    assert room_for(window, PANEL_ABOVE, (LEFT, RIGHT)) == room
    assert room_for(window, PANEL_ABOVE, (RIGHT, LEFT)) == room


def test_room_is_the_whole_area_where_no_monitor_is_known_or_has_any_of_it() -> None:
    assert room_for(LEFT, ALL, ()) == ALL
    assert room_for(LEFT, LEFT, (Geometry(2000, 0, 10, 10),)) == LEFT
