"""One fact of the desktop that an agent is told, and when; must not know where the desktop keeps it.

Told once both sides have named the feature, and again whenever the fact is another than the agent was told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from guid.core import effects as fx
from protocol.extensions import Feature

Fact = TypeVar("Fact")


class Teller(Generic[Fact]):
    """One agent, and what it knows. feature: what must be agreed. message: the whole message that tells a fact.

    agreed: it is told at all.
    """

    def __init__(self, feature: Feature, message: Callable[[Fact], bytes]) -> None:
        self._feature = feature
        self._message = message
        self.agreed = False
        self._shown: Fact | None = None
        self._told: Fact | None = None

    def agree(self, features: Feature) -> list[fx.Send]:
        """The features that both sides named."""
        self.agreed = self._feature in features
        return self._tell()

    def show(self, fact: Fact | None) -> list[fx.Send]:
        """The desktop has this now; None: something that cannot be told."""
        self._shown = fact
        return self._tell()

    def _tell(self) -> list[fx.Send]:
        fact = self._shown
        if not self.agreed or fact is None or fact == self._told:
            return []
        self._told = fact
        return [fx.Send(self._message(fact))]
