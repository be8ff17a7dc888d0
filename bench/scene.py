"""The stage of every measurement: two X servers, a window manager, real agent and daemon; measures nothing.

The qube's server has a second screen, where the floor draws: the same server, out of the agent's sight.
"""

import json
import random
import socket
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from bench.client import GET_INPUT_FOCUS, BenchError, Client, RequestFailed, map_window
from guid.spare import NAME
from shm.pool import Pool
from shm.vchan.unix import listen
from tests.harness.processes import ROOT, Child, clean_environment
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

SCREEN_PX: Final = (4096, 1300)
"""Wide enough for two pictures of 1920x1080 beside each other: the stack's and the floor's."""

PICTURE_PX: Final = (1920, 1080)
POOL_BYTES: Final = 256 << 20
KEYCODE: Final = 38
US_POSITION: Final = 1
PACKET_BYTES: Final = 1 << 20


class Rect(NamedTuple):
    """px."""

    x: int
    y: int
    width: int
    height: int


class ForkedDaemons:
    """A parent that has imported everything, and forks a daemon on request, as the supervisor does."""

    def __init__(self, display: str, log: Path) -> None:
        self._log = log
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        argv = [sys.executable, "-m", "bench.forker", str(theirs.fileno())]
        environment = clean_environment(DISPLAY=display, PYTHONPATH=str(ROOT))
        self.child = Child(argv, env=environment, pass_fds=(theirs.fileno(),), log=log)
        theirs.close()
        self._answer()

    def fork(self, vchan: Path, pool: Pool) -> "ForkedDaemon":
        """A new daemon. It looks for its agent at once."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = json.dumps({"vchan": str(vchan)}).encode()
        socket.send_fds(self._ours, [request], [pool.fd, theirs.fileno()])
        theirs.close()
        return ForkedDaemon(self._answer(), ours, self._log)

    def fork_ahead(self) -> None:
        """A spare daemon, which the next `fork` uses; returns when its display is open."""
        self._ours.send(b"spare")
        name = Path(f"/proc/{self._answer()}/comm")
        wait_until(lambda: name.read_text().strip() == NAME, what="a spare daemon")

    def _answer(self) -> int:
        self._ours.settimeout(20)
        answer = self._ours.recv(64)
        if not answer:
            raise EOFError(f"the forking parent ended: {self.child.output()}")
        return int(answer)

    def stop(self) -> None:
        """Let it go; its daemons follow, since their status sockets close."""
        self._ours.close()
        self.child.stop()


class ForkedDaemon:
    """One daemon: its pid and its status socket; it ends when that is closed."""

    def __init__(self, pid: int, status: socket.socket, log: Path) -> None:
        self.pid = pid
        self._status = status
        self._log = log

    def windows(self) -> list[dict[str, Any]]:
        """Every window as the daemon describes it."""
        try:
            self._status.settimeout(20)
            self._status.send(b'{"query": "windows"}')
            while packet := self._status.recv(PACKET_BYTES):
                message = json.loads(packet)
                if "windows" in message:
                    return list(message["windows"])
        except ConnectionError:
            pass
        raise BenchError(f"the daemon ended: {self._log.read_text()}")

    def stop(self) -> None:
        """Close its status socket and wait until it is gone."""
        self._status.close()
        wait_until(lambda: not Path(f"/proc/{self.pid}").exists(), what="the daemon's end")


class Shown(NamedTuple):
    """A window of the qube and where it is on the desktop. content_rect: root coordinates of the desktop."""

    window: int
    outer: int
    content: int
    content_rect: Rect


class Scene:
    """Everything that runs. A context manager.

    desktop, qube: the X servers. agent: a process of its own. daemon: forked by `daemons`.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrail-bench-")))
        self.desktop = XServer(*SCREEN_PX)
        second = ("-screen", "1", f"{PICTURE_PX[0]}x{PICTURE_PX[1]}x24")
        self.qube = XServer(*SCREEN_PX, extra=second)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.desktop)
            stack.enter_context(self.qube)
            stack.enter_context(WindowManager("openbox", self.desktop.name))
            self.pool = Pool.create(POOL_BYTES)
            stack.callback(self.pool.close)
            self.daemons = ForkedDaemons(self.desktop.name, self.folder / "daemons.log")
            stack.callback(self.daemons.stop)
            vchan = self.folder / "vchan.sock"
            self.agent = stack.enter_context(self._agent(vchan))
            self.daemon = self.daemons.fork(vchan, self.pool)
            stack.callback(self.daemon.stop)
            self._stack.push(stack.pop_all())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _agent(self, vchan: Path) -> Child:
        listener = listen(vchan)
        fds = (listener.fileno(), self.pool.fd)
        argv = [sys.executable, "-m", "guiagent", "--vchan-fd", str(fds[0]), "--pool-fd", str(fds[1])]
        argv += ["--display", self.qube.name]
        child = Child(argv, env=clean_environment(), pass_fds=fds, log=self.folder / "agent.log")
        listener.close()
        return child

    def show(self, app: Client, rect: Rect, *, pixel: int = 0, events: int = 0) -> Shown:
        """Map a managed window in the qube, and wait until it is on the desktop and has the focus.

        rect: where it asks to be.
        """
        window, create = app.window(rect, pixel=pixel, events=events)
        app.send(create + at_this_position(window, rect) + map_window(window))
        with Client(self.desktop.name) as desktop:
            outer = self._outer_on(desktop, window)
            content = next(desktop.children(outer))
            if desktop.size(content) != rect[2:]:
                raise AssertionError(f"the content is {desktop.size(content)}, asked was {rect[2:]}")
            wait_until(lambda: focused(desktop) == outer, what="the focus on the new window")
            described = next(each for each in self.daemon.windows() if each["remote_wid"] == window)
        return Shown(window, outer, content, Rect(*described["content"]))

    def _outer_on(self, desktop: Client, window: int) -> int:
        def look() -> int:
            for each in self.daemon.windows():
                if each["remote_wid"] == window and each["mapped"] and viewable(desktop, each["local_xid"]):
                    return int(each["local_xid"])
            return 0

        return wait_until(look, what="the window on the desktop")


def focused(client: Client) -> int:
    """The window that has the keyboard's focus."""
    return int.from_bytes(client.ask(GET_INPUT_FOCUS)[8:12], "little")


def viewable(client: Client, window: int) -> bool:
    """Whether the window and all above it are mapped; one that the server does not know (yet) is not."""
    try:
        return client.ask(struct.pack("<BxHI", 3, 2, window))[26] == 2
    except RequestFailed:
        return False


def at_this_position(window: int, rect: tuple[int, int, int, int]) -> bytes:
    """WM_NORMAL_HINTS that keep a window manager from choosing a place. Source: ICCCM 4.1.2.3."""
    hints = struct.pack("<I4i13I", US_POSITION, *rect, *([0] * 13))
    wm_normal_hints, wm_size_hints = 40, 41
    return struct.pack("<BBHIIIBxxxI", 18, 0, 6 + 18, window, wm_normal_hints, wm_size_hints, 32, 18) + hints


def colours() -> Iterator[int]:
    """0xRRGGBB, never the same twice in a row."""
    number = random.randrange(1 << 20)
    while True:
        number += 1
        yield (number * 0x9E3779) & 0xFFFFFF or 1
