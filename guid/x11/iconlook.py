"""What the words for a mode of tray icons mean to who draws them; must not know any icon."""

from __future__ import annotations

from typing import Final

from colors.dockedicon import Base, Look
from guid.core.traywords import BORDERS, INSET

BASES: Final = {"bg": Base.BACKGROUND, "tint": Base.TINT}


def look_of(mode: str) -> Look | None:
    """A mode that passed `tray_mode`; None for the one in which pixels stay as they are."""
    if mode == INSET:
        return None
    base, *additions = mode.split("+")
    border = next((BORDERS[each] for each in (base, *additions) if each in BORDERS), None)
    return Look(BASES.get(base, Base.PLAIN), border, "saturation50" in additions, "whitehack" in additions)
