"""Shows notices to the person by the session bus, and never waits for it; must not decide what is worth telling.

The connection is the supervisor's own, and does not block: a bus that hangs, ends or says nonsense is left, and tried
again with a later notice. Without a bus nothing is shown. Source: Desktop Notifications Specification 1.2.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import stat
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from guid.core.notices import Notice, Urgency, Waiting, notice
from guid.core.text import escaped

if TYPE_CHECKING:
    from jeepney import Message, Parser
    from jeepney.auth import Authenticator

log = logging.getLogger(__name__)

APPLICATION = "Vitrail"
ANSWER_TIMEOUT_S = 30.0
"""Longer than the bus itself waits for a service that it starts (25 s)."""
RETRY_S = 5.0
"""After a connection failed, so long passes before the next."""
MAX_KEYS = 256
"""Keys of which the last notice's number is known; the oldest is forgotten."""
READ_BYTES = 1 << 16
SQUARE_PX = 32
SERVER_CHOOSES = -1
"""When a notice disappears."""

PLAIN_PATH = re.compile(r"/[-0-9A-Za-z_/.]*", re.ASCII)
"""What an address says without escapes. Source: D-Bus specification, server addresses."""

BEGIN = b"BEGIN\r\n"
BUS = ("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
SERVICE = ("/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications")


class Watcher(Protocol):
    """The loop that says when the bus has said something."""

    def watch(self, fileobj: socket.socket, handler: Callable[[], None]) -> None:
        """Call `handler` whenever `fileobj` can be read."""

    def unwatch(self, fileobj: socket.socket) -> None:
        """Do so no longer."""


@dataclass(eq=False, slots=True)
class _Connection:
    """One connection to the bus.

    ready: the bus has greeted us. hello: the serial of our greeting. asked: serial → key and time of a notice that was
    not answered yet.
    """

    socket: socket.socket
    authenticator: Authenticator
    parser: Parser
    began: float
    serial: int = 0
    hello: int = 0
    ready: bool = False
    asked: dict[int, tuple[str, float]] = field(default_factory=dict)


class Notifier:
    """Notices by the session bus.

    loop: who watches the connection; it also calls `tick` now and then. address: the bus's, None for this session's.
    """

    def __init__(self, loop: Watcher, *, address: str | None = None) -> None:
        self._loop = loop
        self._address = session_bus() if address is None else address
        self._waiting = Waiting()
        self._connection: _Connection | None = None
        self._numbers: dict[str, int] = {}
        self._retry_at = 0.0

    def tell(
        self, key: str, summary: str, body: str, urgency: Urgency = Urgency.NORMAL, *, rgb: int | None = None
    ) -> None:
        """Show a notice soon, instead of an older one of the same key; nothing without a bus. Never raises.

        summary, body: any text; it is cut, and what could mislead or be markup is taken out of it. rgb: 0xRRGGBB, the
        colour of the qube that it is about, for a square beside the text.
        """
        if self._address:
            self._waiting.add(notice(key, summary, body, urgency, rgb))
            self.tick(time.monotonic())

    def tick(self, now: float) -> None:
        """Do what has become possible, and leave a bus that does not answer. now: time.monotonic()."""
        connection = self._connection
        if connection is not None and now - _oldest(connection, now) > ANSWER_TIMEOUT_S:
            self._leave("it does not answer", now)
        if not self._waiting:
            return
        if self._connection is None and now >= self._retry_at:
            self._connect(now)
        if self._connection is not None and self._connection.ready:
            self._show(self._connection, now)

    def close(self) -> None:
        """Leave the bus; what still waits is not shown."""
        if self._connection is not None:
            self._loop.unwatch(self._connection.socket)
            self._connection.socket.close()
            self._connection = None

    def _connect(self, now: float) -> None:
        from jeepney import Parser  # noqa: PLC0415 - only where there is a bus
        from jeepney.auth import Authenticator  # noqa: PLC0415
        from jeepney.bus import get_connectable_addresses  # noqa: PLC0415

        self._retry_at = now + RETRY_S
        bus = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            bus.connect(next(get_connectable_addresses(self._address)))
        except (OSError, ValueError, RuntimeError) as error:
            bus.close()
            log.info("no notifications: the session bus %s: %s", escaped(self._address), escaped(str(error)))
            return
        self._connection = _Connection(bus, Authenticator(), Parser(), now)
        self._loop.watch(bus, self._readable)
        self._authenticate(self._connection)

    def _readable(self) -> None:
        connection = self._connection
        if connection is None:
            return
        try:
            data = connection.socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._leave("it has closed the connection", time.monotonic())
            return
        try:
            self._received(connection, data)
        except (ValueError, LookupError, TypeError, struct.error) as error:
            self._leave(f"it makes no sense: {error}", time.monotonic())
        self.tick(time.monotonic())

    def _received(self, connection: _Connection, data: bytes) -> None:
        if not connection.authenticator.authenticated:
            connection.authenticator.feed(data)
            self._authenticate(connection)
            return
        connection.parser.add_data(data)
        while (message := connection.parser.get_next_message()) is not None:
            self._answered(connection, message)

    def _authenticate(self, connection: _Connection) -> None:
        """Say the next line; after the last one greet the bus."""
        while line := connection.authenticator.data_to_send():
            self._send(line)
        if connection.authenticator.authenticated and not connection.hello:
            self._send(BEGIN)
            connection.hello = self._call(connection, BUS, "Hello")

    def _answered(self, connection: _Connection, message: Message) -> None:
        from jeepney import HeaderFields, MessageType  # noqa: PLC0415

        serial = message.header.fields.get(HeaderFields.reply_serial)
        failed = message.header.message_type is MessageType.error
        if serial == connection.hello:
            if failed:
                raise ValueError("the bus does not greet")
            connection.ready = True
            return
        key, _at = connection.asked.pop(serial, ("", 0.0))
        if key and failed:
            reason = message.header.fields.get(HeaderFields.error_name, "")
            log.info("a notification could not be shown: %s", escaped(str(reason)))
        elif key:
            self._numbers.pop(key, None)
            self._numbers[key] = int(message.body[0])
            if len(self._numbers) > MAX_KEYS:
                del self._numbers[next(iter(self._numbers))]

    def _show(self, connection: _Connection, now: float) -> None:
        busy = {key for key, _at in connection.asked.values()}  # until then its number is not known
        for each in self._waiting.take(now, busy):
            if self._connection is connection:
                serial = self._call(connection, SERVICE, "Notify", "susssasa{sv}i", self._arguments(each))
                connection.asked[serial] = (each.key, now)

    def _arguments(self, shown: Notice) -> tuple[Any, ...]:
        hints: dict[str, Any] = {"urgency": ("y", int(shown.urgency)), "desktop-entry": ("s", "vitrail")}
        if shown.rgb is not None:
            hints["image-data"] = "(iiibiiay)", _square(shown.rgb)
        number = self._numbers.get(shown.key, 0)
        return (APPLICATION, number, "", shown.summary, shown.body, [], hints, SERVER_CHOOSES)

    def _call(
        self,
        connection: _Connection,
        where: tuple[str, str, str],
        method: str,
        signature: str | None = None,
        body: tuple[Any, ...] = (),
    ) -> int:
        """Send a call; returns its serial."""
        from jeepney import DBusAddress, new_method_call  # noqa: PLC0415

        path, name, interface = where
        connection.serial += 1
        message = new_method_call(DBusAddress(path, name, interface), method, signature, body)
        self._send(message.serialise(serial=connection.serial))
        return connection.serial

    def _send(self, data: bytes) -> None:
        """Send all of it at once or leave: hundreds of notices fit into the socket, so a bus that is full hangs."""
        if self._connection is None:
            return
        try:
            sent = self._connection.socket.send(data, socket.MSG_NOSIGNAL)
        except OSError:
            sent = 0
        if sent < len(data):
            self._leave("it does not read", time.monotonic())

    def _leave(self, why: str, now: float) -> None:
        log.info("no notifications for a while: the session bus: %s", escaped(why))
        self.close()
        self._retry_at = now + RETRY_S
        self._numbers.clear()  # another service may count from the start


def _square(rgb: int) -> tuple[Any, ...]:
    """A plain square: width, height, bytes a row, alpha, bits a sample, channels, RGB. Source: the same, icons."""
    return (SQUARE_PX, SQUARE_PX, 3 * SQUARE_PX, False, 8, 3, rgb.to_bytes(3, "big") * SQUARE_PX**2)


def _oldest(connection: _Connection, now: float) -> float:
    """Since when the bus owes an answer; now, if it does not."""
    if not connection.ready:
        return connection.began
    return min((at for _key, at in connection.asked.values()), default=now)


def session_bus() -> str:
    """The address of this session's bus, "" if there is none.

    Source: D-Bus specification, well-known message bus instances; sd_bus_open_user(3) for the socket's place.
    """
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if address:
        return address
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    path = Path(runtime) / "bus"
    try:
        found = path.lstat()
    except OSError:
        return ""
    own = stat.S_ISSOCK(found.st_mode) and found.st_uid == os.geteuid()
    return f"unix:path={path}" if own and PLAIN_PATH.fullmatch(str(path)) else ""
