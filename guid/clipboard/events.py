"""What the sequencer of the global clipboard is told, as values; must not know who tells it."""

from typing import TYPE_CHECKING, NamedTuple

from guid.core.contents import Contents

if TYPE_CHECKING:  # a daemon has events, and neither rules nor notices
    from guid.clipboard.verdict import Verdict

Parcel = int
"""The shell's name for the bytes of some contents. Whoever holds one gives it back exactly once."""


class Traits(NamedTuple):
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


class Joined(NamedTuple):
    """A qube's agent is connected (again)."""

    qube: str
    traits: Traits


class Changed(NamedTuple):
    """Other traits hold for a qube from now on."""

    qube: str
    traits: Traits


class Left(NamedTuple):
    """A qube's agent or daemon is gone."""

    qube: str


class CopyChord(NamedTuple):
    """The person pressed copy in a window of the qube; time_ms: of the X event, u32."""

    qube: str
    window: int
    time_ms: int


class PasteChord(NamedTuple):
    """The person pressed paste in a window of the qube; time_ms: of the X event, u32."""

    qube: str
    window: int
    time_ms: int


class Offered(NamedTuple):
    """The qube says what it has; the bytes do not come before they are wanted."""

    qube: str
    nonce: int
    contents: Contents


class Delivered(NamedTuple):
    """The qube's bytes are here."""

    qube: str
    nonce: int
    contents: Contents
    parcel: Parcel


class Nothing(NamedTuple):
    """The qube has nothing to copy."""

    qube: str
    nonce: int


class Oversized(NamedTuple):
    """The qube has more than its daemon takes; size_bytes is None if it did not say how much."""

    qube: str
    nonce: int
    size_bytes: int | None
    limit_bytes: int


class Late(NamedTuple):
    """The qube answered a request that is not awaited any more; its daemon threw the answer away."""

    qube: str


class Unasked(NamedTuple):
    """The qube sent contents without being asked."""

    qube: str
    size_bytes: int


class Decided(NamedTuple):
    """What policy, or the person, says of a paste."""

    ticket: int
    verdict: "Verdict"


class NotGiven(NamedTuple):
    """The qube did not take what it was given."""

    qube: str


class Clear(NamedTuple):
    """The person wants the clipboard empty."""


class Found(NamedTuple):
    """Somebody else has changed the clipboard's files, at X time time_ms; source None: it is empty."""

    source: str | None
    contents: Contents | None = None
    parcel: Parcel = -1
    time_ms: int = 0


class OtherDisplay(NamedTuple):
    """The next chords come from another X server, with another clock."""


class Tick(NamedTuple):
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
