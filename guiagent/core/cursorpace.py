"""When a cursor of the qube is told, and in which form. It must not know pictures, nor over which window X shows it.

A program that animates its cursor shows another image every 20 to 100 ms: of those the daemon is told the first. Before
that X shows nothing in place of the animation, which is told only if it stays so.
"""

from __future__ import annotations

from typing import Final

from guiagent.core.cursors import Look
from guiagent.core.values import WindowId

Shown = int | Look | None
"""A glyph of the cursor font, an image, or the default."""

STEADY_S: Final = 0.25
"""An image that follows another one sooner is told once it has stayed for so long."""

ALPHA_AT: Final = 3


class CursorPace:
    """One pointer. images: the daemon takes images. until: when `due` has something to say, by the clock."""

    def __init__(self) -> None:
        self.images = False
        self.until: float | None = None
        self._over: WindowId | None = None
        self._changed_at = 0.0
        self._image_told = False

    def tellable(self, shown: Shown) -> Shown:
        """What the daemon can be told of a cursor: without images, the default instead."""
        return None if isinstance(shown, Look) and not self.images else shown

    def shown(self, window: WindowId, shown: Shown, now: float) -> bool:
        """X shows this cursor now; whether to tell it at once."""
        moved = window != self._over
        self._over = window
        if isinstance(shown, Look) and not any(shown.pixels[ALPHA_AT::4]):
            self.until = now + STEADY_S
            return False
        at_once = moved or not isinstance(shown, Look) or now - self._changed_at >= STEADY_S
        self._changed_at = now
        if at_once:
            self.until, self._image_told = None, isinstance(shown, Look)
        elif self._image_told or self.until is None:
            self.until = now + STEADY_S
        return at_once  # else an animation that begins soon after a glyph is not put off by each of its images

    def due(self, now: float) -> WindowId | None:
        """The window whose cursor has waited, and is steady."""
        if self.until is None or now < self.until:
            return None
        self.until, self._image_told = None, True
        return self._over
