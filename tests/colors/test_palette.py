"""The eight labels are told apart by everybody: by colour, or where that is not enough by pattern."""

from itertools import combinations

import pytest

from colors.labels import STANDARD, Label
from colors.palette import COLOURS_APART, Pair, pairs, warnings
from colors.patterns import LEAST_DIFFERENCE, PATTERNS, patterns_differ_by
from colors.vision import Vision, contrast, linear, seen

LEAST_INK_CONTRAST = 4.5
"""More than the 3 that marks need (WCAG 2.2, 1.4.11), because letters are written in it too (1.4.3)."""

ALL = pairs(STANDARD.values())

NEEDS_PATTERN = {
    Vision.NORMAL: set(),
    Vision.PROTANOPIA: {"yellow green", "blue purple", "orange green", "gray purple", "red gray"},
    Vision.DEUTERANOPIA: {
        *("orange green", "yellow green", "blue purple", "orange yellow", "gray purple", "red orange"),
    },
    Vision.TRITANOPIA: {"gray purple", "red orange"},
}
"""Pairs of labels whose colours are too near for that vision; the page docs/labels.md has them too."""


def name_of(pair: Pair) -> str:
    return f"{pair.one.name} {pair.other.name}"


def test_every_two_are_looked_at_with_every_eye() -> None:
    assert len(ALL) == 28 * len(Vision)


@pytest.mark.parametrize("pair", ALL, ids=lambda pair: f"{name_of(pair)} {pair.vision.value}")
def test_every_two_labels_differ_by_colour_or_by_pattern(pair: Pair) -> None:
    assert pair.colours >= COLOURS_APART or pair.patterns >= LEAST_DIFFERENCE


@pytest.mark.parametrize("vision", Vision)
def test_only_the_known_pairs_need_their_patterns(vision: Vision) -> None:
    near = {name_of(pair) for pair in ALL if pair.vision is vision and pair.colours < COLOURS_APART}
    assert near == NEEDS_PATTERN[vision]


def test_pairs_that_need_their_patterns_have_the_most_different_ones() -> None:
    assert min(pair.patterns for pair in ALL if not pair.by_colour) > 0.45


def test_every_label_has_a_pattern_of_its_own() -> None:
    assert {label.pattern.name for label in STANDARD.values()} == set(PATTERNS)
    for one, other in combinations(PATTERNS.values(), 2):
        assert patterns_differ_by(one, other) >= LEAST_DIFFERENCE, (one.name, other.name)


@pytest.mark.parametrize("vision", Vision)
@pytest.mark.parametrize("label", STANDARD.values(), ids=str)
def test_marks_and_letters_stand_out_for_every_eye(label: Label, vision: Vision) -> None:
    assert contrast(seen(label.rgb, vision), linear(label.ink)) >= LEAST_INK_CONTRAST


def test_black_and_gray_frames_are_seen_on_any_background() -> None:
    """On a dark desktop black is seen by its marks, which are white."""
    for name in ("black", "gray"):
        assert STANDARD[name].ink == 0xFFFFFF
        assert STANDARD[name].pattern.marks


def test_standard_labels_need_no_warning() -> None:
    assert warnings(STANDARD.values()) == []


def test_label_like_another_for_some_eyes_is_warned_of() -> None:
    olive = Label("olive", 9, 0xD8DC10, STANDARD["yellow"].pattern)
    (line,) = warnings([*STANDARD.values(), olive])
    assert line.startswith("olive looks like yellow (")
    assert warnings([*STANDARD.values(), olive._replace(pattern=PATTERNS["plain"])]) == []


def test_warning_names_the_eyes_for_which_it_is_worst() -> None:
    lime = Label("lime", 9, 0xB0D000, STANDARD["orange"].pattern)
    (line,) = warnings([STANDARD["orange"], lime])
    assert "deuteranopia" in line
