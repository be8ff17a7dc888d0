"""Who shows tray items on a private session bus: a watcher that records, and a host that asks; knows none of ours."""

from typing import Any, Final

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    MessageType,
    message_bus,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

from tests.harness.bus import SessionBus

WATCHER: Final = "org.kde.StatusNotifierWatcher"
ITEM: Final = "org.kde.StatusNotifierItem"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"


class TrayHost:
    """A host and watcher; `pump` reads what has come. registered: items, as they said it. told: signals of items."""

    def __init__(self, bus: SessionBus) -> None:
        self.registered: list[str] = []
        self.told: list[tuple[str, tuple[Any, ...]]] = []
        self._answers: dict[int, Message] = {}
        self._serial = 1000
        self._connection = open_dbus_connection(bus.address)
        rule = MatchRule(type="signal", interface=ITEM)
        self._connection.send_and_get_reply(message_bus.AddMatch(rule))

    def appear(self) -> None:
        """Own the watcher's name from now on."""
        answer = self._connection.send_and_get_reply(message_bus.RequestName(WATCHER))
        assert answer.body == (1,), "the name is taken"

    def vanish(self) -> None:
        """Own it no longer."""
        self._connection.send_and_get_reply(message_bus.ReleaseName(WATCHER))

    def sees(self, name: str) -> bool:
        """Whether somebody owns this bus name."""
        owned: bool = self._connection.send_and_get_reply(message_bus.NameHasOwner(name)).body[0]
        return owned

    def pump(self) -> None:
        """Read all that has come."""
        try:
            while True:
                self._received(self._connection.receive(timeout=0))
        except TimeoutError:
            return

    def ask(self, name: str, interface: str, member: str, signature: str | None = None, *body: object) -> int:
        """Call a method of the item at the bus name; `answer` of what this returns has the answer later."""
        self._serial += 1
        address = DBusAddress("/StatusNotifierItem", name, interface)
        self._connection.send(new_method_call(address, member, signature, body), serial=self._serial)
        return self._serial

    def flood(self, name: str, count: int) -> None:
        """Call so often, for no answer: of those the bus lets only some wait."""
        address = DBusAddress("/StatusNotifierItem", name, "org.freedesktop.DBus.Peer")
        for _ in range(count):
            message = new_method_call(address, "Ping")
            message.header.flags = MessageFlag.no_reply_expected
            self._connection.send(message)

    def lie(self, name: str) -> None:
        """Tell the item at the bus name, and nobody else, that a watcher has come."""
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        message = new_signal(bus, "NameOwnerChanged", "sss", (WATCHER, "", ":1.999"))
        message.header.fields[HeaderFields.destination] = name
        self._connection.send(message)

    def answer(self, serial: int) -> Message | None:
        """The answer, once it has come."""
        self.pump()
        return self._answers.get(serial)

    def close(self) -> None:
        self._connection.close()

    def _received(self, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type is MessageType.signal:
            if fields[HeaderFields.interface] == ITEM:
                self.told.append((fields[HeaderFields.member], message.body))
        elif message.header.message_type is MessageType.method_call:
            assert fields[HeaderFields.member] == "RegisterStatusNotifierItem"
            self.registered.append(message.body[0])
            self._connection.send(new_method_return(message))
        else:
            self._answers[fields[HeaderFields.reply_serial]] = message
