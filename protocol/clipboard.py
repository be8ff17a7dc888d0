"""The steps and kinds of CLIPBOARD_TYPED, and what a legal offer is; knows no bytes, no side and no state.

Layout: `formats.ClipboardTyped`. How a copy and a paste go: docs/protocol.md, "Clipboard with types".
"""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from protocol.limits import (
    BYTES_PER_PIXEL,
    MAX_CLIPBOARD_BYTES,
    MAX_CLIPBOARD_IMAGE_BYTES,
    MAX_CLIPBOARD_IMAGE_SIDE_PX,
    MAX_CLIPBOARD_PART_BYTES,
)

_MAX_WORD: Final = 0xFFFF_FFFF


class Step(IntEnum):
    """The first word."""

    REQUEST = 1
    OFFER = 2
    WANT = 3
    PART = 4


class Kind(IntEnum):
    """What is (or is not) in a clipboard."""

    NOTHING = 0
    TEXT = 1
    IMAGE = 2


_TO_AGENT, _TO_DAEMON, _NOT = "daemon → agent", "agent → daemon", "not used"

STEPS: Final[Mapping[Step, tuple[str, str, str]]] = MappingProxyType(
    {
        Step.REQUEST: (_TO_AGENT, _NOT, "What have you copied? Ends whatever the last nonce was about."),
        Step.OFFER: (
            _TO_DAEMON,
            _TO_AGENT,
            "This. Contents over the limits are offered too, and never wanted. NOTHING in a paste ends an earlier one.",
        ),
        Step.WANT: (
            _TO_AGENT,
            _TO_DAEMON,
            "Send the part that begins at offset_bytes: the first, or the one after the last.",
        ),
        Step.PART: (
            _TO_DAEMON,
            _TO_AGENT,
            "The tail is the part at offset_bytes: of the longest size, or up to total_bytes.",
        ),
    }
)
KINDS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.NOTHING: "Nothing: no owner, one that gave nothing usable, or one that did not answer. All sizes are 0.",
        Kind.TEXT: f"UTF-8 without NUL, 1 to {MAX_CLIPBOARD_BYTES:,} bytes. Width and height are 0.",
        Kind.IMAGE: "Pixels: red, green, blue, alpha (straight), a byte each; rows from top to bottom, 4 * width_px "
        f"bytes each. At most {MAX_CLIPBOARD_IMAGE_SIDE_PX:,} px a side and {MAX_CLIPBOARD_IMAGE_BYTES:,} bytes. "
        "total_bytes is 4 * width_px * height_px, or 0xffffffff if that is more.",
    }
)
LIMITS: Final[Mapping[Kind, int]] = MappingProxyType(
    {Kind.NOTHING: 0, Kind.TEXT: MAX_CLIPBOARD_BYTES, Kind.IMAGE: MAX_CLIPBOARD_IMAGE_BYTES}
)


class Offer(NamedTuple):
    """A legal offer: the sizes fit the kind. It may still be too large to be wanted."""

    kind: Kind
    width_px: int
    height_px: int
    total_bytes: int

    @property
    def fits(self) -> bool:
        """Whether the contents are within the limits, so that they may be wanted. True for NOTHING."""
        sides = max(self.width_px, self.height_px)
        return self.total_bytes <= LIMITS[self.kind] and sides <= MAX_CLIPBOARD_IMAGE_SIDE_PX

    def part_len(self, offset_bytes: int) -> int:
        """How many bytes the part at `offset_bytes` has; 0 if no part begins there."""
        if not 0 <= offset_bytes < self.total_bytes or offset_bytes % MAX_CLIPBOARD_PART_BYTES:
            return 0
        return min(MAX_CLIPBOARD_PART_BYTES, self.total_bytes - offset_bytes)


NOTHING: Final = Offer(Kind.NOTHING, 0, 0, 0)


def text_offer(len_bytes: int) -> Offer:
    """The offer of a text; NOTHING if it is empty."""
    return Offer(Kind.TEXT, 0, 0, min(len_bytes, _MAX_WORD)) if len_bytes > 0 else NOTHING


def image_offer(width_px: int, height_px: int) -> Offer:
    """The offer of an image; NOTHING if it has no pixels."""
    if not (0 < width_px <= _MAX_WORD and 0 < height_px <= _MAX_WORD):
        return NOTHING
    return Offer(Kind.IMAGE, width_px, height_px, min(BYTES_PER_PIXEL * width_px * height_px, _MAX_WORD))


def checked_offer(
    *, untrusted_kind: int, untrusted_width_px: int, untrusted_height_px: int, untrusted_total_bytes: int
) -> Offer | None:
    """The offer that a peer's four words make; None if they do not fit together."""
    legal = (
        NOTHING,
        text_offer(untrusted_total_bytes),
        image_offer(untrusted_width_px, untrusted_height_px),
    )
    said = (untrusted_kind, untrusted_width_px, untrusted_height_px, untrusted_total_bytes)
    return next((offer for offer in legal if offer == said), None)
