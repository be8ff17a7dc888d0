"""Tray icons in the C daemon's modes: each pixel, against what was seen of the C daemon and against its arithmetic."""

import colorsys

import numpy as np
import pytest

from colors.dockedicon import Base, IconDrawing, Look, Pixels
from colors.labels import STANDARD
from guid.x11.iconlook import look_of

RED, GREY = 0xCC0000, 0x808080
BACKGROUND = 0x777777
TINT = Look(Base.TINT)

SEEN = [
    (TINT, 0x445566, 0xAA0000),
    (TINT, 0x123456, 0x680000),
    (TINT, 0x808080, 0xFF0000),
    (TINT, 0xFEFEFE, 0xFFFDFD),
    (TINT, 0xFFFFFF, 0xFFFFFF),
    (TINT, 0x000000, 0x000000),
    (Look(Base.TINT, saturation50=True), 0x3366CC, 0xBF3F3F),
    (Look(Base.TINT, saturation50=True), 0x808080, 0xBF4040),
    (Look(Base.TINT, saturation50=True), 0xFEFEFE, 0xFEFDFD),
    (Look(Base.TINT, whitehack=True), 0xFFFFFF, 0xFEFEFE),
    (Look(Base.TINT, whitehack=True), 0xFEFEFE, 0xFFFDFD),
]
"""Look, pixel, what the C daemon makes of it for a label of cc0000."""

MODES = [
    "bg",
    "border1",
    "border2",
    *("tint" + more for more in ("", "+border1", "+border2", "+saturation50", "+whitehack", "+saturation50+whitehack")),
    "tint+border2+saturation50+whitehack",
]


def drawn(look: Look, picture: np.ndarray, width: int, height: int, rgb: int = RED) -> np.ndarray:
    words = memoryview(np.ascontiguousarray(picture, "<u4").tobytes()).cast("I")
    data = IconDrawing(look, rgb, BACKGROUND).draw(Pixels(picture.shape[1], picture.shape[0], words), width, height)
    return np.frombuffer(data, "<u4").reshape(height, width)


def expected(mode: str, picture: np.ndarray, width: int, height: int, rgb: int) -> np.ndarray:
    """The same told once more, pixel by pixel, from the words of the mode."""
    base, *more = mode.split("+")
    hue, _, saturation = colorsys.rgb_to_hls(*(int(each) / 255.0 for each in rgb.to_bytes(3, "big")))
    saturation *= 0.5 if "saturation50" in more else 1
    rest = 0xFFFFFF if base == "bg" else BACKGROUND
    result = np.full((height, width), rest, np.uint32)
    for y in range(min(height, picture.shape[0])):
        for x in range(min(width, picture.shape[1])):
            pixel = int(picture[y, x]) & 0xFFFFFF
            if base == "bg" and pixel == int(picture[0, 0]) & 0xFFFFFF:
                pixel = 0xFFFFFF
            elif base == "tint" and pixel == 0xFFFFFF and "whitehack" in more:
                pixel = 0xFEFEFE
            elif base == "tint":
                red, green, blue = (int(each) / 255.0 for each in pixel.to_bytes(3, "big"))
                light = colorsys.rgb_to_hls(red, green, blue)[1]
                channels = colorsys.hls_to_rgb(hue, light, saturation)
                pixel = int.from_bytes(bytes(int(each * 255) for each in channels), "big")
            result[y, x] = pixel
    for word, at in (("border1", 0), ("border2", 1)):
        if word in (base, *more):
            result[[0, -1]], result[:, [0, -1]] = rest, rest
            result[[at, -1 - at], at : width - at], result[at : height - at, [at, -1 - at]] = rgb, rgb
    return result


@pytest.mark.parametrize(("look", "pixel", "seen"), SEEN)
def test_pixel_is_what_the_c_daemon_makes_of_it(look: Look, pixel: int, seen: int) -> None:
    assert drawn(look, np.array([[pixel]], np.uint32), 1, 1)[0, 0] == seen


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rgb", [RED, GREY, *{label.rgb for label in STANDARD.values()}])
def test_every_mode_is_exact_for_any_picture(mode: str, rgb: int) -> None:
    look = look_of(mode)
    assert look is not None
    random = np.random.default_rng(7)
    picture = random.integers(0, 1 << 32, (19, 23), np.uint32)  # the highest byte is noise
    picture[3:9, 5:12] = [0xFFFFFF, 0, 0xFF000000, 0xFFFFFFFF, 0xFEFEFE, 0x010101, picture[0, 0] ^ 0x5A000000]
    for width, height in ((23, 19), (20, 15), (30, 30)):
        found, right = drawn(look, picture, width, height, rgb), expected(mode, picture, width, height, rgb)
        assert (found == right).all(), np.argwhere(found != right)[:5]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (2, 2), (3, 3), (7, 2)])
def test_smallest_icons_are_drawn(mode: str, size: tuple[int, int]) -> None:
    look = look_of(mode)
    assert look is not None
    assert drawn(look, np.full((5, 5), 0x123456, np.uint32), *size).shape == size[::-1]


def test_colours_are_kept_up_to_a_limit_and_right_after_it() -> None:
    drawing = IconDrawing(TINT, RED, BACKGROUND)
    for first in range(0, 1 << 16, 1 << 12):
        words = memoryview((np.arange(1 << 12, dtype="<u4") + first).tobytes()).cast("I")
        drawing.draw(Pixels(64, 64, words), 64, 64)
    assert drawing._shades is not None
    assert len(drawing._shades) <= 1 << 15
    words = memoryview(np.array([0x445566], "<u4").tobytes()).cast("I")
    assert int.from_bytes(drawing.draw(Pixels(1, 1, words), 1, 1), "little") == 0xAA0000
