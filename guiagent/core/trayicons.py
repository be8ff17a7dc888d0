"""What is fixed about icons in the tray: sizes, limits, the words of XEMBED. It must not know X or a bus.

Source: XEmbed protocol specification 0.5; System Tray protocol specification 0.4 (freedesktop.org).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

SLOT_PX: Final = 32
"""Both sides of an icon until the desktop says how large its own are; so in the C agent."""
MAX_SLOT_PX: Final = 256
"""A panel of 256 px is more than any; a larger slot keeps a picture of this size in its corner."""
MAX_TRAY_ICONS: Final = 32
"""Of one qube, of either kind: a panel that shows more shows nothing else."""
NEUTRAL: Final = 0x757575
"""What lies behind transparent parts, 0xRRGGBB: 4.6 to 1 against white and 4.5 to 1 against black, which are what
single-coloured icons are drawn in (contrast ratio of WCAG 2.1, of which 4.5 is enough for text)."""
XEMBED_VERSION: Final = 0
XEMBED_MAPPED: Final = 1
"""The flag of _XEMBED_INFO that says that a program wants its icon seen."""


class Opcode(IntEnum):
    """_NET_SYSTEM_TRAY_OPCODE."""

    REQUEST_DOCK = 0
    BEGIN_MESSAGE = 1
    CANCEL_MESSAGE = 2


class XembedMessage(IntEnum):
    """What an embedder tells: the first word of _XEMBED is a time, this is the second."""

    EMBEDDED_NOTIFY = 0
    WINDOW_ACTIVATE = 1


def wants_to_be_seen(info: Sequence[int]) -> bool:
    """What _XEMBED_INFO (version, flags) says; a program that says nothing wants to be seen."""
    return len(info) < 2 or bool(info[1] & XEMBED_MAPPED)
