"""Tells the chord machine where its keys are, and who acts on which chord; must not know what acting means."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guid.core.chords import Chord, ChordMachine, bindings_of
from guid.core.sequence import KeySequence
from guid.core.values import RemoteId
from guid.x11.keyboard import Keyboard

Action = Callable[[RemoteId, int], None]
"""What is done on a chord: the qube's window that has the focus, and the X time of the press (ms)."""


class Chords:
    """The chords of one qube. One that nobody acts on is not taken out of what is typed.

    sequences: how the person types them; a chord that is not there has no sequence.
    """

    def __init__(self, keyboard: Keyboard, sequences: Mapping[Chord, KeySequence]) -> None:
        self.machine = ChordMachine()
        self._keyboard = keyboard
        self._sequences = sequences
        self._actions: dict[Chord, Action] = {}
        keyboard.changed = self._bind

    def act_on(self, chord: Chord, action: Action | None) -> None:
        """From now on `action` is what `chord` does; with None it is an ordinary key again."""
        if action is None:
            self._actions.pop(chord, None)
        else:
            self._actions[chord] = action
        self._bind()

    def use(self, sequences: Mapping[Chord, KeySequence]) -> None:
        """From now on the person types the chords so."""
        self._sequences = sequences
        self._bind()

    def strike(self, window: RemoteId, time_ms: int) -> None:
        """Do what the last press says, if it was a chord."""
        chord = self.machine.struck
        if chord is not None:
            self._actions[chord](window, time_ms)

    def _bind(self) -> None:
        wanted = {chord: sequence for chord, sequence in self._sequences.items() if chord in self._actions}
        self.machine.bind(bindings_of(wanted, self._keyboard.keymap))
