"""What a paused qube is told of the person's input, which is nothing, and what it missed; must not know X.

It could not read it, and whoever types into a window that stands still does not mean what it would do later.
"""

from __future__ import annotations

from typing import Final

from guid.core.input import FOCUS_IN, FOCUS_OUT, NOTIFY_NORMAL, InputForwarder
from guid.core.values import RemoteId
from protocol.codec import encode
from protocol.limits import KEYMAP_BYTES
from protocol.messages import MessageType

BUTTON_PRESS: Final = 4
NOTIFY_NONLINEAR: Final = 3
"""The detail of a focus that goes from one window to another. Source: X.h."""


class PausedInput:
    """A gate for the input of one qube. paused: nothing passes but what the methods return."""

    def __init__(self) -> None:
        self.paused = False
        self._focused: RemoteId | None = None
        self._buttons: set[int] = set()

    def button(self, kind: int, button: int, told: bytes) -> bytes:
        """What of `told` goes to the qube now: a button it knows to be down is let go, or a menu would hang on it."""
        if kind == BUTTON_PRESS:
            if self.paused:
                return b""
            self._buttons.add(button)
            return told
        known = button in self._buttons
        self._buttons.discard(button)
        return told if known or not self.paused else b""

    def pause(self, input_: InputForwarder) -> bytes:
        """From now on nothing passes; what must be told before: no key stays down."""
        self.paused, self._focused = True, input_.focused
        return input_.settle() + (input_.release_all(input_.focused) if input_.focused is not None else b"")

    def go_on(self, input_: InputForwarder) -> bytes:
        """From now on all passes again; what was missed: where the focus is now, and that no key is down."""
        self.paused = False
        input_.held.clear()
        now, before = input_.focused, self._focused
        if now == before:
            return b""
        told = b""
        if before is not None:
            told += encode(MessageType.FOCUS, before, FOCUS_OUT, NOTIFY_NORMAL, NOTIFY_NONLINEAR)
        if now is not None:
            told += encode(MessageType.KEYMAP_NOTIFY, 0, bytes(KEYMAP_BYTES))
            told += encode(MessageType.FOCUS, now, FOCUS_IN, NOTIFY_NORMAL, NOTIFY_NONLINEAR)
        return told
