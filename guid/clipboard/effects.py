"""What the sequencer of the global clipboard wants done, as values; must not know who does it."""

from __future__ import annotations

from dataclasses import dataclass

from guid.clipboard.events import Parcel
from guid.clipboard.notice import Notice
from guid.core.contents import Contents


@dataclass(frozen=True, slots=True)
class Request:
    """Ask the qube what it has copied."""

    qube: str
    window: int
    nonce: int


@dataclass(frozen=True, slots=True)
class Want:
    """Let the qube send what it offered."""

    qube: str
    nonce: int


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Whatever the qube still sends for this request is thrown away where it arrives."""

    qube: str
    nonce: int


@dataclass(frozen=True, slots=True)
class Store:
    """This is the global clipboard now, whole and at once; the parcel stays with the sequencer."""

    source: str
    contents: Contents
    parcel: Parcel
    time_ms: int


@dataclass(frozen=True, slots=True)
class Wipe:
    """The global clipboard is empty now. pasted_bytes: not 0 if that is because it was pasted. time_ms: of the copy."""

    source: str
    time_ms: int
    pasted_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Drop:
    """Nobody needs these bytes any more."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Decide:
    """Ask policy whether this paste may be; answered by `Decided`, sooner or later."""

    ticket: int
    source: str
    target: str
    contents: Contents
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The question is of no interest any more."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Give:
    """Give the qube these bytes; the parcel stays with the sequencer."""

    qube: str
    window: int
    nonce: int
    contents: Contents
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Empty the qube's own clipboard of what it was given."""

    qube: str
    nonce: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the person."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Audit:
    """Write it down: who, when, size, verdict."""

    notice: Notice


Effect = Request | Want | Dismiss | Store | Wipe | Drop | Decide | Withdraw | Give | TakeBack | Tell | Audit
