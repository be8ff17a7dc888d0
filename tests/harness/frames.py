"""What a frame looks like, laid over a picture side by side; shares nothing with the daemon but the labels."""

from typing import Any

import numpy as np

from colors.labels import STANDARD, Label
from tests.harness.pixels import Pixels, screenshot

LEAST_PX = 3
"""How much of every side of a managed window is frame at any scale and in any style."""

PLAIN_PX = 1
"""Never marked: the outermost row."""


def wearing(rgb: int) -> Label:
    """The standard label of that colour."""
    return next(label for label in STANDARD.values() if label.rgb == rgb)


def lay(
    picture: Pixels, label: Label, outer: tuple[int, int, int, int], extents: tuple[int, int, int, int], unit: int = 1
) -> None:
    """Draw the frame of `outer` into `picture`, as far as it lies on it.

    extents: px, (left, right, top, bottom), as in _NET_FRAME_EXTENTS. unit: device pixels a pixel of the pattern.
    """
    x, y, width, height = outer
    whole = frame(label, width, height, extents, unit)
    left, right, top, bottom = extents
    mask = np.ones((height, width), bool)
    mask[top : max(height - bottom, top), left : max(width - right, left)] = False
    first_x, first_y = max(-x, 0), max(-y, 0)
    end_x, end_y = min(picture.shape[1] - x, width), min(picture.shape[0] - y, height)
    if end_x <= first_x or end_y <= first_y:
        return
    part = picture[y + first_y : y + end_y, x + first_x : x + end_x]
    shown = mask[first_y:end_y, first_x:end_x]
    part[shown] = whole[first_y:end_y, first_x:end_x][shown]


def frame(label: Label, width: int, height: int, extents: tuple[int, int, int, int], unit: int = 1) -> Pixels:
    """A (height, width) 0xRRGGBB picture; what lies inside the frame means nothing."""
    left, right, top, bottom = extents
    rhythm = np.zeros(label.pattern.period, bool)
    for start, length in label.pattern.marks:
        rhythm[start : start + length] = True
    marked = np.tile(np.repeat(rhythm, unit), max(width, height) // (len(rhythm) * unit) + 1)
    inked = np.zeros((height, width), bool)
    inked |= _band(height, top)[:, None] & marked[None, :width]
    inked |= _band(width, left)[None, :] & marked[:height, None]
    inked[:, max(width - right, 0) :] = (_band(width, right)[::-1][None, :] & marked[:height, None])[
        :, max(width - right, 0) :
    ]
    inked[max(height - bottom, 0) :] = (_band(height, bottom)[::-1][:, None] & marked[None, :width])[
        max(height - bottom, 0) :
    ]
    for edge in (np.s_[:PLAIN_PX], np.s_[-PLAIN_PX:], np.s_[:, :PLAIN_PX], np.s_[:, -PLAIN_PX:]):
        inked[edge] = False
    return np.where(inked, np.uint32(label.ink), np.uint32(label.rgb))


def _band(side: int, thickness: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows have marks, from outside: the middle third, or all but the outermost one of a side too thin for it."""
    found = np.zeros(side, bool)
    found[max(1, thickness // 3) : max(thickness - max(1, thickness // 3), min(2, thickness))] = True
    return found


def framed(picture: Pixels, outer: tuple[int, int, int, int], px: int, rgb: int) -> bool:
    """Whether a window that lies wholly in `picture` has the frame of the label of that colour, px thick."""
    right = picture.copy()
    lay(right, wearing(rgb), outer, (px,) * 4)
    return bool((right == picture).all())


def bare_px(x: Any, outer: int, label: Label) -> int:
    """How many pixels along an outer's sides have no colour of the label's frames now, LEAST_PX from outside.

    x: a connection to the X server, which holds up everybody else meanwhile. The outer lies on the screen as a whole,
    and nothing lies over it.
    """
    x.grab_server()
    try:
        window = x.create_resource_object("window", outer)
        size, place = window.get_geometry(), window.translate_coords(x.screen().root, 0, 0)
        picture = screenshot(x)[-place.y :, -place.x :][: size.height, : size.width]
    finally:
        x.ungrab_server()
        x.sync()
    bad = (picture != label.rgb) & (picture != label.ink)
    return int(bad.sum() - bad[LEAST_PX:-LEAST_PX, LEAST_PX:-LEAST_PX].sum())
