"""The person's chords, taken out of what is typed into a qube; must not know X, messages or what a chord does.

A modifier passes at once, but for the press that completes the mask of a chord while nothing else is down: that one
waits for the next event, at most WAIT_S. If it is the chord's key, the qube hears of neither. What was swallowed stays
so until it is let go, each keycode by itself; so no release comes without its press.
"""

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import Final, NamedTuple

from guid.core.keymap import Keymap
from guid.core.sequence import COMPARED, KeySequence

WAIT_S: Final = 0.150
"""How long the press that completes a mask waits: longer than the fingers of one chord are apart, and no app minds."""

GROUP_MASK, GROUP_SHIFT = 0x6000, 13
"""The effective group in an event's state. Source: The X Keyboard Extension, "Core Events"."""

BUTTONS_MASK: Final = 0x1F00
_COMPARED_STATE: Final = COMPARED | GROUP_MASK


class Chord(Enum):
    """What the person can do by keys, whichever qube has the focus."""

    COPY = "copy"
    """take the focused qube's clipboard"""
    PASTE = "paste"
    """give the clipboard to the focused qube"""
    LEAVE_FULLSCREEN = "leave fullscreen"


class Fate(IntEnum):
    """What the qube knows of a key that is down."""

    TOLD = 0
    WAITING = 1
    """it may hear of it yet"""
    SWALLOWED = 2
    """it never hears of it"""


class Move(IntEnum):
    """What happens to a key."""

    PRESS = 0
    """also a repeat"""
    COMPLETE = 1
    """the press completes a chord's mask"""
    STRIKE = 2
    """the press is a chord"""
    SETTLE = 3
    """something else came, or too much time has passed"""
    DROP = 4
    """a chord came, or nobody is left to be told"""
    RELEASE = 5


class Verdict(Enum):
    """What is done about it."""

    TELL = "tell"
    HOLD = "hold"
    """tell it later, or never"""
    SWALLOW = "swallow"


_TOLD, _WAITING, _SWALLOWED = Fate.TOLD, Fate.WAITING, Fate.SWALLOWED
_PRESS, _COMPLETE, _STRIKE = Move.PRESS, Move.COMPLETE, Move.STRIKE
_SETTLE, _DROP, _RELEASE = Move.SETTLE, Move.DROP, Move.RELEASE
_TELL, _HOLD, _SWALLOW = Verdict.TELL, Verdict.HOLD, Verdict.SWALLOW

_ORDINARY_PRESS: Final = (_TOLD, _TELL)

FATES: Final[Mapping[tuple[Fate | None, Move], tuple[Fate | None, Verdict]]] = {
    (None, _PRESS): _ORDINARY_PRESS,
    (None, _COMPLETE): (_WAITING, _HOLD),
    (None, _STRIKE): (_SWALLOWED, _SWALLOW),
    (None, _RELEASE): (None, _TELL),  # it was down before the focus came; the keymap told so
    (_TOLD, _PRESS): (_TOLD, _TELL),
    (_TOLD, _RELEASE): (None, _TELL),
    (_WAITING, _SETTLE): (_TOLD, _TELL),
    (_WAITING, _DROP): (_SWALLOWED, _SWALLOW),
    (_SWALLOWED, _PRESS): (_SWALLOWED, _SWALLOW),
    (_SWALLOWED, _RELEASE): (None, _SWALLOW),
}
"""(What is known of the key, what happens) → (what is known then, what is done). None: the key is up."""


class Bindings(NamedTuple):
    """Chords as events show them.

    chords: keycode << 16 | what is compared of the state of its press → the chord. masks: all that chords need.
    modifiers: keycode → the modifiers it is.
    """

    chords: Mapping[int, Chord]
    masks: frozenset[int]
    modifiers: Mapping[int, int]


NO_BINDINGS: Final = Bindings({}, frozenset(), {})


def bindings_of(sequences: Mapping[Chord, KeySequence], keymap: Keymap) -> Bindings:
    """Which keys mean which chord on this keyboard; of two chords on one key the first has it."""
    chords: dict[int, Chord] = {}
    for chord, sequence in sequences.items():
        for group, keycode in enumerate(keymap.keycodes_of(sequence.keysym)):
            if keycode is not None:
                chords.setdefault(keycode << 16 | sequence.mask | group << GROUP_SHIFT, chord)
    masks = frozenset(sequence.mask for sequence in sequences.values() if sequence.mask)
    return Bindings(chords, masks, keymap.modifiers)


class ChordMachine:
    """Decides for each key of one qube whether it is told.

    struck: the chord of the last press, None if it was none. waiting: the keycode of a press that waits, or None.
    hidden: modifiers that must not be seen in any state that is told.
    """

    def __init__(self) -> None:
        self.struck: Chord | None = None
        self.waiting: int | None = None
        self.hidden = 0
        self._until = 0.0
        self._bindings = NO_BINDINGS
        self._fates: dict[int, Fate] = {}

    def bind(self, bindings: Bindings) -> None:
        """From now on these are the chords; what is swallowed stays so."""
        self._bindings = bindings
        self._hide()

    def press(self, keycode: int, state: int, now: float) -> Verdict:
        """A key goes down, or repeats; state: just before it. A press that waits is overtaken by it, or dropped."""
        fate, bindings = self._fates.get(keycode), self._bindings
        self.struck = None if fate is not None else bindings.chords.get(keycode << 16 | state & _COMPARED_STATE)
        if self.struck is not None:
            self._end_wait(_DROP)
            return self._advance(keycode, fate, _STRIKE)
        if fate is None and keycode not in bindings.modifiers:  # nearly all are; the same as below, in half the time
            self._fates[keycode], verdict = _ORDINARY_PRESS
            return verdict
        if fate is not None or not self._completes(keycode, state):
            return self._advance(keycode, fate, _PRESS)
        self.waiting, self._until = keycode, now + WAIT_S
        return self._advance(keycode, fate, _COMPLETE)

    def release(self, keycode: int) -> Verdict:
        """A key goes up."""
        self.struck = None
        return self._advance(keycode, self._fates.get(keycode), _RELEASE)

    def strikes(self, keycode: int, state: int) -> bool:
        """Whether this press would be a chord."""
        return keycode not in self._fates and keycode << 16 | state & _COMPARED_STATE in self._bindings.chords

    def settle(self) -> None:
        """Something else happens: the press that waits is told first."""
        self._end_wait(_SETTLE)

    def drop(self) -> None:
        """There is nobody any more who could be told of the press that waits."""
        self._end_wait(_DROP)

    def _end_wait(self, move: Move) -> None:
        keycode, self.waiting = self.waiting, None
        if keycode is not None:
            self._advance(keycode, _WAITING, move)

    def wait_s(self, now: float) -> float | None:
        """How long the press that waits may still do so; None if none does."""
        return max(0.0, self._until - now) if self.waiting is not None else None

    def leave(self) -> None:
        """The focus goes. What was told is told to be up; what was swallowed stays so until a keymap shows it up."""
        self._fates = {keycode: fate for keycode, fate in self._fates.items() if fate is _SWALLOWED}
        self._hide()

    def look(self, keys: bytes, *, focused: bool) -> bytes:
        """A bitmap of the keys that are down; returns it without those that the qube must not hear of."""
        down = {code for code in range(8 * len(keys)) if keys[code >> 3] >> (code & 7) & 1} if any(keys) else set()
        self._fates = {code: fate for code, fate in self._fates.items() if code in down}
        shown = bytearray(keys)
        for code in down:
            if self._fates.get(code, _TOLD) is _SWALLOWED:
                shown[code >> 3] &= ~(1 << (code & 7))
            elif focused:
                self._fates[code] = _TOLD
        self._hide()
        return bytes(shown)

    def _advance(self, keycode: int, fate: Fate | None, move: Move) -> Verdict:
        following, verdict = FATES[fate, move]
        if following is None:
            self._fates.pop(keycode, None)
        else:
            self._fates[keycode] = following
        if keycode in self._bindings.modifiers:
            self._hide()
        return verdict

    def _completes(self, keycode: int, state: int) -> bool:
        """Whether the mask of a chord is held with this key, and was not before, and nothing else is down."""
        modifiers = self._bindings.modifiers
        held = state & COMPARED
        mask = held | modifiers.get(keycode, 0) & COMPARED
        if mask == held or mask not in self._bindings.masks or state & BUTTONS_MASK:
            return False
        others = (modifiers.get(other, 0) for other in self._fates)
        return all(other and not other & ~mask for other in others)

    def _hide(self) -> None:
        hidden = shown = 0
        for keycode, fate in self._fates.items():
            if fate is _TOLD:
                shown |= self._bindings.modifiers.get(keycode, 0)
            else:
                hidden |= self._bindings.modifiers.get(keycode, 0)
        self.hidden = hidden & ~shown & COMPARED
