"""Notices on a real session bus: what is shown, and that no bus of any kind makes anybody wait."""

import selectors
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from guid.bus import session_bus
from guid.core.notices import BURST, Urgency
from guid.notifications import Notifier
from tests.harness.bus import Recorder, SessionBus
from tests.harness.wait import wait_until


class Loop:
    """What the supervisor is to the notifier."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def watch(self, fileobj: socket.socket, handler: Callable[[], None]) -> None:
        self._selector.register(fileobj, selectors.EVENT_READ, handler)

    def unwatch(self, fileobj: socket.socket) -> None:
        self._selector.unregister(fileobj)

    @property
    def watched(self) -> int:
        return len(self._selector.get_map())

    def turn(self, notifier: Notifier, now: float | None = None) -> None:
        for key, _events in self._selector.select(0.01):
            key.data()
        notifier.tick(time.monotonic() if now is None else now)

    def until(self, notifier: Notifier, condition: Callable[[], object], what: str) -> None:
        def look() -> object:
            self.turn(notifier)
            return condition()

        wait_until(look, 20, what)


def test_tell_is_shown_with_its_texts() -> None:
    loop = Loop()
    with SessionBus() as bus, Recorder(bus) as recorder:
        notifier = Notifier(loop, address=bus.address)
        notifier.tell("violation work", "Qube work was ended", "It sent <b>nonsense</b>.", Urgency.CRITICAL)
        loop.until(notifier, lambda: recorder.shown, "the notice")
        notifier.close()
    shown = recorder.shown[0]
    assert (shown.application, shown.summary) == ("Vitrail", "Qube work was ended")
    assert shown.body == "It sent &lt;b&gt;nonsense&lt;/b&gt;."
    assert shown.hints["urgency"] == 2
    assert (shown.replaces, shown.actions) == (0, [])
    assert loop.watched == 0


def test_tell_of_a_qube_has_a_square_in_its_colour() -> None:
    loop = Loop()
    with SessionBus() as bus, Recorder(bus) as recorder:
        notifier = Notifier(loop, address=bus.address)
        notifier.tell("clipboard copied", "Copied from work (blue)", "5 bytes of text", rgb=0x3465A4)
        loop.until(notifier, lambda: recorder.shown, "the notice")
        notifier.close()
    width, height, row_bytes, alpha, bits, channels, data = recorder.shown[0].hints["image-data"]
    assert (width, height, row_bytes, alpha, bits, channels) == (32, 32, 96, False, 8, 3)
    assert bytes(data) == b"\x34\x65\xa4" * 1024


def test_tell_again_replaces_the_older_notice_of_the_same_key_only() -> None:
    loop = Loop()
    with SessionBus() as bus, Recorder(bus) as recorder:
        notifier = Notifier(loop, address=bus.address)
        notifier.tell("a", "one", "")
        notifier.tell("b", "other", "")
        loop.until(notifier, lambda: len(recorder.shown) == 2, "two notices")
        notifier.tell("a", "two", "")
        notifier.tell("a", "three", "")
        loop.until(notifier, lambda: len(recorder.shown) == 3, "three notices")
        notifier.close()
    first, other, last = recorder.shown
    assert [each.summary for each in (first, other, last)] == ["one", "other", "three"]
    assert (other.replaces, last.replaces) == (0, first.number)


def test_tell_without_end_shows_no_more_than_a_burst() -> None:
    loop = Loop()
    with SessionBus() as bus, Recorder(bus) as recorder:
        notifier = Notifier(loop, address=bus.address)
        began = time.monotonic()
        for number in range(500):
            notifier.tell(f"key {number}", "flood", "")
        loop.until(notifier, lambda: len(recorder.shown) >= BURST, "a burst")
        notifier.close()
        assert len(recorder.shown) <= BURST + (time.monotonic() - began) + 1


def test_bus_that_ends_and_comes_again_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guid.bus.RETRY_S", 0.1)
    loop = Loop()
    with SessionBus() as bus:
        notifier = Notifier(loop, address=bus.address)
        with Recorder(bus) as recorder:
            notifier.tell("a", "before", "")
            loop.until(notifier, lambda: recorder.shown, "the notice")
        bus.stop()
        loop.until(notifier, lambda: loop.watched == 0, "the end of the connection")
        notifier.tell("b", "meanwhile", "")
        bus.start()
        with Recorder(bus) as recorder:
            loop.until(notifier, lambda: recorder.shown, "the notice of meanwhile")
        assert recorder.shown[0].summary == "meanwhile"
        notifier.close()


def test_bus_that_hangs_makes_nobody_wait_and_is_left() -> None:
    loop = Loop()
    with SessionBus() as bus:
        bus.freeze()
        notifier = Notifier(loop, address=bus.address)  # the system takes the connection for the frozen bus
        slowest = 0.0
        for number in range(2000):
            began = time.monotonic()
            notifier.tell(f"key {number}", "x" * 1000, "y" * 1000)
            slowest = max(slowest, time.monotonic() - began)
        loop.turn(notifier)
        assert slowest < 1.0  # one that waited would wait for ever
        assert loop.watched == 1
        notifier.tick(time.monotonic() + 31)
        assert loop.watched == 0
        bus.thaw()


def test_service_that_is_not_there_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    loop = Loop()
    with SessionBus() as bus:
        notifier = Notifier(loop, address=bus.address)
        notifier.tell("a", "nobody hears", "")
        loop.until(notifier, lambda: "could not be shown" in caplog.text, "the bus's answer")
        assert loop.watched == 1
        notifier.close()
    assert "ServiceUnknown" in caplog.text


@pytest.mark.parametrize("says", [b"REJECTED ANONYMOUS\r\n", b"OK 1234\r\n" + b"\xff" * 64, b"\xff" * 9000])
def test_bus_that_says_nonsense_is_left(tmp_path: Path, says: bytes) -> None:
    loop = Loop()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        listener.listen()
        notifier = Notifier(loop, address=f"unix:path={tmp_path}/bus")
        notifier.tell("a", "one", "")
        connection, _ = listener.accept()
        with connection:
            connection.sendall(says)
            loop.until(notifier, lambda: loop.watched == 0, "the connection's end")
    notifier.close()


def test_address_that_makes_no_sense_is_no_error() -> None:
    for address in ("tcp:host=localhost", "unix:", "nonsense", "unix:path=/nowhere"):
        notifier = Notifier(Loop(), address=address)
        notifier.tell("a", "one", "")
        notifier.close()


def test_session_bus_is_found_by_its_address_or_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert session_bus() == ""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        assert session_bus() == f"unix:path={tmp_path}/bus"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:abstract=x")
    assert session_bus() == "unix:abstract=x"


def test_without_a_bus_nothing_is_kept() -> None:
    notifier = Notifier(Loop(), address="")
    notifier.tell("a", "one", "")
    assert len(notifier._waiting) == 0
