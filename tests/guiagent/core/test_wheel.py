"""The wheel's axes."""

import pytest

from guiagent.core.wheel import MAX_TRAVEL, Axes, Wheel


@pytest.mark.parametrize(
    ("button", "stands"), [(4, Axes(7, -25)), (5, Axes(7, 5)), (6, Axes(-113, -10)), (7, Axes(127, -10))]
)
def test_notch_goes_one_way_of_one_axis(button: int, stands: Axes) -> None:
    assert Wheel(Axes(7, -10), Axes(120, 15)).turned(button) == stands


def test_notches_add_up() -> None:
    wheel = Wheel(Axes(0, 0), Axes(120, 120))
    for button in (5, 5, 7, 4, 5):
        wheel.turned(button)
    assert wheel.at == Axes(120, 240)


def test_wheel_stays_at_the_end_of_what_the_wire_carries() -> None:
    wheel = Wheel(Axes(-MAX_TRAVEL + 1, MAX_TRAVEL - 1), Axes(120, 120))
    assert [wheel.turned(5), wheel.turned(6)] == [Axes(-MAX_TRAVEL + 1, MAX_TRAVEL), Axes(-MAX_TRAVEL, MAX_TRAVEL)]
