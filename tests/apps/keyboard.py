"""The keys of the desktop's keyboard, by what they mean; knows no window."""

from typing import Any, Final

from Xlib import XK, X
from Xlib import display as xdisplay
from Xlib.ext import xtest

from tests.harness.wait import pause

NAMES: Final = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L", "enter": "Return", "esc": "Escape"}
KEYSYM_OF: Final = {"\n": XK.XK_Return, "\t": XK.XK_Tab}
KEY_S: Final = 0.01
"""From letter to letter, as a very quick hand. Without it "ll" comes within a millisecond, which LibreOffice takes for
one letter that repeats."""


class Keyboard:
    """Types by XTEST on the layout that the desktop has."""

    def __init__(self, x: xdisplay.Display) -> None:
        self._x = x

    def type(self, text: str) -> None:
        """Type ASCII text, capitals and signs with Shift."""
        for letter in text:
            self._strike(KEYSYM_OF.get(letter, ord(letter)))
            self._x.sync()
            pause(KEY_S)

    def press(self, chord: str) -> None:
        """Press and let go keys together, as in "ctrl+shift+c"."""
        *held, last = chord.split("+")
        codes = [self._code(_keysym(name)) for name in held]
        for code in codes:
            xtest.fake_input(self._x, X.KeyPress, code)
        self._strike(_keysym(last))
        for code in reversed(codes):
            xtest.fake_input(self._x, X.KeyRelease, code)
        self._x.sync()

    def hold(self, name: str) -> None:
        """Press one key until it is let go."""
        xtest.fake_input(self._x, X.KeyPress, self._code(_keysym(name)))
        self._x.sync()

    def let_go(self, name: str) -> None:
        """Release one key."""
        xtest.fake_input(self._x, X.KeyRelease, self._code(_keysym(name)))
        self._x.sync()

    def _strike(self, keysym: int) -> None:
        code = self._code(keysym)
        shifted = self._x.keycode_to_keysym(code, 0) != keysym and self._x.keycode_to_keysym(code, 1) == keysym
        shift: Any = self._code(XK.XK_Shift_L)
        if shifted:
            xtest.fake_input(self._x, X.KeyPress, shift)
        xtest.fake_input(self._x, X.KeyPress, code)
        xtest.fake_input(self._x, X.KeyRelease, code)
        if shifted:
            xtest.fake_input(self._x, X.KeyRelease, shift)

    def _code(self, keysym: int) -> int:
        code = self._x.keysym_to_keycode(keysym)
        assert code, f"the desktop's keyboard has no key for {keysym:#x}"
        return int(code)


def _keysym(name: str) -> int:
    keysym = XK.string_to_keysym(NAMES.get(name, name))
    return keysym or ord(name)
