"""Copy → paste by the person's keys: from one chord to the contents at the sequencer, from the other to the agent.

The real daemon, the real sequencer, its files and its audit log; this process plays the supervisor and an agent that
answers at once, and its own work is in the figures.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from Xlib import X

from guid.clipboard.notice import Happened
from protocol.messages import MessageType
from tests.harness.stage import Stage
from tests.integration.clipboard_desk import CTRL, SHIFT, CopyingPerson, CopyingQube
from tests.integration.clipboard_desk import C as COPY
from tests.integration.clipboard_desk import V as PASTE

TIMEOUT_S: Final = 10.0


class Copies:
    """One qube on a stage of its own, pasted into what was copied from it."""

    def __init__(self, person: CopyingPerson, qube: CopyingQube) -> None:
        self._person, self._qube, self._stage = person, qube, person.stage
        self._has_answered = False
        qube.focus()

    def round_ms(self, len_bytes: int) -> float:
        """ms from the copy's key to the contents at the sequencer, and from the paste's key to the agent."""
        copied = self._timed(COPY, lambda before, told: self._answered(before, len_bytes) and self._told(told))
        pasted = self._timed(PASTE, lambda before, _told: bool(self._got(MessageType.CLIPBOARD_DATA, before)))
        return copied + pasted

    def _answered(self, before: int, len_bytes: int) -> bool:
        """Answer the request as soon as it is there; once."""
        asked = self._got(MessageType.CLIPBOARD_REQ, before)
        if asked and not self._has_answered:
            self._has_answered = True
            self._qube.answer(b"c" * len_bytes)
        return self._has_answered

    def _told(self, after: int) -> bool:
        return any(notice.what is Happened.COPIED for notice in self._person.desk.told[after:])

    def _got(self, message: MessageType, after: int) -> bool:
        return any(each.type is message for each in self._qube.agent.received[after:])

    def _timed(self, key: int, done: Callable[[int, int], bool]) -> float:
        agent, desk = self._qube.agent, self._person.desk
        self._has_answered = False
        before, told = len(agent.received), len(desk.told)
        for code in (CTRL, SHIFT):
            self._stage.key(X.KeyPress, code)
        began = time.perf_counter_ns()
        self._stage.key(X.KeyPress, key)
        while not done(before, told):
            agent.poll()
            desk.pump()
            if time.perf_counter_ns() - began > TIMEOUT_S * 1e9:
                raise TimeoutError(f"key {key} brought nothing about: {desk.told[-1:]}")
        ended = time.perf_counter_ns()
        for code in (key, SHIFT, CTRL):
            self._stage.key(X.KeyRelease, code)
        return (ended - began) / 1e6


def copy_paste_ms(len_bytes: int, samples: int) -> list[float]:
    """Samples of a whole round, each ms."""
    with tempfile.TemporaryDirectory(prefix="vitrail-bench-") as folder, Stage() as stage:
        person = CopyingPerson(stage, Path(folder))
        with person.qube("work", "green") as qube:
            copies = Copies(person, qube)
            copies.round_ms(len_bytes)
            return [copies.round_ms(len_bytes) for _ in range(samples)]
