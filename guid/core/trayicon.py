"""What a window becomes that asks for the tray: its outer there, and what it may not be; must not know any tray.

Only a window that was never mapped is one: the person has never seen it as anything else. It gets an outer of its own,
and a new one whenever it leaves a tray. How large it is in a tray is the tray's decision. A tray gives no room to what
wants none, so its outer wants some: about what the qube asks for, and then a square as high or wide as the tray is. The
qube's own hints do not count.
"""

from __future__ import annotations

from collections.abc import Iterable

from guid.core.geometry import Extents, Rect, content_of, outer_of
from guid.core.policy import Desktop
from guid.core.thickness import Thickness
from guid.core.traywords import INSET
from guid.core.values import SCREEN, HintFlag, Kind, SizeHints
from guid.core.window import Granted, State, Window
from protocol.limits import COMMON_TRAY_ICON_PX, MAX_TRAY_ICON_PX, MAX_TRAY_ICONS_PER_QUBE, MIN_TRAY_ICON_PX


def refusal(window: Window, windows: Iterable[Window]) -> str | None:
    """Why it may become no icon; None: it may. windows: all of the qube's."""
    if window.remote_id == SCREEN:
        return "it is the screen"
    if sum(other.state is State.DOCKED for other in windows) >= MAX_TRAY_ICONS_PER_QUBE:
        return f"there are {MAX_TRAY_ICONS_PER_QUBE} icons already"
    return None if window.state is State.NEW else "it has been mapped"


def grant(window: Window, desktop: Desktop, mode: str) -> None:
    """Its outer, unmapped, as it is in `mode`."""
    window.thickness = desktop.thickness._replace(managed=extents_in(mode, desktop.thickness))
    again = window.kind is Kind.ICON
    window.granted = Granted(Kind.ICON, window.granted.outer)
    content = window.asked.content
    width, height = window.hints.min_size if again else _wanted(content, window.extents, desktop.thickness.unit)
    window.hints = _wanting(width, height)
    window.asked.content = Rect(content.x, content.y, width, height)
    window.granted.outer = window.shown.outer = outer_of(window.asked.content, window.extents)
    window.fresh = True


def squared(window: Window, outer: Rect) -> bool:
    """Let the outer of an icon want to be a square, where the tray gave it one longer side; whether it does now."""
    largest = MAX_TRAY_ICON_PX * window.thickness.unit
    content = content_of(outer, window.extents)
    side = min(max(content.width, content.height), largest)
    wanted = window.hints.min_size
    if side <= min(wanted):
        return False
    window.hints = _wanting(max(side, wanted[0]), max(side, wanted[1]))
    return True


def extents_in(mode: str, thickness: Thickness) -> Extents:
    """The frame of an icon: a popup's, or in the C daemon's modes the least there is."""
    return thickness.icon if mode == INSET else Extents(*[thickness.unit] * 4)


def _wanted(content: Rect, extents: Extents, unit: int) -> tuple[int, int]:
    """What content an icon of its own size leaves: in a tray it is as large as those of other programs."""
    least, most = MIN_TRAY_ICON_PX * unit, COMMON_TRAY_ICON_PX * unit
    width, height = (min(max(side, least), most) for side in (content.width, content.height))
    return width - extents.horizontal, height - extents.vertical


def _wanting(width: int, height: int) -> SizeHints:
    return SizeHints(HintFlag.P_MIN_SIZE, min_size=(width, height))
