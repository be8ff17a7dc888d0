"""An agent with a tray under the system's Python, on a bus of its own, and a scripted daemon that clicks there."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from jeepney import message_bus
from jeepney.io.blocking import open_dbus_connection

from guid.engines.bundle import agent_bundle
from protocol.messages import MessageType as T
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.bus import SessionBus
from tests.harness.processes import ROOT, clean_environment
from tests.harness.tray import WATCHER
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

SYSTEM_PYTHON = "/usr/bin/python3"
SLOT = (1200, 770, 24, 24)
"""Where the panel has its icons: at the lower edge, so that menus open above."""
ENTER, LEAVE, PRESS, RELEASE = 7, 8, 4, 5


class TrayDesk:
    """daemon, agent, bus, server; a context manager. python: what runs the agent; the tests' own has no Pillow."""

    def __init__(self, python: str = SYSTEM_PYTHON) -> None:
        self._python = python

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrail-tray-")))
            bundle = self.folder / "agent.pyz"
            bundle.write_bytes(agent_bundle())
            self.server = stack.enter_context(XServer(1280, 800))
            self.bus = stack.enter_context(SessionBus())
            self.environment = {"DBUS_SESSION_BUS_ADDRESS": self.bus.address}
            self.agent = stack.enter_context(
                AgentProcess(
                    self.folder,
                    *("--display", self.server.name),
                    python=(self._python, "-I", str(bundle)),
                    environment=self.environment,
                )
            )
            self.daemon: ScriptedDaemon = stack.enter_context(hello(self.agent))
            wait_for_watcher(self.bus)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def docked(self, after: int) -> int:
        """The window of the first icon that is docked after so many messages, at its slot and with a picture."""
        window = self.daemon.wait_for(T.DOCK, after=after).window
        self.daemon.send(T.CONFIGURE, window, *SLOT, 0)
        self.daemon.until(
            lambda: window in self.daemon.buffers and self.daemon.picture(window).shape == SLOT[3:1:-1],
            "the icon in its slot",
        )
        return window

    def colour(self, window: int) -> int:
        """What is in the middle of an icon, 0xRRGGBB; -1 while it has no picture."""
        picture = self.daemon.picture(window) if window in self.daemon.buffers else None
        return -1 if picture is None else int(picture[picture.shape[0] // 2, picture.shape[1] // 2])

    def click(self, window: int, button: int, x: int = 12, y: int = 12) -> None:
        """The person clicks at a place of a window."""
        self.enter(window, x, y)
        self.daemon.send(T.BUTTON, window, PRESS, x, y, 0, button)
        self.daemon.send(T.BUTTON, window, RELEASE, x, y, 0x80 << button & 0x1F00, button)

    def enter(self, window: int, x: int = 12, y: int = 12) -> None:
        self.daemon.send(T.CROSSING, window, ENTER, x, y, 0, 0, 0, 0)
        self.daemon.send(T.MOTION, window, x, y, 0, 0)

    def key(self, window: int, *codes: int) -> None:
        for code in codes:
            self.daemon.send(T.KEYPRESS, window, 2, 0, 0, 0, code)
            self.daemon.send(T.KEYPRESS, window, 3, 0, 0, 0, code)

    def popup(self, after: int) -> int:
        """The first popup after so many messages, with its picture."""
        window = self.daemon.wait_for(T.MAP, after=after).window
        self.daemon.wait_for(T.SHMIMAGE, window, after=after)
        return window

    def gone(self, window: int) -> None:
        """Wait until the daemon was told that a window is gone."""
        self.daemon.until(lambda: window not in self.daemon.alive, f"the end of {window:#x}")

    def program(self, kind: str) -> contextlib.AbstractContextManager["Program"]:
        """One of tests/harness/trayprograms.py."""
        return tray_program(kind, self.server.name, self.environment)


@contextlib.contextmanager
def tray_program(kind: str, display: str, environment: Mapping[str, str]) -> Iterator["Program"]:
    """One of tests/harness/trayprograms.py on the qube's X server. environment: where its bus is."""
    with tempfile.TemporaryDirectory(prefix="vitrail-tray-program-") as folder:
        argv = [SYSTEM_PYTHON, str(ROOT / "tests" / "harness" / "trayprograms.py"), kind, folder]
        whole = clean_environment(DISPLAY=display, QT_QPA_PLATFORM="xcb", NO_AT_BRIDGE="1", **environment)
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, env=whole, text=True)
        assert process.stdin is not None
        try:
            yield Program(process.stdin, Path(folder) / "done")
        finally:
            process.kill()
            process.communicate()


def wait_for_watcher(bus: SessionBus) -> None:
    """Wait until items can be registered."""
    with closing(open_dbus_connection(bus.address)) as connection:
        asked = message_bus.NameHasOwner(WATCHER)
        wait_until(lambda: connection.send_and_get_reply(asked).body[0], what="the watcher")


class Program:
    """A tray program of a toolkit."""

    def __init__(self, stdin: IO[str], done: Path) -> None:
        self._stdin, self._done = stdin, done

    def say(self, command: str) -> None:
        self._stdin.write(command + "\n")
        self._stdin.flush()

    def done(self) -> list[str]:
        """What was done with its icon."""
        return self._done.read_text().splitlines() if self._done.exists() else []
