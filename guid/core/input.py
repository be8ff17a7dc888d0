"""The person's input as messages for the one qube it is meant for; must not know X's event format.

Coordinates are the content's, px; they may be negative for keys, as the pointer may be anywhere.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from guid.core.chords import ChordMachine, Verdict
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


KEYPRESS: Final = MessageType.KEYPRESS
"""For each key: in Python 3.11 a member of an Enum's class takes a call."""

_TELL: Final = Verdict.TELL
_HOLD: Final = Verdict.HOLD


class _Press(NamedTuple):
    """A KeyPress that waits until it is clear whether it belongs to a chord."""

    window: RemoteId
    x: int
    y: int
    state: int
    keycode: int


class InputForwarder:
    """Encodes input, and knows which keys the qube believes to be held.

    chords: decides which keys the qube hears of. All that is told here may begin with a press that has waited.
    held: keycodes. All of them are released when the focus goes or the keyboard is grabbed, so that none stays down in
    a qube that will never see its release (bulletin 104).
    """

    def __init__(self, chords: ChordMachine | None = None) -> None:
        self.held: set[int] = set()
        self.focused: RemoteId | None = None
        self.chords = chords if chords is not None else ChordMachine()
        self._waiting: _Press | None = None

    def key(self, window: RemoteId, kind: int, x: int, y: int, state: int, keycode: int, now: float) -> bytes:
        """KeyPress or KeyRelease at `now` (s, monotonic); what it struck is in `chords` then."""
        chords = self.chords
        if kind != KEY_PRESS:
            first = self.settle() if self._waiting is not None else b""
            return first + self._release(window, x, y, state, keycode) if chords.release(keycode) is _TELL else first
        first = b""
        if self._waiting is not None and not chords.strikes(keycode, state):
            first = self.settle()
        verdict = chords.press(keycode, state, now)
        if verdict is _TELL:
            return first + self._press(window, x, y, state, keycode)
        self._waiting = _Press(window, x, y, state, keycode) if verdict is _HOLD else None
        return first

    def settle(self) -> bytes:
        """Something else happens, or a press has waited long enough: tell it."""
        press, self._waiting = self._waiting, None
        self.chords.settle()
        return self._press(*press) if press is not None else b""

    def due(self, now: float) -> bytes:
        """Time has passed: the press that has waited long enough, if any."""
        return self.settle() if self.chords.wait_s(now) == 0 else b""

    def _press(self, window: RemoteId, x: int, y: int, state: int, keycode: int) -> bytes:
        """A press of a key that is held is a repeat, told as a release and a press.

        The desktop's X server sends no releases between repeats, and a qube's takes a second press for nothing.
        """
        state &= ~self.chords.hidden
        told = encode(KEYPRESS, window, KEY_PRESS, x, y, state, keycode)
        if keycode in self.held:
            return encode(KEYPRESS, window, KEY_RELEASE, x, y, state, keycode) + told
        self.held.add(keycode)
        return told

    def _release(self, window: RemoteId, x: int, y: int, state: int, keycode: int) -> bytes:
        self.held.discard(keycode)
        return encode(KEYPRESS, window, KEY_RELEASE, x, y, state & ~self.chords.hidden, keycode)

    def button(self, window: RemoteId, kind: int, x: int, y: int, state: int, button: int) -> bytes:
        """ButtonPress or ButtonRelease."""
        first = self.settle() if self._waiting is not None else b""
        return first + encode(MessageType.BUTTON, window, kind, x, y, state & ~self.chords.hidden, button)

    def motion(self, window: RemoteId, x: int, y: int, state: int) -> bytes:
        """MotionNotify."""
        first = self.settle() if self._waiting is not None else b""
        return first + encode(MessageType.MOTION, window, x, y, state & ~self.chords.hidden, 0)

    def crossing(
        self, window: RemoteId, kind: int, x: int, y: int, state: int, mode: int, detail: int, focus: int
    ) -> bytes:
        """EnterNotify or LeaveNotify."""
        first = self.settle() if self._waiting is not None else b""
        state &= ~self.chords.hidden
        return first + encode(MessageType.CROSSING, window, kind, x, y, state, mode, detail, focus)

    def keymap(self, keys: bytes, *, with_focus: bool = False) -> bytes:
        """KeymapNotify: the 32-byte bitmap of keys that are down, for a qube that has the focus or gets it with this.

        For any other qube no key is down: the pointer enters its windows while the person types elsewhere. An agent
        only releases by it, so nothing is lost. A held key that is not down was released in another client's grab.
        """
        first = self.settle() if self._waiting is not None else b""
        focused = with_focus or self.focused is not None
        shown = self.chords.look(keys, focused=focused)
        if not focused:
            shown = bytes(len(keys))
        self.held = {keycode for keycode in self.held if shown[keycode >> 3] >> (keycode & 7) & 1}
        return first + encode(MessageType.KEYMAP_NOTIFY, 0, shown)

    def focus(self, window: RemoteId, kind: int, mode: int, detail: int) -> bytes:
        """FocusIn or FocusOut; b"" when it is not the qube's business. FocusOut releases every held key first.

        A grab (a screen locker's, a switcher's) is not told, but takes the releases of held keys away as well.
        """
        first = self.settle() if self._waiting is not None else b""
        if mode == NOTIFY_GRAB and kind == FOCUS_OUT:
            return first + self.release_all(window)
        if mode not in FOCUS_MODES:
            return first
        told = encode(MessageType.FOCUS, window, kind, NOTIFY_NORMAL, detail)
        if kind == FOCUS_IN:
            self.focused = window
            return first + told
        self.focused = None if self.focused == window else self.focused
        return first + self.release_all(window) + told

    def gone(self, window: RemoteId) -> bytes:
        """The agent destroyed `window`: if it had the focus, no FocusOut will come; an empty keymap stands for it."""
        if self._waiting is not None and self._waiting.window == window:
            self._waiting = None
            self.chords.drop()
        if self.focused != window:
            return b""
        self.focused = None
        self.held.clear()
        self.chords.leave()
        return encode(MessageType.KEYMAP_NOTIFY, 0, bytes(KEYMAP_BYTES))

    def release_all(self, window: RemoteId) -> bytes:
        """A release for every held key."""
        released = b"".join(encode(KEYPRESS, window, KEY_RELEASE, 0, 0, 0, keycode) for keycode in sorted(self.held))
        self.held.clear()
        self.chords.leave()
        return released


def without_motion(messages: Iterable[bytes]) -> list[bytes]:
    """`messages` for a qube that has stopped reading: where the pointer was meanwhile is of no use to it later.

    All else is kept: a qube that was paused and goes on must not believe that a key is still down.
    """
    return [message for message in messages if not message.startswith(MOTION_TYPE)]


MOTION_TYPE = MessageType.MOTION.to_bytes(4, "little")
