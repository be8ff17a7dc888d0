"""_NET_WM_ICON of managed outers: a program's icon in the label's hue, or the label's own; must not know who sent it.

None of it is on the way to a window's first picture: an icon is drawn once the X server has done what was sent before,
one window after each such answer, so that no number of them delays anything else.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable
from functools import lru_cache, partial

from Xlib import Xatom

from colors.labels import Label
from guid.core.values import Icon
from guid.x11.desktop import Desktop
from protocol.limits import MAX_ICON_WORDS
from shm.x11.properties import NUMBER_BITS, change_property, delete_property, get_property

log = logging.getLogger(__name__)

FEW = 64
"""So many windows have the label's icon in every size; beyond, 1,024 of them would take 130 MiB of the X server."""


class Icons:
    """The icons of one qube's managed windows. picture: a PNG in place of the label's own, checked; b"" for none."""

    def __init__(self, desktop: Desktop, qube: str, label: Label, picture: bytes = b"") -> None:
        self._desktop = desktop
        self._qube = qube
        self._label = label
        self._picture = picture
        self._icons: dict[int, Icon] = {}
        self._due: dict[int, None] = {}
        self._asked = False

    def show(self, outer: int, icon: Icon) -> None:
        """The outer is to have this one; none: the label's."""
        if outer not in self._icons or self._icons[outer] != icon:
            self._icons[outer] = icon
            self._draw_later(outer)

    def has(self, outer: int) -> bool:
        """Whether the outer has had one."""
        return outer in self._icons

    def forget(self, outer: int) -> None:
        """The outer is gone."""
        self._icons.pop(outer, None)
        self._due.pop(outer, None)

    def take(self, outer: int, told: Callable[[bytes], None]) -> None:
        """Take the icon that was left on the outer; `told` gets its words later, if they are not too many."""
        name = self._desktop.atoms["_VITRAIL_ICON"]
        request = get_property(outer, name, MAX_ICON_WORDS, kind=Xatom.CARDINAL, delete=True)
        self._desktop.x.send_with_reply(request, 1, partial(self._taken, outer, told))

    def _taken(self, outer: int, told: Callable[[bytes], None], reply: bytes) -> None:
        kind, left, units = struct.unpack_from("<III", reply, 8) if reply else (0, 0, 0)
        if not kind:
            return  # taken already, or the window is gone
        if left or reply[1] != NUMBER_BITS:
            self._desktop.x.send(delete_property(outer, self._desktop.atoms["_VITRAIL_ICON"]), 1)
            return
        told(reply[32 : 32 + 4 * units])

    def relabel(self, label: Label) -> None:
        """All of them are drawn anew. A picture stood for the label before."""
        self._label = label
        self._picture = b""
        for outer in self._icons:
            self._draw_later(outer)

    def close(self) -> None:
        """Draw nothing more."""
        self._icons.clear()
        self._due.clear()

    def _draw_later(self, outer: int) -> None:
        self._due[outer] = None
        if not self._asked:
            self._asked = True
            self._desktop.x.fence(self._draw_next)

    def _draw_next(self, _reply: bytes) -> None:
        self._asked = False
        if not self._due:
            return
        outer = next(iter(self._due))
        del self._due[outer]
        value = self._value(self._icons[outer], few=len(self._icons) <= FEW)
        name = self._desktop.atoms["_NET_WM_ICON"]
        self._desktop.x.send(change_property(outer, name, Xatom.CARDINAL, 32, value), 1)
        for following in self._due:
            self._draw_later(following)
            break

    def _value(self, icon: Icon, *, few: bool) -> bytes:
        from colors import icon as drawing  # noqa: PLC0415 - off the way to the first window

        if icon:
            return drawing.property_of(drawing.of_program(image, self._label) for image in icon)
        if self._picture and (drawn := _of_file(self._picture, few=few)):
            return drawn
        return _of_qube(self._label, self._qube, few=few)


@lru_cache(maxsize=2)
def _of_qube(label: Label, qube: str, *, few: bool) -> bytes:
    from colors import icon as drawing  # noqa: PLC0415 - as above

    return drawing.property_of(drawing.of_qube(label, qube, drawing.SIDES_PX if few else drawing.SMALL_SIDES_PX))


@lru_cache(maxsize=2)
def _of_file(png: bytes, *, few: bool) -> bytes:
    """b"" if it cannot be drawn, which is told once."""
    from colors import icon as drawing  # noqa: PLC0415 - as above
    from colors import iconfile  # noqa: PLC0415 - as above

    try:
        return drawing.property_of(iconfile.images_of(png, drawing.SIDES_PX if few else drawing.SMALL_SIDES_PX))
    except iconfile.BadIconFile as error:
        log.warning("the picture for the label %s: the label's own icon is shown", error)
        return b""
