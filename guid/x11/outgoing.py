"""Sends the person's input to the agent, at once, or a random while later, or held back; must not know what it says."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from guid.core.holding import LayoutHold
from guid.core.options import Options

if TYPE_CHECKING:
    from guid.core.delay import InputDelay


class Outgoing:
    """Where the input of one session goes. send: queues bytes for the agent."""

    def __init__(self, send: Callable[[bytes], None], options: Options) -> None:
        self._send = send
        self._delay = _delay_of(options)
        self._hold = LayoutHold()

    @property
    def direct(self) -> bool:
        """What is said is sent at once."""
        return self._delay is None and self._hold.open

    def hold(self) -> None:
        """Hold back what is said from now on, for a moment or until `go_on`."""
        self._hold.begin(time.monotonic())

    def go_on(self) -> None:
        """Say what was held."""
        self._pass_on(self._hold.end())

    def say_before(self, told: bytes) -> None:
        """Say this before what is held, and after all that was said earlier."""
        self._pass_on(told)

    def say(self, told: bytes) -> None:
        """Whole messages, or b"" for nothing."""
        if not told:
            return
        if self._delay is None and self._hold.open:
            self._send(told)
        else:
            self._pass_on(self._hold.put(told))

    def _pass_on(self, told: bytes) -> None:
        if not told:
            return
        if self._delay is None:
            self._send(told)
        else:
            self._delay.put(told, time.monotonic())

    def change(self, options: Options) -> None:
        """By other options from now on; what waits goes first."""
        self.go_on()
        if self._delay is not None:
            self._send_all(self._delay.rest())
        self._delay = _delay_of(options)

    def due(self, now: float) -> None:
        """Send what has waited long enough."""
        self._pass_on(self._hold.due(now))
        if self._delay is not None:
            self._send_all(self._delay.due(now))

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to do, s from `now`; None: nothing waits."""
        held_s = self._hold.wait_s(now)
        if self._delay is None:
            return held_s
        waits = held_s, self._delay.wait_s(now)
        return min((wait for wait in waits if wait is not None), default=None)

    def _send_all(self, told: bytes) -> None:
        if told:
            self._send(told)


def _delay_of(options: Options) -> InputDelay | None:
    if not options.events_max_delay:
        return None
    from guid.core.delay import InputDelay  # noqa: PLC0415 - few qubes have it

    return InputDelay(options.events_max_delay, below)


def below(bound: int) -> int:
    """A number from 0 to below `bound`, each as likely; of the system's randomness, without the `random` module."""
    bits = (bound - 1).bit_length()
    while True:
        drawn = int.from_bytes(os.urandom(-(-bits // 8))) >> -bits % 8
        if drawn < bound:
            return drawn
