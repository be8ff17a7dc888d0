"""How far the desktop is with what an agent has said of each window's picture; must not know how it is drawn.

Counted are SHMIMAGE and UNMAP, from CREATE on, modulo 2^32. An agent that named FRAME_ACK is told how many of them are
done with, so that it may write again where nothing is read any more. One that has a page for a counter finds there,
whenever all is done with, how many they were of all windows; it is told of a window only if it asks (ADR 69).
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from guid.core.values import RemoteId
from protocol.codec import encode
from protocol.extensions import Feature
from protocol.messages import MessageType

FRAME_ACK: Final = MessageType.FRAME_ACK
"""For each frame: in Python 3.11 a member of an Enum's class takes a call."""
_MODULUS: Final = 1 << 32


class Frames:
    """One agent's windows.

    owed: those of which more is counted than has been drawn, if the agent wants to know. drawn: those of which
    something was drawn and the agent not told, and how much. page: of the pool, where the counter is; None: nowhere.
    uncounted: the counter does not say all that has come.
    """

    def __init__(self) -> None:
        self.owed: dict[RemoteId, None] = {}
        self.drawn: dict[RemoteId, int] = {}
        self.page: int | None = None
        self.uncounted = False
        self._put_off: set[RemoteId] = set()
        self._counts: dict[RemoteId, int] = {}
        self._all = 0
        self._told = False  # of every window, by messages

    def agree(self, features: Feature) -> None:
        """The features that both sides named."""
        self._told = Feature.FRAME_ACK in features
        if self._told:
            self.owed = dict.fromkeys(self._counts)

    def count_in(self, page: int) -> bool:
        """The agent has this page for the counter. Returns whether it is taken: another one later is not looked at."""
        if self.page is not None or not self._told:
            return False
        self.page, self.uncounted, self._told = page, True, False
        return True

    def count_no_more(self) -> None:
        """There can be no counter: the agent is told of every window."""
        self.page, self.uncounted, self._told = None, False, True
        self.owed = dict.fromkeys(self._counts)

    def ask(self, remote: RemoteId) -> None:
        """The agent waits for what has come of a window."""
        self.owed[remote] = None

    def count(self) -> int:
        """All that has come is done with: what the counter is to say."""
        self.uncounted = False
        return self._all % _MODULUS

    def heard(self, remote: RemoteId) -> None:
        """SHMIMAGE or UNMAP came. The hot path."""
        self._all += 1
        counts = self._counts
        counts[remote] = counts.get(remote, 0) + 1
        if self._told:
            self.owed[remote] = None
        elif self.page is not None:
            self.uncounted = True

    def forget(self, remote: RemoteId) -> None:
        """DESTROY came: its echo says all."""
        for each in (self._counts, self.owed, self.drawn):
            each.pop(remote, None)
        self._put_off.discard(remote)

    def draw(self, undrawn: Container[RemoteId]) -> None:
        """A batch goes to the desktop with all that is to be drawn of every window, but `undrawn`."""
        owed, self.owed = self.owed, {}
        for remote in owed:
            if remote in undrawn:
                self.owed[remote] = None
            else:
                self.drawn[remote] = self._counts.get(remote, 0)

    def settled(self, damaged: Container[RemoteId]) -> list[bytes]:
        """No draw is in flight: FRAME_ACK for each window that was drawn.

        damaged: windows that are to be drawn again, because the desktop uncovered them: that is waited for, once.
        """
        messages: list[bytes] = []
        drawn, self.drawn = self.drawn, {}
        for remote, count in drawn.items():
            if remote in damaged and remote not in self._put_off:
                self._put_off.add(remote)
                self.drawn[remote] = count
                continue
            self._put_off.discard(remote)
            messages.append(encode(FRAME_ACK, remote, count % _MODULUS))
        return messages
