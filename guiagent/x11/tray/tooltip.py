"""What an icon says of itself, shown when the pointer rests on it. It must not know items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from Xlib import X

from guiagent.core.menupanel import EDGE, FACE, INK, Box, Words, place
from guiagent.core.values import Geometry
from guiagent.x11.tray.ground import Ground
from guiagent.x11.tray.popups import Popups

REST_S: Final = 0.6
"""So long the pointer rests first; GTK waits 0.5 s, Qt 0.7."""
PADDING_PX: Final = 5


class Tooltip:
    """One at a time."""

    def __init__(self, ground: Ground, popups: Popups, clock: Callable[[], float]) -> None:
        self._ground, self._popups, self._clock = ground, popups, clock
        self._due: float | None = None
        self._about: tuple[Geometry, str] | None = None
        self._window: Any = None

    def enter(self, icon: Geometry, text: str) -> None:
        """The pointer came to an icon."""
        self.leave()
        if text:
            self._due, self._about = self._clock() + REST_S, (icon, text)

    def leave(self) -> None:
        """It is somewhere else, or a button was pressed."""
        self._due = None
        if self._window is not None:
            self._ground.drop(self._window)
            self._window = None

    def deadline(self) -> float | None:
        """When `settle` shows it."""
        return self._due

    def settle(self, now: float) -> None:
        """Show it, if it is time."""
        if self._due is None or now < self._due or self._about is None:
            return
        self._due = None
        icon, text = self._about
        canvas = self._popups.canvas
        width, height = canvas.measure(text) + 2 * PADDING_PX, canvas.line + 2 * PADDING_PX
        corner = place((width, height), icon, self._popups.area(), submenu=False)
        geometry = Geometry(*corner, width, height)
        self._window = self._popups.open("_NET_WM_WINDOW_TYPE_TOOLTIP", geometry, lambda _event: None, X.NoEventMask)
        boxes = Box(0, 0, width, height, EDGE), Box(1, 1, width - 2, height - 2, FACE)
        canvas.draw(self._window, width, height, [*boxes, Words(PADDING_PX, PADDING_PX, text, INK)])
        self._window.map()
