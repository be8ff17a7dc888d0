"""What tells how wide the shadow round a window is: its program, or where it takes clicks. It must not know who asks.

GTK 4 draws a shadow round every menu, whether or not there is a compositor, and declares it for windows only: of a menu
it says, by its input shape, that clicks beside it are not meant for it.
"""

from __future__ import annotations

from typing import NamedTuple

from guiagent.core.crop import Crop
from guiagent.core.values import Properties

ARGB_DEPTH = 32
"""Only a window with an alpha channel can have a shadow."""


class InputBox(NamedTuple):
    """The bounding box of a window's input shape: px, from the window's corner; it may reach beyond the window."""

    x: int
    y: int
    width: int
    height: int

    def fitting(self, size: tuple[int, int]) -> Crop:
        """What lies round the box in a window of this size (px), if that is as narrow as a shadow.

        Nothing where no clicks are taken at all: what lets them through (a tooltip, a lens) is seen whole.
        """
        width, height = size
        right, bottom = width - self.x - self.width, height - self.y - self.height
        return Crop.of([max(side, 0) for side in (self.x, right, self.y, bottom)]).fitting(size)


Shadow = Crop | InputBox


def shadow_of(properties: Properties, depth: int) -> Shadow:
    """What the program says, if only that there is no shadow; else what its input shape says."""
    if properties.shadow or properties.input_box is None or depth != ARGB_DEPTH:
        return Crop.of(properties.shadow)
    return InputBox(*properties.input_box)
