"""Each popup is measured alone, as if no other were there."""

from typing import Any

from guid.core import windows
from guid.core.window import Window
from tests.mutants.patch import replace


def mutate() -> None:
    def regrant(window: Window, desktop: Any, **rest: Any) -> bool:
        return bool(right(window, desktop, **{**rest, "beside": ()}))

    right = replace(windows, "regrant", regrant)
