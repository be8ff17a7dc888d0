"""Which contents are tinted while the person types elsewhere, and with what; must not know X or who draws.

The rule is the person's to see at once: a window is clear if it is where keys go, a menu if keys go to its qube.
"""

from __future__ import annotations

from typing import Final

from guid.core.values import Kind, RemoteId

BYTE: Final = 255
BYTE_TO_CHANNEL: Final = 0x101
"""X servers blend with the upper 8 of RENDER's 16 bits, so that is where numbers are rounded."""


def is_tinted(remote: RemoteId, kind: Kind, focused: RemoteId | None) -> bool:
    """Whether a window's content is tinted. focused: the qube's window that has the focus.

    A popup never has the focus itself, and a tray icon has no focus to lose.
    """
    if kind is Kind.MANAGED:
        return remote != focused
    return kind is Kind.POPUP and focused is None


def veil(rgb: int, percent: int) -> tuple[int, int, int, int]:
    """Red, green, blue, alpha of a label's colour (0xRRGGBB) as RENDER has them: 16 bits, each times alpha."""
    alpha = round(BYTE * percent / 100)
    red, green, blue = (round((rgb >> shift & BYTE) * alpha / BYTE) for shift in (16, 8, 0))
    return red * BYTE_TO_CHANNEL, green * BYTE_TO_CHANNEL, blue * BYTE_TO_CHANNEL, alpha * BYTE_TO_CHANNEL
