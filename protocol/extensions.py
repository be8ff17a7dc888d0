"""What may be agreed beyond protocol 1.8: the feature bits of EXT_HELLO; knows no layout and grants nothing itself.

Only an agent that announced 1.8 or later is sent EXT_HELLO, and only an agent that was sent it answers with its own.
A feature is in use when both named it. Each needs a decision record; until then its message row is only reserved.
"""

from enum import IntFlag
from typing import Final

# The version inside EXT_HELLO. Its body stays 8 bytes for ever; what a later version changes, feature bits say.
EXT_VERSION: Final = 1


class Feature(IntFlag):
    """One bit of EXT_HELLO's second word a feature; bits that are not known here are ignored."""

    MONITORS = 1 << 0
    KEYBOARD = 1 << 1
    SCALE = 1 << 2
    ICON = 1 << 3
    CURSOR_IMAGE = 1 << 4
    CLIPBOARD_TYPED = 1 << 5
    FRAME_ACK = 1 << 6


# What this implementation names in its own EXT_HELLO: nothing yet, every row is reserved.
SUPPORTED: Final = Feature(0)


def agreed(untrusted_features: int) -> Feature:
    """Return the features that both sides named; unknown bits are dropped. untrusted_features: the peer's u32."""
    return SUPPORTED & Feature(untrusted_features & sum(Feature))
