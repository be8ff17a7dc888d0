"""Which windows the window manager frames instead of us, and when that is looked at again; must not know X.

Every window begins in our frame and leaves it only when the window manager's was seen round it. Nothing that a qube
says counts, and what cannot be seen changes nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from guid.core.managerframe import Verdict
from guid.core.values import RemoteId

SOON_S: Final = 0.02
"""A window manager that has just mapped, moved or restyled a window paints it in the same turn, or the next."""
AGAIN_S: Final = (0.05, 0.15, 0.5, 1.5)
"""How long until the next look while its frame is not to be seen; after the last one only when something happens."""
CALM_S: Final = 5.0
"""A window in the window manager's frame is looked at so often when nothing happens."""
BETWEEN_S: Final = 0.05
"""From one look to the next, whatever a qube does: each asks the X server for everything above a window."""
STRIKES: Final = 3
"""So often may the window manager's frame be lost; then the window keeps ours, instead of going to and fro."""


class Step(Enum):
    """What follows from a look."""

    NOTHING = "nothing"
    GIVE = "give"
    """the window manager frames it from now on"""
    TAKE_BACK = "take back"
    """we frame it again"""
    COMPLAIN = "complain"
    """it keeps ours, and so the person does not get what was asked for"""


class FrameKeeper:
    """The managed windows of one qube that can be seen. given: those in the window manager's frame."""

    def __init__(self) -> None:
        self.given: set[RemoteId] = set()
        self._due: dict[RemoteId, float] = {}
        self._tries: dict[RemoteId, int] = {}
        self._strikes: dict[RemoteId, int] = {}
        self._next = 0.0

    def disturbed(self, remote: RemoteId, now: float) -> None:
        """Something happened to its frame, or may have."""
        if self._strikes.get(remote, 0) < STRIKES:
            self._tries[remote] = 0
            self._due[remote] = now + SOON_S

    def all_disturbed(self, now: float) -> None:
        """The same for those that the window manager frames: another window is active, say."""
        for remote in self.given:
            self.disturbed(remote, now)

    def lost(self, remote: RemoteId) -> bool:
        """There is no frame but ours round it, without a look; whether it was in the window manager's."""
        was = remote in self.given
        self.given.discard(remote)
        self._due.pop(remote, None)
        return was

    def forget(self, remote: RemoteId) -> None:
        """The window is gone, or not on the screen."""
        self.given.discard(remote)
        for each in (self._due, self._tries, self._strikes):
            each.pop(remote, None)

    def pardon(self, remote: RemoteId) -> None:
        """Its window manager let go of it: what that one did counts no more."""
        self._strikes.pop(remote, None)

    def start_over(self) -> None:
        """Another label: what was done with the last one counts no more."""
        self._strikes.clear()

    def wait_s(self, now: float) -> float | None:
        """When `take` has something, s from `now`; None: never."""
        return max(0.0, min(self._due.values()) - now, self._next - now) if self._due else None

    def take(self, now: float) -> RemoteId | None:
        """The window that is to be looked at now, the longest due first."""
        remote = min(self._due, key=self._due.__getitem__, default=None)
        if remote is None or self._due[remote] > now or self._next > now:
            return None
        del self._due[remote]
        self._next = now + BETWEEN_S
        return remote

    def looked(self, remote: RemoteId, verdict: Verdict, now: float) -> Step:
        """What a look at one of them has shown."""
        if verdict is Verdict.PAINTED:
            fresh = remote not in self.given
            self.given.add(remote)
            self._due[remote] = now + CALM_S
            return Step.GIVE if fresh else Step.NOTHING
        if remote in self.given:
            return self._missing(remote, verdict, now)
        tries = self._tries[remote] = self._tries.get(remote, 0) + 1
        if tries <= len(AGAIN_S):
            self._due[remote] = now + AGAIN_S[tries - 1]
            return Step.NOTHING
        return Step.COMPLAIN if verdict is Verdict.UNPAINTED else Step.NOTHING

    def _missing(self, remote: RemoteId, verdict: Verdict, now: float) -> Step:
        if verdict is Verdict.UNSEEN:
            self._due[remote] = now + CALM_S
            return Step.NOTHING
        self.given.discard(remote)
        self._strikes[remote] = self._strikes.get(remote, 0) + 1
        self.disturbed(remote, now)
        return Step.TAKE_BACK
