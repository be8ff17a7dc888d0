"""What a screen reader hears of programs on a desktop: names, roles and texts by AT-SPI; knows nothing of Vitrail.

Source: AT-SPI 2, its D-Bus interfaces (at-spi2-core, xml/).
"""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from jeepney import DBusAddress, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.harness.bus import SessionBus
from tests.harness.processes import Child, children, clean_environment, lives
from tests.harness.wait import wait_until

LAUNCHER: Final = "/usr/libexec/at-spi-bus-launcher"
ROOT: Final = "/org/a11y/atspi/accessible/root"
ACCESSIBLE, TABLE, TEXT = (f"org.a11y.atspi.{name}" for name in ("Accessible", "Table", "Text"))


SHOWING: Final = 25


class Gone(Exception):
    """It is not there any more."""


class Thing(NamedTuple):
    """Something that can be read."""

    bus: str
    path: str


class Reader:
    """A session bus with the accessibility bus on it. A context manager. address: for DBUS_SESSION_BUS_ADDRESS."""

    def __init__(self, runtime: Path) -> None:
        self._session = SessionBus()
        self._runtime = runtime
        self._child: Child | None = None
        self._bus: DBusConnection | None = None

    @property
    def address(self) -> str:
        return self._session.address

    def __enter__(self) -> Self:
        self._session.__enter__()
        env = clean_environment(DBUS_SESSION_BUS_ADDRESS=self.address, XDG_RUNTIME_DIR=str(self._runtime))
        self._child = Child([LAUNCHER, "--launch-immediately"], env=env, log=self._runtime / "at-spi.log")
        self._bus = open_dbus_connection(str(wait_until(self._found, 20, "the accessibility bus")))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child is not None
        if self._bus is not None:
            self._bus.close()
        started = children(self._child.pid)
        self._child.stop()
        wait_until(lambda: not any(map(lives, started)), 20, "the end of the accessibility bus")
        self._session.__exit__(kind, error, trace)

    def _found(self) -> str:
        with open_dbus_connection(self.address) as session:
            place = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            answer = session.send_and_get_reply(new_method_call(place, "GetAddress"), timeout=5)
        return str(answer.body[0]) if answer.header.message_type is MessageType.method_return else ""

    # Reading

    def program(self, pid: int) -> Thing:
        """The program that is this process. Raises Gone if it cannot be read (yet)."""
        for each in self.inside(Thing("org.a11y.atspi.Registry", ROOT)):
            if self._answer(message_bus.GetConnectionUnixProcessID(each.bus))[0] == pid:
                return each
        raise Gone(f"process {pid}")

    def find(self, above: Thing, role: str, name: str = "") -> Thing | None:
        """The first thing below `above` with this role, and this name if one is given."""
        for each in self._below(above):
            if self.role(each) == role and name in ("", self.name(each)):
                return each
        return None

    def shown(self, above: Thing, role: str) -> list[str]:
        """The names of all visible things of this role below `above`."""
        return [self.name(each) for each in self._below(above) if self.role(each) == role and self._shows(each)]

    def rows(self, table: Thing) -> list[list[str]]:
        """What is written in a table's cells."""
        count, columns = (int(self._get(table, TABLE, name)) for name in ("NRows", "NColumns"))
        return [[self._cell(table, row, column) for column in range(columns)] for row in range(count)]

    def text(self, thing: Thing) -> str:
        return str(self._call(thing, TEXT, "GetText", "ii", (0, -1))[0])

    def name(self, thing: Thing) -> str:
        return str(self._get(thing, ACCESSIBLE, "Name"))

    def role(self, thing: Thing) -> str:
        return str(self._call(thing, ACCESSIBLE, "GetRoleName")[0])

    def inside(self, thing: Thing) -> list[Thing]:
        return [Thing(*each) for each in self._call(thing, ACCESSIBLE, "GetChildren")[0]]

    def _shows(self, thing: Thing) -> bool:
        """Source: AT-SPI 2, StateType."""
        return bool(self._call(thing, ACCESSIBLE, "GetState")[0][0] >> SHOWING & 1)

    def _cell(self, table: Thing, row: int, column: int) -> str:
        cell = Thing(*self._call(table, TABLE, "GetAccessibleAt", "ii", (row, column))[0])
        names = [self.name(each) for each in (cell, *self.inside(cell))]
        return "".join(names)

    def _below(self, thing: Thing) -> Iterator[Thing]:
        for each in self.inside(thing):
            yield each
            if self.role(each) not in ("table", "tree table"):
                yield from self._below(each)

    def _get(self, thing: Thing, interface: str, name: str) -> Any:
        asked = Properties(DBusAddress(thing.path, thing.bus, interface)).get(name)
        return self._answer(asked)[0][1]

    def _call(self, thing: Thing, interface: str, method: str, kinds: str | None = None, body: Any = ()) -> Any:
        return self._answer(new_method_call(DBusAddress(thing.path, thing.bus, interface), method, kinds, body))

    def _answer(self, asked: Any) -> Any:
        assert self._bus is not None
        answer = self._bus.send_and_get_reply(asked, timeout=20)
        if answer.header.message_type is not MessageType.method_return:
            raise Gone(answer.body)
        return answer.body
