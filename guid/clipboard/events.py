"""What the sequencer of the global clipboard is told, as values; must not know who tells it."""

from __future__ import annotations

from dataclasses import dataclass

from guid.clipboard.verdict import Verdict
from guid.core.contents import Contents

Parcel = int
"""The shell's name for the bytes of some contents. Whoever holds one gives it back exactly once."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What holds for one qube, by its options and its agent's version.

    max_copy_bytes: the largest text that is taken from it. takes_bytes: the largest text that it can take.
    takes_images: it can take an image, and give one. clear_after_s: what was copied from it leaves the global clipboard
    so much later; 0: never by itself. keep: a paste does not empty the clipboard of what was copied from it.
    forget_after_s: what is pasted into it is taken away again so much later; 0: never.
    """

    max_copy_bytes: int
    takes_bytes: int
    takes_images: bool = False
    clear_after_s: float = 0.0
    keep: bool = False
    forget_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Joined:
    """A qube's agent is connected (again)."""

    qube: str
    traits: Traits


@dataclass(frozen=True, slots=True)
class Changed:
    """Other traits hold for a qube from now on."""

    qube: str
    traits: Traits


@dataclass(frozen=True, slots=True)
class Left:
    """A qube's agent or daemon is gone."""

    qube: str


@dataclass(frozen=True, slots=True)
class CopyChord:
    """The person pressed copy in a window of the qube; time_ms: of the X event, u32."""

    qube: str
    window: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class PasteChord:
    """The person pressed paste in a window of the qube; time_ms: of the X event, u32."""

    qube: str
    window: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class Offered:
    """The qube says what it has; the bytes do not come before they are wanted."""

    qube: str
    nonce: int
    contents: Contents


@dataclass(frozen=True, slots=True)
class Delivered:
    """The qube's bytes are here."""

    qube: str
    nonce: int
    contents: Contents
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Nothing:
    """The qube has nothing to copy."""

    qube: str
    nonce: int


@dataclass(frozen=True, slots=True)
class Oversized:
    """The qube has more than its daemon takes; size_bytes is None if it did not say how much."""

    qube: str
    nonce: int
    size_bytes: int | None
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class Late:
    """The qube answered a request that is not awaited any more; its daemon threw the answer away."""

    qube: str


@dataclass(frozen=True, slots=True)
class Unasked:
    """The qube sent contents without being asked."""

    qube: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What policy, or the person, says of a paste."""

    ticket: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class NotGiven:
    """The qube did not take what it was given."""

    qube: str


@dataclass(frozen=True, slots=True)
class Clear:
    """The person wants the clipboard empty."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody else has changed the clipboard's files, at X time time_ms; source None: it is empty."""

    source: str | None
    contents: Contents | None = None
    parcel: Parcel = -1
    time_ms: int = 0


@dataclass(frozen=True, slots=True)
class OtherDisplay:
    """The next chords come from another X server, with another clock."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A deadline may have passed."""


Event = (
    Joined
    | Changed
    | Left
    | CopyChord
    | PasteChord
    | Offered
    | Delivered
    | Nothing
    | Oversized
    | Late
    | Unasked
    | Decided
    | NotGiven
    | Clear
    | Found
    | OtherDisplay
    | Tick
)
