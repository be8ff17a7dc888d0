"""What a qube's part of the clipboard wants done and says, as values; must not know who moves the bytes."""

from typing import NamedTuple

from guid.core.contents import Contents


class Payload(NamedTuple):
    """Bytes of a qube that nobody on the desktop side reads: they are kept, counted and given on."""

    data: bytes


class AgentOffer(NamedTuple):
    """The agent says what it has. contents: None for nothing; its numbers agree. fits: it may be wanted."""

    nonce: int
    contents: Contents | None
    fits: bool


class AgentWant(NamedTuple):
    """The agent asks for a part."""

    nonce: int
    offset_bytes: int


class AgentPart(NamedTuple):
    """The agent sends a part."""

    nonce: int
    offset_bytes: int
    payload: Payload


AgentStep = AgentOffer | AgentWant | AgentPart


class Keep(NamedTuple):
    """Put these bytes after those that were kept for this nonce so far."""

    nonce: int
    payload: Payload


class Complete(NamedTuple):
    """All bytes of a copy are kept: hand them over."""

    nonce: int
    contents: Contents


class Forget(NamedTuple):
    """What was kept for this nonce is of no use."""

    nonce: int


class SayTyped(NamedTuple):
    """The qube's agent does images, and copies by parts."""


class SayOffered(NamedTuple):
    """The qube offers this; it is not wanted before somebody says so."""

    nonce: int
    contents: Contents


class SayNothing(NamedTuple):
    """The qube has nothing."""

    nonce: int


class SayOversized(NamedTuple):
    """The qube has too much; size_bytes None: it did not say how much."""

    nonce: int
    size_bytes: int | None
    limit_bytes: int


class SayLate(NamedTuple):
    """The qube answered what is not asked any more."""


class SayUnasked(NamedTuple):
    """The qube sent what nobody asked for."""

    size_bytes: int


class SendText(NamedTuple):
    """Send everything that is being given as one CLIPBOARD_DATA; then it is given."""

    window: int


class SendPart(NamedTuple):
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
