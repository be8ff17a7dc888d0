"""Values on their way into programs' properties, the long ones by increments. It must not know what they are.

Source: ICCCM 2.5 and 2.7.2, "INCR Properties".
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from guiagent.core.selection import Effect, Value, WatchRequestor, Write

WHOLE_BYTES: Final = 65_536
"""Longer values go by increments of this: a quarter of the longest request of a server without BIG-REQUESTS."""
INCREMENT_TIMEOUT_S: Final = 10.0
"""A program takes an increment within ms; one that stopped (or is being debugged) blocks nobody but itself."""
MAX_SENDINGS: Final = 64
"""At once. Each holds on to its contents, which later pastes may have replaced: 64 images at the very worst."""


@dataclass(slots=True)
class _Sending:
    """One value. offset_bytes: where the next increment begins."""

    value: Value
    offset_bytes: int
    until: float


class Sending:
    """Increments under way, by window and property."""

    def __init__(self, atoms: Mapping[str, int]) -> None:
        self._incr = atoms["INCR"]
        self._under_way: dict[tuple[int, int], _Sending] = {}

    @property
    def deadline(self) -> float | None:
        """When `due` must be asked; None if nothing is under way."""
        return min((sending.until for sending in self._under_way.values()), default=None)

    def send(self, window: int, atom: int, value: Value, now: float) -> list[Effect] | None:
        """Write a value, or announce it as increments. None: too many are under way."""
        if len(value.data) <= WHOLE_BYTES:
            return [Write(window, atom, value.kind, value.bits, value.data)]
        if len(self._under_way) >= MAX_SENDINGS and (window, atom) not in self._under_way:
            return None
        self._under_way[window, atom] = _Sending(value, 0, now + INCREMENT_TIMEOUT_S)
        length = struct.pack("=I", len(value.data))
        # Watched before it is written: no deletion can be missed.
        return [WatchRequestor(window, watching=True), Write(window, atom, self._incr, 32, length)]

    def property_deleted(self, window: int, atom: int, now: float) -> list[Effect]:
        """A program has taken what was written: the next increment, and after the last an empty one."""
        sending = self._under_way.get((window, atom))
        if sending is None:
            return []
        value, start = sending.value, sending.offset_bytes
        part = value.data[start : start + WHOLE_BYTES]
        sending.offset_bytes += len(part)
        sending.until = now + INCREMENT_TIMEOUT_S
        effects: list[Effect] = [Write(window, atom, value.kind, value.bits, part)]
        return effects if part else effects + self._end((window, atom))

    def requestor_gone(self, window: int) -> list[Effect]:
        """A window is gone."""
        for place in [place for place in self._under_way if place[0] == window]:
            del self._under_way[place]
        return []

    def due(self, now: float) -> list[Effect]:
        """Time has passed: programs that stopped taking are forgotten."""
        late = [place for place, sending in self._under_way.items() if now >= sending.until]
        return [effect for place in late for effect in self._end(place)]

    def _end(self, place: tuple[int, int]) -> list[Effect]:
        del self._under_way[place]
        window = place[0]
        if any(other == window for other, _ in self._under_way):
            return []
        return [WatchRequestor(window, watching=False)]
