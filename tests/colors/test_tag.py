"""colors/tag.py: legible at every scale: letters high enough, told apart from what is behind them, never cut alike."""

import numpy as np
import pytest

from colors.labels import STANDARD, Label
from colors.question import Picture
from colors.tag import ELLIPSIS, draw
from colors.vision import Vision, contrast, seen
from guid.core.names import MAX_NAME_CHARACTERS, NAME
from guid.core.thickness import Style, thickness_at

LEAST_X_HEIGHT_PX = 7
"""What text of 10 points has at 96 dots an inch, with the fonts of desktops."""

LEAST_CONTRAST = 4.5
"""Source: WCAG 2.2, 1.4.3."""

each_scale = pytest.mark.parametrize("scale", [1, 1.25, 1.5, 2, 3, 4])
each_label = pytest.mark.parametrize("label", STANDARD.values(), ids=lambda label: label.name)


def drawn(name: str, label: Label = STANDARD["red"], scale: float = 1) -> Picture:
    thickness = thickness_at(scale, Style(tag=True))
    return draw(name, label.rgb, label.ink, label.pattern, height=thickness.tag_px, unit=thickness.unit)


def pixels(picture: Picture) -> "np.ndarray[tuple[int, int], np.dtype[np.uint32]]":
    return np.frombuffer(picture.pixels, "<u4").reshape(picture.height, picture.width)


def inked_rows(name: str, scale: float) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The rows in which a letter is at least half there. A plain label: no marks."""
    label = STANDARD["red"]
    red = pixels(drawn(name, label, scale)) >> 8 & 0xFF
    return np.nonzero((red > 0x80).any(axis=1))[0]


@each_scale
def test_small_letters_are_high_enough_at_every_scale(scale: float) -> None:
    rows = inked_rows("xxx", scale)
    assert len(rows) >= int(LEAST_X_HEIGHT_PX * scale)


@each_scale
def test_nothing_of_a_letter_is_cut_above_or_below(scale: float) -> None:
    rows = inked_rows("Agjpqy_-.Q1", scale)
    height = thickness_at(scale, Style(tag=True)).tag_px
    assert 1 <= rows[0] <= rows[-1] <= height - 2


@each_label
@pytest.mark.parametrize("vision", Vision)
def test_name_stands_out_from_its_label_for_all_eyes(label: Label, vision: Vision) -> None:
    found = pixels(drawn("vault", label))
    assert label.rgb in found
    assert label.ink in found, "letters so thin that no pixel of them is whole"
    assert contrast(seen(label.rgb, vision), seen(label.ink, vision)) >= LEAST_CONTRAST


@each_label
def test_pattern_stands_beside_the_name(label: Label) -> None:
    plain = draw("vault", label.rgb, label.ink, STANDARD["red"].pattern, height=16, unit=1)
    found = drawn("vault", label)
    assert (found.width > plain.width) is bool(label.pattern.marks)
    row = pixels(found)[8, plain.width :]
    marks = np.flatnonzero(np.diff(np.concatenate(([0], (row == label.ink).astype(int), [0]))))
    runs = [int(length) for length in marks[1::2] - marks[::2]]
    wanted = [run.length for run in label.pattern.marks]
    assert runs == wanted * (128 // label.pattern.period)


def test_two_names_never_look_alike_unless_only_their_middles_differ() -> None:
    same = "a" * (MAX_NAME_CHARACTERS - 1)
    names = ["work", "vork", "work2", f"{same}1", f"{same}2", f"1{same}", "W" * MAX_NAME_CHARACTERS]
    assert len({drawn(name).pixels for name in names}) == len(names)


@each_scale
def test_every_name_that_may_be_is_whole_unless_its_letters_are_wide(scale: float) -> None:
    ordinary = "personal-banking-and-everything"
    assert len(ordinary) == MAX_NAME_CHARACTERS
    wide = "W" * MAX_NAME_CHARACTERS
    height = thickness_at(scale, Style(tag=True)).tag_px
    assert drawn(ordinary, scale=scale).width < drawn(wide, scale=scale).width <= 21 * height


def test_name_that_is_too_wide_loses_its_middle() -> None:
    found, whole = pixels(drawn("ab" + "W" * 27 + "yz")), pixels(drawn("ab"))
    ends = pixels(drawn("yz"))
    advance = whole.shape[1] - 2 * 4
    assert (found[:, : 4 + advance - 2] == whole[:, : 4 + advance - 2]).all()
    assert (found[:, -ends.shape[1] + 6 :] == ends[:, 6:]).all()


def test_names_have_no_letter_that_could_be_anything_else() -> None:
    assert NAME.fullmatch("w\u043erk") is None
    assert NAME.fullmatch("work" + ELLIPSIS) is None
