"""Which monitors a qube is told of; must not know how the desktop was asked, or when it is told.

A qube learns what programs need to lie where they should: places and sizes, no names, and how many pixels an inch has
only in steps, as on Qubes. Source: qubes-gui-agent-linux, qubes.SetMonitorLayout.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from guid.core.geometry import Rect, intersection
from guid.core.policy import Desktop
from protocol.limits import MAX_MONITORS
from protocol.monitors import INCH_MM, Area, Monitor, MonitorLayout, plain_layout
from protocol.scale import PLAIN_DPI

DENSITIES_DPI: Final = (PLAIN_DPI, 150, 200, 300)
"""What a monitor's density is told as: the nearest of these."""
LEAST_DPI, MOST_DPI = 50, 800
"""What a monitor can have: a wall of light, a telephone. Others do not know their size: projectors, some adapters."""


class SeenMonitor(NamedTuple):
    """A monitor as RandR tells of it. rect: px, root coordinates, on the screen; mm are 0 if it does not know."""

    rect: Rect
    width_mm: int
    height_mm: int
    primary: bool

    @property
    def dpi(self) -> float | None:
        """Dots an inch on the longer side; None if they are none that a monitor has."""
        pixels, mm = max((self.rect.width, self.width_mm), (self.rect.height, self.height_mm))
        dpi = pixels * INCH_MM / mm if mm else 0.0
        return dpi if LEAST_DPI <= dpi <= MOST_DPI else None


def told_layout(desktop: Desktop, seen: Sequence[SeenMonitor]) -> MonitorLayout:
    """The desktop as a qube is told of it: at least one monitor, none twice, each on the screen.

    With no monitor that can be told, the whole screen is one.
    """
    monitors: dict[Monitor, bool] = {}
    for each in seen:
        rect = intersection(each.rect, desktop.root)
        if rect is not None:
            monitor = _told(rect, each.dpi)
            monitors[monitor] = monitors.get(monitor, False) or each.primary
    first = list(monitors.items())[:MAX_MONITORS]
    root = desktop.root
    plain = plain_layout(root.width, root.height, PLAIN_DPI)
    layout = plain._replace(work_area=Area(*desktop.work_area))
    if first:
        primary = next((number for number, (_, primary) in enumerate(first) if primary), 0)
        layout = layout._replace(primary=primary, monitors=tuple(monitor for monitor, _ in first))
    return layout if layout.is_legal() else plain


def _told(rect: Rect, dpi: float | None) -> Monitor:
    density = PLAIN_DPI if dpi is None else min(DENSITIES_DPI, key=lambda each: abs(each - dpi))
    return Monitor(*rect, *plain_layout(rect.width, rect.height, density).monitors[0][4:])


def first_dpi(seen: Iterable[SeenMonitor]) -> float | None:
    """Dots an inch of the primary monitor, else of the first one; None: unknown."""
    by_rank = sorted(seen, key=lambda each: not each.primary)
    return by_rank[0].dpi if by_rank else None
