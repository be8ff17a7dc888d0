"""The pointer of the desktop, moved and pressed by XTEST; knows no window."""

from typing import Final

from Xlib import X
from Xlib import display as xdisplay
from Xlib.ext import xtest

STEPS: Final = 12


class Mouse:
    """All places are px on the root."""

    def __init__(self, x: xdisplay.Display) -> None:
        self._x = x

    @property
    def place(self) -> tuple[int, int]:
        """Where the pointer is."""
        found = self._x.screen().root.query_pointer()
        return int(found.root_x), int(found.root_y)

    def move(self, x: int, y: int) -> None:
        """Go there in some steps: a program may take a single one for a tremor."""
        start = self.place
        for step in range(1, STEPS + 1):
            left, top = (begin + (end - begin) * step // STEPS for begin, end in zip(start, (x, y), strict=True))
            xtest.fake_input(self._x, X.MotionNotify, x=left, y=top)
        self._x.sync()

    def down(self, button: int = 1) -> None:
        xtest.fake_input(self._x, X.ButtonPress, button)
        self._x.sync()

    def up(self, button: int = 1) -> None:
        xtest.fake_input(self._x, X.ButtonRelease, button)
        self._x.sync()

    def click(self, x: int, y: int, button: int = 1) -> None:
        self.move(x, y)
        self.down(button)
        self.up(button)

    def tremble(self) -> None:
        """Move a little and back, as a hand does that waits for something to follow it."""
        x, y = self.place
        for left in (x + 1, x):
            xtest.fake_input(self._x, X.MotionNotify, x=left, y=y)
        self._x.sync()
