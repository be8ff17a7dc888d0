"""Nothing lies above the content at the bottom side."""

from typing import Any

from guid.core.geometry import Rect
from guid.x11 import frame
from tests.mutants.patch import replace


def mutate() -> None:
    def only_right(outer: Rect, extents: Any) -> Any:
        side, (strip, gravity) = right(outer, extents)
        return side, (strip._replace(y=outer.height), gravity)

    right = replace(frame, "_strips", only_right)
