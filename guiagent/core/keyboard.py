"""Which keys the qube's X server holds down, kept equal to the desktop's. It must not know windows or layouts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from guiagent.core.effects import Effect, LockModifiers, PressKey, SetLayout
from protocol.keyboard import Layout
from protocol.messages import MessageType

ONLY_KEYS: Final = frozenset({MessageType.KEYPRESS})
"""The types of messages that leave nothing to be settled after what is done at once."""
LOCK_MASK = 1 << 1
GROUP_SHIFT, GROUP_MASK = 13, 3
"""The effective group in a key's `state`. Source: The X Keyboard Extension, "Core Events"."""
REAL_MODIFIERS = 0xFF
"""Shift, Lock, Control, Mod1 to Mod5: bits 0 to 7 of `state`. Source: X11 protocol, "Common Types", SETofKEYBUTMASK."""
MIN_KEYCODE, MAX_KEYCODE = 8, 255
RELEASE_AFTER_S = 0.100
"""After the focus has left the qube for this long, all keys go up. A focus that only wanders between two windows of the
qube comes back within a round trip and must not lift Alt under the person's finger."""


class Keyboard:
    """Keys are only ever pressed by us, so what we pressed is what is held: no question to X is needed."""

    def __init__(self) -> None:
        self._held: dict[int, None] = {}
        self._down: set[int] | None = None
        self._modifiers: tuple[tuple[int, ...], ...] = ((),) * 8
        self._lock_masks = LOCK_MASK
        self._lent = 0
        self._group = 0
        self._focus_vanished = False
        self.release_at: float | None = None

    def remapped(self, modifiers: Sequence[Iterable[int]], num_lock_mask: int) -> None:
        """X's modifier map: eight sets of keycodes, Shift first; zeros are empty places."""
        self._modifiers = tuple(tuple(code for code in codes if code) for codes in modifiers)
        self._lock_masks = LOCK_MASK | num_lock_mask

    def key(self, keycode: int, state: int, *, pressed: bool) -> list[Effect]:
        """A key of the desktop; `state` are the modifiers that held there just before it."""
        if not MIN_KEYCODE <= keycode <= MAX_KEYCODE:
            return []
        if self._down is not None:
            (self._down.add if pressed else self._down.discard)(keycode)
        if pressed:
            return [*self.synchronised(state, except_key=keycode), self._press(keycode, pressed=True)]
        return [self._press(keycode, pressed=False), *self._taken_back()]

    def synchronised(self, state: int, *, except_key: int = 0) -> list[Effect]:
        """What makes the held modifiers, the locks and the group equal to the desktop's `state`.

        Locks are set, not toggled: saying the same thing twice changes nothing, so X is never asked. A modifier that is
        held there by a key is held here by one. One that no key of the desktop holds (latched, or a lock of the layout,
        such as neo's of level 4) is locked here until the next key goes up.
        """
        self._group = state >> GROUP_SHIFT & GROUP_MASK
        self._lent = 0
        strokes: list[Effect] = []
        if self._held or state & REAL_MODIFIERS & ~self._lock_masks:
            strokes = self._modifier_strokes(state, except_key)
        return [LockModifiers(REAL_MODIFIERS, state & self._lock_masks | self._lent, self._group), *strokes]

    def _modifier_strokes(self, state: int, except_key: int) -> list[Effect]:
        strokes: list[Effect] = []
        for bit, keycodes in enumerate(self._modifiers):
            mask = 1 << bit
            if mask & self._lock_masks:
                continue
            held = [code for code in keycodes if code in self._held and code != except_key]
            if not state & mask:
                strokes.extend(self._press(code, pressed=False) for code in held)
            elif not held and except_key not in keycodes:
                holder = self._holder(keycodes)
                if holder is None:
                    self._lent |= mask
                else:
                    strokes.append(self._press(holder, pressed=True))
        return strokes

    def _holder(self, keycodes: Sequence[int]) -> int | None:
        """The key that holds a modifier on the desktop. Which keys are down there, not every daemon has told."""
        if self._down is None:
            return keycodes[0] if keycodes else None
        return next((code for code in keycodes if code in self._down), None)

    def _taken_back(self) -> list[Effect]:
        """What is locked in place of a key is locked no more."""
        lent, self._lent = self._lent, 0
        return [LockModifiers(lent, 0, self._group)] if lent else []

    def relaid(self, layout: Layout) -> list[Effect]:
        """The desktop has this layout and this group."""
        return [SetLayout(layout), LockModifiers(0, 0, layout.group)]

    def only_held(self, bitmap: bytes) -> list[Effect]:
        """MSG_KEYMAP_NOTIFY: 32 bytes, one bit a keycode. What is not down there goes up here; nothing goes down."""
        self._down = _codes_in(bitmap)
        gone = [code for code in self._held if code not in self._down]
        return [self._press(code, pressed=False) for code in gone]

    def focus_left(self, now: float) -> None:
        """No window of the qube has the focus any more, perhaps only for a moment."""
        if self._held or self._lent:
            self.release_at = now + RELEASE_AFTER_S

    def focus_vanished(self) -> None:
        """The window that had the focus is shown no more: what the desktop says of its focus now may find nobody."""
        self._focus_vanished = True

    def focus_came(self) -> None:
        """A window of the qube has the focus."""
        self._focus_vanished = False
        self.release_at = None

    def due(self, now: float) -> list[Effect]:
        """Time has passed: the keys that are to go up now."""
        if self._focus_vanished:
            self._focus_vanished = False
            self.focus_left(now)
        if self.release_at is None or now < self.release_at:
            return []
        return self.release_all()

    def release_all(self) -> list[Effect]:
        """Every held key goes up, and what stands for one."""
        self.release_at = None
        return self._taken_back() + [self._press(code, pressed=False) for code in list(self._held)]

    def _press(self, keycode: int, *, pressed: bool) -> Effect:
        if pressed:
            self._held[keycode] = None
        else:
            self._held.pop(keycode, None)
        return PressKey(keycode, pressed)


def _codes_in(bitmap: bytes) -> set[int]:
    """The numbers of the bits that are set; of byte 0 the lowest bit is 0. With each focus, and nearly all are not."""
    bits = int.from_bytes(bitmap, "little")
    codes: set[int] = set()
    while bits:
        lowest = bits & -bits
        codes.add(lowest.bit_length() - 1)
        bits ^= lowest
    return codes
