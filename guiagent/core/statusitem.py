"""A status notifier item, as what it says about itself is worth. It must not know a bus or X.

Everything comes from a program of the qube; what is not as specified is as if it had not been said.
Source: StatusNotifierItem specification (freedesktop.org), and what libayatana-appindicator and Qt make of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from guiagent.core.blending import Picture
from guiagent.core.plaintext import plain
from protocol.limits import BYTES_PER_PIXEL

MAX_ICON_SIDE_PX: Final = 512
"""No panel is as high; a picture that is larger is passed over."""
MAX_PIXMAPS: Final = 16
"""Sizes of one icon: programs send five or six, from 16 to 256 px."""
NO_MENU: Final = "/NO_DBUSMENU"
"""What KDE's library says of an item without one."""
WHEEL_NOTCH: Final = 120
"""Of Scroll: what Plasma says of one notch of a wheel."""

_PATH: Final = re.compile(r"/|(/[A-Za-z0-9_]+)+", re.ASCII)
"""Whoever calls an object at another path is thrown off the bus. Source: D-Bus specification, valid object paths."""

Said = Mapping[str, tuple[str, Any]]
"""Properties by name: D-Bus signature and value."""


class Status(Enum):
    """What the item says of its importance."""

    PASSIVE = "Passive"
    ACTIVE = "Active"
    NEEDS_ATTENTION = "NeedsAttention"


class Icon(NamedTuple):
    """pictures: straight alpha, in the order of the program. name: of the icon theme, or a path; "" for none."""

    pictures: tuple[Picture, ...] = ()
    name: str = ""

    def best(self, side: int) -> Picture | None:
        """The smallest picture that is not smaller than `side` px, else the largest."""
        by_size = sorted(self.pictures, key=lambda picture: max(picture.width, picture.height))
        fitting = [picture for picture in by_size if max(picture.width, picture.height) >= side]
        return next(iter(fitting or by_size[-1:]), None)

    def __bool__(self) -> bool:
        return bool(self.pictures or self.name)


class Item(NamedTuple):
    """theme_path: a folder that the program's icons are in, "" for none. menu: an object path, "" for none."""

    title: str = ""
    tooltip: str = ""
    status: Status = Status.ACTIVE
    icon: Icon = Icon()
    attention: Icon = Icon()
    overlay: Icon = Icon()
    theme_path: str = ""
    menu: str = ""
    is_menu: bool = False

    @property
    def shown(self) -> Icon:
        """The icon of its status."""
        return self.attention if self.status is Status.NEEDS_ATTENTION and self.attention else self.icon

    @property
    def hint(self) -> str:
        """What is said about it: its tooltip, else its title."""
        return self.tooltip or self.title


def item_of(said: Said) -> Item:
    """The item whose properties these are."""
    title, tooltip = plain(_text(said, "Title")), _tooltip(said)
    if _text(said, "Status") in {status.value for status in Status}:
        status = Status(_text(said, "Status"))
    else:
        status = Status.ACTIVE
    menu = _text(said, "Menu", "o")
    return Item(
        title=title,
        tooltip=tooltip,
        status=status,
        icon=_icon(said, "Icon"),
        attention=_icon(said, "AttentionIcon"),
        overlay=_icon(said, "OverlayIcon"),
        theme_path=_text(said, "IconThemePath"),
        menu=menu if is_path(menu) and menu not in ("/", NO_MENU) else "",
        is_menu=_value(said, "ItemIsMenu", "b") is True,
    )


def is_path(text: str) -> bool:
    """Whether an object can be there."""
    return _PATH.fullmatch(text) is not None


def picture_of(width: object, height: object, argb: object) -> Picture | None:
    """A pixmap of an item, in network byte order; None if its numbers do not agree or are too large."""
    if not isinstance(width, int) or not isinstance(height, int) or not isinstance(argb, bytes | bytearray):
        return None
    if not (0 < width <= MAX_ICON_SIDE_PX and 0 < height <= MAX_ICON_SIDE_PX):
        return None
    if len(argb) != BYTES_PER_PIXEL * width * height:
        return None
    bgra = bytearray(len(argb))
    for at in range(BYTES_PER_PIXEL):
        bgra[at::BYTES_PER_PIXEL] = argb[BYTES_PER_PIXEL - 1 - at :: BYTES_PER_PIXEL]
    return Picture(width, height, bytes(bgra))


def _icon(said: Said, name: str) -> Icon:
    pixmaps = _value(said, f"{name}Pixmap", "a(iiay)") or []
    pictures = [picture_of(*each) for each in pixmaps[:MAX_PIXMAPS]]
    return Icon(tuple(picture for picture in pictures if picture is not None), _text(said, f"{name}Name"))


def _tooltip(said: Said) -> str:
    value = _value(said, "ToolTip", "(sa(iiay)ss)")
    if value is None:
        return ""
    _name, _pixmaps, title, text = value
    return ": ".join(part for part in (plain(title), plain(text)) if part)


def _text(said: Said, name: str, signature: str = "s") -> str:
    value = _value(said, name, signature)
    if value is None and signature == "o":
        value = _value(said, name, "s")
    return value if isinstance(value, str) else ""


def _value(said: Said, name: str, signature: str) -> Any:
    kind, value = said.get(name, ("", None))
    return value if kind == signature else None
