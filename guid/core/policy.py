"""What is granted of what an agent asks for, given the desktop; must not know windows' histories or X."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from guid.core.geometry import Extents, Rect, content_of, intersection, kept_inside, outer_of
from guid.core.values import Kind

POPUP_AREA_LIMIT_PERCENT = 90
"""An override-redirect outer that covers more of the work area becomes a managed window, as in the C daemon."""

POPUP_FRAME_PX = 2
MANAGED_FRAME_PX = 3
"""Frame widths at scale 1. Source: DESIGN, "The frame cannot be missing"."""


@dataclass(frozen=True, slots=True)
class Desktop:
    """The desktop as policy sees it; px, root coordinates.

    root: the whole screen. work_area: what panels leave free.
    """

    root: Rect
    work_area: Rect


_POPUP: Final = Kind.POPUP  # for each batch that is drawn: in Python 3.11 a member of the class takes a call
_POPUP_EXTENTS: Final = Extents(*[POPUP_FRAME_PX] * 4)
_MANAGED_EXTENTS: Final = Extents(*[MANAGED_FRAME_PX] * 4)


def extents_of(kind: Kind) -> Extents:
    """The frame of a window of this kind."""
    return _POPUP_EXTENTS if kind is _POPUP else _MANAGED_EXTENTS


def granted_kind(content: Rect, desktop: Desktop, *, override_redirect: bool) -> Kind:
    """POPUP only for an override-redirect window whose outer leaves enough of the work area free."""
    if not override_redirect:
        return Kind.MANAGED
    outer = outer_of(content, extents_of(Kind.POPUP))
    if outer.area * 100 > desktop.work_area.area * POPUP_AREA_LIMIT_PERCENT:
        return Kind.MANAGED
    return Kind.POPUP


def granted_outer(content: Rect, kind: Kind, desktop: Desktop) -> Rect:
    """The outer for a content that was asked for.

    A popup lies inside the work area, cut if it is larger; one that lies outside the screen altogether is left there,
    as programs hide popups so. Where a managed window lies is the window manager's decision.
    """
    outer = outer_of(content, extents_of(kind))
    if kind is Kind.MANAGED or intersection(outer, desktop.root) is None:
        return outer
    return kept_inside(outer, desktop.work_area)


def granted_content(content: Rect, kind: Kind, desktop: Desktop) -> Rect:
    """The content inside the granted outer."""
    return content_of(granted_outer(content, kind, desktop), extents_of(kind))
