"""How far the desktop is with what an agent has said of each window's picture; must not know how it is drawn.

Counted are SHMIMAGE and UNMAP, from CREATE on, modulo 2^32. An agent that named FRAME_ACK is told how many of them are
done with, so that it may write again where nothing is read any more.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from guid.core.values import RemoteId
from protocol.codec import encode
from protocol.extensions import Feature
from protocol.messages import MessageType

_MODULUS: Final = 1 << 32


class Frames:
    """One agent's windows. owed: those of which more is counted than the agent was told."""

    def __init__(self) -> None:
        self.owed: dict[RemoteId, None] = {}
        self._counts: dict[RemoteId, int] = {}
        self._agreed = False

    def agree(self, features: Feature) -> None:
        """The features that both sides named."""
        self._agreed = Feature.FRAME_ACK in features

    def heard(self, remote: RemoteId) -> None:
        """SHMIMAGE or UNMAP came. The hot path."""
        self._counts[remote] = self._counts.get(remote, 0) + 1
        self.owed[remote] = None

    def forget(self, remote: RemoteId) -> None:
        """DESTROY came: its echo says all."""
        self._counts.pop(remote, None)
        self.owed.pop(remote, None)

    def settled(self, undrawn: Container[RemoteId]) -> list[bytes]:
        """FRAME_ACK for each window of which nothing is left to be drawn; for when no draw is in flight any more.

        undrawn: windows with damage that is still to be drawn.
        """
        if not self._agreed:
            return []
        done = [remote for remote in self.owed if remote not in undrawn]
        for remote in done:
            del self.owed[remote]
        return [encode(MessageType.FRAME_ACK, remote, self._counts[remote] % _MODULUS) for remote in done]
