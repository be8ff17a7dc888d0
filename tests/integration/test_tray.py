"""The clipboard's item on a real session bus: shown where items are shown, told of changes, cleared by a click."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jeepney import HeaderFields, Message, MessageType

from colors.labels import label_named
from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.clipboard import parcel
from guid.clipboard.folders import Folders
from guid.clipboard.packets import KEY, order, packet
from guid.clipboard.store import Store
from guid.core.contents import ContentKind, Contents
from guid.engines.engine import Traits
from guid.exchange import Exchange
from guid.qube import Qube
from guid.readers import Readers
from guid.tray import Tray
from tests.harness.bus import SessionBus
from tests.harness.session import Session
from tests.harness.tray import ITEM, PROPERTIES, TrayHost
from tests.harness.wait import holds_for, wait_until
from tests.harness.xserver import XServer

NAME = f"org.kde.StatusNotifierItem-{os.getpid()}-1"


class Person:
    """A clipboard with its item, and two qubes to copy from, whose daemons are played."""

    def __init__(self, folder: Path, address: str) -> None:
        folders = Folders(folder / "run", folder / "rules", folder / "data")
        for each in (folders.runtime, folders.rules, folders.data):
            each.mkdir(mode=0o700)
        self.store_folder = folders.runtime / "clipboard"
        self.readers = Readers()
        self.qubes: dict[str, Qube] = {}
        self.exchange = Exchange(folders, self.qubes, self, self.readers)
        self.tray = Tray(self.readers, self.exchange, address=address)
        self._sockets: dict[str, socket.socket] = {}
        self._time_ms = 0
        for name, label in (("work", "blue"), ("vault", "black")):
            self._start(folders.runtime, name, label)

    def tell(self, key: str, summary: str, body: str, *, rgb: int | None) -> None:
        """Nobody shows notices here."""

    def _start(self, runtime: Path, name: str, label: str) -> None:
        made = Qube.create(
            name,
            label_named(label),
            runtime,
            engine="local",
            traits=Traits(),
            options={},
            pool_bytes=16 << 20,
            already_granted=[],
        )
        ours, self._sockets[name] = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        made.daemon_started(os.getpid(), ours)
        self.qubes[name] = made
        self.exchange.said(name, packet(ev.Joined(name, ev.Traits(1 << 20, 1 << 20))), None)

    def copy(self, name: str, text: bytes) -> None:
        """The person copies in a qube, and its daemon brings what there is."""
        self._time_ms += 1
        self.exchange.said(name, packet(ev.CopyChord(name, 1, self._time_ms)), None)
        asked = order(json.loads(self._sockets[name].recv(1 << 16))[KEY], name, None)
        assert isinstance(asked, fx.Request)
        contents = Contents(ContentKind.TEXT, len(text))
        delivered = ev.Delivered(name, asked.nonce, contents, parcel.parcel_of([text]))
        self.exchange.said(name, packet(delivered), delivered.parcel)

    def turn(self) -> None:
        """What the supervisor does in one."""
        self.readers.turn(0.01)
        self.tray.tick(time.monotonic())

    def until(self, condition: Callable[[], object], what: str) -> Any:
        def look() -> object:
            self.turn()
            return condition()

        return wait_until(look, 20, what)

    def shown(self, host: TrayHost, times: int = 1) -> None:
        def look() -> bool:
            host.pump()
            return len(host.registered) >= times

        self.until(look, "the item's registration")

    def news_read(self, host: TrayHost) -> None:
        """Wait until the first copy has been told, and forget that: answers come after what was told before them."""
        self.until(lambda: self.tray._shown is not None, "the first news")
        self.properties(host)
        host.told.clear()

    def joins(self, host: TrayHost) -> None:
        self.until(lambda: host.sees(NAME), "the item on the bus")

    def asks(self, host: TrayHost, interface: str, member: str, signature: str | None = None, *body: object) -> Message:
        serial = host.ask(NAME, interface, member, signature, *body)
        found: Message = self.until(lambda: host.answer(serial), f"an answer to {member}")
        return found

    def properties(self, host: TrayHost) -> dict[str, Any]:
        (found,) = self.asks(host, PROPERTIES, "GetAll", "s", ITEM).body
        return {name: value for name, (_signature, value) in found.items()}

    def close(self) -> None:
        self.tray.close()
        self.exchange.close()
        for name, qube in self.qubes.items():
            self._sockets[name].close()
            assert qube.status is not None
            qube.status.close()
            os.close(qube.daemon_pidfd)
            qube.daemon_pid = 0
            qube.close()


@contextmanager
def person(folder: Path, address: str) -> Iterator[Person]:
    made = Person(folder, address)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def hosted(folder: Path) -> Iterator[tuple[Person, TrayHost]]:
    """A clipboard, and a bus with a host on it that is no watcher yet."""
    with SessionBus() as bus, person(folder, bus.address) as made:
        host = TrayHost(bus)
        try:
            yield made, host
        finally:
            host.close()


def test_copy_is_shown_with_source_colour_and_age_and_never_with_contents(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        host.appear()
        made.copy("work", b"secret words")
        made.shown(host)
        assert host.registered == [NAME]
        found = made.properties(host)
        assert (found["Category"], found["Id"]) == ("SystemServices", "vitrail-clipboard")
        assert (found["Status"], found["Title"], found["IconName"]) == ("Active", "Clipboard: work (blue)", "")
        _name, _icon, title, text = found["ToolTip"]
        assert title == "work (blue)"
        assert text.startswith("12 bytes of text, copied ")
        width, height, data = found["IconPixmap"][0]
        assert (width, height) == (24, 24)
        assert b"\xff\x34\x65\xa4" in bytes(data)
        assert "secret" not in repr(found)


def test_click_empties_the_clipboard_and_that_is_told(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        host.appear()
        made.copy("work", b"12345")
        made.shown(host)
        made.news_read(host)
        assert made.asks(host, ITEM, "Activate", "ii", 10, 10).header.message_type is MessageType.method_return
        assert made.exchange.status()["empty"]

        def told() -> bool:
            host.pump()
            return len(host.told) == 4

        made.until(told, "the news")
        assert dict(host.told) == {"NewTitle": (), "NewIcon": (), "NewToolTip": (), "NewStatus": ("Passive",)}
        assert made.properties(host)["Status"] == "Passive"
        audit = (tmp_path / "data" / "clipboard.log").read_text().splitlines()
        assert [json.loads(line)["what"] for line in audit] == ["copied", "cleared"]


def test_click_on_an_empty_clipboard_does_nothing(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        host.appear()
        made.copy("work", b"12345")
        made.shown(host)
        for _ in range(3):
            made.asks(host, ITEM, "Activate", "ii", 10, 10)
        audit = (tmp_path / "data" / "clipboard.log").read_text().splitlines()
        assert [json.loads(line)["what"] for line in audit] == ["copied", "cleared"]


def test_next_copy_is_told_with_its_own_colour(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        host.appear()
        made.copy("work", b"12345")
        made.shown(host)
        made.news_read(host)
        made.copy("vault", b"1")

        def told() -> bool:
            host.pump()
            return ("NewStatus", ("Active",)) in host.told

        made.until(told, "the news")
        assert made.properties(host)["ToolTip"][2] == "vault (black)"


def test_watcher_that_comes_later_and_goes_and_comes_again_is_told_each_time(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        made.copy("work", b"12345")
        made.joins(host)
        assert host.registered == []
        host.appear()
        made.shown(host)
        host.vanish()
        made.turn()
        host.appear()
        made.shown(host, times=2)
        assert host.registered == [NAME, NAME]


def test_another_program_that_says_the_watcher_has_come_is_not_believed(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        made.copy("work", b"12345")
        made.joins(host)
        host.appear()
        made.shown(host)
        host.lie(NAME)
        made.properties(host)  # which comes after it
        host.pump()
        assert host.registered == [NAME]


def test_nothing_is_on_the_bus_before_the_first_copy(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        host.appear()
        for _ in range(10):
            made.turn()
        host.pump()
        assert host.registered == []
        assert made.readers._selector.get_map() == {}


def test_files_that_another_program_empties_make_it_passive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guid.tray.LOOK_INTERVAL_S", 0.05)
    with hosted(tmp_path) as (made, host):
        host.appear()
        made.copy("work", b"12345")
        made.shown(host)
        Store(made.store_folder).wipe("work", 99)

        def told() -> bool:
            host.pump()
            return ("NewStatus", ("Passive",)) in host.told

        made.until(told, "the news")


def test_bad_calls_get_errors_and_the_item_lives_on(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        made.copy("work", b"12345")
        made.joins(host)
        for member, signature, body, error in (
            ("Nonsense", None, (), "UnknownMethod"),
            ("Activate", "s", ("x",), "InvalidArgs"),
            ("Activate", None, (), "InvalidArgs"),
        ):
            found = made.asks(host, ITEM, member, signature, *body)
            assert found.header.message_type is MessageType.error
            assert found.header.fields[HeaderFields.error_name] == f"org.freedesktop.DBus.Error.{error}"
        assert made.properties(host)["Status"] == "Active"


def test_flood_of_calls_is_read_slowly_and_answered_at_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hosted(tmp_path) as (made, host):
        made.copy("work", b"12345")
        made.joins(host)
        host.flood(NAME, 2000)
        asked = host.ask(NAME, "org.freedesktop.DBus.Peer", "Ping")
        made.until(lambda: made.readers._selector.get_map() == {}, "the pause")
        assert host.answer(asked) is None
        monkeypatch.setattr("guid.bus.MESSAGES_PER_S", 100_000.0)
        made.until(lambda: host.answer(asked), "the last answer")


def test_call_of_a_megabyte_is_not_read(tmp_path: Path) -> None:
    with hosted(tmp_path) as (made, host):
        made.copy("work", b"12345")
        made.joins(host)
        host.ask(NAME, ITEM, "Activate", "s", "x" * (1 << 20))
        made.until(lambda: made.readers._selector.get_map() == {}, "the end of the connection")
        assert not made.exchange.status()["empty"]


def test_bus_that_ends_and_comes_again_has_the_item_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guid.bus.RETRY_S", 0.1)
    with SessionBus() as bus, person(tmp_path, bus.address) as made:
        made.copy("work", b"12345")
        for _ in range(2):
            host = TrayHost(bus)
            host.appear()
            made.shown(host)
            assert made.properties(host)["Status"] == "Active"
            host.close()
            bus.stop()
            made.until(lambda: made.readers._selector.get_map() == {}, "the end of the connection")
            bus.start()


def test_bus_that_hangs_delays_no_turn_and_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guid.tray.NEWS_INTERVAL_S", 0.0)
    with SessionBus() as bus, person(tmp_path, bus.address) as made:
        made.copy("work", b"first")
        made.until(lambda: made.tray._shown is not None, "the first news")
        bus.freeze()
        for number in range(1000):  # 4 signals each: more than a socket holds
            made.copy("work", b"%d" % number)
            made.tray.tick(time.monotonic())  # one that waited would wait for ever
            if not made.readers._selector.get_map():
                break
        assert made.readers._selector.get_map() == {}
        bus.thaw()


# The supervisor itself


def put(session: Session, text: bytes) -> None:
    """Another program of the desktop fills the clipboard, and the supervisor looks at it."""
    assert status(session)["empty"]  # it serves: what was there before it came is gone
    held = parcel.parcel_of([text])
    Store(session.runtime / "vitrail" / "clipboard").put("elsewhere", Contents(ContentKind.TEXT, len(text)), 1, held)
    os.close(held)
    assert not status(session)["empty"]


def status(session: Session) -> dict[str, Any]:
    done = session.vitrail("clipboard", "status", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.desktop
def test_supervisor_shows_the_item_and_a_click_clears(desktop: XServer) -> None:
    with SessionBus() as bus, Session(desktop.name) as session:
        host = TrayHost(bus)
        host.appear()
        with session.service(DBUS_SESSION_BUS_ADDRESS=bus.address) as service:
            put(session, b"hello")

            def registered() -> list[str]:
                host.pump()
                return host.registered

            (name,) = wait_until(registered, 20, "the item's registration")
            assert name == f"{ITEM}-{service.pid}-1"
            serial = host.ask(name, PROPERTIES, "GetAll", "s", ITEM)
            found = wait_until(lambda: host.answer(serial), 20, "the properties")
            assert found is not None
            assert found.body[0]["Title"] == ("s", "Clipboard: elsewhere")
            serial = host.ask(name, ITEM, "Activate", "ii", 0, 0)
            wait_until(lambda: host.answer(serial), 20, "the click's answer")
            assert status(session)["empty"]
        host.close()


@pytest.mark.desktop
@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus", "nonsense"])
def test_supervisor_without_a_bus_has_its_clipboard_all_the_same(desktop: XServer, address: str) -> None:
    with Session(desktop.name) as session, session.service(DBUS_SESSION_BUS_ADDRESS=address) as service:
        put(session, b"hello")
        holds_for(lambda: service.alive, 1.0, "the supervisor's life")  # some turns
        assert status(session)["source"] == "elsewhere"
        assert session.vitrail("clipboard", "clear").returncode == 0
        assert status(session)["empty"]
        assert "Traceback" not in service.output()
