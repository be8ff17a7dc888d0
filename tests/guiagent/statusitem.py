"""A program played by a test that has a status item on the bus, as KDE's have; knows nothing of the agent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

from tests.harness.bus import SessionBus

WATCHER: Final = DBusAddress("/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher", "org.kde.StatusNotifierWatcher")
ITEM: Final = "org.kde.StatusNotifierItem"
PATH: Final = "/StatusNotifierItem"
MENU: Final = "com.canonical.dbusmenu"
Properties = dict[str, tuple[str, Any]]
Answers = dict[str, tuple[str, tuple[Any, ...]]]


def argb(width: int, height: int, pixel: int) -> tuple[int, int, bytes]:
    """A pixmap of one colour, 0xAARRGGBB."""
    return width, height, pixel.to_bytes(4, "big") * (width * height)


def entry(number: int, *children: Any, **properties: tuple[str, Any]) -> tuple[int, Properties, list[Any]]:
    """A line of a menu: its properties with _ for -."""
    named = {name.replace("_", "-"): value for name, value in properties.items()}
    return number, named, [("(ia{sv}av)", child) for child in children]


class StatusItem:
    """said: what it says of itself. menu: the layout of its menu. calls: what it was asked to do, oldest first. mute:
    it answers nothing. answers: signature and body of what it says instead, by member.
    A context manager; it is registered at once."""

    def __init__(self, bus: SessionBus, *, menu: Any = None, **said: Any) -> None:
        self.said: Properties = {
            "Title": ("s", "an item"),
            "Status": ("s", "Active"),
            "IconPixmap": ("a(iiay)", [argb(32, 32, 0xFF3366CC)]),
            **({"Menu": ("o", "/Menu")} if menu is not None else {}),
            **said,
        }
        self.menu = menu
        self.mute = False
        self.answers: Answers = {}
        self.calls: list[tuple[Any, ...]] = []
        self._connection = open_dbus_connection(bus.address)
        self._ended = False
        self._sending = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="status item")

    def register(self, service: str | None = None) -> None:
        """Tell the watcher of it. service: what is registered, the connection's name if nothing else is said."""
        name = service or self._connection.unique_name
        self._send(new_method_call(WATCHER, "RegisterStatusNotifierItem", "s", (name,)))

    def tell(self, signal: str, signature: str | None = None, *body: Any, interface: str = ITEM) -> None:
        """Say that something has changed."""
        path = "/Menu" if interface == MENU else PATH
        self._send(new_signal(DBusAddress(path, interface=interface), signal, signature, body))

    def call(self, place: DBusAddress, method: str, signature: str, *body: Any) -> None:
        """Call somebody else, for no answer."""
        self._send(new_method_call(place, method, signature, body))

    def _send(self, message: Message) -> None:
        with self._sending:
            self._connection.send(message)

    def _serve(self) -> None:
        while not self._ended:
            try:
                message = self._connection.receive(timeout=0.02)
            except TimeoutError:
                continue
            except (ConnectionError, EOFError):
                return
            if message.header.message_type is MessageType.method_call and not self.mute:
                self._answer(message)

    def _answer(self, message: Any) -> None:
        member = message.header.fields[HeaderFields.member]
        if member in self.answers:
            answer = new_method_return(message, *self.answers[member])
        elif member == "GetAll":
            answer = new_method_return(message, "a{sv}", (self.said,))
        elif member == "GetLayout":
            answer = new_method_return(message, "u(ia{sv}av)", (1, self.menu))
        elif member == "AboutToShow":
            answer = new_method_return(message, "b", (False,))
        elif member in ("Activate", "SecondaryActivate", "ContextMenu", "Scroll", "Event"):
            self.calls.append((member, *message.body[:2]))
            answer = new_method_return(message)
        else:
            answer = new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
        if not message.header.flags & MessageFlag.no_reply_expected:
            self._send(answer)

    @property
    def name(self) -> str:
        """Its connection's own name."""
        return str(self._connection.unique_name)

    @contextmanager
    def serving(self) -> Iterator[Self]:
        """Answer, without being registered."""
        self._thread.start()
        try:
            yield self
        finally:
            self.__exit__(None, None, None)

    def __enter__(self) -> Self:
        self._thread.start()
        self.register()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._thread.join()
        self._connection.close()
