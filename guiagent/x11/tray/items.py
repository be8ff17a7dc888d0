"""The StatusNotifier side of the tray: programs register items on the bus, and each becomes an icon. It draws nothing.

It is the watcher, where items are registered, and the one host, which shows them. Source: StatusNotifierItem
specification (freedesktop.org).
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from guiagent.core.statusitem import Status, is_path, item_of
from guiagent.core.trayicons import MAX_TRAY_ICONS
from guiagent.x11.tray.bus import THE_BUS, Body, Bus, BusLost, Call, Place, Signal
from guiagent.x11.tray.item import ItemIcon
from guiagent.x11.tray.menu import Menus

LOG = logging.getLogger(__name__)

WATCHER: Final = "org.kde.StatusNotifierWatcher"
WATCHER_PATH: Final = "/StatusNotifierWatcher"
ITEM: Final = "org.kde.StatusNotifierItem"
ITEM_PATH: Final = "/StatusNotifierItem"
DBUSMENU: Final = "com.canonical.dbusmenu"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
INTROSPECTABLE: Final = "org.freedesktop.DBus.Introspectable"
WATCHER_PLACE: Final = Place("", WATCHER_PATH, WATCHER)
PROTOCOL_VERSION: Final = 0
REREAD_S: Final = 0.1
"""What an item says of itself is read so often at most: ten times a second."""
BUS_NAME: Final = re.compile(r":?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+", re.ASCII)
MAX_NAME: Final = 255
"""Source: D-Bus specification, valid names."""

XML: Final = """<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node><interface name="org.kde.StatusNotifierWatcher">
<method name="RegisterStatusNotifierItem"><arg name="service" type="s" direction="in"/></method>
<method name="RegisterStatusNotifierHost"><arg name="service" type="s" direction="in"/></method>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
<signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
<signal name="StatusNotifierItemUnregistered"><arg type="s"/></signal>
<signal name="StatusNotifierHostRegistered"/>
</interface></node>
"""
"""What Qt looks for before it asks for a property."""


class _Registered:
    """One item. names: it is gone with any of these. asking: an answer is awaited; stale: since then it has changed
    again; next: when it may be asked."""

    def __init__(self, place: Place, names: tuple[str, ...]) -> None:
        self.place, self.names = place, names
        self.icon: ItemIcon | None = None
        self.asking = False
        self.stale = True
        self.next = 0.0


class Items:
    """The user of the bus. Raises BusLost from any method."""

    def __init__(self, make: Callable[[Bus, Place], ItemIcon], menus: Menus, clock: Callable[[], float]) -> None:
        """make: a window for the item at this place."""
        self._make, self._menus, self._clock = make, menus, clock
        self._items: dict[str, _Registered] = {}
        self._said_full = False
        self.bus: Bus | None = None
        self._properties: Mapping[str, Callable[[], tuple[str, Any]]] = {
            "RegisteredStatusNotifierItems": lambda: ("as", list(self._items)),
            "IsStatusNotifierHostRegistered": lambda: ("b", True),
            "ProtocolVersion": lambda: ("i", PROTOCOL_VERSION),
        }
        self._methods: Mapping[tuple[str, str], Callable[[Call], tuple[str, Body] | None]] = {
            (WATCHER, "RegisterStatusNotifierItem"): self._register,
            (WATCHER, "RegisterStatusNotifierHost"): lambda _call: ("", ()),
            (PROPERTIES, "Get"): self._get,
            (PROPERTIES, "GetAll"): lambda _call: ("a{sv}", ({name: get() for name, get in self._properties.items()},)),
            (INTROSPECTABLE, "Introspect"): lambda _call: ("s", (XML,)),
        }

    # The bus

    def joined(self) -> None:
        """Take the names. Where another program is the watcher, wait in the queue for it to go."""
        bus = self._on()
        bus.listen(f"type='signal',sender='{THE_BUS.name}',member='NameOwnerChanged',arg2=''")
        bus.tell(THE_BUS, "RequestName", "su", (f"org.kde.StatusNotifierHost-{os.getpid()}", 0))
        bus.call(THE_BUS, "RequestName", "su", (WATCHER, 0), self._named, wanted="u")

    def called(self, call: Call) -> tuple[str, Body] | None:
        """Somebody calls the watcher."""
        method = self._methods.get((call.interface, call.member))
        return method(call) if method is not None else None

    def heard(self, signal: Signal) -> None:
        """An item has changed, or its program has gone."""
        if signal.interface == THE_BUS.interface and signal.sender == THE_BUS.name:
            self._heard_of_names(signal)
        elif signal.interface == DBUSMENU:
            self._menus.changed(signal.sender, signal.path)
        else:
            for item in self._items.values():
                if (item.place.name, item.place.path) == (signal.sender, signal.path):
                    item.stale = True

    def deadline(self) -> float | None:
        """When `settle` has something to ask."""
        return min((item.next for item in self._items.values() if item.stale and not item.asking), default=None)

    def settle(self) -> None:
        """Ask the items that have changed."""
        now = self._clock()
        for name, item in self._items.items():
            if item.stale and not item.asking and now >= item.next:
                item.asking, item.stale, item.next = True, False, now + REREAD_S
                place = item.place._replace(interface=PROPERTIES)
                self._on().call(place, "GetAll", "s", (ITEM,), partial(self._said, name), wanted="a{sv}")

    def closed(self) -> None:
        """The bus is lost: so is every item."""
        for name in list(self._items):
            self._drop(name)

    # The watcher

    def _named(self, body: Body | None) -> None:
        if body is None or body[0] not in (1, 4):
            LOG.info("another program shows the status items of this qube")
        self._on().emit(WATCHER_PLACE, "StatusNotifierHostRegistered", "", ())

    def _get(self, call: Call) -> tuple[str, Body] | None:
        name = call.body[1] if len(call.body) == 2 else None
        get = self._properties.get(name) if isinstance(name, str) else None
        return ("v", (get(),)) if get is not None else None

    def _register(self, call: Call) -> tuple[str, Body] | None:
        """What is registered is a bus name, or, by the AppIndicator libraries, a path of whoever registers it."""
        said = call.body[0] if call.body and isinstance(call.body[0], str) else ""
        if is_path(said):
            self._add(call.sender, said, said)
        elif len(said) <= MAX_NAME and BUS_NAME.fullmatch(said):
            # KDE's library has a connection for each item, and tells of it by another one.
            owned = partial(self._owned, said)
            self._on().call(THE_BUS, "GetNameOwner", "s", (said,), owned, wanted="s")
        else:
            return None
        return "", ()

    def _owned(self, said: str, body: Body | None) -> None:
        """Talked to by the connection's own name, which nobody else can have. Qt hides an item by giving up `said`."""
        if body:
            self._add(body[0], ITEM_PATH, said)

    def _add(self, owner: str, path: str, said: str) -> None:
        name = f"{owner}{path}"
        if name in self._items:
            self._items[name].stale = True
            return
        if len(self._items) >= MAX_TRAY_ICONS:
            self._full()
            return
        self._items[name] = _Registered(Place(owner, path, ITEM), (owner, said))
        bus = self._on()
        for rule in _rules(self._items[name].place):
            bus.listen(rule)
        bus.emit(WATCHER_PLACE, "StatusNotifierItemRegistered", "s", (name,))

    def _full(self) -> None:
        if not self._said_full:
            LOG.warning("more than %d status items: the rest is not shown", MAX_TRAY_ICONS)
        self._said_full = True

    def _heard_of_names(self, signal: Signal) -> None:
        if signal.member != "NameOwnerChanged" or len(signal.body) != 3 or signal.body[2]:
            return
        for name in [name for name, item in self._items.items() if signal.body[0] in item.names]:
            self._drop(name)

    def _drop(self, name: str) -> None:
        item = self._items.pop(name)
        if item.icon is not None:
            item.icon.close()
        if self.bus is not None:
            for rule in _rules(item.place):
                self.bus.listen(rule, listen=False)
            self.bus.emit(WATCHER_PLACE, "StatusNotifierItemUnregistered", "s", (name,))

    # The host

    def _said(self, name: str, body: Body | None) -> None:
        """What an item says of itself. One that says nothing is shown no more, and asked again when it tells of a
        change."""
        registered = self._items.get(name)
        if registered is None:
            return
        registered.asking = False
        said = item_of(body[0]) if body and isinstance(body[0], dict) else None
        if said is None or said.status is Status.PASSIVE:
            if registered.icon is not None:
                registered.icon.close()
                registered.icon = None
            return
        if registered.icon is None:
            registered.icon = self._make(self._on(), registered.place)
        registered.icon.show(said)

    def _on(self) -> Bus:
        if self.bus is None:
            raise BusLost("it is left already")
        return self.bus


def _rules(place: Place) -> tuple[str, ...]:
    """What an item tells of its changes, and its menu of its own."""
    sender = f"type='signal',sender='{place.name}'"
    return (
        f"{sender},interface='{ITEM}',path='{place.path}'",
        f"{sender},interface='{PROPERTIES}',path='{place.path}'",
        f"{sender},interface='{DBUSMENU}'",
    )
