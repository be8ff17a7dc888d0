"""The fit that judges a soak test: it sees a small leak in noise, and no growth where there is none."""

import random

import pytest

from tests.soak.trend import Sample, trend


def row(leak_per_s: float, *, noise: float = 20.0, peaks: bool = True, level: float = 1000.0) -> list[Sample]:
    """600 s, one sample a second; a warm-up of 200 in the first minute; now and then a peak."""
    chance = random.Random(7)
    values = []
    for second in range(600):
        value = level + min(second, 60) * 200 / 60 + leak_per_s * second + chance.gauss(0, noise)
        values.append(Sample(second, value + (500 if peaks and second % 97 == 0 else 0)))
    return values


def test_flat_row_with_warm_up_and_peaks_does_not_grow() -> None:
    found = trend(row(0.0))
    assert found is not None
    assert not found.grows(30)


def test_leak_that_is_smaller_than_the_noise_grows() -> None:
    found = trend(row(0.2))
    assert found is not None
    assert found.grows(30)
    assert found.grown == pytest.approx(0.2 * 420, rel=0.2)


def test_row_that_falls_does_not_grow() -> None:
    found = trend(row(-0.5))
    assert found is not None
    assert not found.grows(0)


def test_saw_that_comes_back_does_not_grow() -> None:
    found = trend([Sample(second, second % 40) for second in range(600)])
    assert found is not None
    assert not found.grows(5)


def test_one_step_is_no_growth_and_a_staircase_is() -> None:
    late = trend([Sample(second, 100 if second > 580 else 0) for second in range(600)])
    stairs = trend([Sample(second, second // 100 * 20) for second in range(600)])
    assert late is not None
    assert stairs is not None
    assert not late.grows(10)
    assert stairs.grows(10)


def test_too_few_samples_say_nothing() -> None:
    assert trend([]) is None
    assert trend([Sample(second, 0) for second in range(9)]) is None
