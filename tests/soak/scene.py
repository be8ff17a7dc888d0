"""A desktop on which qubes are at work and a person uses them, turn by turn; knows no measure."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Final, NamedTuple, Self

from Xlib import X, error
from Xlib.ext import xtest
from Xlib.protocol import event

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.session import Session
from tests.harness.stage import ActedQube, Stage
from tests.harness.wait import TimedOut, wait_until

BUSY: Final = {"work": "blue", "crashes": "red"}
"""Qubes with real programs. The daemon of the second one is killed now and then."""

CRASH_EVERY_S: Final = 150.0
"""A supervisor starts a daemon again at most five times in ten minutes."""
RECONNECT_EVERY_S: Final = 12.0
"""An agent that comes back sooner is looked for more slowly."""
TELLS_WHERE: Final = ("-X", "faulthandler", "-m", "guid")
"""A daemon that is ended by SIGABRT says where it stood."""
PICTURE: Final = pseudo_random(301, 203)
KEYCODES: Final = (38, 39, 40, 65, 50)


class Said(NamedTuple):
    """turn: of the program. resources: of its X server. at_s: when it was first seen."""

    turn: int
    resources: int
    at_s: float


STUCK_S: Final = 90.0
"""200 turns take the program 8 s, and longer on a busy machine."""


class Scene:
    """Two qubes in sandboxes, a third whose agent is played here. A context manager."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._stack = ExitStack()
        self.crashes = self.reconnects = self.turns = 0
        self._crashed_at = self._reconnected_at = time.monotonic()
        self._window = 0
        self._said: dict[str, Said] = {}

    def said_by(self, qube: str) -> Said | None:
        """What the program in a qube said last; None before the first time. Raises AssertionError if it is stuck."""
        path = self.session.home(qube) / "resources"
        try:
            turn, resources = map(int, path.read_text().split())
        except (FileNotFoundError, ValueError):  # not yet, or just being written
            return None
        before = self._said.get(qube)
        now = time.monotonic()
        if before is None or before.turn != turn:
            self._said[qube] = before = Said(turn, resources, now)
        assert now - before.at_s < STUCK_S, f"the program in {qube} does nothing any more: {self.session.log()[-3000:]}"
        return before

    def turn(self) -> None:
        """The person does something, the played agent too, and now and then something breaks."""
        self.turns += 1
        self._person()
        with self._unless_stuck("does not read"):
            self._agent()
        now = time.monotonic()
        if now - self._crashed_at > CRASH_EVERY_S:
            self._crashed_at = now
            self._crash("crashes")
        if now - self._reconnected_at > RECONNECT_EVERY_S:
            self._reconnected_at = now
            self._reconnect()

    def _crash(self, qube: str) -> None:
        pid = self.session.qubes()[qube]["daemon_pid"]
        os.kill(pid, signal.SIGKILL)
        try:
            wait_until(lambda: self.session.qubes()[qube]["daemon_pid"] not in (0, pid), 60, "a new daemon")
        except TimedOut as failure:
            said = [line for line in self.session.log().splitlines() if f" {qube}: " in line and "refused" not in line]
            raise AssertionError(f"{failure}; {self.session.qubes()[qube]}: {said}") from None
        self.crashes += 1

    def _reconnect(self) -> None:
        child = self.played.daemon.child
        assert child.alive, child.output()
        self.played.agent.hang_up()
        self.played.agent.received.clear()
        with self._unless_stuck("does not come back"):
            self.played.agent.shake_hands()
        self._window = 0
        self.reconnects += 1

    @contextmanager
    def _unless_stuck(self, what: str) -> Iterator[None]:
        """Raises AssertionError, with where the daemon stood, if it lets the played agent wait for too long."""
        try:
            yield
        except TimeoutError:
            child = self.played.daemon.child
            child.signal(signal.SIGABRT)
            child.wait()
            raise AssertionError(f"the daemon {what}: {child.output()}") from None

    def _person(self) -> None:
        """Click, type, move or close something; a window may be gone meanwhile."""
        x, chance = self.stage.x, self._chance
        xtest.fake_input(x, X.MotionNotify, x=chance.randrange(900), y=chance.randrange(40, 650))
        for keycode in chance.sample(KEYCODES, 2):
            xtest.fake_input(x, X.KeyPress, keycode)
            xtest.fake_input(x, X.KeyRelease, keycode)
        xtest.fake_input(x, X.ButtonPress, 1)
        xtest.fake_input(x, X.ButtonRelease, 1)
        x.sync()
        if self.turns % 5 == 0:
            self._move_some_window()

    def _move_some_window(self) -> None:
        x = self.stage.x
        root = x.screen().root
        found = root.get_full_property(x.intern_atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
        if found is None or not len(found.value):
            return
        window = x.create_resource_object("window", int(self._chance.choice(list(found.value))))
        numbers = [(1 << 8) | (1 << 9) | (2 << 12), self._chance.randrange(500), self._chance.randrange(300), 0, 0]
        message = event.ClientMessage(
            window=window, client_type=x.intern_atom("_NET_MOVERESIZE_WINDOW"), data=(32, numbers)
        )
        with suppress(error.BadWindow):
            root.send_event(message, event_mask=X.SubstructureNotifyMask | X.SubstructureRedirectMask)
            x.sync()

    def _agent(self) -> None:
        """A window more, its picture, and one less."""
        agent = self.played.agent
        self._window += 1
        window = self._window
        popup = window % 3 == 0
        refs = [number * (2 if window % 4 == 0 else 1) for number in range(60)]
        agent.create(window, (100, 100, 301, 203), popup=popup)
        agent.map(window, popup=popup)
        agent.dump(window, PICTURE, refs)
        agent.damage(window, (0, 0, 301, 203))
        agent.send(MessageType.CURSOR, window, 0x100 + 2 * (window % 77))
        agent.send(MessageType.WMNAME, window, b"window %d" % window)
        agent.send(MessageType.WINDOW_FLAGS, window, window % 8, 0)
        if window > 4:
            agent.send(MessageType.DESTROY, window - 4)
        while agent.poll(0.001):
            pass
        del agent.received[:-50]

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.stage = stack.enter_context(Stage())
            self.session = stack.enter_context(Session(self.stage.server.name))
            self.played: ActedQube = stack.enter_context(self.stage.qube("played", "green", program=TELLS_WHERE))
            for number, (qube, label) in enumerate(BUSY.items()):
                self.session.run(qube, label, "true")
                self.session.run_program(qube, label, "churn", str(number), "resources")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
