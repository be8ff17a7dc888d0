"""The clipboard as an item of a tray: what it says, and what it answers; must not know the bus, nor any contents.

Source: StatusNotifierItem, freedesktop.org; what KDE's hosts ask for where that is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guid.clipboard.words import said_of
from guid.core.buscalls import (
    INVALID_ARGUMENTS,
    PROPERTY_READ_ONLY,
    UNKNOWN_INTERFACE,
    UNKNOWN_METHOD,
    UNKNOWN_OBJECT,
    UNKNOWN_PROPERTY,
    Call,
    Refusal,
    Reply,
)
from guid.core.contents import ContentKind, Contents
from guid.core.text import safe_title

PATH = "/StatusNotifierItem"
ITEM = "org.kde.StatusNotifierItem"
PROPERTIES = "org.freedesktop.DBus.Properties"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
PEER = "org.freedesktop.DBus.Peer"

EMPTY, HELD = "Passive", "Active"
MAX_NAME_CHARACTERS = 64
"""Twice a qube's longest; what another program has put into the clipboard's files may be of any name."""

MARKUP = str.maketrans(dict.fromkeys("&<>", "_"))
"""Some hosts read texts as markup, others show it as it is: no text of ours has any."""

AGES = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))

Pixmap = tuple[int, int, bytes]
Properties = Mapping[str, tuple[str, Any]]
"""Name → signature, value."""


@dataclass(frozen=True, slots=True)
class Clipboard:
    """What there is to ask and to do. properties: as they are now. clear: empty it, if anything is in it."""

    properties: Callable[[], Properties]
    clear: Callable[[], None]


def properties(status: Mapping[str, Any], icon: Sequence[Pixmap]) -> Properties:
    """The item of a clipboard. status: as `vitrail clipboard status` says it."""
    title, tip, text = _words(status)
    pixmap = [(width, height, bytes(data)) for width, height, data in icon]
    return {
        "Category": ("s", "SystemServices"),
        "Id": ("s", "vitrail-clipboard"),
        "Title": ("s", title),
        "Status": ("s", EMPTY if status["empty"] else HELD),
        "WindowId": ("i", 0),
        "IconName": ("s", ""),
        "IconThemePath": ("s", ""),
        "IconPixmap": ("a(iiay)", pixmap),
        "OverlayIconName": ("s", ""),
        "OverlayIconPixmap": ("a(iiay)", []),
        "AttentionIconName": ("s", ""),
        "AttentionIconPixmap": ("a(iiay)", []),
        "AttentionMovieName": ("s", ""),
        "ToolTip": ("(sa(iiay)ss)", ("", pixmap, tip, text)),
        "ItemIsMenu": ("b", False),
    }


def signals(status: Mapping[str, Any]) -> list[tuple[str, Reply]]:
    """What to tell when something else is in it."""
    state = Reply("s", (EMPTY if status["empty"] else HELD,))
    return [("NewTitle", Reply()), ("NewIcon", Reply()), ("NewToolTip", Reply()), ("NewStatus", state)]


def answer(call: Call, clipboard: Clipboard) -> Reply | Refusal:
    """Do what is asked. Clearing takes a click of the first button; other clicks do nothing."""
    if call.path != PATH:
        return Refusal(UNKNOWN_OBJECT, f"there is only {PATH}")
    if call.interface and call.interface not in INTERFACES:
        return Refusal(UNKNOWN_INTERFACE, f"there are {', '.join(INTERFACES)}")
    row = next((row for row in METHODS if row[1] == call.member and call.interface in ("", row[0])), None)
    if row is None:
        return Refusal(UNKNOWN_METHOD, "the interface has no such method")
    _interface, _member, signature, handler = row
    if call.signature != signature:
        return Refusal(INVALID_ARGUMENTS, f"its arguments are ({signature})")
    return handler(call, clipboard)


def _words(status: Mapping[str, Any]) -> tuple[str, str, str]:
    """Title, title of the tooltip, its text: all plain, without markup."""
    if status["empty"]:
        return "Clipboard: empty", "Clipboard", "It is empty."
    name = safe_title(status["source"].encode("utf-8", "replace"))[:MAX_NAME_CHARACTERS].translate(MARKUP)
    source = f"{name} ({status['label']})" if status.get("label") else name
    contents = Contents(ContentKind(status["kind"]), status["bytes"], status["width"], status["height"])
    text = f"{said_of(contents)}, copied {_age(status['age_s'])}. Click to empty the clipboard."
    return f"Clipboard: {source}", source, text[0].upper() + text[1:]


def _age(age_s: float) -> str:
    for unit_s, name in AGES:
        count = int(age_s // unit_s)
        if count:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def _get(call: Call, clipboard: Clipboard) -> Reply | Refusal:
    interface, name = call.body
    if interface not in (ITEM, ""):
        return Refusal(UNKNOWN_INTERFACE, f"only {ITEM} has properties")
    found = clipboard.properties().get(name)
    return Refusal(UNKNOWN_PROPERTY, "there is no such property") if found is None else Reply("v", (found,))


def _get_all(call: Call, clipboard: Clipboard) -> Reply | Refusal:
    (interface,) = call.body
    if interface not in (ITEM, ""):
        return Reply("a{sv}", ({},))
    return Reply("a{sv}", (dict(clipboard.properties()),))


def _set(_call: Call, _clipboard: Clipboard) -> Refusal:
    return Refusal(PROPERTY_READ_ONLY, "nothing can be set")


def _activate(_call: Call, clipboard: Clipboard) -> Reply:
    clipboard.clear()
    return Reply()


def _nothing(_call: Call, _clipboard: Clipboard) -> Reply:
    return Reply()


def _introspect(_call: Call, clipboard: Clipboard) -> Reply:
    return Reply("s", (_description(clipboard.properties()),))


METHODS: tuple[tuple[str, str, str, Callable[[Call, Clipboard], Reply | Refusal]], ...] = (
    (ITEM, "Activate", "ii", _activate),
    (ITEM, "SecondaryActivate", "ii", _nothing),
    (ITEM, "ContextMenu", "ii", _nothing),
    (ITEM, "Scroll", "is", _nothing),
    (PROPERTIES, "Get", "ss", _get),
    (PROPERTIES, "GetAll", "s", _get_all),
    (PROPERTIES, "Set", "ssv", _set),
    (INTROSPECTABLE, "Introspect", "", _introspect),
    (PEER, "Ping", "", _nothing),
)
"""Interface, method, signature of what comes in, what is done."""

RETURNS = {"Get": "v", "GetAll": "a{sv}", "Introspect": "s"}
INTERFACES = tuple(dict.fromkeys(row[0] for row in METHODS))


def _description(known: Properties) -> str:
    """The object in the specification's XML."""
    lines = ["<node>"]
    for interface in INTERFACES:
        lines.append(f'<interface name="{interface}">')
        for of, member, signature, _handler in METHODS:
            if of == interface:
                lines += [f'<method name="{member}">', *_arguments(signature, "in")]
                lines += [*_arguments(RETURNS.get(member, ""), "out"), "</method>"]
        if interface == ITEM:
            lines += [f'<property name="{name}" type="{kind}" access="read"/>' for name, (kind, _v) in known.items()]
            for name, arguments in signals({"empty": True}):
                lines += [f'<signal name="{name}">', *_arguments(arguments.signature, ""), "</signal>"]
        lines.append("</interface>")
    return "\n".join([*lines, "</node>"])


def _arguments(signature: str, direction: str) -> list[str]:
    """Of a signature that is one type, or only basic types."""
    types = [signature] if signature.startswith("a") else list(signature)
    attribute = f' direction="{direction}"' if direction else ""
    return [f'<arg type="{each}"{attribute}/>' for each in types]
