"""How many icons one qube may have, and when; must not know pixels, X, or what a message looks like."""

from __future__ import annotations

from collections.abc import Iterable

from guid.core.values import Icon
from protocol.limits import MAX_ICON_PIXELS_PER_QUBE


def pixels_in(icon: Icon) -> int:
    """Of all its images together."""
    return sum(image.width * image.height for image in icon)


def room_for(icon: Icon, others: Iterable[Icon]) -> bool:
    """Whether a qube may have it beside `others`."""
    return pixels_in(icon) + sum(map(pixels_in, others)) <= MAX_ICON_PIXELS_PER_QUBE
