"""How monitors are laid on the outputs of an X server. It must not know how a server is told.

Xorg with the dummy driver has 16 outputs that may be told how large they are: a monitor is an output there. Xvfb has
one that may not: it shows the whole screen, and monitors are parts of it, as RandR 1.5 can name them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from protocol.monitors import Monitor, MonitorLayout

MODE_PREFIX: Final = "vitrail-"


class Plan(NamedTuple):
    """shown: what each output shows, the first ones first; the rest show nothing. named: parts of the screen that are
    monitors, where outputs do not suffice. primary: the place in `shown` or `named` of the primary one.
    """

    shown: tuple[Monitor, ...]
    named: tuple[Monitor, ...]
    primary: int


def plan(layout: MonitorLayout, outputs: int, *, sized: bool) -> Plan:
    """Monitors on so many outputs, at least one. sized: an output may be told its mm."""
    if sized and len(layout.monitors) <= outputs:
        return Plan(layout.monitors, (), layout.primary)
    first = layout.monitors[layout.primary]
    whole = Monitor(0, 0, layout.width, layout.height, *_size_mm(layout, first))
    return Plan((whole,), layout.monitors, layout.primary)


def _size_mm(layout: MonitorLayout, like: Monitor) -> tuple[int, int]:
    """The size of the whole screen with pixels as large as this monitor's."""
    return (
        max(1, layout.width * like.width_mm // like.width),
        max(1, layout.height * like.height_mm // like.height),
    )


def mode_name(width: int, height: int) -> str:
    """What a mode of this size is called."""
    return f"{MODE_PREFIX}{width}x{height}"
