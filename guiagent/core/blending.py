"""Pictures with transparent parts laid on one colour, and fitted into a square. It must not know X or a bus.

All pictures here are rows of pixels from the top, 4 bytes each, without padding.
"""

from __future__ import annotations

from typing import NamedTuple

from protocol.limits import BYTES_PER_PIXEL


class Picture(NamedTuple):
    """width, height: px. bgra: straight alpha, blue first, as X has words of 0xAARRGGBB."""

    width: int
    height: int
    bgra: bytes


def laid_on(bgra: bytes, colour: int) -> bytes:
    """The pixels of a window of depth 32, whose colours are multiplied by their alpha already, on `colour`: BGRX."""
    parts = colour & 0xFF, colour >> 8 & 0xFF, colour >> 16 & 0xFF
    laid = bytearray(bgra)
    alphas = bgra[3::BYTES_PER_PIXEL]
    for at, part in enumerate(parts):
        under = bytes((part * (255 - alpha) + 127) // 255 for alpha in range(256))
        channel = zip(bgra[at::BYTES_PER_PIXEL], alphas.translate(under), strict=True)
        laid[at::BYTES_PER_PIXEL] = bytes(min(over + below, 255) for over, below in channel)
    laid[3::BYTES_PER_PIXEL] = bytes(len(alphas))
    return bytes(laid)


def multiplied(picture: Picture) -> Picture:
    """The picture with its colours multiplied by their alpha."""
    done = bytearray(picture.bgra)
    alphas = picture.bgra[3::BYTES_PER_PIXEL]
    if alphas.count(255) == len(alphas):
        return picture
    for at in range(3):
        channel = zip(picture.bgra[at::BYTES_PER_PIXEL], alphas, strict=True)
        done[at::BYTES_PER_PIXEL] = bytes((colour * alpha + 127) // 255 for colour, alpha in channel)
    return picture._replace(bgra=bytes(done))


def fitted(picture: Picture, side: int) -> Picture:
    """The picture (multiplied) as large as fits into a square of `side` px, in its middle; the rest is transparent.

    Smaller ones are enlarged too. Each new pixel is the mean of the old ones that it covers.
    """
    longest = max(picture.width, picture.height)
    width, height = max(1, picture.width * side // longest), max(1, picture.height * side // longest)
    columns = _parts(picture.width, width)
    rows = _parts(picture.height, height)
    left, top = (side - width) // 2, (side - height) // 2
    fitted_pixels = bytearray(BYTES_PER_PIXEL * side * side)
    stride = BYTES_PER_PIXEL * picture.width
    for y, (first, end) in enumerate(rows):
        lines = [picture.bgra[row * stride : (row + 1) * stride] for row in range(first, end)]
        at = BYTES_PER_PIXEL * ((top + y) * side + left)
        for start, stop in columns:
            for channel in range(BYTES_PER_PIXEL):
                window = slice(start * BYTES_PER_PIXEL + channel, stop * BYTES_PER_PIXEL, BYTES_PER_PIXEL)
                total = sum(sum(line[window]) for line in lines)
                fitted_pixels[at + channel] = total // ((stop - start) * (end - first))
            at += BYTES_PER_PIXEL
    return Picture(side, side, bytes(fitted_pixels))


def over(upper: Picture, lower: Picture, left: int, top: int) -> Picture:
    """`upper` (multiplied) laid on `lower` (multiplied), its corner at (left, top) of it; all of it inside."""
    laid = bytearray(lower.bgra)
    for y in range(upper.height):
        for x in range(upper.width):
            above = BYTES_PER_PIXEL * (y * upper.width + x)
            below = BYTES_PER_PIXEL * ((top + y) * lower.width + left + x)
            rest = 255 - upper.bgra[above + 3]
            for channel in range(BYTES_PER_PIXEL):
                laid[below + channel] = min(255, upper.bgra[above + channel] + laid[below + channel] * rest // 255)
    return lower._replace(bgra=bytes(laid))


def _parts(old: int, new: int) -> list[tuple[int, int]]:
    """Which old pixels each new one covers, first and end."""
    return [(at * old // new, max((at + 1) * old // new, at * old // new + 1)) for at in range(new)]
