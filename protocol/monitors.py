"""What a layout of monitors may be, in MONITORS; knows no side and no X server.

Nothing tells whose monitors they are: no names, and sizes in mm only as exact as the sender likes.
"""

import struct
from typing import Final, NamedTuple

from protocol import limits
from protocol.formats import MONITOR, Monitors

INCH_MM: Final = 25.4


class Monitor(NamedTuple):
    """A part of the screen that can be seen; px from the screen's left upper corner, and mm."""

    x: int
    y: int
    width: int
    height: int
    width_mm: int
    height_mm: int


class Area(NamedTuple):
    """What panels leave free of the screen; px."""

    x: int
    y: int
    width: int
    height: int


class MonitorLayout(NamedTuple):
    """A desktop. width, height: of the screen, px. monitors may overlap and need not cover it.

    primary: which of them panels and first windows are on.
    """

    width: int
    height: int
    work_area: Area
    primary: int
    monitors: tuple[Monitor, ...]

    def is_legal(self) -> bool:
        """Whether there is such a screen, with all else on it."""
        most = limits.MAX_ROOT_PX
        return (
            0 < self.width <= most
            and 0 < self.height <= most
            and self._holds(self.work_area)
            and 0 < len(self.monitors) <= limits.MAX_MONITORS
            and 0 <= self.primary < len(self.monitors)
            and all(self._holds(Area(*monitor[:4])) for monitor in self.monitors)
            and all(0 < side <= limits.MAX_MONITOR_MM for monitor in self.monitors for side in monitor[4:])
        )

    def _holds(self, area: Area) -> bool:
        x, y, width, height = area
        inside = x >= 0 and y >= 0 and x + width <= self.width and y + height <= self.height
        return inside and width > 0 and height > 0


def plain_layout(width: int, height: int, dpi: int) -> MonitorLayout:
    """One monitor as large as the screen, all of it free; dpi: dots an inch."""
    width_mm, height_mm = (min(max(1, round(side * INCH_MM / dpi)), limits.MAX_MONITOR_MM) for side in (width, height))
    monitor = Monitor(0, 0, width, height, width_mm, height_mm)
    return MonitorLayout(width, height, Area(0, 0, width, height), 0, (monitor,))


def layout_fields(layout: MonitorLayout) -> tuple[int, ...]:
    """The fields of a MONITORS for a legal layout."""
    return (layout.width, layout.height, *layout.work_area, layout.primary, len(layout.monitors))


def layout_tail(layout: MonitorLayout) -> bytes:
    """What follows them."""
    return b"".join(MONITOR.pack(*monitor) for monitor in layout.monitors)


def layout_of(body: Monitors, tail: bytes | memoryview) -> MonitorLayout | None:
    """What a MONITORS says, None if it is not legal. tail: a whole number of monitors."""
    monitors = tuple(Monitor(*each) for each in struct.iter_unpack(MONITOR.format, tail))
    layout = MonitorLayout(body.width_px, body.height_px, Area(*body[2:6]), body.primary, monitors)
    return layout if layout.is_legal() else None
