"""A popup's content fills it up to the outermost edge; the frame is a matter of managed windows."""

from typing import Any

from guid.core.geometry import Extents, Rect
from guid.core.thickness import POPUP_FRAME_PX
from guid.x11 import frame
from tests.mutants.patch import replace


def mutate() -> None:
    def content_rect(outer: Rect, extents: Extents) -> Any:
        popup = extents.left == POPUP_FRAME_PX
        return Rect(0, 0, outer.width, outer.height) if popup else content(outer, extents)

    def strips(outer: Rect, extents: Extents, lining: int = 0) -> Any:
        side, bottom = beside(outer, extents, lining)
        if extents.left == POPUP_FRAME_PX:
            side, bottom = (side[0]._replace(x=outer.width), side[1]), (bottom[0]._replace(y=outer.height), bottom[1])
        return side, bottom

    content = replace(frame, "_content_rect", content_rect)
    beside = replace(frame, "_strips", strips)
