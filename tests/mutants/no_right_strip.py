"""Nothing lies above the content at the right side: the daemon is expected to be quicker than a shrinking window."""

from typing import Any

from guid.core.geometry import Rect
from guid.x11 import frame
from tests.mutants.patch import replace


def mutate() -> None:
    def only_bottom(outer: Rect, extents: Any) -> Any:
        (strip, gravity), bottom = right(outer, extents)
        return (strip._replace(x=outer.width), gravity), bottom

    right = replace(frame, "_strips", only_bottom)
