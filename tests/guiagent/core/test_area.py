"""guiagent/core/area.py: where windows of a qube may be."""

import pytest

from guiagent.core.area import free_area
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
