"""A private session bus, and a notification service on it that records what it shows; knows nothing of Vitrail."""

import socket
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from jeepney import HeaderFields, MessageType, message_bus, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.harness.processes import Child, children, clean_environment, lives
from tests.harness.wait import time_scale, wait_until

CONFIG: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  {services}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


SERVICES: Final = "<standard_session_servicedirs/>"


class SessionBus:
    """dbus-daemon with a socket of its own. A context manager. address: for DBUS_SESSION_BUS_ADDRESS.

    services: the environment of installed services, which it then starts when somebody asks for them; else it starts
    none.
    """

    def __init__(self, services: Mapping[str, str] | None = None) -> None:
        self._services = services
        self._folder = tempfile.TemporaryDirectory(prefix="vitrail-bus-")
        self._path = Path(self._folder.name) / "bus"
        self.address = f"unix:path={self._path}"
        self._child: Child | None = None

    def start(self) -> None:
        self._path.unlink(missing_ok=True)
        config = self._path.with_name("bus.conf")
        config.write_text(CONFIG.format(path=self._path, services="" if self._services is None else SERVICES))
        argv = ["dbus-daemon", f"--config-file={config}", "--nofork"]
        env = clean_environment(**(self._services or {}))
        self._child = Child(argv, env=env, log=self._path.with_name("log"))
        wait_until(self._listens, what="the session bus")

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(self._path)) == 0

    def stop(self) -> None:
        if self._child is None:
            return
        services = children(self._child.pid) if self._child.alive else []
        self._child.stop()
        wait_until(lambda: not any(map(lives, services)), what="the end of what the bus had started")

    def freeze(self) -> None:
        assert self._child is not None, "not started"
        self._child.freeze()

    def thaw(self) -> None:
        assert self._child is not None, "not started"
        self._child.thaw()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()


@dataclass(frozen=True, slots=True)
class Shown:
    """One call of Notify, and the number that it was answered with."""

    application: str
    replaces: int
    summary: str
    body: str
    actions: list[str]
    hints: dict[str, Any]
    number: int


class Recorder:
    """The service org.freedesktop.Notifications in a thread. A context manager. shown: all notices, oldest first."""

    def __init__(self, bus: SessionBus) -> None:
        self.shown: list[Shown] = []
        self._connection: DBusConnection = open_dbus_connection(bus.address)
        answer = self._connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"))
        assert answer.body == (1,), "the name is taken"
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="notification recorder")

    def wait_for(self, words: str) -> Shown:
        """The first notice with `words` in summary or body; waits for it."""

        def look() -> Shown | None:
            return next((each for each in list(self.shown) if words in f"{each.summary}\n{each.body}"), None)

        found = wait_until(look, 20 * time_scale(), f"a notice with {words!r}; there are {self.shown}")
        assert found is not None
        return found

    def _serve(self) -> None:
        while not self._ended and self._answer():
            pass

    def _answer(self) -> bool:
        """Answer a call if one came; False when the bus has ended."""
        try:
            message = self._connection.receive(timeout=0.05)
        except TimeoutError:
            return True
        except (ConnectionError, EOFError):
            return False
        if message.header.message_type is not MessageType.method_call:
            return True
        assert message.header.fields[HeaderFields.member] == "Notify"
        application, replaces, _icon, summary, body, actions, hints, _expires = message.body
        number = replaces or len(self.shown) + 1
        values = {name: value for name, (_type, value) in hints.items()}
        self.shown.append(Shown(application, replaces, summary, body, actions, values, number))
        self._connection.send(new_method_return(message, "u", (number,)))
        return True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._thread.join()
        self._connection.close()
