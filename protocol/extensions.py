"""What may be agreed beyond protocol 1.8: the feature bits of EXT_HELLO; knows no layout and grants nothing itself.

Only an agent that announced 1.8 or later is sent EXT_HELLO, and only an agent that was sent it answers with its own.
A feature is in use when both named it. Each has a decision record.
"""

from collections.abc import Mapping
from enum import IntFlag
from types import MappingProxyType
from typing import Final

from protocol.messages import Role

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
    FRAME_COUNT = 1 << 7
    FRAME_ASK = 1 << 8


# What each end of this implementation names in its EXT_HELLO, and can do.
SUPPORTED: Final[Mapping[Role, Feature]] = MappingProxyType(
    dict.fromkeys(
        Role,
        Feature.MONITORS
        | Feature.KEYBOARD
        | Feature.SCALE
        | Feature.ICON
        | Feature.CURSOR_IMAGE
        | Feature.CLIPBOARD_TYPED
        | Feature.FRAME_ACK
        | Feature.FRAME_COUNT
        | Feature.FRAME_ASK,
    )
)


def agreed(us: Role, untrusted_features: int) -> Feature:
    """Return the features that both sides named; unknown bits are dropped.

    us: which end we are. untrusted_features: the second word of the peer's EXT_HELLO.
    """
    return SUPPORTED[us] & Feature(untrusted_features & sum(Feature))
