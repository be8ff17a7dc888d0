"""The picture of one shown window, and what of it is to be copied. It must not know the pool or any other window."""

from __future__ import annotations

from guiagent.core.buffers import Buffers
from guiagent.core.frames import Frames
from guiagent.core.values import WindowId
from shm.damage import Rect


class Surface:
    """The picture is the window's visible part, which begins at `left` and `top` of it and is width by height px.

    rects: px, window-relative, perhaps outside the visible part. seen: the whole window's size as X last said it.

    iconified: the desktop shows nothing of it, and nothing is copied.
    spoilt: since the copy under way began, there was a moment at which the window did not fill the buffer.
    """

    __slots__ = (
        "buffers",
        "depth",
        "frames",
        "height",
        "iconified",
        "left",
        "rects",
        "seen",
        "spoilt",
        "top",
        "width",
        "window",
    )

    def __init__(
        self, window: WindowId, depth: int, size: tuple[int, int], corner: tuple[int, int], frames: Frames
    ) -> None:
        self.window = window
        self.depth = depth
        self.frames = frames
        self.width, self.height = size
        self.left, self.top = corner
        self.seen = self.left + self.width, self.top + self.height
        self.rects: dict[Rect, None] = {}
        self.buffers = Buffers()
        self.iconified = False
        self.spoilt = False
        self.damage_all()

    def damage_all(self) -> None:
        """All of it is to be copied."""
        self.rects = {(self.left, self.top, self.width, self.height): None}

    def take_rects(self) -> dict[Rect, None]:
        """What is to be copied, relative to the picture and inside it; most rectangles are so already. None is left."""
        rects, self.rects = self.rects, {}
        width, height, left, top = self.width, self.height, self.left, self.top
        if left or top:
            rects = {(x - left, y - top, w, h): None for x, y, w, h in rects}
        for x, y, rect_width, rect_height in rects:
            if x < 0 or y < 0 or x + rect_width > width or y + rect_height > height:
                return self._clipped(rects)
        return rects

    def _clipped(self, rects: dict[Rect, None]) -> dict[Rect, None]:
        inside: dict[Rect, None] = {}
        for x, y, width, height in rects:
            left, top = max(x, 0), max(y, 0)
            right, bottom = min(x + width, self.width), min(y + height, self.height)
            if left < right and top < bottom:
                inside[left, top, right - left, bottom - top] = None
        return inside

    @property
    def filled(self) -> bool:
        """Whether the window reaches to the buffer's end. Where it does not, a copy leaves what was there before."""
        current = self.buffers.current
        if current is None:
            return True
        return self.seen[0] >= self.left + current.width and self.seen[1] >= self.top + current.height

    def saw(self, size: tuple[int, int]) -> None:
        """X says that the window has this size."""
        self.seen = size
        self.spoilt = self.spoilt or not self.filled

    def copy_begins(self) -> None:
        """What X says from now on happened during the copy, or after it."""
        self.spoilt = not self.filled
