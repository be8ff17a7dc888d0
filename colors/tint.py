"""A picture in the one hue of a label: nothing that a qube draws can look as another label's; must not know icons.

Source: the icon receiver of Qubes OS, whose arithmetic this is, number for number. Two things differ. There the alpha
of a picture stays, and whoever takes it for another kind of alpha sees other colours (QSB-104): here it is laid
on grey first, so that no alpha is left. And there a label that is nearly grey lends the hue of what it is not grey by,
which makes the standard gray's icons as green as the green label's: here it lends none.
"""

from __future__ import annotations

from typing import Final

from colors.lanes import BYTE_MAX, Lanes

BACKING: Final = 0x80
"""What pictures are laid on, in all three channels: white and black symbols are seen on it alike."""
LEAST_CHROMA: Final = 16
"""A label whose channels differ by less looks grey. Of the standard labels gray differs by 4, purple by 43."""
QUARTERS: Final = 4
DARK: Final = 3
"""Of four quarters of a pixel's grey, so many stay; and the label's hue has one at least."""

BLUE, GREEN, RED, ALPHA = range(4)
"""Where they are in the four bytes of a pixel."""

_SHIFT: Final = 28
"""Quotients by multiplication: a number below 2^18 by one up to 2^10 is exact from 28 bits on."""


def hue_of(rgb: int) -> tuple[tuple[int, int, int], int]:
    """What a label's colour, 0xRRGGBB, is beyond its grey: red, green and blue, as shares of the second number."""
    channels = rgb >> 16 & BYTE_MAX, rgb >> 8 & BYTE_MAX, rgb & BYTE_MAX
    least, chroma = min(channels), max(channels) - min(channels)
    if chroma < LEAST_CHROMA:
        return (1, 1, 1), 2
    red, green, blue = (channel - least for channel in channels)
    return (red, green, blue), chroma


def tinted(pixels: bytes, rgb: int) -> bytes:
    """The picture in a label's hue, opaque.

    pixels: 4 bytes each: blue, green, red, alpha, not multiplied with each other. rgb: 0xRRGGBB. Returns as many.
    Of the opaque pixel, m is the least channel and c what the largest has beyond it; with the label's share n of a
    channel, that becomes the floor of 3/4 m + n (255 + 3 c) / 4.
    """
    lanes = Lanes(len(pixels) // 4, 2)
    blue, green, red = _opaque(pixels, lanes)
    least = lanes.lowest(lanes.lowest(blue, green), red)
    chroma = lanes.highest(lanes.highest(blue, green), red) - least
    wide = Lanes(lanes.many, 8)
    grey, colour = wide.spread(lanes.gathered(least)), wide.spread(lanes.gathered(chroma))
    shares, whole = hue_of(rgb)
    dark, bright = DARK * whole * grey, wide.each(BYTE_MAX) + DARK * colour
    magic, bytes_of = -(-(1 << _SHIFT) // (QUARTERS * whole)), wide.each(BYTE_MAX)
    done = bytearray(b"\xff" * len(pixels))
    for share, at in zip(shares, (RED, GREEN, BLUE), strict=True):
        done[at::4] = wide.gathered((dark + share * bright) * magic >> _SHIFT & bytes_of)
    return bytes(done)


def _opaque(pixels: bytes, lanes: Lanes) -> tuple[int, int, int]:
    """The three channels on the backing, to the nearest."""
    blue, green, red, alpha = (lanes.spread(pixels[at::4]) for at in (BLUE, GREEN, RED, ALPHA))
    backing = (lanes.each(BYTE_MAX) - alpha) * BACKING
    first, second, third = (lanes.by_255(each + backing) for each in lanes.products((blue, green, red), alpha))
    return first, second, third
