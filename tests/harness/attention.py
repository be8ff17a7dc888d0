"""The attention panel as a person sees and uses it; knows the picture that it is to be, and nothing of its process."""

from typing import Any

import numpy as np
from Xlib import XK, X, error
from Xlib import display as xdisplay
from Xlib.ext import xtest

from colors.attention import BAND_PX, EDGE_PX, NO_BAND, Band, Card, draw
from colors.labels import STANDARD, Label
from tests.harness.pixels import Pixels, region, screenshot
from tests.harness.wait import TimedOut, wait_until

INSTANCE = "vitrail-attention"
BAND_ROWS = BAND_PX + EDGE_PX


def head(heading: str, below: str, label: Label | None, *, scale: int = 1) -> Pixels:
    """The head of the panel: whose window has the focus."""
    band = Band(label.rgb, label.ink, label.pattern.name) if label is not None else NO_BAND
    picture = draw(Card(heading, below, band, "", (), (), ""), max_width=4000, max_height=4000, scale=scale).picture
    pixels = np.frombuffer(picture.pixels, dtype="<u4").reshape(picture.height, picture.width)
    return (pixels & np.uint32(0xFFFFFF))[: BAND_ROWS * scale]


class AttentionPanel:
    """On the display of `connection`."""

    def __init__(self, connection: xdisplay.Display) -> None:
        self._x = connection

    def window(self) -> Any:
        """Its window, None while it is not on the screen."""
        for child in reversed(self._x.screen().root.query_tree().children):
            try:
                name = child.get_wm_class()
                if name is not None and name[0] == INSTANCE and child.get_attributes().map_state == X.IsViewable:
                    return child
            except error.BadWindow:  # another one's, that has gone
                continue
        return None

    def rect(self) -> tuple[int, int, int, int] | None:
        """Where it is."""
        window = self.window()
        if window is None:
            return None
        try:
            size = window.get_geometry()
        except (error.BadWindow, error.BadDrawable):
            return None
        return size.x, size.y, size.width, size.height

    def says(self, heading: str, below: str, label: Label | None, *, scale: int = 1) -> bool:
        """Whether its head is seen, whole, and is this."""
        rect = self.rect()
        if rect is None or rect[2] == 1:
            return False
        left, top, width, _height = rect
        seen = region(screenshot(self._x), (left, top, width, BAND_ROWS * scale))
        return bool(np.array_equal(seen, head(heading, below, label, scale=scale)))

    def wait_for(self, heading: str, below: str, label: Label | None, *, scale: int = 1) -> None:
        wait_until(lambda: self.says(heading, below, label, scale=scale), 20, f"the panel with {heading}, {below}")

    def wait_for_qube(self, name: str, label: str) -> None:
        self.wait_for(name, f"owns the focused window  ·  {label}", STANDARD[label])

    def wait_gone(self) -> None:
        wait_until(lambda: self.window() is None, 20, "the panel's going")

    def chord(self, *names: str) -> None:
        """Press keys one after the other, and let them go; by default the chord."""
        self.strike(*(self.keycode(name) for name in names or ("Super_L", "Escape")))

    def strike(self, *codes: int) -> None:
        """The same by keycodes."""
        for code in codes:
            xtest.fake_input(self._x, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._x, X.KeyRelease, code)
        self._x.sync()

    def answers(self, *codes: int) -> bool:
        """Whether it comes when these keys are pressed, by default the chord; it is on the screen then."""
        self.strike(*codes or (self.keycode("Super_L"), self.keycode("Escape")))
        try:
            wait_until(lambda: self.window() is not None, 1.0, "the panel")
        except TimedOut:
            return False
        return True

    def press(self, *names: str) -> None:
        """One key after the other."""
        for name in names:
            self.chord(name)

    def keycode(self, name: str) -> int:
        return int(self._x.keysym_to_keycode(XK.string_to_keysym(name)))
