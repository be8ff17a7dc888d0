"""What of a window is visible when its program draws a shadow round it. It must not know who is told, nor pixels.

A program with decorations of its own says by _GTK_FRAME_EXTENTS how wide a transparent border it leaves on each side.
The daemon hears of the visible part alone, X of the whole; a `Crop` leads from the one to the other and back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guiagent.core.hints import P_BASE_SIZE, P_MAX_SIZE, P_MIN_SIZE, P_RESIZE_INC
from guiagent.core.values import MIN_POSITION_PX, Geometry, SizeHints

MAX_SHADOW_PX = 512
"""The widest shadow on one side that is believed: ten times what the usual themes have (GTK's Adwaita 3 and 4: at most
52 px), four times that on a screen of four times the density. Wider is absurd."""


class Crop(NamedTuple):
    """What is cut off on each side, px. Source of the order: _GTK_FRAME_EXTENTS, as GTK, Mutter and KWin have it."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    @classmethod
    def of(cls, words: Sequence[int]) -> Crop:
        """The property as the program wrote it; an absurd one counts as none."""
        if len(words) != len(cls._fields) or not all(0 <= word <= MAX_SHADOW_PX for word in words):
            return NO_CROP
        return cls(*words)

    @property
    def corner(self) -> tuple[int, int]:
        """Where the visible part begins inside the whole window, px."""
        return self.left, self.top

    def fitting(self, size: tuple[int, int]) -> Crop:
        """This crop, or none if nothing of a window of this size (px) would be left."""
        width, height = size
        return self if self.left + self.right < width and self.top + self.bottom < height else NO_CROP

    def inner(self, whole: Geometry) -> Geometry:
        """The visible part of a window that is large enough (see `fitting`)."""
        return Geometry(
            whole.x + self.left,
            whole.y + self.top,
            whole.width - self.left - self.right,
            whole.height - self.top - self.bottom,
        )

    def outer(self, visible: Geometry) -> Geometry:
        """The window whose visible part this is, as far to the left and top as X can say it."""
        return Geometry(
            max(visible.x - self.left, MIN_POSITION_PX),
            max(visible.y - self.top, MIN_POSITION_PX),
            visible.width + self.left + self.right,
            visible.height + self.top + self.bottom,
        )

    def hints(self, asked: SizeHints) -> SizeHints:
        """Size hints of the whole window as hints of its visible part; what would come below zero is zero.

        A base that would come below zero goes up by whole increments, so that the same sizes stay on the grid.
        """
        if self == NO_CROP:
            return asked
        flags = asked.flags
        across, down = self.left + self.right, self.top + self.bottom
        if flags & P_MIN_SIZE:
            asked = asked._replace(
                min_width=max(asked.min_width - across, 0), min_height=max(asked.min_height - down, 0)
            )
        if flags & P_MAX_SIZE:
            asked = asked._replace(max_width=asked.max_width - across, max_height=asked.max_height - down)
        if flags & P_BASE_SIZE:
            steps = (asked.width_inc, asked.height_inc) if flags & P_RESIZE_INC else (0, 0)
            asked = asked._replace(
                base_width=_base(asked.base_width - across, steps[0]),
                base_height=_base(asked.base_height - down, steps[1]),
            )
        return asked


NO_CROP = Crop()


def _base(base: int, step: int) -> int:
    if base >= 0:
        return base
    return base % step if step > 0 else 0
