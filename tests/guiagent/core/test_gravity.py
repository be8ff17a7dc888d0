"""What a request for a place means."""

import pytest

from guiagent.core.gravity import NORTH_WEST, STATIC, Request, granted
from guiagent.core.values import Geometry

HERE = Geometry(100, 200, 50, 60)


@pytest.mark.parametrize(
    ("gravity", "corner"),
    [(1, (10, 20)), (2, (13, 20)), (3, (16, 20)), (4, (10, 23)), (5, (13, 23)), (9, (16, 26)), (STATIC, (13, 23))],
)
def test_border_that_is_not_there_shifts_the_content_by_its_gravity(gravity: int, corner: tuple[int, int]) -> None:
    assert granted(HERE, Request(x=10, y=20), gravity=gravity, border=3)[:2] == corner


@pytest.mark.parametrize(
    ("gravity", "corner"), [(1, (100, 200)), (3, (80, 200)), (5, (90, 190)), (9, (80, 180)), (STATIC, (100, 200))]
)
def test_resize_keeps_the_point_that_the_gravity_names(gravity: int, corner: tuple[int, int]) -> None:
    place = granted(HERE, Request(width=70, height=80), gravity=gravity, border=3)
    assert place == (*corner, 70, 80)


def test_unknown_gravity_is_the_usual_one() -> None:
    for gravity in (0, 11, -1, 1 << 31):
        assert granted(HERE, Request(1, 2, 3, 4), gravity=gravity, border=9) == (1, 2, 3, 4)


def test_absurd_request_ends_at_what_the_wire_can_carry() -> None:
    place = granted(HERE, Request(-32768, 32767, 65535, 65535), gravity=NORTH_WEST, border=0)
    assert place == (-32768, 32767, 16384, 6144)
    assert granted(HERE, Request(width=0, height=0), gravity=9, border=0).size == (1, 1)
