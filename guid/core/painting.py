"""Which pixels of the pool go where on a content; pure arithmetic, must not know X.

A picture lies in runs of pages; `shm.runs` cuts it into bands that lie in the pool without a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guid.core.values import Image
from shm.damage import Rect as DamageRect
from shm.runs import Band, Piece, bands, pieces


def bands_of(image: Image) -> Sequence[Band]:
    """The bands of `image`, to be kept as long as the picture is."""
    return bands(image.runs, image.width, image.height)


def puts(image: Image, image_bands: Sequence[Band], width: int, height: int, rect: DamageRect) -> Iterable[Piece]:
    """What to put so that `rect` of `image` is shown on a content of width x height.

    rect: px, content-relative. What lies outside picture or content is left out; a picture smaller than the content
    leaves the rest as it is.
    """
    image_width, image_height, _runs = image
    width = width if width < image_width else image_width
    height = height if height < image_height else image_height
    x, y, rect_width, rect_height = rect
    if x < 0 or y < 0 or x + rect_width > width or y + rect_height > height:
        left, top = max(x, 0), max(y, 0)
        right, bottom = min(x + rect_width, width), min(y + rect_height, height)
        if left >= right or top >= bottom:
            return ()
        rect = x, y, rect_width, rect_height = left, top, right - left, bottom - top
    if len(image_bands) == 1:  # the whole picture lies in one run: what nearly every agent sends
        offset = image_bands[0].offset_bytes
        return (tuple.__new__(Piece, (offset, image_width, image_height, x, y, rect_width, rect_height, x, y)),)
    return pieces(image_bands, rect)
