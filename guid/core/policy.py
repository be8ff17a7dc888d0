"""What is granted of what an agent asks for, given the desktop; must not know windows' histories or X."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from guid.core.geometry import Extents, Rect, content_of, covered_area, intersection, kept_inside, outer_of
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.thickness import THIN, Thickness
from guid.core.values import Kind

POPUP_AREA_LIMIT_PERCENT = 90
"""An override-redirect outer becomes a managed window if with it the popups of its qube would cover more of the work
area together. The C daemon looks at each popup alone, so that two of them can hide the desktop."""

MAX_POPUPS_MEASURED = 64
"""With more popups on the screen than this their areas are added up, as if none covered another: what they really cover
takes the square of their number to know. Measured, all overlapping: 64 in 4 ms, 1,024 in 500."""


class Desktop(NamedTuple):
    """The desktop as policy sees it; px, root coordinates.

    root: the whole screen. work_area: what panels leave free. monitors: the parts of the screen that can be seen, which
    may overlap and need not cover it; none known: all of it can. thickness: of the frames on it.
    """

    root: Rect
    work_area: Rect
    monitors: tuple[Rect, ...] = ()
    thickness: Thickness = THIN


_POPUP: Final = Kind.POPUP  # for each batch that is drawn: in Python 3.11 a member of the class takes a call


def extents_of(kind: Kind, thickness: Thickness = THIN) -> Extents:
    """The frame of a window of this kind."""
    return thickness.popup if kind is _POPUP else thickness.managed


def granted_kind(
    content: Rect,
    desktop: Desktop,
    *,
    override_redirect: bool,
    beside: Sequence[Rect] = (),
    options: Options = DEFAULT_OPTIONS,
) -> Kind:
    """POPUP only for an override-redirect window whose outer leaves enough of the work area free.

    beside: outers of the qube's other popups. Those that lie outside the screen count for nothing; a part that has to
    be cut off counts for the popup alone. options: the person may grant no popup at all, or of any size.
    """
    if not override_redirect or not options.override_redirect:
        return Kind.MANAGED
    if not options.override_redirect_protection:
        return Kind.POPUP
    outer = outer_of(content, extents_of(Kind.POPUP, desktop.thickness))
    if _too_large(outer.area, desktop):
        return Kind.MANAGED
    popups = [*beside, granted_outer(content, Kind.POPUP, desktop)]
    if intersection(popups[-1], desktop.root) is None:
        return Kind.POPUP
    return Kind.MANAGED if _too_large(_together(popups, desktop), desktop) else Kind.POPUP


def _together(popups: Sequence[Rect], desktop: Desktop) -> int:
    """How much of the screen popups take, px²; a little too much is said if that cannot matter, or of too many."""
    seen = [popup for popup in popups if intersection(popup, desktop.root) is not None]
    at_most = sum(popup.area for popup in seen)
    if len(seen) > MAX_POPUPS_MEASURED or not _too_large(at_most, desktop):
        return at_most
    return covered_area(seen)


def _too_large(area: int, desktop: Desktop) -> bool:
    return area * 100 > desktop.work_area.area * POPUP_AREA_LIMIT_PERCENT


def granted_outer(content: Rect, kind: Kind, desktop: Desktop) -> Rect:
    """The outer for a content that was asked for.

    A popup lies inside the work area of one monitor, cut if it is larger; one that lies outside the screen altogether
    is left there, as programs hide popups so. Where a managed window lies is the window manager's decision.
    """
    outer = outer_of(content, extents_of(kind, desktop.thickness))
    if kind is Kind.MANAGED or intersection(outer, desktop.root) is None:
        return outer
    return kept_inside(outer, _room_for(outer, desktop))


def _room_for(outer: Rect, desktop: Desktop) -> Rect:
    """The work area of the monitor that `outer` overlaps most; of the nearest, where no monitor shows any of it.

    A work area that lies beside all monitors is not believed.
    """
    rooms = [(monitor, intersection(monitor, desktop.work_area)) for monitor in desktop.monitors]
    usable = [(monitor, room) for monitor, room in rooms if room is not None] or [(each, each) for each, _ in rooms]
    if not usable:
        return desktop.work_area
    return max(usable, key=lambda each: _nearness(outer, each[0]))[1]


def _nearness(outer: Rect, monitor: Rect) -> tuple[int, int]:
    """A greater one is nearer: first what they have in common, px², then the gap between them, px, negative."""
    common = intersection(outer, monitor)
    if common is not None:
        return common.area, 0
    gap_x = max(monitor.x - outer.x - outer.width, outer.x - monitor.x - monitor.width, 0)
    gap_y = max(monitor.y - outer.y - outer.height, outer.y - monitor.y - monitor.height, 0)
    return 0, -(gap_x**2 + gap_y**2)


def begins_too_high(outer: Rect, desktop: Desktop) -> bool:
    """Whether the title bar of a managed window that begins there would lie above the work area, out of reach."""
    return outer.y < _room_for(outer, desktop).y


def brought_back(outer: Rect, before: Desktop, now: Desktop) -> Rect | None:
    """Where a managed outer goes that was on a monitor before the monitors changed and is on none now; else None.

    One that was on none before is left alone: some window managers keep the windows of other workspaces there.
    """
    if not _seen(outer, before) or _seen(outer, now):
        return None
    return kept_inside(outer, _room_for(outer, now))


def _seen(outer: Rect, desktop: Desktop) -> bool:
    return any(intersection(outer, monitor) is not None for monitor in desktop.monitors or (desktop.root,))


def granted_content(content: Rect, kind: Kind, desktop: Desktop) -> Rect:
    """The content inside the granted outer."""
    return content_of(granted_outer(content, kind, desktop), extents_of(kind, desktop.thickness))
