"""The one loop of the tray's process: moves what X, the bus and other processes say. It decides nothing."""

from __future__ import annotations

import logging
import select
import time
from collections.abc import Callable

from guiagent.core.backoff import Backoff
from guiagent.x11.tray.bus import Bus, BusLost, Place
from guiagent.x11.tray.exits import EXIT_DONE, EXIT_LOST, EXIT_TAKEN
from guiagent.x11.tray.ground import Ground
from guiagent.x11.tray.host import Host
from guiagent.x11.tray.iconfiles import IconFiles
from guiagent.x11.tray.item import ItemIcon
from guiagent.x11.tray.items import Items
from guiagent.x11.tray.menu import Menus
from guiagent.x11.tray.popups import Popups
from guiagent.x11.tray.tooltip import Tooltip
from shm.errors import DisplayLost

LOG = logging.getLogger(__name__)


def run(display: str, bus: str, link: int) -> int:
    """Be the qube's tray until the agent or X ends. Returns an exit status: EXIT_DONE if X is not there to begin with,
    EXIT_LOST if it goes later, which any program can bring about for this connection alone."""
    try:
        tray = Tray(display)
    except DisplayLost as error:
        LOG.debug("no tray: %s", error)
        return EXIT_DONE
    try:
        if not tray.open():
            return EXIT_TAKEN
        tray.join(bus)
        return EXIT_DONE if tray.serve(link) else EXIT_TAKEN
    except DisplayLost:
        return EXIT_LOST
    finally:
        tray.close()


class Tray:
    """Raises DisplayLost from any method once the X server is gone."""

    def __init__(self, display: str) -> None:
        clock = time.monotonic
        self._ground = Ground(display)
        self._host = Host(self._ground)
        self._popups = Popups(self._ground)
        self._tooltip = Tooltip(self._ground, self._popups, clock)
        self._menus = Menus(self._ground, self._popups, clock)
        self._files = IconFiles()
        self._items = Items(self._item, self._menus, clock)
        self._bus: Bus | None = None
        self._address = ""
        self._again = Backoff()
        self._poll = select.epoll()

    def open(self) -> bool:
        """Become the tray. Returns False, with a line in the log, if another program is."""
        opened = self._host.open()
        if not opened:
            LOG.info("another program is this qube's tray: its icons stay there")
        return opened

    def join(self, address: str) -> None:
        """Show status items too, if there is a bus."""
        self._address = address
        if not address:
            return
        try:
            self._bus = Bus(address, self._items, time.monotonic)
        except BusLost as error:
            LOG.warning("status items are not shown, as the session bus cannot be reached: %s", error)
            self._again.lost(time.monotonic())
            return
        self._again.gained(time.monotonic())
        self._items.bus = self._menus.bus = self._bus
        self._poll.register(self._bus.fileno(), select.EPOLLIN)

    def serve(self, link: int) -> bool:
        """Returns False when another program has become the tray, True when `link` is closed at its other end."""
        connection = self._ground.connection
        for fd in (link, connection.fileno(), self._files.pictures.fileno(), self._files.rasterizer.fileno()):
            self._poll.register(fd, select.EPOLLIN)
        while not self._host.lost:
            self._settle()
            wanted = select.EPOLLIN | (select.EPOLLOUT if connection.wants_write else 0)
            self._poll.modify(connection.fileno(), wanted)
            for fd, events in self._poll.poll(self._timeout_s()):
                if fd == link:
                    return True
                self._ready(fd, events)
        self._leave_bus("another program is the tray")
        connection.sync()
        LOG.info("another program has become this qube's tray")
        return False

    def _ready(self, fd: int, events: int) -> None:
        connection, bus = self._ground.connection, self._bus
        if fd == connection.fileno():
            if events & select.EPOLLOUT:
                connection.writable()
            if events & ~select.EPOLLOUT:
                self._with_bus(connection.pump)
        elif bus is not None and fd == bus.fileno():
            self._with_bus(bus.readable)
            if self._bus is not None and events & select.EPOLLOUT:
                self._with_bus(bus.writable)

    def _settle(self) -> None:
        """The end of a turn."""
        connection = self._ground.connection
        now = time.monotonic()
        self._with_bus(connection.drain)
        self._files.settle()
        self._host.settle(now)
        self._tooltip.settle(now)
        if self._again.at is not None and now >= self._again.at:
            self.join(self._address)
        if self._bus is not None:
            for step in (self._bus.due, self._items.settle, self._menus.settle):
                self._with_bus(step)
        self._with_bus(connection.drain)
        connection.flush()
        if self._bus is not None:
            wanted = select.EPOLLIN | (select.EPOLLOUT if self._bus.wants_write else 0)
            self._poll.modify(self._bus.fileno(), wanted)

    def _timeout_s(self) -> float | None:
        if self._ground.connection.has_undispatched:
            return 0.0
        deadlines = [self._host.deadline(), self._tooltip.deadline(), self._files.deadline(), self._again.at]
        if self._bus is not None:
            deadlines += [self._bus.deadline(), self._items.deadline(), self._menus.deadline()]
        until = min((deadline for deadline in deadlines if deadline is not None), default=None)
        return None if until is None else max(0.0, until - time.monotonic())

    def _with_bus(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BusLost as error:
            self._leave_bus(str(error))

    def _leave_bus(self, why: str) -> None:
        bus, self._bus = self._bus, None
        if bus is None:
            return
        LOG.warning("status items are not shown any more, as the session bus is lost: %s", why)
        self._again.lost(time.monotonic())
        self._items.bus = self._menus.bus = None
        self._items.closed()
        self._poll.unregister(bus.fileno())
        bus.close()

    def close(self) -> None:
        """End what it has begun elsewhere."""
        self._files.close()

    def _item(self, bus: Bus, place: Place) -> ItemIcon:
        return ItemIcon(self._ground, bus, place, menus=self._menus, files=self._files, tooltip=self._tooltip)
