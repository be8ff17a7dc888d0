"""What a qube's part of the clipboard wants done and says, as values; must not know who moves the bytes."""

from __future__ import annotations

from dataclasses import dataclass

from guid.core.contents import Contents


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes of a qube that nobody on the desktop side reads: they are kept, counted and given on."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AgentOffer:
    """The agent says what it has. contents: None for nothing; its numbers agree. fits: it may be wanted."""

    nonce: int
    contents: Contents | None
    fits: bool


@dataclass(frozen=True, slots=True)
class AgentWant:
    """The agent asks for a part."""

    nonce: int
    offset_bytes: int


@dataclass(frozen=True, slots=True)
class AgentPart:
    """The agent sends a part."""

    nonce: int
    offset_bytes: int
    payload: Payload


AgentStep = AgentOffer | AgentWant | AgentPart


@dataclass(frozen=True, slots=True)
class Keep:
    """Put these bytes after those that were kept for this nonce so far."""

    nonce: int
    payload: Payload


@dataclass(frozen=True, slots=True)
class Complete:
    """All bytes of a copy are kept: hand them over."""

    nonce: int
    contents: Contents


@dataclass(frozen=True, slots=True)
class Forget:
    """What was kept for this nonce is of no use."""

    nonce: int


@dataclass(frozen=True, slots=True)
class SayTyped:
    """The qube's agent does images, and copies by parts."""


@dataclass(frozen=True, slots=True)
class SayOffered:
    """The qube offers this; it is not wanted before somebody says so."""

    nonce: int
    contents: Contents


@dataclass(frozen=True, slots=True)
class SayNothing:
    """The qube has nothing."""

    nonce: int


@dataclass(frozen=True, slots=True)
class SayOversized:
    """The qube has too much; size_bytes None: it did not say how much."""

    nonce: int
    size_bytes: int | None
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class SayLate:
    """The qube answered what is not asked any more."""


@dataclass(frozen=True, slots=True)
class SayUnasked:
    """The qube sent what nobody asked for."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class SendText:
    """Send everything that is being given as one CLIPBOARD_DATA; then it is given."""

    window: int


@dataclass(frozen=True, slots=True)
class SendPart:
    """Send a part of what is being given. last: then it is given."""

    nonce: int
    offset_bytes: int
    len_bytes: int
    last: bool


Handover = (
    Keep
    | Complete
    | Forget
    | SayTyped
    | SayOffered
    | SayNothing
    | SayOversized
    | SayLate
    | SayUnasked
    | SendText
    | SendPart
)
