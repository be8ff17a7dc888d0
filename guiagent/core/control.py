"""The trusted side's wishes (start a program, stop) and the answers. It must not know how they travel or are done.

One JSON object a packet; here they are objects already, checked so that a mistake on the other side is one log line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Run(NamedTuple):
    """Start a program. `id` comes back in every answer about it."""

    id: int
    argv: list[str]
    env: dict[str, str]


class Stop(NamedTuple):
    """End the session."""


class Ready(NamedTuple):
    """The X server is up."""

    def as_json(self) -> Mapping[str, object]:
        """The packet's object."""
        return {"ready": True}


class Lost(NamedTuple):
    """The X server has ended by itself, and the programs on it; another starts with the next daemon, then Ready."""

    def as_json(self) -> Mapping[str, object]:
        """The packet's object."""
        return {"lost": True}


class Started(NamedTuple):
    """A program runs."""

    id: int

    def as_json(self) -> Mapping[str, object]:
        """The packet's object."""
        return {"started": {"id": self.id}}


class Failed(NamedTuple):
    """A program could not be started."""

    id: int
    error: str

    def as_json(self) -> Mapping[str, object]:
        """The packet's object."""
        return {"failed": {"id": self.id, "error": self.error}}


class Exited(NamedTuple):
    """A program has ended."""

    id: int
    status: int

    def as_json(self) -> Mapping[str, object]:
        """The packet's object."""
        return {"exited": {"id": self.id, "status": self.status}}


Wish = Run | Stop
News = Ready | Lost | Started | Failed | Exited


class WishError(ValueError):
    """A packet that is no wish; the text says why."""


def parse_wish(packet: object) -> Wish:
    """The wish in a decoded packet. Raises WishError."""
    if not isinstance(packet, dict):
        raise WishError("not an object")
    if packet.get("stop") is True:
        return Stop()
    run = packet.get("run")
    if not isinstance(run, dict):
        raise WishError("neither run nor stop")
    identifier, argv, env = run.get("id"), run.get("argv"), run.get("env", {})
    if not isinstance(identifier, int):
        raise WishError("run without a number as id")
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
        raise WishError("run without an argv of strings")
    if not isinstance(env, dict) or not all(isinstance(part, str) for pair in env.items() for part in pair):
        raise WishError("run with an env that is not strings")
    return Run(identifier, argv, env)
