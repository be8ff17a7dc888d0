"""The content begins at the outer's corner; only the outermost edges and the strips are above it."""

from guid.core.geometry import Extents, Rect
from guid.x11 import frame
from tests.mutants.patch import replace


def mutate() -> None:
    def whole(outer: Rect, _extents: Extents) -> Rect:
        return Rect(0, 0, outer.width, outer.height)

    replace(frame, "_content_rect", whole)
