"""colors/patterns.py: no pattern that shimmers, crawls, or hides the colour."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colors.patterns import LEAD_PX, LEAST_PX, PATTERNS, PLAIN, Pattern, Run, patterns_differ_by

each_pattern = pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda pattern: pattern.name)


def lengths(pattern: Pattern) -> list[int]:
    """How long marks and gaps are, along a side that has no end."""
    side = [pattern.marked(at) for at in range(2 * pattern.period)]
    changes = [at for at, (before, after) in enumerate(pairwise(side)) if before != after]
    return [after - before for before, after in pairwise(changes)]


@each_pattern
def test_nothing_is_short_enough_to_shimmer(pattern: Pattern) -> None:
    assert min(lengths(pattern), default=LEAST_PX) >= LEAST_PX


@each_pattern
def test_the_labels_colour_prevails(pattern: Pattern) -> None:
    assert 2 * sum(length for _start, length in pattern.marks) <= pattern.period


@each_pattern
def test_corners_are_plain(pattern: Pattern) -> None:
    assert not any(pattern.marked(at) for at in range(LEAD_PX))


@each_pattern
def test_whole_period_fits_the_side_of_a_small_menu(pattern: Pattern) -> None:
    assert pattern.period <= 64
    assert all(start >= 0 and start + length <= pattern.period for start, length in pattern.marks)


def test_a_screens_frame_takes_less_of_the_view_than_stripes_may() -> None:
    """Source of 0.006 sr: Harding and others, Epilepsia 46 (2005). 96 dots an inch, 600 mm away."""
    pixel = 25.4 / 96 / 600
    assert 2 * (1920 + 1080) * 3 * pixel**2 < 0.006


@given(st.sampled_from(list(PATTERNS.values())), st.integers(0, 500), st.integers(1, 4))
def test_scale_makes_everything_longer(pattern: Pattern, at: int, scale: int) -> None:
    assert pattern.marked(at * scale + scale - 1, scale) == pattern.marked(at)


@given(st.sampled_from(list(PATTERNS.values())), st.integers(0, 63))
def test_shifted_pattern_is_no_other(pattern: Pattern, by: int) -> None:
    runs = [Run(at, 1) for at in range(pattern.period) if pattern.marked((at + by) % pattern.period)]
    assert patterns_differ_by(pattern, Pattern("shifted", "", pattern.period, tuple(runs))) == 0


def test_distance_is_the_share_that_differs() -> None:
    dots, dashes = PATTERNS["dots"], PATTERNS["dashes"]
    assert patterns_differ_by(PLAIN, dots) == 4 / 16
    assert patterns_differ_by(PLAIN, dashes) == 16 / 32
    assert patterns_differ_by(dots, dashes) == 16 / 32
