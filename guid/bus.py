"""One connection to the session bus that nobody ever waits for; must not know what is said on it.

It does not block: a bus that hangs, ends or says nonsense is left, and tried again later. What comes in too fast is
read later, so that no program on the bus keeps us busy. Source: D-Bus specification.
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

from guid.core.buscalls import Call, Refusal, Reply, Signal
from guid.core.text import escaped

if TYPE_CHECKING:
    from jeepney import Message, Parser
    from jeepney.auth import Authenticator

log = logging.getLogger(__name__)

ANSWER_TIMEOUT_S = 30.0
"""Longer than the bus itself waits for a service that it starts (25 s)."""
RETRY_S = 5.0
"""After a connection failed, so long passes before the next."""
READ_BYTES = 1 << 14
"""A message has 100 bytes and more, 0.1 ms each: at most 20 ms a turn."""
MAX_MESSAGE_BYTES = 1 << 16
"""What we are told, asked and answered has a few hundred bytes; the specification allows 128 MiB."""
BURST_MESSAGES = 200
MESSAGES_PER_S = 100.0
"""More than a desktop ever asks: 4 signals for each change, and a handful of questions for each of them."""

PLAIN_PATH = re.compile(r"/[-0-9A-Za-z_/.]*", re.ASCII)
"""What an address says without escapes. Source: D-Bus specification, server addresses."""

BEGIN = b"BEGIN\r\n"

NONSENSE = (ValueError, LookupError, TypeError, AssertionError, RecursionError, struct.error)
"""What jeepney raises of bytes that are no messages."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose object is called, and by which interface."""

    path: str
    name: str
    interface: str


THE_BUS = Place("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")

Answered = Callable[[tuple[Any, ...] | None, str], None]
"""Called with the answer's body, or with None and the name of an error."""


def load_jeepney() -> None:
    """Load it now, and not when there is a bus first."""
    import jeepney.auth  # noqa: PLC0415 - only where nobody waits
    import jeepney.bus  # noqa: F401, PLC0415


class Watcher(Protocol):
    """The loop that says when the bus has said something."""

    def watch(self, fileobj: socket.socket, handler: Callable[[], None]) -> None:
        """Call `handler` whenever `fileobj` can be read."""

    def unwatch(self, fileobj: socket.socket) -> None:
        """Do so no longer."""


class User(Protocol):
    """Whose connection it is."""

    def joined(self) -> None:
        """The bus has greeted us: things can be said."""

    def left(self) -> None:
        """Nothing that was said counts any more."""

    def called(self, call: Call) -> Reply | Refusal:
        """Somebody calls a method of ours."""

    def heard(self, signal: Signal) -> None:
        """Somebody tells something."""


@dataclass(eq=False, slots=True)
class _Connection:
    """ready: the bus has greeted us. asked: serial → since when an answer is awaited, and by whom."""

    socket: socket.socket
    authenticator: Authenticator
    parser: Parser
    greeted: bool = False
    ready: bool = False
    serial: int = 0
    asked: dict[int, tuple[float, Answered]] = field(default_factory=dict)


class Bus:
    """A connection to the bus at `address`, of one user. loop: who watches it; it also calls `tick` now and then."""

    def __init__(self, loop: Watcher, address: str, user: User) -> None:
        self._loop = loop
        self._address = address
        self._user = user
        self._connection: _Connection | None = None
        self._retry_at = 0.0
        self._began = 0.0
        self._said = ""
        self._credit = float(BURST_MESSAGES)
        self._refilled_at = 0.0
        self._paused = False

    @property
    def ready(self) -> bool:
        """Whether things can be said."""
        return self._connection is not None and self._connection.ready

    def tick(self, now: float, *, wanted: bool = True) -> None:
        """Leave a bus that does not answer; look for one that is `wanted`. now: time.monotonic()."""
        connection = self._connection
        if connection is not None and now - self._oldest(connection, now) > ANSWER_TIMEOUT_S:
            self._leave("it does not answer", now)
        self._refill(now)
        if self._paused and self._credit > 0 and self._connection is not None:
            self._paused = False
            self._loop.watch(self._connection.socket, self._readable)
        if wanted and self._connection is None and self._address and now >= self._retry_at:
            self._connect(now)

    def ask(self, place: Place, method: str, arguments: Reply, answered: Answered) -> None:
        """Call a method; only when ready. answered: called unless we leave the bus before."""
        connection = self._connection
        if connection is not None:
            serial = self._call(connection, place, method, arguments)
            connection.asked[serial] = (time.monotonic(), answered)

    def demand(self, place: Place, method: str, arguments: Reply) -> None:
        """Call a method of whoever is there, without an answer; only when ready. Starts nobody."""
        from jeepney import MessageFlag  # noqa: PLC0415 - only where there is a bus

        if self._connection is not None:
            flags = MessageFlag.no_reply_expected | MessageFlag.no_auto_start
            self._call(self._connection, place, method, arguments, flags)

    def tell(self, path: str, interface: str, signal: str, arguments: Reply) -> None:
        """Tell everybody who listens; only when ready."""
        from jeepney import DBusAddress, new_signal  # noqa: PLC0415

        emitter = DBusAddress(path, interface=interface)
        self._send_message(new_signal(emitter, signal, arguments.signature or None, arguments.body))

    def close(self) -> None:
        """Leave the bus."""
        if self._connection is not None:
            if not self._paused:
                self._loop.unwatch(self._connection.socket)
            self._paused = False
            self._connection.socket.close()
            self._connection = None

    def _connect(self, now: float) -> None:
        from jeepney import Parser  # noqa: PLC0415
        from jeepney.auth import Authenticator  # noqa: PLC0415
        from jeepney.bus import get_connectable_addresses  # noqa: PLC0415

        self._retry_at = now + RETRY_S
        bus = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            bus.connect(next(get_connectable_addresses(self._address)))
        except (OSError, ValueError, RuntimeError) as error:
            bus.close()
            self._say(f"{self._address}: {error}")
            return
        self._began = now
        self._connection = _Connection(bus, Authenticator(), Parser())
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
        now = time.monotonic()
        if not data:
            self._leave("it has closed the connection", now)
            return
        self._refill(now)
        try:
            self._received(connection, data)
        except NONSENSE as error:
            self._leave(f"it makes no sense: {type(error).__name__} {error}", now)
        if self._credit <= 0 and self._connection is connection and not self._paused:
            self._paused = True
            self._loop.unwatch(connection.socket)

    def _received(self, connection: _Connection, data: bytes) -> None:
        if not connection.authenticator.authenticated:
            connection.authenticator.feed(data)
            self._authenticate(connection)
            return
        connection.parser.add_data(data)
        while self._connection is connection and (message := self._next(connection.parser)) is not None:
            self._credit -= 1
            self._handle(connection, message)

    def _next(self, parser: Parser) -> Message | None:
        message: Message | None = parser.get_next_message()
        if message is None and parser.bytes_desired() > MAX_MESSAGE_BYTES:
            raise ValueError("a message is too long")
        return message

    def _handle(self, connection: _Connection, message: Message) -> None:
        from jeepney import HeaderFields, MessageFlag, MessageType  # noqa: PLC0415

        header, fields = message.header, message.header.fields
        interface, signature = fields.get(HeaderFields.interface, ""), fields.get(HeaderFields.signature, "")
        member, body = fields.get(HeaderFields.member, ""), tuple(message.body)
        if header.message_type is MessageType.method_call:
            call = Call(fields[HeaderFields.path], interface, member, signature, body)
            answer = self._user.called(call)
            if not header.flags & MessageFlag.no_reply_expected:
                self._answer(message, answer)
        elif header.message_type is MessageType.signal:
            self._user.heard(Signal(fields.get(HeaderFields.sender, ""), interface, member, signature, body))
        else:
            failed = header.message_type is MessageType.error
            _since, answered = connection.asked.pop(fields[HeaderFields.reply_serial], (0.0, _nobody))
            error = str(fields.get(HeaderFields.error_name, "")) if failed else ""
            answered(None if failed else body, error)

    def _answer(self, message: Message, answer: Reply | Refusal) -> None:
        from jeepney import new_error, new_method_return  # noqa: PLC0415

        if isinstance(answer, Refusal):
            self._send_message(new_error(message, answer.name, "s", (answer.text,)))
        else:
            self._send_message(new_method_return(message, answer.signature or None, answer.body))

    def _authenticate(self, connection: _Connection) -> None:
        """Say the next line; after the last one greet the bus."""
        while line := connection.authenticator.data_to_send():
            self._send(line)
        if connection.authenticator.authenticated and not connection.greeted:
            connection.greeted = True
            self._send(BEGIN)
            self.ask(THE_BUS, "Hello", Reply(), self._greeted)

    def _greeted(self, body: tuple[Any, ...] | None, _error: str) -> None:
        if body is None or self._connection is None:
            raise ValueError("the bus does not greet")
        self._connection.ready = True
        self._said = ""
        self._user.joined()

    def _call(
        self, connection: _Connection, place: Place, method: str, arguments: Reply, flags: int | None = None
    ) -> int:
        """Send a call; returns its serial."""
        from jeepney import DBusAddress, new_method_call  # noqa: PLC0415

        address = DBusAddress(place.path, place.name, place.interface)
        message = new_method_call(address, method, arguments.signature or None, arguments.body)
        if flags is not None:
            message.header.flags = flags
        self._send_message(message)
        return connection.serial

    def _send_message(self, message: Message) -> None:
        connection = self._connection
        if connection is not None:
            connection.serial += 1
            self._send(message.serialise(serial=connection.serial))

    def _send(self, data: bytes) -> None:
        """Send all of it at once or leave: hundreds of messages fit into the socket, so a bus that is full hangs."""
        if self._connection is None:
            return
        try:
            sent = self._connection.socket.send(data, socket.MSG_NOSIGNAL)
        except OSError:
            sent = 0
        if sent < len(data):
            self._leave("it does not read", time.monotonic())

    def _leave(self, why: str, now: float) -> None:
        self._say(why)
        self.close()
        self._retry_at = now + RETRY_S
        self._user.left()

    def _say(self, why: str) -> None:
        """Once in a row of failures."""
        if why != self._said:
            log.info("the session bus is left for a while: %s", escaped(why))
        self._said = why

    def _refill(self, now: float) -> None:
        gained = max(0.0, now - self._refilled_at) * MESSAGES_PER_S
        self._credit = min(float(BURST_MESSAGES), self._credit + gained)
        self._refilled_at = now

    def _oldest(self, connection: _Connection, now: float) -> float:
        """Since when the bus owes an answer; now, if it does not."""
        if self._paused:
            return now  # we do not listen, so nothing is owed
        if not connection.ready:
            return self._began
        return min((since for since, _answered in connection.asked.values()), default=now)


def _nobody(_body: tuple[Any, ...] | None, _error: str) -> None:
    """An answer to no question of ours."""


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
