"""A menu that a program describes on the bus, as a tree of entries. It must not know a bus or how menus are drawn.

Source: com.canonical.dbusmenu (libdbusmenu, dbus-menu.xml).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from guiagent.core.plaintext import cut

MAX_ENTRIES: Final = 500
"""Of one menu with all its submenus: more than anybody reads. The rest is not there."""
MAX_DEPTH: Final = 6
"""Submenus in submenus."""
LAYOUT: Final = "(ia{sv}av)"


class Toggle(Enum):
    """What stands before an entry's words."""

    NONE = ""
    CHECK = "checkmark"
    RADIO = "radio"


class Entry(NamedTuple):
    """One line. label: without the signs of mnemonics. mnemonic: the letter that chooses it, "" for none.

    submenu: it opens another menu, whose entries may be there only when it is about to be shown.
    """

    number: int
    label: str = ""
    mnemonic: str = ""
    enabled: bool = True
    separator: bool = False
    toggle: Toggle = Toggle.NONE
    on: bool = False
    submenu: bool = False
    children: tuple[Entry, ...] = ()

    @property
    def selectable(self) -> bool:
        """Whether it can be chosen."""
        return self.enabled and not self.separator

    def find(self, number: int) -> Entry | None:
        """The entry with this number, here or below."""
        if self.number == number:
            return self
        return next((found for child in self.children if (found := child.find(number)) is not None), None)


def menu_of(layout: Any) -> Entry:
    """The root of a layout; what is not as it should be is left out."""
    room = iter(range(MAX_ENTRIES))
    return _entry(layout, room, depth=0) or Entry(0, submenu=True)


def labelled(text: str) -> tuple[str, str]:
    """A label without its underscores, and its mnemonic: the letter after the first single one, small."""
    parts = text.replace("__", "\0").split("_", 1)
    mnemonic = parts[1][:1].casefold() if len(parts) > 1 else ""
    return cut("".join(parts).replace("\0", "_")), mnemonic if mnemonic.isalnum() else ""


def _entry(untyped: Any, room: Iterator[int], *, depth: int) -> Entry | None:
    if not isinstance(untyped, tuple) or len(untyped) != 3:
        return None
    number, properties, children = untyped
    if not isinstance(number, int) or not isinstance(properties, Mapping) or not isinstance(children, list):
        return None
    if _value(properties, "visible", "b") is False:
        return None
    label, mnemonic = labelled(_value(properties, "label", "s") or "")
    kind = _value(properties, "toggle-type", "s") or ""
    below = _children(children, room, depth=depth + 1) if depth < MAX_DEPTH else ()
    return Entry(
        number=number,
        label=label,
        mnemonic=mnemonic,
        enabled=_value(properties, "enabled", "b") is not False,
        separator=_value(properties, "type", "s") == "separator",
        toggle=Toggle(kind) if kind in {toggle.value for toggle in Toggle} else Toggle.NONE,
        on=_value(properties, "toggle-state", "i") == 1,
        submenu=bool(below) or _value(properties, "children-display", "s") == "submenu",
        children=below,
    )


def _children(children: list[Any], room: Iterator[int], *, depth: int) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for kind, child in children:
        if next(room, None) is None:
            break
        entry = _entry(child, room, depth=depth) if kind == LAYOUT else None
        if entry is not None:
            found.append(entry)
    return tuple(found)


def _value(properties: Mapping[str, Any], name: str, signature: str) -> Any:
    said = properties.get(name)
    return said[1] if isinstance(said, tuple) and said[0] == signature else None
