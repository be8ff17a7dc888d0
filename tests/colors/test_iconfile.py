"""colors/iconfile.py: what of a PNG is taken, and what any other file is answered."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colors.iconfile import MAX_CHUNKS, MAX_FILE_BYTES, SIGNATURE, BadIconFile, checked, images_of
from tests.harness.png import chunk, header, png_of

RED, HALF, NOTHING = 0xFFFF0000, 0x80402010, 0x00000000


def words(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data))


def test_picture_comes_back_as_it_was_and_smaller() -> None:
    pixels = np.full((64, 128), RED, np.uint32)
    pixels[:, 64:] = NOTHING
    images = images_of(checked(png_of(pixels)), (16, 48, 128))
    assert [(image.width, image.height) for image in images] == [(16, 8), (48, 24), (128, 64)]
    assert words(images[-1].pixels) == pixels.ravel().tolist()
    assert set(words(images[0].pixels)) >= {RED, NOTHING}


def test_half_transparent_pixel_keeps_its_colour() -> None:
    """Icons of windows have colours that are not multiplied by alpha."""
    (found,) = images_of(checked(png_of(np.full((2, 3), HALF, np.uint32))), (128,))
    assert (found.width, found.height) == (3, 2)
    channels = [int(each) for each in found.pixels[:4]]
    assert all(abs(one - other) <= 2 for one, other in zip(channels, (0x10, 0x20, 0x40, 0x80), strict=True))


def test_picture_is_never_made_larger() -> None:
    images = images_of(checked(png_of(np.full((20, 20), RED, np.uint32))), (16, 24, 32))
    assert [image.width for image in images] == [16, 20]


def test_nothing_but_the_picture_is_given_to_a_decoder() -> None:
    plain = png_of(np.full((2, 2), RED, np.uint32))
    at = len(SIGNATURE) + 12 + 13
    with_more = plain[:at] + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1000))) + plain[at:] + b"more"
    assert checked(with_more) == plain


REFUSED = {
    "is no PNG": b"GIF89a",
    "has more than": png_of(np.full((2, 2), RED, np.uint32)) + bytes(MAX_FILE_BYTES),
    "ends too early": png_of(np.full((2, 2), RED, np.uint32))[:-1],
    "does not begin": SIGNATURE + chunk(b"IEND", b""),
    "another length": SIGNATURE + chunk(b"IHDR", b"\0\0\0\1"),
    "is 129x1 px": SIGNATURE + header(129, 1),
    "is 1x4294967295 px": SIGNATURE + header(1, 0xFFFFFFFF),
    "is 0x1 px": SIGNATURE + header(0, 1),
    "8 bits": SIGNATURE + header(1, 1, kind=2),
    "parts": SIGNATURE + header(1, 1) + chunk(b"tEXt", b"") * MAX_CHUNKS,
}


@pytest.mark.parametrize("why", REFUSED)
def test_other_file_is_refused_with_the_reason(why: str) -> None:
    with pytest.raises(BadIconFile, match=why):
        checked(REFUSED[why])


def test_second_header_is_refused() -> None:
    with pytest.raises(BadIconFile, match="does not begin"):
        checked(SIGNATURE + header(1, 1) + header(5000, 5000))


@pytest.mark.parametrize("rows", [b"", b"\0\0", zlib.compress(b""), zlib.compress(bytes(1 << 20))])
def test_pixels_that_are_none_are_refused_or_drawn_in_their_size(rows: bytes) -> None:
    raw = checked(SIGNATURE + header(4, 4) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    try:
        (found,) = images_of(raw, (128,))
    except BadIconFile:
        return
    assert len(found.pixels) == 4 * 4 * 4


@given(st.integers(0, 1 << 12), st.binary(min_size=1, max_size=8))
def test_damaged_file_is_refused_or_a_picture(at: int, damage: bytes) -> None:
    raw = png_of(np.full((9, 9), HALF, np.uint32))
    at %= len(raw)
    try:
        found = images_of(checked(raw[:at] + damage + raw[at + len(damage) :]), (16,))
    except BadIconFile:
        return
    assert all(len(image.pixels) == 4 * image.width * image.height for image in found)
