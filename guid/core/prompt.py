"""Which key press answers a question; must not know the time of day, nor X.

A person who types on while a question appears must not answer it by that: keys that were down before count only once
they have been released, and none counts before the question could be seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

SEEN_AFTER_S = 0.6
"""A question that has been on the screen for so long has been seen; a typist's next keys come within 0.3 s."""


class Answer(Enum):
    """What a key says."""

    YES = "yes"
    NO = "no"


class Keys:
    """The keyboard while a question is on the screen.

    answers: keycode → what it says. keymap: 32 bytes, the keys that are down as it appears. now: seconds.
    """

    def __init__(self, answers: Mapping[int, Answer], keymap: Sequence[int], *, now: float) -> None:
        self._answers = answers
        self._stale = {keycode for keycode in range(8 * len(keymap)) if keymap[keycode >> 3] >> (keycode & 7) & 1}
        self.ready_at = now + SEEN_AFTER_S

    def ready(self, now: float) -> bool:
        """Whether a key would count now."""
        return now >= self.ready_at

    def pressed(self, keycode: int, *, now: float) -> Answer | None:
        """The answer in a press, None if it is none. A no counts at once; a key that is held says nothing twice."""
        answer = None if keycode in self._stale else self._answers.get(keycode)
        self._stale.add(keycode)  # until it is released: its repeats are no new presses
        return answer if answer is Answer.NO or self.ready(now) else None

    def released(self, keycode: int) -> None:
        """It may be pressed anew."""
        self._stale.discard(keycode)
