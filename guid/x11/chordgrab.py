"""The person's chord on the whole desktop, whoever has the focus; must not know what it is for.

A passive grab: the X server itself takes the key out of what is typed, before any program hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from itertools import combinations

from Xlib import X
from Xlib.error import BadAccess, CatchError

from guid.core.sequence import COMPARED, KeySequence
from guid.x11.keyboard import Keyboard
from shm.x11.connection import XConnection

ALL_MODIFIERS = 0xFF
IGNORED = tuple(1 << bit for bit in range(8) if not COMPARED >> bit & 1)
"""Lock, NumLock, the third level: a chord counts whatever these are."""
LOCKS = tuple(sum(some) for many in range(len(IGNORED) + 1) for some in combinations(IGNORED, many))


class Grab(Enum):
    """Whether the chord is ours."""

    NONE = "none"
    """nobody wants one, or no key has it"""
    OURS = "ours"
    TAKEN = "taken"
    """another program has it"""


class ChordGrab:
    """One chord. told: called whenever it is ours, or not, after having been otherwise."""

    def __init__(self, x: XConnection, keyboard: Keyboard, told: Callable[[Grab], None]) -> None:
        self.state = Grab.NONE
        self._x = x
        self._root = x.display.screen().root
        self._keyboard = keyboard
        self._told = told
        self._sequence: KeySequence | None = None
        self._keycode: int | None = None
        keyboard.changed = keyboard.group_changed = self.renew

    def use(self, sequence: KeySequence | None) -> None:
        """From now on the person types it so; None: not at all."""
        self._let_go()
        self._sequence = sequence
        self.renew()

    def renew(self) -> None:
        """The keyboard may be another one: the chord is on the key that means it now. What is taken is tried again."""
        keysyms = self._keyboard.keymap.keysyms
        if self._sequence is None or not keysyms:
            wanted = None
        else:
            wanted = self._keyboard.keymap.keycodes_of(self._sequence.keysym)[self._keyboard.locked_group]
        if wanted != self._keycode or self.state is Grab.TAKEN:
            self._let_go()
            self._keycode = wanted
        self._tell(self._take() if wanted is not None else Grab.NONE)
        self._x.drain()

    def is_pressed(self, keycode: int) -> bool:
        """Whether this press of a key, told by the grab, is the chord."""
        return keycode == self._keycode

    def _take(self) -> Grab:
        """With every state of the locks; all or none."""
        assert self._sequence is not None  # noqa: S101 - there is a key for it
        refused = CatchError(BadAccess)
        for locks in LOCKS:
            self._root.grab_key(
                self._keycode,
                self._sequence.mask | locks,
                False,  # noqa: FBT003 - python-xlib's own signature
                X.GrabModeAsync,
                X.GrabModeAsync,
                onerror=refused,
            )
        self._x.display.sync()
        if refused.get_error() is None:
            return Grab.OURS
        self._let_go()
        return Grab.TAKEN

    def _let_go(self) -> None:
        if self._keycode is not None and self._sequence is not None:
            for locks in LOCKS:
                self._root.ungrab_key(self._keycode, self._sequence.mask | locks)

    def _tell(self, state: Grab) -> None:
        if state is not self.state:
            self.state = state
            self._told(state)
