"""The clipboard's item in the tray, by the session bus; must not decide what it says or does.

It comes with the first copy, wherever something on the bus shows such items, then or later. A connection of its own:
what hosts ask of it holds back no notice. Source: StatusNotifierItem, freedesktop.org.
"""

from __future__ import annotations

import os

from colors.trayicon import draw
from guid.bus import THE_BUS, Bus, Place, Watcher, session_bus
from guid.clipboard.item import ITEM, PATH, Clipboard, Properties, answer, properties, signals
from guid.core.buscalls import Call, Refusal, Reply, Signal
from guid.exchange import Exchange

WATCHER_NAME = "org.kde.StatusNotifierWatcher"
WATCHER = Place("/StatusNotifierWatcher", WATCHER_NAME, WATCHER_NAME)
OWNER_CHANGED = "NameOwnerChanged"
MATCH = (
    f"type='signal',sender='{THE_BUS.name}',interface='{THE_BUS.name}',member='{OWNER_CHANGED}',arg0='{WATCHER_NAME}'"
)
DO_NOT_QUEUE = 4
NEWS_INTERVAL_S = 0.25
"""Changes closer together are told as one."""
LOOK_INTERVAL_S = 1.0
"""Another program may have changed the clipboard's files."""


class Tray:
    """The item of one clipboard. loop: who watches the connection; it also calls `tick` now and then."""

    def __init__(self, loop: Watcher, exchange: Exchange, *, address: str | None = None) -> None:
        self._exchange = exchange
        self._bus = Bus(loop, session_bus() if address is None else address, self)
        self._clipboard = Clipboard(self._properties, self._clear)
        self._used = False
        self._shown: object = None
        self._news_at = self._look_at = 0.0

    def tick(self, now: float) -> None:
        """Do what has become possible. now: time.monotonic(). Never raises, never waits."""
        held = self._exchange.desk.held
        self._used = self._used or held is not None
        self._bus.tick(now, wanted=self._used)
        if not self._bus.ready:
            return
        if now >= self._look_at:
            self._look_at = now + LOOK_INTERVAL_S
            self._exchange.status()
        if self._exchange.desk.held is not self._shown and now >= self._news_at:
            self._news_at = now + NEWS_INTERVAL_S
            self._tell()

    def close(self) -> None:
        """Leave the bus, and the tray with it."""
        self._bus.close()

    # What the bus says

    def joined(self) -> None:
        """Ask to be shown, now and whenever who shows items comes."""
        name = f"{ITEM}-{os.getpid()}-1"
        self._bus.demand(THE_BUS, "RequestName", Reply("su", (name, DO_NOT_QUEUE)))
        self._bus.demand(THE_BUS, "AddMatch", Reply("s", (MATCH,)))
        self._register()

    def left(self) -> None:
        """There will be another bus."""

    def called(self, call: Call) -> Reply | Refusal:
        """A host asks, or the person clicks."""
        return answer(call, self._clipboard)

    def heard(self, signal: Signal) -> None:
        """Who shows items comes, goes, or is another."""
        said = (signal.sender, signal.interface, signal.member, signal.signature)
        if said != (THE_BUS.name, THE_BUS.interface, OWNER_CHANGED, "sss"):
            return
        name, _before, now = signal.body
        if name == WATCHER_NAME and now:
            self._register()

    def _register(self) -> None:
        name = f"{ITEM}-{os.getpid()}-1"
        self._bus.demand(WATCHER, "RegisterStatusNotifierItem", Reply("s", (name,)))

    def _tell(self) -> None:
        self._shown = self._exchange.desk.held
        for name, arguments in signals({"empty": self._shown is None}):
            self._bus.tell(PATH, ITEM, name, arguments)

    def _properties(self) -> Properties:
        status = self._exchange.status()
        rgb = None if status["empty"] else self._exchange.named(status["source"]).rgb
        return properties(status, draw(rgb))

    def _clear(self) -> None:
        if not self._exchange.status()["empty"]:
            self._exchange.desk.clear()
