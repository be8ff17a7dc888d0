"""The right strip does not go with its side: the daemon is expected to be quicker than a shrinking window."""

from typing import Any

from Xlib import X

from guid.core.geometry import Rect
from guid.x11 import frame
from tests.mutants.patch import replace


def mutate() -> None:
    def only_bottom(outer: Rect, *sizes: Any) -> Any:
        (strip, _gravity), bottom = right(outer, *sizes)
        return (strip, X.NorthWestGravity), bottom

    right = replace(frame, "_strips", only_bottom)
