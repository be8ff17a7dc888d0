"""`vitrail supervise` as a service: what a service manager hears, SIGHUP, and what the person is told."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib import X

from tests.harness.bus import Recorder, SessionBus
from tests.harness.session import Session, Window
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.test_command import hostile_supervisor

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]


class Manager:
    """A service manager's socket. heard: the lines of every datagram so far."""

    def __init__(self, path: Path) -> None:
        self.address = str(path)
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(self.address)

    def hears(self, line: str) -> None:
        """Wait for a line that has not been waited for."""

        def look() -> bool:
            try:
                while True:
                    self.heard += self._socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return line in self.heard

        wait_until(look, 20, f"the line {line!r}")
        del self.heard[: self.heard.index(line) + 1]

    def close(self) -> None:
        self._socket.close()


@contextmanager
def told(session: Session) -> Iterator[Recorder]:
    """A session bus with somebody who shows notices, for whatever the session starts."""
    with SessionBus() as bus, Recorder(bus) as recorder:
        session.extra["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        yield recorder


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


def test_service_says_to_its_manager_how_it_is(session: Session) -> None:
    manager = Manager(session.runtime / "notify")
    with session.service(NOTIFY_SOCKET=manager.address) as service:
        manager.hears("READY=1")
        session.run("work", "blue", "true")
        manager.hears("STATUS=work running")
        service.signal(signal.SIGHUP)
        manager.hears("RELOADING=1")
        manager.hears("READY=1")
        assert session.vitrail("stop", "work").returncode == 0
        manager.hears("STATUS=no qube is running")
        service.signal(signal.SIGTERM)
        manager.hears("STOPPING=1")
        assert service.wait() == 0
    manager.close()


def test_service_stays_without_a_qube_and_ends_with_its_qubes_on_sigterm(session: Session) -> None:
    with session.service() as service:
        session.run("work", "blue", "xterm")
        daemon = session.daemon_pid("work")
        service.signal(signal.SIGTERM)
        assert service.wait(20) == 0
        wait_until(lambda: not Path(f"/proc/{daemon}").exists(), what="the daemon's end")
        assert "Traceback" not in service.output()
    assert not (session.runtime / "vitrail" / "control.sock").exists()


def write_settings(session: Session, text: str) -> None:
    path = session.config / "vitrail" / "qubes" / "work.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def title_of(session: Session, window: Window) -> Callable[[], bytes]:
    outer = session.x.create_resource_object("window", window["local_xid"])
    atom = session.x.intern_atom("_NET_WM_NAME")
    return lambda: bytes(getattr(outer.get_full_property(atom, X.AnyPropertyType), "value", b""))


def test_sighup_gives_running_qubes_the_settings_that_are_written_now(session: Session) -> None:
    with session.service() as service:
        session.run("work", "blue", "true")
        session.run_program("work", "blue", "paint", "titled", "50", "60", "207", "111", "7")
        title = title_of(session, session.window("work", lambda each: each["title"] == "titled"))
        assert title() == b"titled"
        write_settings(session, "[options]\ntitle_name = true\n")
        service.signal(signal.SIGHUP)
        wait_until(lambda: title() == b"[work] titled", what="the title with the qube's name")
        daemon = session.daemon_pid("work")
        os.kill(daemon, signal.SIGKILL)
        wait_until(lambda: session.windows("work") and session.daemon_pid("work") != daemon, what="another daemon")
        again = title_of(session, session.window("work", lambda each: each["title"] == "titled"))
        wait_until(lambda: again() == b"[work] titled", what="the title as the new daemon writes it")


def test_sighup_with_a_broken_file_keeps_the_settings_and_says_so(session: Session) -> None:
    write_settings(session, "[options]\ntitle_name = true\n")
    with told(session) as recorder, session.service() as service:
        session.run("work", "blue", "true")
        session.run_program("work", "blue", "paint", "titled", "50", "60", "207", "111", "7")
        title = title_of(session, session.window("work", lambda each: each["title"] == "titled"))
        write_settings(session, '[options]\ntitle_name = "<b>perhaps"\n')
        service.signal(signal.SIGHUP)
        shown = recorder.wait_for("Settings of qube work were not read")
        assert "work.toml" in shown.body
        assert "&lt;b&gt;perhaps" in shown.body
        assert "keeps its settings" in service.output()
        assert title() == b"[work] titled"
        write_settings(session, "")
        service.signal(signal.SIGHUP)
        wait_until(lambda: title() == b"titled", what="the title without the qube's name")


def test_daemon_that_crashes_is_told_once_with_what_happened(session: Session) -> None:
    with told(session) as recorder, session.service():
        session.run("work", "blue", "true")
        os.kill(int(session.qubes()["work"]["daemon_pid"]), signal.SIGKILL)
        shown = recorder.wait_for("Windows of qube work came back")
        assert "code -9" in shown.body
        assert (shown.hints["urgency"], len(recorder.shown)) == (1, 1)


def test_daemon_that_crashes_too_often_ends_the_qube_and_says_why(session: Session) -> None:
    with told(session) as recorder, session.service():
        session.run("work", "blue", "true")
        last = 0
        for _ in range(6):
            last = wait_until(lambda before=last: another_daemon(session, before), 20, "another daemon")  # type: ignore[misc]
            os.kill(last, signal.SIGKILL)
        assert recorder.wait_for("Qube work was ended").hints["urgency"] == 2
        wait_until(lambda: session.qubes()["work"]["state"] == "failed", what="the qube's end")
        qube = session.qubes()["work"]
        assert "too often" in qube["reason"]
        assert qube["violation"] is None


def another_daemon(session: Session, before: int) -> int:
    pid = int(session.qubes()["work"]["daemon_pid"])
    return pid if pid != before else 0


def test_agent_that_breaks_the_protocol_is_told_with_what_to_do(session: Session, tmp_path: Path) -> None:
    with told(session) as recorder, hostile_supervisor(session, tmp_path):
        assert session.vitrail("run", "--qube", "bad", "--label", "red", "--", "true").returncode == 1
        shown = recorder.wait_for("Qube bad was ended")
        assert "version" in shown.body
        assert "vitrail run --qube bad" in shown.body
        assert shown.hints["urgency"] == 2
        qube = session.qubes()["bad"]
        assert (qube["state"], qube["reason"]) == ("violated", qube["violation"])


def test_display_that_cannot_be_used_is_told(session: Session) -> None:
    with told(session) as recorder, session.service():
        assert session.vitrail("run", "--qube", "work", "--label", "blue", "--", "true", display=":987").returncode == 1
        recorder.wait_for("Qube work cannot be shown")
        qube = session.qubes()["work"]
        assert (qube["state"], qube["violation"]) == ("failed", None)
        assert "display cannot be used" in qube["reason"]
