"""What can be in a clipboard: a text or an image. It must not know X, nor how the daemon is told."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from protocol.clipboard import NOTHING, Kind, Offer, image_offer, text_offer
from protocol.limits import BYTES_PER_PIXEL

_UNWANTED: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
"""Control characters but tab, line feed, and carriage return before it."""


class Text(NamedTuple):
    """utf8: well formed, without NUL; at least 1 byte."""

    utf8: bytes

    @property
    def offer(self) -> Offer:
        """How the wire announces it."""
        return text_offer(len(self.utf8))

    @property
    def data(self) -> bytes:
        """What the wire carries of it."""
        return self.utf8


class Image(NamedTuple):
    """rgba: red, green, blue, alpha, a byte each; rows from top to bottom, without padding."""

    width_px: int
    height_px: int
    rgba: bytes

    @property
    def offer(self) -> Offer:
        """How the wire announces it."""
        return image_offer(self.width_px, self.height_px)

    @property
    def data(self) -> bytes:
        """What the wire carries of it."""
        return self.rgba


class TooLarge(NamedTuple):
    """Contents over the limits. head: the beginning of a text, as much as was read."""

    offer: Offer
    head: bytes = b""


Contents = Text | Image
Found = Text | Image | TooLarge | None


def contents_of(offer: Offer, data: bytes) -> Contents | None:
    """What a whole transfer has brought; None if it is nothing. len(data) is what the offer said."""
    if offer.kind is Kind.TEXT:
        return Text(data)
    if offer.kind is Kind.IMAGE and len(data) == BYTES_PER_PIXEL * offer.width_px * offer.height_px:
        return Image(offer.width_px, offer.height_px, data)
    return None


def offer_of(found: Found) -> Offer:
    """How the wire announces what was found."""
    return NOTHING if found is None else found.offer


def pasted_text(untrusted_text: bytes) -> bytes:
    """Text of another qube as programs of this one may have it, UTF-8.

    Control characters but tab and line ends are left out (a terminal obeys them), a lone carriage return becomes a line
    feed, and what is not UTF-8 becomes U+FFFD.
    """

    def replacement(found: re.Match[str]) -> str:
        return "\n" if found[0] == "\r" else ""

    return _UNWANTED.sub(replacement, untrusted_text.decode(errors="replace")).encode()
