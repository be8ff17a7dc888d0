"""How the desktop's time is parted among the qubes that want more of it than they get; must not know daemons.

One qube alone may use limits.DESKTOP_WORK_SHARE. Several that are busy at once have that together, in equal parts: so
however many are hostile, the rest of the time is everybody else's.
"""

from __future__ import annotations

from protocol.limits import DESKTOP_WORK_SHARE

HELD_BACK_S = 5.0
"""A qube that is busy for so long without a pause is worth telling of: its own windows come late."""


class Shares:
    """Who is busy. now: seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def busy(self, qube: str, now: float) -> dict[str, float]:
        """A qube has used up its credit; returns who has which share from now on."""
        self._since.setdefault(qube, now)
        return self._parts()

    def idle(self, qube: str) -> dict[str, float]:
        """A qube has its whole credit again, or is gone; returns who else has which share from now on."""
        if self._since.pop(qube, None) is None:
            return {}
        self._told.discard(qube)
        return self._parts() | {qube: DESKTOP_WORK_SHARE}

    def held_back(self, now: float) -> list[str]:
        """Qubes that have been busy for long; each once, until it pauses."""
        found = [qube for qube, since in self._since.items() if now - since >= HELD_BACK_S and qube not in self._told]
        self._told.update(found)
        return found

    def _parts(self) -> dict[str, float]:
        return {qube: DESKTOP_WORK_SHARE / len(self._since) for qube in self._since}
