"""The tray's connection to the qube's session bus, on which it never waits. It must not know what is said there.

Whoever talks there is a program of this qube: a message that is too long or makes no sense ends the connection, and
the tray goes on without the bus. jeepney is loaded here and nowhere else. Source: D-Bus specification.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageFlag,
    MessageType,
    Parser,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.auth import Authenticator
from jeepney.bus import get_connectable_addresses
from jeepney.low_level import Message

LOG = logging.getLogger(__name__)

READ_BYTES: Final = 1 << 16
MAX_MESSAGE_BYTES: Final = 8 << 20
"""An item with its pictures in six sizes of up to 512 px, twice; the specification allows 128 MiB."""
MAX_BACKLOG_BYTES: Final = 1 << 20
"""What we say has a few hundred bytes; a bus that does not take it has ended, or as good as."""
ANSWER_TIMEOUT_S: Final = 5.0
"""A program that is asked and does not answer is taken for one that has nothing to say."""
BEGIN: Final = b"BEGIN\r\n"
NONSENSE: Final = (ValueError, LookupError, TypeError, AssertionError, RecursionError, struct.error)
"""What jeepney raises of bytes that are no messages."""
UNKNOWN_METHOD: Final = "org.freedesktop.DBus.Error.UnknownMethod"

Body = tuple[Any, ...]
Answered = Callable[[Body | None], None]
"""Called with the answer's body, or with None if there is none."""


class Place(NamedTuple):
    """Whose object, and by which interface."""

    name: str
    path: str
    interface: str


THE_BUS: Final = Place("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


class Call(NamedTuple):
    """Somebody calls a method of ours."""

    sender: str
    path: str
    interface: str
    member: str
    body: Body


class Signal(NamedTuple):
    """Somebody tells something."""

    sender: str
    path: str
    interface: str
    member: str
    body: Body


class BusLost(Exception):
    """The connection is of no use any more."""


class User(Protocol):
    """Whose connection it is."""

    def joined(self) -> None:
        """The bus has greeted us."""

    def called(self, call: Call) -> tuple[str, Body] | None:
        """Signature and body of the answer; None: there is no such method."""

    def heard(self, signal: Signal) -> None:
        """A signal that was asked for, or that was sent to us."""


class Bus:
    """Raises BusLost from any method."""

    def __init__(self, address: str, user: User, clock: Callable[[], float]) -> None:
        self._user = user
        self._clock = clock
        self._parser, self._authenticator = Parser(), Authenticator()
        self._backlog = bytearray()
        self._serial = 0
        self._greeted = False
        self._asked: dict[int, tuple[float, str | None, Answered]] = {}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            self._socket.connect(next(iter(get_connectable_addresses(address))))
        except (OSError, ValueError, RuntimeError, StopIteration) as error:
            raise BusLost(str(error)) from None
        self._authenticate()

    def fileno(self) -> int:
        """The descriptor of the connection."""
        return self._socket.fileno()

    @property
    def wants_write(self) -> bool:
        """Call `writable` when the descriptor is."""
        return bool(self._backlog)

    def deadline(self) -> float | None:
        """When `due` must be called."""
        return min((until for until, _wanted, _answered in self._asked.values()), default=None)

    def due(self) -> None:
        """Time has passed: what has not been answered will not be."""
        now = self._clock()
        for serial in [serial for serial, (until, _, _) in self._asked.items() if now >= until]:
            self._asked.pop(serial)[2](None)

    def call(
        self, place: Place, method: str, signature: str, body: Body, answered: Answered, *, wanted: str | None
    ) -> None:
        """Call a method. answered: called in any case, later. wanted: the signature that an answer must have to be one,
        None for any."""
        self._say(new_method_call(_address(place), method, signature or None, body))
        self._asked[self._serial] = self._clock() + ANSWER_TIMEOUT_S, wanted, answered

    def tell(self, place: Place, method: str, signature: str, body: Body) -> None:
        """Call a method for no answer."""
        message = new_method_call(_address(place), method, signature or None, body)
        message.header.flags = MessageFlag.no_reply_expected | MessageFlag.no_auto_start
        self._say(message)

    def emit(self, place: Place, name: str, signature: str, body: Body) -> None:
        """Send a signal of ours to everybody."""
        emitter = DBusAddress(place.path, interface=place.interface)
        self._say(new_signal(emitter, name, signature or None, body))

    def listen(self, rule: str, *, listen: bool = True) -> None:
        """Hear such signals, or hear them no more. Source: D-Bus specification, match rules."""
        self.tell(THE_BUS, "AddMatch" if listen else "RemoveMatch", "s", (rule,))

    def readable(self) -> None:
        """Read once, and hand on what has come whole."""
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            raise BusLost(str(error.strerror)) from None
        if not data:
            raise BusLost("it has closed the connection")
        try:
            self._received(data)
        except NONSENSE as error:
            raise BusLost(f"it makes no sense: {type(error).__name__}") from None

    def writable(self) -> None:
        """Send more of what waits."""
        try:
            sent = self._socket.send(self._backlog, socket.MSG_NOSIGNAL)
        except BlockingIOError:
            return
        except OSError as error:
            raise BusLost(str(error.strerror)) from None
        del self._backlog[:sent]

    def close(self) -> None:
        """Leave the bus."""
        self._socket.close()

    def _received(self, data: bytes) -> None:
        if not self._authenticator.authenticated:
            self._authenticator.feed(data)
            self._authenticate()
            return
        self._parser.add_data(data)
        while (message := self._parser.get_next_message()) is not None:
            self._handle(message)
        if (self._parser.bytes_desired() or 0) > MAX_MESSAGE_BYTES:
            raise BusLost("a message is too long")

    def _handle(self, message: Message) -> None:
        fields = message.header.fields
        sender, path = fields.get(HeaderFields.sender, ""), fields.get(HeaderFields.path, "")
        interface, member = fields.get(HeaderFields.interface, ""), fields.get(HeaderFields.member, "")
        kind, body = message.header.message_type, tuple(message.body)
        if kind is MessageType.method_call:
            answer = self._user.called(Call(sender, path, interface, member, body))
            if message.header.flags & MessageFlag.no_reply_expected:
                return
            if answer is None:
                self._say(new_error(message, UNKNOWN_METHOD, "s", (member,)))
            else:
                self._say(new_method_return(message, answer[0] or None, answer[1]))
        elif kind is MessageType.signal:
            self._user.heard(Signal(sender, path, interface, member, body))
        else:
            asked = self._asked.pop(fields.get(HeaderFields.reply_serial, 0), None)
            if asked is not None:
                _until, wanted, answered = asked
                fits = kind is MessageType.method_return and wanted in (None, fields.get(HeaderFields.signature, ""))
                answered(body if fits else None)

    def _authenticate(self) -> None:
        """Say the next line; after the last one greet the bus."""
        while line := self._authenticator.data_to_send():
            self._send(line)
        if self._authenticator.authenticated and not self._greeted:
            self._greeted = True
            self._send(BEGIN)
            self.call(THE_BUS, "Hello", "", (), self._welcomed, wanted="s")

    def _welcomed(self, body: Body | None) -> None:
        if body is None:
            raise BusLost("it does not greet")
        self._user.joined()

    def _say(self, message: Message) -> None:
        self._serial += 1
        self._send(message.serialise(serial=self._serial))

    def _send(self, data: bytes) -> None:
        self._backlog += data
        if len(self._backlog) > MAX_BACKLOG_BYTES:
            raise BusLost("it does not read")
        self.writable()


def _address(place: Place) -> DBusAddress:
    return DBusAddress(place.path, place.name, place.interface)
