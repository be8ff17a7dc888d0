"""Which pixels of the pool go where on a content; pure arithmetic, must not know X.

A picture lies in runs of pages; `shm.runs` cuts it into bands that lie in the pool without a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guid.core.geometry import Rect, intersection
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
    visible = Rect(0, 0, min(image.width, width), min(image.height, height))
    shown = intersection(Rect(*rect), visible)
    return pieces(image_bands, shown) if shown is not None else ()
