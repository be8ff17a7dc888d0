"""What the sequencer of the global clipboard wants done, as values; must not know who does it."""

from typing import TYPE_CHECKING, NamedTuple

from guid.clipboard.events import Parcel
from guid.core.contents import Contents

if TYPE_CHECKING:  # a daemon has effects, and neither rules nor notices
    from guid.clipboard.notice import Notice


class Request(NamedTuple):
    """Ask the qube what it has copied."""

    qube: str
    window: int
    nonce: int


class Want(NamedTuple):
    """Let the qube send what it offered."""

    qube: str
    nonce: int


class Dismiss(NamedTuple):
    """Whatever the qube still sends for this request is thrown away where it arrives."""

    qube: str
    nonce: int


class Store(NamedTuple):
    """This is the global clipboard now, whole and at once; the parcel stays with the sequencer."""

    source: str
    contents: Contents
    parcel: Parcel
    time_ms: int


class Wipe(NamedTuple):
    """The global clipboard is empty now. pasted_bytes: not 0 if that is because it was pasted. time_ms: of the copy."""

    source: str
    time_ms: int
    pasted_bytes: int = 0


class Drop(NamedTuple):
    """Nobody needs these bytes any more."""

    parcel: Parcel


class Decide(NamedTuple):
    """Ask policy whether this paste may be; answered by `Decided`, sooner or later."""

    ticket: int
    source: str
    target: str
    contents: Contents
    parcel: Parcel


class Withdraw(NamedTuple):
    """The question is of no interest any more."""

    ticket: int


class Give(NamedTuple):
    """Give the qube these bytes; the parcel stays with the sequencer."""

    qube: str
    window: int
    nonce: int
    contents: Contents
    parcel: Parcel


class TakeBack(NamedTuple):
    """Empty the qube's own clipboard of what it was given."""

    qube: str
    nonce: int


class Tell(NamedTuple):
    """Tell the person."""

    notice: "Notice"


class Audit(NamedTuple):
    """Write it down: who, when, size, verdict."""

    notice: "Notice"


Effect = Request | Want | Dismiss | Store | Wipe | Drop | Decide | Withdraw | Give | TakeBack | Tell | Audit
