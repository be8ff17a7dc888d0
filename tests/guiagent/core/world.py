"""The agent's core with a daemon that checks it; both ends in memory."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from guiagent.core.effects import Effect, Send
from guiagent.core.orders import Orders
from guiagent.core.pixels import Copy, Pixels
from guiagent.core.qube import Qube
from guiagent.core.reports import Reports
from guiagent.core.states import StateAtoms
from guiagent.core.values import Facts, Geometry, Properties, WindowId
from guiagent.core.wishes import Wishes
from protocol.codec import decode, encode, tail_of
from protocol.framing import FrameReader
from protocol.messages import MessageType as T
from protocol.messages import Role
from shm.allocator import PageAllocator

ATOMS = StateAtoms(
    fullscreen=10,
    demands_attention=20,
    hidden=30,
    maximized=(40, 41),
    own=frozenset({50, 51, 52}),
    modal=50,
    popup_types=frozenset({60}),
)
SCREEN = Geometry(0, 0, 1280, 800)
HERE = Geometry(10, 20, 100, 50)


class Said(NamedTuple):
    type: T
    window: int
    body: Any
    refs: tuple[int, ...] = ()


class World:
    """`said`: what the agent told the daemon; `done`: its other effects; each since it was last taken."""

    def __init__(self, *, pages: int = 1000, minor: int | None = 8, host_punches: bool = False) -> None:
        self.allocator = PageAllocator(pages)
        self.qube = Qube(Pixels(self.allocator, host_punches=host_punches), ATOMS)
        self.reports = Reports(self.qube)
        self.qube.area = SCREEN
        self.orders = Orders(self.qube, self.reports)
        self.wishes = Wishes(self.qube, self.reports)
        self.now = 0.0
        self.known: set[int] = set()
        self.said: list[Said] = []
        self.done: list[Effect] = []
        if minor is not None:
            self.connect(minor)

    def connect(self, minor: int = 8, stacking: Sequence[WindowId] = ()) -> None:
        self._incoming = FrameReader(Role.DAEMON, minor=minor)
        self._outgoing = FrameReader(Role.AGENT, minor=minor)
        self.known.clear()
        self.perform(self.reports.daemon_came(minor, stacking))

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                assert self.qube.minor is not None, "a message to nobody"
                self._hear(effect.data)
            else:
                self.done.append(effect)

    def _hear(self, data: bytes) -> None:
        self._incoming.receive(data)
        for message, window, body in self._incoming.frames():
            refs = tuple(tail_of(message, body).cast("I")) if message == T.WINDOW_DUMP else ()
            if message == T.CREATE:
                assert window not in self.known, "CREATE of a window that exists"
                self.known.add(window)
            elif message not in (T.EXT_HELLO, T.CLIPBOARD_DATA, T.FRAME_COUNT):
                assert window in self.known, f"{T(message).name} for a window that does not exist"
            if message == T.DESTROY:
                self.known.discard(window)
            self.said.append(Said(T(message), window, decode(message, body), refs))

    def daemon(self, *messages: bytes) -> None:
        """The daemon sends these in one write."""
        self._outgoing.receive(b"".join(messages))
        self.perform(self.orders.obey(self._outgoing.frames(), self.now))

    def order(self, message: T, window: int, *fields: int | bytes) -> None:
        self.daemon(encode(message, window, *fields))

    def create(self, window: int, geometry: Geometry = HERE, *, mapped: bool = False, **properties: Any) -> WindowId:
        ovr = bool(properties.pop("override_redirect", False))
        depth = int(properties.pop("depth", 24))
        identifier = WindowId(window)
        self.perform(self.reports.created(Facts(identifier, geometry, depth, ovr, mapped, Properties(**properties))))
        return identifier

    def show(self, window: int, geometry: Geometry = HERE, **properties: Any) -> WindowId:
        """A mapped window whose first picture was copied."""
        identifier = self.create(window, geometry, mapped=True, **properties)
        self.copy()
        return identifier

    def copy(self) -> None:
        """X makes the copies of one batch."""
        copies = self.plan()
        if self.qube.minor is not None:
            self.perform(self.qube.pixels.copied(copies, self.qube.minor))

    def settle(self, after_s: float = 0.0) -> None:
        """Time passes, and a turn of the loop ends."""
        self.now += after_s
        self.perform(self.reports.due(self.now))

    def plan(self) -> list[Copy]:
        """What is to be copied now; what that makes the agent say is said."""
        copies = self.qube.pixels.plan()
        self.perform(self.qube.pixels.take_log())
        return copies

    def take_said(self) -> list[Said]:
        said, self.said = self.said, []
        return said

    def take_types(self) -> list[T]:
        return [one.type for one in self.take_said()]

    def take_done(self) -> list[Effect]:
        done, self.done = self.done, []
        return done
