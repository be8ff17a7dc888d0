"""A real agent and its real daemon on two real X servers, without a supervisor or a sandbox; knows no program."""

import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from Xlib import X, Xutil, error
from Xlib import display as xdisplay
from Xlib.protocol import event

from tests.guiagent.scripted import POOL_BYTES, AgentProcess
from tests.harness.daemon import DaemonProcess
from tests.harness.pixels import Pixels
from tests.harness.processes import ROOT, clean_environment
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

WIDTH, HEIGHT = 1280, 800


class Ends:
    """A context manager. agent, daemon: the processes. qube: the X server of programs. x: a client of the desktop.

    manager: the desktop's window manager. agent_options, agent_program, daemon_options: more for their command lines.
    """

    def __init__(
        self,
        *,
        manager: str | None = "openbox",
        pool_bytes: int = POOL_BYTES,
        agent_options: tuple[str, ...] = (),
        agent_program: tuple[str, ...] = (),
        daemon_options: tuple[str, ...] = (),
        server_options: tuple[str, ...] = (),
    ) -> None:
        self._manager = manager
        self._pool_bytes = pool_bytes
        self._agent_options, self._agent_program = agent_options, agent_program
        self._daemon_options = daemon_options
        self._server_options = server_options

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrail-ends-")))
            self.desktop = stack.enter_context(XServer(WIDTH, HEIGHT))
            self.qube = stack.enter_context(XServer(WIDTH, HEIGHT, extra=self._server_options))
            self.x: Any = xdisplay.Display(self.desktop.name)
            stack.callback(self.x.close)
            if self._manager is not None:
                stack.enter_context(WindowManager(self._manager, self.desktop.name))
            self.agent = stack.enter_context(
                AgentProcess(
                    folder,
                    *("--display", self.qube.name, *self._agent_options),
                    pool_bytes=self._pool_bytes,
                    python=self._agent_program,
                )
            )
            self.daemon = stack.enter_context(
                DaemonProcess(self.desktop.name, self.agent.path, self.agent.pool, arguments=self._daemon_options)
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextmanager
    def painter(self, name: str, *arguments: str) -> Iterator["Painter"]:
        """One of tests/guiagent/painters.py, its window on the desktop."""
        argv = [sys.executable, "-m", "tests.guiagent.painters", name, self.qube.name, *arguments]
        process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=clean_environment()
        )
        assert process.stdout is not None
        try:
            window = int(process.stdout.readline())
            yield Painter(self, process, window)
        finally:
            process.kill()
            process.communicate()

    def content(self, window: int) -> int:
        """The X id of a window's content, once it is on the screen."""

        def look() -> int:
            for each in self.daemon.windows():
                if each["remote_wid"] == window and each["mapped"]:
                    outer = self.x.create_resource_object("window", each["local_xid"])
                    with suppress(error.BadWindow):  # it has another outer since it was listed
                        if outer.get_attributes().map_state == X.IsViewable:
                            return int(outer.query_tree().children[0].id)
            return 0

        return wait_until(look, 20, f"window {window:#x} on the desktop")

    def iconify(self, outer: Any) -> None:
        """Let the window manager minimise a window, as ICCCM 4.1.4 has it."""
        message = event.ClientMessage(
            window=outer, client_type=self.x.intern_atom("WM_CHANGE_STATE"), data=(32, [Xutil.IconicState, 0, 0, 0, 0])
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self.x.screen().root.send_event(message, event_mask=mask)
        self.x.sync()

    def pixels(self, content: int) -> Pixels:
        """What the desktop has of a content now, whatever is done to its size meanwhile."""
        while True:
            shape = self.x.create_resource_object("window", content).get_geometry()
            with suppress(error.BadMatch):  # smaller since it was asked
                return self.at_once(content, shape.width, shape.height)

    def at_once(self, drawable: int, width: int, height: int) -> Pixels:
        """The pixels of a drawable in one request: nothing is drawn in between."""
        resource = self.x.create_resource_object("window", drawable)
        reply = resource.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF)
        data = reply.data if isinstance(reply.data, bytes) else reply.data.encode("latin-1")
        return np.frombuffer(data, dtype="<u4").reshape(height, width) & np.uint32(0xFFFFFF)


class Painter:
    """A program that paints. window: its id in the qube. content: that of the content on the desktop."""

    def __init__(self, ends: Ends, process: "subprocess.Popen[str]", window: int) -> None:
        self._ends = ends
        self._process = process
        self.window = window
        self.content = ends.content(window)

    def size(self) -> tuple[int, int]:
        """Height and width of the window in the qube now, px."""
        with closing(self._ends.qube.connect()) as qube:
            shape = qube.create_resource_object("window", self.window).get_geometry()
            return shape.height, shape.width

    def says_something(self) -> bool:
        """Whether it has printed more than its window."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0)[0])
