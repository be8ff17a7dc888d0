"""How large the desktop draws, out of what it says of that in several places; must not know how it was asked.

Nothing here is believed beyond the limits of SCALE: any program of the desktop can write these properties.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from guid.core.monitors import SeenMonitor, first_dpi
from guid.core.xsettings import Settings
from protocol import limits
from protocol.scale import HINT_STYLES, PLAIN_CURSOR_PX, PLAIN_DPI, SUBPIXELS, Scale

DENSE_DPI: Final = 180
"""A monitor of so many dots an inch is drawn on twice as large, of twice as many four times, if nobody says anything.
Laptops of the ordinary kind have up to 160; those that are sold as twice as dense have 200 and more."""


class Said(NamedTuple):
    """What the desktop says: X resources, settings that its programs share, monitors."""

    resources: Mapping[str, str]
    settings: Settings
    monitors: Sequence[SeenMonitor]


def resources_of(raw: bytes) -> dict[str, str]:
    """The lines `name: value` of RESOURCE_MANAGER that begin with Xft or Xcursor. Source: Xlib, chapter 15.1."""
    lines = (line.partition(":") for line in raw.decode("latin-1").split("\n"))
    named = ((name.strip(), value.strip()) for name, colon, value in lines if colon)
    return {name: value for name, value in named if name.startswith(("Xft.", "Xcursor."))}


class _Size(NamedTuple):
    """dpi: dots an inch of text. factor, cursor_px: None if only dpi says."""

    dpi: float
    factor: int | None = None
    cursor_px: int | None = None


def desktop_scale(said: Said, wanted: float = 0.0) -> Scale:
    """The scale that a qube is told. wanted: the person's own decision, as a multiple of 96 dots an inch; 0: none.

    What programs share goes before X resources, as toolkits have it, and both before what monitors say of their size.
    """
    size = _Size(PLAIN_DPI * wanted) if wanted else _size(said)
    dpi = min(max(limits.MIN_SCALE_DPI, size.dpi), limits.MAX_SCALE_DPI)
    factor = size.factor or math.floor(dpi / PLAIN_DPI)
    cursor_px = size.cursor_px or round(PLAIN_CURSOR_PX * dpi / PLAIN_DPI)
    return Scale(
        round(dpi * limits.DPI_UNITS),
        min(max(1, factor), limits.MAX_SCALE_FACTOR),
        min(max(limits.MIN_CURSOR_PX, cursor_px), limits.MAX_CURSOR_PX),
        _switch(_either(said, "Antialias")),
        _switch(_either(said, "Hinting")),
        _word(_either(said, "HintStyle"), HINT_STYLES),
        _word(_either(said, "RGBA"), SUBPIXELS),
    )


def _size(said: Said) -> _Size:
    factor = _positive(said.settings.get("Gdk/WindowScalingFactor"))
    cursor_px = _positive(said.settings.get("Gtk/CursorThemeSize")) or _positive(said.resources.get("Xcursor.size"))
    return _Size(_dpi(said, factor), _whole(factor), _whole(cursor_px))


def _dpi(said: Said, factor: float | None) -> float:
    """Shared settings say it for one pixel of a toolkit's, if they say a factor. Source: GDK, gdk/x11/xsettings."""
    shared = _positive(said.settings.get("Gdk/UnscaledDPI")) or _positive(said.settings.get("Xft/DPI"))
    if shared is not None:
        return shared / limits.DPI_UNITS * (factor or 1)
    written = _positive(said.resources.get("Xft.dpi"))
    if written is not None:
        return written
    return PLAIN_DPI * (factor or _times_by_size(said.monitors))


def _times_by_size(monitors: Sequence[SeenMonitor]) -> int:
    dpi = first_dpi(monitors)
    return 1 if dpi is None or dpi < DENSE_DPI else 2 * math.floor(dpi / DENSE_DPI)


def _positive(value: int | str | None) -> float | None:
    """The number that is written, if it is one and above 0."""
    try:
        number = float(value or 0)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < math.inf else None


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def _either(said: Said, what: str) -> str:
    """A word on smooth text: Xft/What of the settings, else Xft.what of the resources."""
    value = said.settings.get(f"Xft/{what}")
    return str(said.resources.get(f"Xft.{what.lower()}", "") if value is None else value).lower()


def _switch(word: str) -> bool | None:
    return {"1": True, "true": True, "0": False, "false": False}.get(word)


def _word(word: str, known: Sequence[str]) -> str:
    return word if word in known else ""
