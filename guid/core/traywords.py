"""The words that say how tray icons are coloured, as the C daemon's option has them; must not know any icon.

Source: qubes-gui-daemon 4.3, --trayicon-mode: bg, border1, border2, tint, and after tint any of its additions.
"""

from __future__ import annotations

from typing import Final

from guid.core.options import BadOption

MODES: Final = ("bg", "border1", "border2", "tint")
ADDITIONS: Final = ("border1", "border2", "saturation50", "whitehack")
"""What may follow tint, each after a plus sign, of the borders one."""


def tray_mode(value: object) -> str:
    """A mode as it is written. Raises BadOption."""
    if not isinstance(value, str):
        raise BadOption("must be a mode of tray icons in quotes")
    mode, *additions = value.split("+")
    bordered = [each for each in additions if each in MODES]
    plain = mode in MODES and not additions
    if not plain and not (mode == "tint" and set(additions) <= set(ADDITIONS) and len(bordered) <= 1):
        raise BadOption(f"must be one of {', '.join(MODES)}, or tint with any of +{', +'.join(ADDITIONS)}")
    return value
