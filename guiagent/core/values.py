"""Values that describe a window of the qube. It must not know how X or the wire spell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, NewType

from protocol.limits import MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX

WindowId = NewType("WindowId", int)
"""An X resource id of the qube's server; the same number names the window on the wire."""

MIN_POSITION_PX, MAX_POSITION_PX = -32768, 32767
"""X positions are INT16 (X11 protocol, section 1, "Common Types")."""


class Geometry(NamedTuple):
    """A rectangle in root coordinates, px; width and height are at least 1."""

    x: int
    y: int
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.width, self.height

    def inside_limits(self) -> Geometry:
        """The nearest geometry that both X and the wire can carry."""
        return Geometry(
            min(max(self.x, MIN_POSITION_PX), MAX_POSITION_PX),
            min(max(self.y, MIN_POSITION_PX), MAX_POSITION_PX),
            min(max(self.width, 1), MAX_WINDOW_WIDTH_PX),
            min(max(self.height, 1), MAX_WINDOW_HEIGHT_PX),
        )


class SizeHints(NamedTuple):
    """WM_NORMAL_HINTS as the program wrote them; flags say which fields count. Source: ICCCM 4.1.2.3."""

    flags: int = 0
    min_width: int = 0
    min_height: int = 0
    max_width: int = 0
    max_height: int = 0
    width_inc: int = 0
    height_inc: int = 0
    base_width: int = 0
    base_height: int = 0


class WindowClass(NamedTuple):
    """WM_CLASS: raw bytes in the order of the wire, class first."""

    res_class: bytes
    res_name: bytes


@dataclass(frozen=True, slots=True)
class Properties:
    """What a program says about its window. A missing property is None (or zero, or empty)."""

    title: str | None = None
    window_class: WindowClass | None = None
    size_hints: SizeHints | None = None
    transient_for: int = 0
    accepts_focus: bool = True
    deletes_itself: bool = False
    takes_focus: bool = False
    shadow: tuple[int, ...] = ()
    """_GTK_FRAME_EXTENTS: left, right, top, bottom, as the program wrote them."""
    input_box: tuple[int, int, int, int] | None = None
    """The bounding box of its input shape: x, y, width, height; None where it has none."""
    states: tuple[int, ...] = ()
    """_NET_WM_STATE: atoms, in the order of the property."""
    urgent: bool = False
    starts_iconic: bool = False
    group: int = 0
    """The window that leads the group (WM_HINTS); zero for none."""
    gravity: int = 1
    """Which point of the window a request's position is meant for: X's numbers, 1 is the corner at the top left."""
    types: tuple[int, ...] = ()
    """_NET_WM_WINDOW_TYPE: atoms, the best one first."""
    docks: bool = False
    """It holds an icon for the desktop's tray; see `guiagent.x11.tray`."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What X says about one window at one moment."""

    window: WindowId
    geometry: Geometry
    depth: int
    override_redirect: bool
    mapped: bool
    properties: Properties = field(default_factory=Properties)
