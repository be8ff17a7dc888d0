"""A desktop, a real daemon, a real agent and its qube's X server, without a sandbox; knows only what can be seen."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from Xlib import X
from Xlib.error import BadWindow
from Xlib.ext import xtest

from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess
from tests.harness.daemon import DaemonProcess
from tests.harness.pixels import Pixels, screenshot
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import Kind, XServer

WIDTH, HEIGHT = 1280, 800


class BothEnds:
    """desk: a connection to the desktop. qube: the qube's X server. app: a program in it. A context manager."""

    def __init__(
        self,
        folder: Path,
        *,
        kind: Kind = "xvfb",
        manager: str | None = "openbox",
        environment: Mapping[str, str] | None = None,
        python: Sequence[str] = (),
    ) -> None:
        """environment: more for the agent. python: what runs it, the tests' own if nothing else is said."""
        self._folder = folder
        self._environment = environment
        self._python = python
        self._manager = manager
        self.desktop, self.qube = XServer(WIDTH, HEIGHT), XServer(WIDTH, HEIGHT, kind=kind)

    def outer(self, window: Any) -> Any:
        """The desktop's window for one of the app's, once it is on the screen."""
        shown = self.daemon.window(int(window.id))
        outer = self.desk.create_resource_object("window", shown["local_xid"])

        def on_the_screen() -> bool:
            try:
                return bool(outer.get_attributes().map_state == X.IsViewable)
            except BadWindow:  # the daemon knows it already, the X server does not yet
                return False

        wait_until(on_the_screen, what="the outer on the screen")
        return outer

    def content(self, window: Any) -> tuple[int, int, int, int]:
        """Where the desktop shows what is in a window."""
        x, y, width, height = self.daemon.window(int(window.id))["content"]
        return x, y, width, height

    def window_at(self, x: int, y: int) -> int | None:
        """The app's window whose content the person sees at a place of the desktop, by asking the X server down."""
        for shown in self.daemon.windows():
            left, top, width, height = shown["content"]
            if left <= x < left + width and top <= y < top + height and shown["local_xid"] in self._line_at(x, y):
                return int(shown["remote_wid"])
        return None

    def _line_at(self, x: int, y: int) -> list[int]:
        """The windows at this place, from the root's child inwards."""
        root = self.desk.screen().root
        line: list[int] = []
        window = root
        while child := window.translate_coords(root, x, y).child:
            line.append(int(child.id))
            window = child
        return line

    def picture(self) -> Pixels:
        """The desktop."""
        return screenshot(self.desk)

    def point(self, x: int, y: int) -> None:
        """Move the desktop's pointer."""
        xtest.fake_input(self.desk, X.MotionNotify, x=x, y=y)
        self.desk.sync()

    def button(self, kind: int, button: int = 1) -> None:
        """X.ButtonPress or X.ButtonRelease."""
        xtest.fake_input(self.desk, kind, button)
        self.desk.sync()

    def click(self, x: int, y: int) -> None:
        """Move the pointer and click."""
        self.point(x, y)
        self.button(X.ButtonPress)
        self.button(X.ButtonRelease)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for server in (self.desktop, self.qube):
                stack.enter_context(server)
            self.desk: Any = stack.enter_context(closing(self.desktop.connect()))
            if self._manager is not None:
                stack.enter_context(WindowManager(self._manager, self.desktop.name))
            self.agent = stack.enter_context(
                AgentProcess(
                    self._folder, "--display", self.qube.name, environment=self._environment, python=self._python
                )
            )
            self.daemon = stack.enter_context(DaemonProcess(self.desktop.name, self.agent.path, self.agent.pool))
            self.agent.news()  # it is ready
            self.app = stack.enter_context(App(self.qube.name))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
