"""A popup on the screen keeps its kind when it grows; the limit is looked at before it is mapped only."""

from typing import Any

from guid.core import windows
from guid.core.policy import granted_outer
from guid.core.window import Granted, State, Window
from tests.mutants.patch import replace


def mutate() -> None:
    def regrant(window: Window, desktop: Any, **rest: Any) -> bool:
        if window.state is State.MAPPED and not rest["may_become_popup"]:
            window.granted = Granted(window.kind, granted_outer(window.asked.content, window.kind, desktop))
            return False
        return bool(right(window, desktop, **rest))

    right = replace(windows, "regrant", regrant)
