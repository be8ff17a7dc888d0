"""What a compositor's shadows may do to the colour of a frame below them; pure arithmetic, must not know windows."""

from __future__ import annotations

from guid.core.geometry import Rect

SHADOW_PX = 40
"""How far a window's shadow may fall on those below it. Measured: xfwm4's own reaches 16."""

DARKEST_SHADOW = 0.25
"""What two shadows of half strength, one on the other, leave of a colour."""

ROUNDING = 2
"""How far a channel may be off when a compositor has blended it."""


def shadow_of(window: Rect) -> Rect:
    """Where the shadow of `window` may fall; px, root coordinates."""
    x, y, width, height = window
    return Rect(x - SHADOW_PX, y - SHADOW_PX, width + 2 * SHADOW_PX, height + 2 * SHADOW_PX)


def darkened(found: int, rgb: int) -> bool:
    """Whether `found` may be `rgb` in a shadow: every channel is the same part of its own. Both 0xRRGGBB."""
    channels = [(found >> shift & 0xFF, rgb >> shift & 0xFF) for shift in (16, 8, 0)]
    dark, full = max(channels, key=lambda each: each[1])
    part = min(1.0, dark / full) if full else 1.0
    return part >= DARKEST_SHADOW and all(abs(each - part * bright) <= ROUNDING for each, bright in channels)
