"""A desktop with an innocent qube, hostile agents beside, and how long its events take meanwhile; knows no attack."""

import os
import re
import select
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from Xlib import X
from Xlib.error import BadWindow
from Xlib.protocol import event

from protocol.formats import KeyPress
from protocol.messages import MessageType
from shm.pool import Pool
from shm.x11.connection import XConnection
from tests.harness.agent import Received, ScriptedAgent
from tests.harness.daemon import DaemonProcess
from tests.harness.pixels import pseudo_random
from tests.harness.wait import time_scale, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

LIMIT_S: Final = 0.050
"""Every desktop event of another qube must be handled in this time: the median of SAMPLES, with one retry."""

SAMPLES: Final = 40
"""Keys, up and down; half as many motions. More as long as the attack goes on."""

SAMPLE_TIMEOUT_S: Final = 1.0
WINDOW_MANAGER_TIMEOUT_S: Final = 5.0
KEYCODE: Final = 38
INNOCENT_WINDOW: Final = 0x11
INNOCENT_RECT: Final = (1300, 600, 401, 303)
SMALL_POOL_BYTES: Final = 8 << 20
VIOLATION_EXIT: Final = 3

LOG_LINE: Final = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:INFO|WARNING|ERROR) evil: [\x20-\x7e]{1,300}", re.ASCII
)
"""Every line of a daemon's log is one record of ours in printable ASCII, and names the qube. A traceback does not."""


class Figures(NamedTuple):
    """How long desktop events of the innocent qube took, s."""

    keys: list[float]
    motions: list[float]

    @property
    def worst_median(self) -> float:
        return max(statistics.median(values) for values in self if values)

    def __str__(self) -> str:
        return "; ".join(
            f"{name} median {1e3 * statistics.median(values):.2f} ms, worst {1e3 * max(values):.1f} ms of {len(values)}"
            for name, values in zip(self._fields, self, strict=True)
            if values
        )


class HostileAgent(ScriptedAgent):
    """An agent that can also be taken at its socket."""

    @property
    def socket(self) -> socket.socket:
        assert self._connection is not None, "not connected"
        return self._connection

    def unread_bytes(self) -> int:
        """Take everything that the daemon has sent and forget it."""
        taken = 0
        while more := self.poll():
            taken += more
            self.received.clear()
        return taken


class Attacker:
    """A hostile agent with its own daemon on the scene's desktop."""

    def __init__(self, agent: HostileAgent, daemon: DaemonProcess) -> None:
        self.agent, self.daemon = agent, daemon

    def ends(self, line: str, *, code: int = VIOLATION_EXIT, timeout_s: float = 10.0) -> None:
        """Wait for the daemon's end; it must have this exit code, and an error line that `line` matches."""
        found = self.daemon.child.wait(timeout_s)
        log = self.log()
        assert found == code, f"exit code {found}: {log}"
        errors = [each for each in log.splitlines() if " ERROR evil: " in each]
        assert len(errors) == 1, log
        assert re.search(line, errors[0]), f"{errors[0]!r} does not say {line!r}"

    def goes_on(self) -> None:
        """The daemon lives, and answers its supervisor."""
        assert self.daemon.child.alive, self.log()
        self.daemon.windows()
        self.log()

    def until_idle(self, server: XServer) -> None:
        """Wait until the X server has done, and answered, all that the daemon sent it about what it has heard.

        The daemon answers one question a turn, so with the second answer the turn of the first has sent everything. A
        server may serve us before it looks at the daemon's requests once, and not twice.
        """
        self.daemon.windows()
        self.daemon.windows()
        connection = server.connect()
        try:
            connection.sync()
            connection.sync()
        finally:
            connection.close()

    def log(self) -> str:
        """The log so far; checks that every line is a clean record."""
        text = self.daemon.log.read_bytes().decode("ascii")
        for line in text.splitlines():
            assert LOG_LINE.fullmatch(line), f"not a clean line of ours: {line!r}"
        return text


class Flood:
    """Sends the same bytes again and again from a thread, as fast as the daemon takes them. A context manager.

    reads: take what the daemon answers (it would end the qube otherwise). rounds: whole ones so far. After the context
    the stream stands between two rounds, if the daemon still takes bytes.
    """

    def __init__(self, agent: HostileAgent, round_: bytes, *, reads: bool = True) -> None:
        self.rounds = 0
        self.answered_bytes = 0
        self._socket, self._round, self._reads = agent.socket, round_, reads
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        left = memoryview(self._round)
        self._socket.settimeout(0)
        with suppress(OSError):  # the daemon has had enough
            while not self._stop.is_set() or len(left) < len(self._round):
                readable, writable, _ = select.select([self._socket] if self._reads else [], [self._socket], [], 0.05)
                if readable:
                    self.answered_bytes += len(self._socket.recv(1 << 20))
                if writable:
                    left = left[self._socket.send(left) :]
                if not left:
                    self.rounds, left = self.rounds + 1, memoryview(self._round)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()


class Stage:
    """What an attack, in its thread, has to do with the measuring: say when it is under way, and go on until enough."""

    def __init__(self) -> None:
        self.under_way = threading.Event()
        self.enough = threading.Event()


Attack = Callable[[Stage], None]


class Scene:
    """Xvfb, openbox, and an innocent qube that the person works with."""

    def __init__(self, folder: Path, server: XServer) -> None:
        self.server, self._folder = server, folder
        self._display = server.connect()
        self._made = 0
        self.innocent = ScriptedAgent(self._new_folder())
        self.innocent_daemon = DaemonProcess(
            server.name, self.innocent.path, self.innocent.pool, name="innocent", label="green"
        )

    def begin(self) -> None:
        self.innocent.shake_hands()
        width, height = INNOCENT_RECT[2:]
        self.innocent.show(INNOCENT_WINDOW, INNOCENT_RECT, pseudo_random(width, height))
        self.innocent.expect(MessageType.WINDOW_DUMP_ACK)
        self._outer = self._display.create_resource_object(
            "window", self.innocent_daemon.window(INNOCENT_WINDOW)["local_xid"]
        )
        wait_until(self._is_viewable, what="the innocent window")
        self._activate()

    def _is_viewable(self) -> bool:
        try:
            return bool(self._outer.get_attributes().map_state == X.IsViewable)
        except BadWindow:  # the X server has yet to hear of it
            return False

    def end(self) -> None:
        self._display.close()
        self.innocent_daemon.__exit__(None, None, None)
        self.innocent.__exit__(None, None, None)

    def _new_folder(self) -> Path:
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        return folder

    @contextmanager
    def attacker(
        self,
        *,
        shake_hands: bool = True,
        minor: int = 8,
        pool_bytes: int = SMALL_POOL_BYTES,
        pool: Pool | None = None,
        display: str | None = None,
    ) -> Iterator[Attacker]:
        """A new hostile qube; its daemon is stopped at the end if it still runs. Its log must be clean."""
        folder = self._new_folder()
        with (
            HostileAgent(folder, pool=pool or Pool.create(pool_bytes)) as agent,
            DaemonProcess(display or self.server.name, agent.path, agent.pool, name="evil", label="red") as daemon,
        ):
            attacker = Attacker(agent, daemon)
            if shake_hands:
                agent.shake_hands(minor=minor)
            yield attacker
        attacker.log()

    @contextmanager
    def locker(self) -> Iterator[Any]:
        """A window of a screen locker's, over everything when it is mapped."""
        root = self._display.screen().root
        window = root.create_window(
            *(0, 0, 1920, 1080, 0, X.CopyFromParent), background_pixel=0x123456, override_redirect=True
        )
        window.set_wm_class("i3lock", "Locker")
        self._display.sync()
        yield window
        window.destroy()
        self._display.sync()

    def is_above(self, one: int, other: int) -> bool:
        """Whether the one of two windows that lie on the root is higher; the other may be gone."""
        order = [each.id for each in self._display.screen().root.query_tree().children]
        return other not in order or order.index(one) > order.index(other)

    # Measuring

    def check(self, attack: Attack, *, pointer: bool = True) -> None:
        """Run `attack`, and meanwhile use the innocent qube: its events must be handled in time, with one retry.

        pointer: also move the pointer over its window; not where the attack may cover it.
        """
        figures = self._measured(attack, pointer=pointer)
        print(f"\n  {figures}", end="")
        if figures.worst_median > LIMIT_S * time_scale():
            figures = self._measured(attack, pointer=pointer)
            print(f"\n  again: {figures}", end="")
        assert figures.worst_median <= LIMIT_S * time_scale(), str(figures)
        self.server_is_well()

    def server_is_well(self) -> None:
        """The innocent qube's daemon lives and has nothing to complain of."""
        assert self.innocent_daemon.child.alive, self.innocent_daemon.child.output()
        assert "ERROR" not in self.innocent_daemon.child.output()

    def _measured(self, attack: Attack, *, pointer: bool) -> Figures:
        self._activate()
        stage, figures = Stage(), Figures([], [])
        with ThreadPoolExecutor(1) as pool:
            attacking = pool.submit(attack, stage)
            attacking.add_done_callback(lambda _: stage.under_way.set())
            stage.under_way.wait()
            try:
                while len(figures.keys) < SAMPLES or not attacking.done():
                    self._sample(figures, pointer=pointer)
                    if len(figures.keys) >= SAMPLES:
                        stage.enough.set()
            finally:
                stage.enough.set()
            attacking.result()
        return figures

    def _sample(self, figures: Figures, *, pointer: bool) -> None:
        """A key pressed and released, the pointer moved.

        The focus is given first: whether a new window may take it is the window manager's policy, and not measured.
        """
        for kind in (X.KeyPress, X.KeyRelease):
            self._outer.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
            self._display.xtest_fake_input(kind, KEYCODE)
            figures.keys.append(self._until_told(MessageType.KEYPRESS, kind))
        if pointer:
            x, y = INNOCENT_RECT[:2]
            number = len(figures.motions)
            self._display.xtest_fake_input(X.MotionNotify, x=x + 50 + number % 200, y=y + 50 + number % 3)
            figures.motions.append(self._until_told(MessageType.MOTION, None))
        self.innocent.received.clear()

    def _until_told(self, message: MessageType, kind: int | None) -> float:
        """Send what python-xlib has queued; how long until the innocent agent is told, s."""
        received = self.innocent.received
        before, began = len(received), time.perf_counter()
        self._display.flush()
        while not any(_is(each, message, kind) for each in received[before:]):
            left_s = began + SAMPLE_TIMEOUT_S - time.perf_counter()
            if left_s <= 0:
                return SAMPLE_TIMEOUT_S
            self.innocent.poll(left_s)
        taken_s = time.perf_counter() - began
        self.innocent.poll(0.01)  # people are not faster, and the attack should have its time
        return taken_s

    def ask_window_manager(self) -> float:
        """Make the window manager do something for somebody else; how long it took, s; within 5 s."""
        connection = self.server.connect()
        try:
            root, atom = connection.screen().root, connection.intern_atom("_NET_REQUEST_FRAME_EXTENTS")
            extents = connection.intern_atom("_NET_FRAME_EXTENTS")
            window = root.create_window(0, 0, 9, 9, 0, X.CopyFromParent)
            message = event.ClientMessage(window=window, client_type=atom, data=(32, [0] * 5))
            root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
            began = time.perf_counter()
            wait_until(
                lambda: window.get_full_property(extents, X.AnyPropertyType),
                timeout_s=WINDOW_MANAGER_TIMEOUT_S,
                what="an answer of the window manager",
            )
            return time.perf_counter() - began
        finally:
            connection.close()

    def _activate(self) -> None:
        """Give the innocent window the focus and raise it, as a click on it would."""
        atom = self._display.intern_atom("_NET_ACTIVE_WINDOW")
        message = event.ClientMessage(window=self._outer, client_type=atom, data=(32, [2, X.CurrentTime, 0, 0, 0]))
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._display.screen().root.send_event(message, event_mask=mask)
        wait_until(self._has_focus, timeout_s=20.0, what="the focus on the innocent window")
        x, y = INNOCENT_RECT[:2]
        self._outer.configure(x=x, y=y)
        self._display.sync()

    def _has_focus(self) -> bool:
        return bool(getattr(self._display.get_input_focus().focus, "id", 0) == self._outer.id)


def _is(received: Received, message: MessageType, kind: int | None) -> bool:
    if received.type != message or received.window != INNOCENT_WINDOW:
        return False
    return kind is None or (isinstance(received.body, KeyPress) and received.body.type == kind)


@contextmanager
def new_scene() -> Iterator[Scene]:
    """A fresh scene, ready."""
    with (
        tempfile.TemporaryDirectory(prefix="vitrail-hostile-") as folder,
        XServer() as server,
        WindowManager("openbox", server.name),
    ):
        scene = Scene(Path(folder), server)
        try:
            scene.begin()
            yield scene
        finally:
            scene.end()


def round_trip_s(connection: XConnection, timeout_s: float = 5.0) -> float:
    """How long the X server takes to answer a client that asks for nothing, s; no longer than `timeout_s`."""
    answers: list[bytes] = []
    began = time.perf_counter()
    connection.fence(answers.append)
    while not answers and (left_s := began + timeout_s - time.perf_counter()) > 0:
        select.select([connection], [], [], left_s)
        connection.pump()
    return time.perf_counter() - began


def resident_kib(pid: int) -> int:
    """Resident memory of a process, KiB. Source: proc(5)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
