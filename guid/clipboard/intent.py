"""Whether a chord is still what the person means: pressed just now, and not before the last one; knows no qube.

A daemon that was stopped, or that a qube kept busy, reports a chord late: after the person has gone on (bulletin 013),
or long after it was pressed. The X server's clock says when it was.
"""

from __future__ import annotations

INTENT_S = 5.0
"""A chord that took longer than this from the X server to here is not done any more."""

_U32 = 0xFFFFFFFF
_HALF = 1 << 31


class Intent:
    """The chords of one X server. Its clock counts ms in 32 bits from any moment; ours must run at the same pace."""

    def __init__(self) -> None:
        self._newest_ms: int | None = None
        self._least_lag_ms: int | None = None

    def admits(self, time_ms: int, now: float) -> bool:
        """Whether a chord of X time `time_ms` still counts at `now` (s, monotonic); if so, older ones do not any more.

        How far the two clocks are apart is the least difference seen so far: the first chord counts in any case.
        """
        lag_ms = (int(now * 1000) - time_ms) & _U32
        if self._least_lag_ms is None or (self._least_lag_ms - lag_ms) & _U32 < _HALF:
            self._least_lag_ms = lag_ms
        if (lag_ms - self._least_lag_ms) & _U32 > INTENT_S * 1000:
            return False
        if self._newest_ms is not None and (time_ms - self._newest_ms) & _U32 >= _HALF:
            return False
        self._newest_ms = time_ms
        return True

    def learn(self, time_ms: int) -> None:
        """A chord of somebody else at X time `time_ms` counted."""
        if self._newest_ms is None or (time_ms - self._newest_ms) & _U32 < _HALF:
            self._newest_ms = time_ms
