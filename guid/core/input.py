"""The person's input as messages for the one qube it is meant for; must not know X's event format.

Coordinates are the content's, px; they may be negative for keys, as the pointer may be anywhere.
"""

from __future__ import annotations

from guid.core.values import RemoteId
from protocol.codec import encode
from protocol.limits import KEYMAP_BYTES
from protocol.messages import MessageType

KEY_PRESS, KEY_RELEASE = 2, 3
FOCUS_IN, FOCUS_OUT = 9, 10
NOTIFY_NORMAL, NOTIFY_GRAB, NOTIFY_WHILE_GRABBED = 0, 1, 3
"""Numbers of the core protocol. Source: X.h."""

FOCUS_MODES = frozenset({NOTIFY_NORMAL, NOTIFY_WHILE_GRABBED})
"""Focus changes by grabs (an alt-tab switcher) are the desktop's business and are not told."""


class InputForwarder:
    """Encodes input, and knows which keys the qube believes to be held.

    held: keycodes. All of them are released when the focus goes or the keyboard is grabbed, so that none stays down in
    a qube that will never see its release (bulletin 104).
    """

    def __init__(self) -> None:
        self.held: set[int] = set()
        self.focused: RemoteId | None = None

    def key(self, window: RemoteId, kind: int, x: int, y: int, state: int, keycode: int) -> bytes:
        """KeyPress or KeyRelease; a press of a key that is held is a repeat, told as a release and a press.

        The desktop's X server sends no releases between repeats, and a qube's takes a second press for nothing.
        """
        told = encode(MessageType.KEYPRESS, window, kind, x, y, state, keycode)
        if kind != KEY_PRESS:
            self.held.discard(keycode)
            return told
        if keycode in self.held:
            return encode(MessageType.KEYPRESS, window, KEY_RELEASE, x, y, state, keycode) + told
        self.held.add(keycode)
        return told

    def button(self, window: RemoteId, kind: int, x: int, y: int, state: int, button: int) -> bytes:
        """ButtonPress or ButtonRelease."""
        return encode(MessageType.BUTTON, window, kind, x, y, state, button)

    def motion(self, window: RemoteId, x: int, y: int, state: int) -> bytes:
        """MotionNotify."""
        return encode(MessageType.MOTION, window, x, y, state, 0)

    def crossing(
        self, window: RemoteId, kind: int, x: int, y: int, state: int, mode: int, detail: int, focus: int
    ) -> bytes:
        """EnterNotify or LeaveNotify."""
        return encode(MessageType.CROSSING, window, kind, x, y, state, mode, detail, focus)

    def keymap(self, keys: bytes, *, with_focus: bool = False) -> bytes:
        """KeymapNotify: the 32-byte bitmap of keys that are down, for a qube that has the focus or gets it with this.

        For any other qube no key is down: the pointer enters its windows while the person types elsewhere. An agent
        only releases by it, so nothing is lost. A held key that is not down was released in another client's grab.
        """
        if self.focused is None and not with_focus:
            keys = bytes(len(keys))
        self.held = {keycode for keycode in self.held if keys[keycode >> 3] >> (keycode & 7) & 1}
        return encode(MessageType.KEYMAP_NOTIFY, 0, keys)

    def focus(self, window: RemoteId, kind: int, mode: int, detail: int) -> bytes:
        """FocusIn or FocusOut; b"" when it is not the qube's business. FocusOut releases every held key first.

        A grab (a screen locker's, a switcher's) is not told, but takes the releases of held keys away as well.
        """
        if mode == NOTIFY_GRAB and kind == FOCUS_OUT:
            return self.release_all(window)
        if mode not in FOCUS_MODES:
            return b""
        told = encode(MessageType.FOCUS, window, kind, NOTIFY_NORMAL, detail)
        if kind == FOCUS_IN:
            self.focused = window
            return told
        self.focused = None if self.focused == window else self.focused
        return self.release_all(window) + told

    def gone(self, window: RemoteId) -> bytes:
        """The agent destroyed `window`: if it had the focus, no FocusOut will come; an empty keymap stands for it."""
        if self.focused != window:
            return b""
        self.focused = None
        self.held.clear()
        return encode(MessageType.KEYMAP_NOTIFY, 0, bytes(KEYMAP_BYTES))

    def release_all(self, window: RemoteId) -> bytes:
        """A release for every held key."""
        released = b"".join(
            encode(MessageType.KEYPRESS, window, KEY_RELEASE, 0, 0, 0, keycode) for keycode in sorted(self.held)
        )
        self.held.clear()
        return released
