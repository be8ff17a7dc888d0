"""How the person has set a qube aside, whatever it wants itself; must not know what that takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

KEY = "aside"
"""Under this a daemon is told so."""


class Aside(NamedTuple):
    """hidden: no window of it is on the desktop. paused: nothing in it runs, and nothing is read from it."""

    hidden: bool = False
    paused: bool = False

    def words(self) -> str:
        """For a list of qubes, "" if it is not set aside."""
        return ", ".join(name for name in self._fields if getattr(self, name))

    def packet(self) -> dict[str, dict[str, bool]]:
        """What the daemon is told."""
        return {KEY: self._asdict()}


NOT_ASIDE = Aside()


def aside_in(packet: Mapping[str, Any]) -> Aside:
    """What a packet with KEY says."""
    said = packet[KEY]
    return Aside(hidden=bool(said["hidden"]), paused=bool(said["paused"]))
