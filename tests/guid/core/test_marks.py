"""guid/core/marks.py: the daemon's idea of a frame's marks is that of the tests, pixel by pixel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colors.labels import STANDARD, Label
from guid.core.geometry import Extents, Rect
from guid.core.marks import Marks
from tests.harness.frames import frame

each_label = pytest.mark.parametrize("label", STANDARD.values(), ids=lambda label: label.name)


def marks_of(label: Label, outer: Rect, extents: Extents, unit: int = 1) -> Marks:
    return Marks(label.rgb, label.ink, label.pattern, outer, extents, unit)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(STANDARD.values())),
    st.builds(Rect, st.integers(-99, 99), st.integers(-99, 99), st.integers(20, 150), st.integers(20, 150)),
    st.builds(Extents, *[st.integers(1, 6)] * 4),
    st.integers(1, 3),
)
def test_every_pixel_of_a_frame_is_where_it_belongs(label: Label, outer: Rect, extents: Extents, unit: int) -> None:
    marks = marks_of(label, outer, extents, unit)
    rows = [marks.row(outer.x, outer.y + y, outer.width) for y in range(outer.height)]
    found = np.frombuffer(b"".join(rows), "<u4").reshape(outer.height, outer.width)
    sides = (extents.left, extents.right, extents.top, extents.bottom)
    right = frame(label, outer.width, outer.height, sides, unit)
    inside = np.s_[extents.top : outer.height - extents.bottom, extents.left : outer.width - extents.right]
    same = found == right
    same[inside] = True
    assert same.all()


@each_label
def test_part_of_a_row_is_the_same_as_in_the_whole_row(label: Label) -> None:
    marks = marks_of(label, Rect(5, 7, 120, 90), Extents(3, 3, 3, 3))
    whole = marks.row(5, 8, 120)
    assert marks.row(30, 8, 20) == whole[4 * 25 : 4 * 45]


@each_label
@pytest.mark.parametrize("extents", [Extents(2, 2, 2, 2), Extents(3, 3, 3, 3), Extents(9, 9, 9, 9)])
def test_outermost_rows_are_plain_and_every_side_has_its_marks(label: Label, extents: Extents) -> None:
    outer = Rect(0, 0, 160, 140)
    marks = marks_of(label, outer, extents)
    plain = label.rgb.to_bytes(4, "little")
    assert marks.row(0, 0, 160) == marks.row(0, 139, 160) == plain * 160
    for y in range(140):
        assert marks.row(0, y, 1) == marks.row(159, y, 1) == plain
    middle = extents.top // 2
    sides = [marks.row(10, middle, 140), marks.row(10, 139 - middle, 140)]
    sides += [b"".join(marks.row(x, y, 1) for y in range(10, 130)) for x in (middle, 159 - middle)]
    wants = bool(label.pattern.marks)
    assert [label.ink.to_bytes(4, "little") in side for side in sides] == [wants] * 4


@each_label
def test_innermost_row_of_a_managed_frame_is_plain(label: Label) -> None:
    marks = marks_of(label, Rect(0, 0, 160, 140), Extents(3, 3, 3, 3))
    assert marks.row(3, 2, 154) == label.rgb.to_bytes(4, "little") * 154
    assert {marks.row(x, y, 1) for x in (2, 157) for y in range(3, 137)} == {label.rgb.to_bytes(4, "little")}
