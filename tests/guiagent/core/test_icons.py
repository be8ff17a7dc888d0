"""guiagent/core/icons.py, plainicon.py: hostile properties, what is chosen of them, and how often anybody looks."""

import statistics
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiagent.core.icons import MAX_AT_ONCE, PACE_S, SETTLE_S, Icons, Picture, fitting, pictures_in, property_of
from guiagent.core.plainicon import drawn_by
from guiagent.core.shrinking import SAMPLES, shrunk
from guiagent.core.values import WindowId
from protocol.codec import encode
from protocol.limits import MAX_ICON_IMAGES, MAX_ICON_SIDE_PX, MAX_ICON_WORDS
from protocol.messages import MessageType

ONE, OTHER = WindowId(1), WindowId(2)


def picture(width: int, height: int | None = None, value: int = 7) -> Picture:
    height = width if height is None else height
    return Picture(width, height, bytes([value]) * 4 * width * height)


@pytest.mark.parametrize(
    ("value", "sizes"),
    [
        (b"", []),
        (b"\1\0\0\0", []),
        (property_of([picture(3, 2)]), [(3, 2)]),
        (property_of([picture(3, 2), picture(16)]), [(3, 2), (16, 16)]),
        (property_of([picture(3, 2)]) + bytes(8), [(3, 2)]),
        (property_of([picture(3, 2)]) + struct.pack("<II", 1 << 31, 1 << 31) + bytes(99), [(3, 2)]),
        (struct.pack("<II", 1 << 16, 1 << 16) + bytes(99), []),
        (struct.pack("<II", 0xFFFFFFFF, 1) + bytes(99), []),
        (struct.pack("<II", 513, 1) + bytes(4 * 513), []),
        (property_of([picture(4)])[:-1], []),
        (property_of([picture(2), picture(4)])[:-4], [(2, 2)]),
    ],
)
def test_property_is_read_up_to_what_makes_no_sense(value: bytes, sizes: list[tuple[int, int]]) -> None:
    assert [(each.width, each.height) for each in pictures_in(value)] == sizes


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        ([16, 24, 32, 48, 64, 128, 256], [128, 48, 32, 16]),
        ([256, 128, 64], [128, 64]),
        ([48], [48]),
        ([24, 40], [40, 24]),
        ([200, 512], [128]),
        ([128, 127, 126], [128]),
        ([], []),
    ],
)
def test_few_images_are_told_for_what_the_desktop_shows(sides: list[int], told: list[int]) -> None:
    assert [each.width for each in fitting([picture(side) for side in sides])] == told


@given(st.lists(st.tuples(st.integers(1, 140), st.integers(1, 140)), max_size=6))
@settings(max_examples=40)
def test_any_images_give_what_the_wire_takes(sizes: list[tuple[int, int]]) -> None:
    told = fitting([picture(*size) for size in sizes])
    assert len(told) <= MAX_ICON_IMAGES
    assert sum(each.words for each in told) <= MAX_ICON_WORDS
    assert all(0 < each.width <= MAX_ICON_SIDE_PX and 0 < each.height <= MAX_ICON_SIDE_PX for each in told)
    assert bool(told) is bool(sizes)


def test_image_that_is_too_large_is_made_smaller_in_its_proportion() -> None:
    (small,) = fitting([picture(400, 100, value=9)])
    assert small == picture(128, 32, value=9)


def test_icon_is_looked_for_once_it_has_settled_and_then_no_more_than_so_often() -> None:
    icons = Icons()
    icons.changed(ONE)
    assert icons.deadline() is None, "nobody wants it"
    icons.wanted = True
    icons.changed(ONE)
    assert (icons.due(5.0), icons.deadline()) == ([], 5.0 + SETTLE_S)
    icons.changed(ONE)
    assert icons.due(5.0 + SETTLE_S) == [ONE]
    assert icons.deadline() is None
    icons.changed(ONE)
    icons.changed(OTHER)
    assert icons.due(5.0 + SETTLE_S) == []
    assert icons.due(5.0 + 2 * SETTLE_S) == [OTHER]
    assert icons.due(5.0 + SETTLE_S + PACE_S) == [ONE]


def test_many_windows_have_their_turn() -> None:
    icons = Icons()
    icons.wanted = True
    for number in range(3 * MAX_AT_ONCE):
        icons.changed(WindowId(number))
    icons.due(0.0)
    assert [len(icons.due(1.0)) for _ in range(4)] == [MAX_AT_ONCE] * 3 + [0]


def test_what_the_daemon_knows_is_not_told_again() -> None:
    icons, message = Icons(), encode(MessageType.ICON, ONE, tail=property_of([picture(8)]))
    assert icons.seen(ONE, [picture(8)]) is None, "nobody wants it"
    icons.wanted = True
    assert icons.seen(ONE, ()) is None, "it never had one"
    assert [icons.seen(ONE, [picture(8)]) for _ in range(2)] == [message, None]
    assert [icons.seen(ONE, ()) for _ in range(2)] == [encode(MessageType.ICON, ONE), None]
    icons.seen(ONE, [picture(8)])
    icons.forget(ONE)
    assert icons.seen(ONE, [picture(8)]) == message, "another window has its number"
    icons.daemon_lost()
    icons.wanted = True
    assert icons.seen(ONE, [picture(8)]) == message, "another daemon knows nothing"


def test_pixmap_of_bits_is_black_on_white_where_its_mask_shows_it() -> None:
    found = drawn_by((3, 2), 1, bytes([0b101, 0, 0, 0, 0b010, 0, 0, 0]), bytes([0b111, 0, 0, 0, 0b110, 0, 0, 0]))
    black, white = b"\0\0\0\xff", b"\xff\xff\xff\xff"
    assert found == Picture(3, 2, black + white + black + b"\xff\xff\xff\0" + black + white)


@pytest.mark.parametrize("depth", [24, 32])
def test_pixmap_of_colours_is_opaque_without_a_mask(depth: int) -> None:
    assert drawn_by((2, 1), depth, bytes(range(8)), b"") == Picture(2, 1, b"\0\1\2\xff\4\5\6\xff")


@pytest.mark.parametrize(
    ("depth", "image"), [(24, b""), (24, bytes(7)), (1, bytes(3)), (8, bytes(64)), (16, bytes(64))]
)
def test_pixmap_that_is_too_short_or_odd_is_no_icon(depth: int, image: bytes) -> None:
    assert drawn_by((33, 2), depth, image, b"") is None


def test_mask_that_ends_early_hides_nothing() -> None:
    assert drawn_by((2, 2), 24, bytes(16), bytes(2)) == Picture(2, 2, b"\0\0\0\xff" * 4)


@given(st.data())
def test_shrunk_picture_has_the_mean_of_its_samples(data: st.DataObject) -> None:
    """Pixel by pixel, as it is said."""
    size = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    width, height = data.draw(st.tuples(st.integers(1, size[0]), st.integers(1, size[1])))
    pixels = data.draw(st.binary(min_size=4 * size[0] * size[1], max_size=4 * size[0] * size[1]))

    def samples(place: int, few: int, many: int) -> list[int]:
        return [(SAMPLES * place + sample) * many // (SAMPLES * few) for sample in range(SAMPLES)]

    wanted = bytes(
        sum(pixels[4 * (y * size[0] + x) + part] for y in samples(row, height, size[1]) for x in columns) // SAMPLES**2
        for row in range(height)
        for columns in [samples(column, width, size[0]) for column in range(width)]
        for part in range(4)
    )
    assert shrunk(pixels, size, (width, height)) == wanted


def test_largest_icons_hold_the_agents_turn_for_no_longer_than_a_frame() -> None:
    side = 512
    noise = bytes(range(256)) * (4 * side * side // 256)

    def median_ms() -> float:
        taken = []
        for _ in range(20):
            before = time.process_time()
            drawn = drawn_by((side, side), 1, noise[: side * side // 8], noise[: side * side // 8])
            assert drawn is not None
            fitting([drawn])
            taken.append(1000 * (time.process_time() - before))
        return statistics.median(taken)

    assert median_ms() < 40 or median_ms() < 40
