"""How thick frames are, by the desktop's scale; must not know where the scale is from."""

from typing import Final, NamedTuple

from guid.core.geometry import Extents

POPUP_FRAME_PX = 2
MANAGED_FRAME_PX = 3
"""Frame widths at scale 1, and the least there are. Source: DESIGN, "The frame cannot be missing"."""

TAG_PX: Final = 16
"""How high a name tag is at scale 1: 7 px for a small letter, which text of 10 points has; colors/tag.py."""

CONTRAST_BORDER_PX: Final = 2
CONTRAST_POPUP_PX, CONTRAST_MANAGED_PX, CONTRAST_TAG_PX = 7, 10, 24
"""The same with high contrast, in whole steps of the scale: a border of 2 px on either side, and 3 or 6 px of the
label's colour between them, which end where a pattern's first mark may begin (colors.patterns.LEAD_PX)."""

MOST_TIMES: Final = 4.0
"""Desktops are drawn up to four times as large: GDK_SCALE goes no further. What says more is not believed."""


class Style(NamedTuple):
    """What the person wants of a qube's frames.

    tag: the qube's name stands on those of managed windows. contrast: they are three times as thick, with a rim and a
    lining in black or white, whichever stands out more from the label.
    """

    tag: bool = False
    contrast: bool = False


BARE: Final = Style()


class Thickness(NamedTuple):
    """The frames of popups and of managed windows.

    unit: device pixels a pixel of a label's pattern. tag_px: how much of a managed window's upper side is its tag.
    rim_px, lining_px: how much of every side is its outer and its inner border; 0: none. icon: of tray icons, which are
    too small for borders.
    """

    popup: Extents
    managed: Extents
    unit: int = 1
    tag_px: int = 0
    rim_px: int = 0
    lining_px: int = 0
    icon: Extents = Extents(*[POPUP_FRAME_PX] * 4)

    @property
    def borders(self) -> tuple[int, int]:
        """Rim and lining, px."""
        return self.rim_px, self.lining_px


def thickness_at(scale: float, style: Style = BARE) -> Thickness:
    """scale: how many times as large as with 96 dots an inch the desktop draws; below 1 frames are no thinner."""
    times = min(max(1.0, scale), MOST_TIMES)
    unit = int(times + 0.5)
    popup, managed, tag = (int(px * times + 0.5) for px in (POPUP_FRAME_PX, MANAGED_FRAME_PX, TAG_PX))
    icon, border = _all_around(popup), 0
    if style.contrast:
        sizes = CONTRAST_POPUP_PX, CONTRAST_MANAGED_PX, CONTRAST_TAG_PX, CONTRAST_BORDER_PX
        popup, managed, tag, border = (px * unit for px in sizes)
    tag_px = tag if style.tag else 0
    upper = _all_around(managed)._replace(top=managed + tag_px)
    return Thickness(_all_around(popup), upper, unit, tag_px, border, border, icon)


def _all_around(px: int) -> Extents:
    return Extents(px, px, px, px)


THIN: Final = thickness_at(1.0)
