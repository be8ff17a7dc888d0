"""The words that say how tray icons are shown; must not know any icon.

All but "inset", which is ours, are those of the C daemon's option. Source: qubes-gui-daemon 4.3, --trayicon-mode: bg,
border1, border2, tint, and after tint any of its additions.
"""

from __future__ import annotations

from typing import Final

from guid.core.badoption import BadOption

INSET: Final = "inset"
"""The icon lies in a frame as any popup's content does, and its pixels are as the qube has them."""

BORDERS: Final = {"border1": 0, "border2": 1}
"""Word → how far from the icon's side the line goes around, px."""
MODES: Final = (INSET, "bg", *BORDERS, "tint")
ADDITIONS: Final = (*BORDERS, "saturation50", "whitehack")
"""What may follow tint, each after a plus sign, of the borders one."""


def tray_mode(value: object) -> str:
    """A mode as it is written. Raises BadOption."""
    if not isinstance(value, str):
        raise BadOption("must be a mode of tray icons in quotes")
    mode, *additions = value.split("+")
    bordered = [each for each in additions if each in BORDERS]
    plain = mode in MODES and not additions
    if not plain and not (mode == "tint" and set(additions) <= set(ADDITIONS) and len(bordered) <= 1):
        raise BadOption(f"must be one of {', '.join(MODES)}, or tint with any of +{', +'.join(ADDITIONS)}")
    return value
