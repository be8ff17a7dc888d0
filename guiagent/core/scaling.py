"""How large the qube's programs draw, in the words of each toolkit. It must not know how programs read them.

* GTK 3 and 4 follow the shared settings, and while they run.
* Qt follows Xft/DPI, if it was told to scale by it: Qt 5 by two variables, Qt 6 by itself.
* Java reads one variable, a whole number, when it starts.
* Whatever uses Xft alone (terminals, window managers' toolkits), and Chromium and its kind, follow the X resources.

None of them multiplies by two of these: what the variables say of Qt is only that it may scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from protocol.extensions import Feature
from protocol.limits import EXTENSIONS_SINCE_MINOR
from protocol.scale import Scale

PATIENCE_S: Final = 0.5
"""How long programs are kept for the daemon's word. One that knows SCALE needs a few ms; a C daemon never says it."""

QT_SCALES: Final[Mapping[str, str]] = {
    "QT_AUTO_SCREEN_SCALE_FACTOR": "1",  # before 5.14
    "QT_ENABLE_HIGHDPI_SCALING": "1",
    "QT_SCALE_FACTOR_ROUNDING_POLICY": "PassThrough",
}


class Scaling:
    """scale: as the daemon told it last. awaited_until: programs wait for it until then; None: they do not wait."""

    def __init__(self) -> None:
        self.scale: Scale | None = None
        self.awaited_until: float | None = None

    def daemon_came(self, minor: int, now: float) -> None:
        """A daemon has shaken hands; one that has no extensions says nothing."""
        may_tell = minor >= EXTENSIONS_SINCE_MINOR and self.scale is None
        self.awaited_until = now + PATIENCE_S if may_tell else None

    def agreed(self, features: Feature) -> None:
        """These features both sides named."""
        if Feature.SCALE not in features:
            self.awaited_until = None

    def told(self, scale: Scale) -> None:
        """The daemon said how large the desktop draws."""
        self.scale, self.awaited_until = scale, None

    def due(self, now: float) -> None:
        """Time has passed: nothing waits for a daemon that says nothing."""
        if self.awaited_until is not None and now >= self.awaited_until:
            self.awaited_until = None

    def environment(self, now: float) -> dict[str, str] | None:
        """What a program is started with; None: it is to wait."""
        self.due(now)
        if self.awaited_until is not None:
            return None
        return {} if self.scale is None else environment(self.scale)


def environment(scale: Scale) -> dict[str, str]:
    """Variables for programs that read nothing else."""
    return {**QT_SCALES, "J2D_UISCALE": str(scale.factor)}


def settings(scale: Scale) -> dict[str, int | str]:
    """Shared settings. Source: XSETTINGS registry; of GDK, whose names begin with Gdk/: gdk/x11/gdksettings.c."""
    found: dict[str, int | str] = {
        "Xft/DPI": scale.dpi_1024,
        "Gdk/UnscaledDPI": round(scale.dpi_1024 / scale.factor),
        "Gdk/WindowScalingFactor": scale.factor,
        "Gtk/CursorThemeSize": scale.cursor_px,
    }
    switches = {"Xft/Antialias": scale.antialias, "Xft/Hinting": scale.hinting}
    words = {"Xft/HintStyle": scale.hint_style, "Xft/RGBA": scale.subpixels}
    found.update({name: int(value) for name, value in switches.items() if value is not None})
    found.update({name: word for name, word in words.items() if word})
    return found


def resources(scale: Scale) -> dict[str, str]:
    """X resources; an empty value: the line is to go. Source: Xft and Xcursor, "X resources"."""
    switch = {None: "", True: "1", False: "0"}
    return {
        "Xft.dpi": f"{scale.dpi:g}",
        "Xcursor.size": str(scale.cursor_px),
        "Xft.antialias": switch[scale.antialias],
        "Xft.hinting": switch[scale.hinting],
        "Xft.hintstyle": scale.hint_style,
        "Xft.rgba": scale.subpixels,
    }


def merged_resources(text: str, wanted: Mapping[str, str]) -> str:
    """The resources of a qube with `wanted` in place of what they said of the same; all other lines as they were."""
    kept = [line for line in text.split("\n") if line.strip() and line.partition(":")[0].strip() not in wanted]
    added = [f"{name}:\t{value}" for name, value in wanted.items() if value]
    return "\n".join([*kept, *added, ""])
