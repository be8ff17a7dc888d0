"""Both ends' cores together, in memory: no page that the desktop may read is written to, and none is ever lost.

The machine plays the programs, the two X servers and the bytes between the ends, each as late as it likes. What the
desktop may read are the pictures that the daemon has, and those of a draw that is under way.
"""

from collections.abc import Iterable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from guiagent.core.pixels import Copy
from guiagent.core.values import Geometry, WindowId
from guid.core import effects as fx
from guid.core.effects import Effects
from guid.core.options import DEFAULT_OPTIONS
from guid.core.session import Session
from guid.core.values import RemoteId
from protocol.codec import encode
from protocol.extensions import EXT_VERSION, SUPPORTED
from protocol.framing import FrameReader
from protocol.messages import MessageType, Role
from shm.runs import Run
from tests.guiagent.core.world import World
from tests.guid.core.talk import DESKTOP

PAGES = 60
MINOR = 8
IDS = st.integers(1, 4).map(WindowId)
PLACES = st.builds(Geometry, st.integers(0, 200), st.integers(0, 200), st.integers(1, 120), st.integers(1, 120))
"""A picture of the largest size takes 15 pages; four windows with two pictures each do not find room."""
TURNS_TO_SETTLE = 12


def pages_of(runs: Iterable[Run]) -> set[int]:
    return {page for run in runs for page in range(run.first_page, run.first_page + run.pages)}


class AgentEnd(World):
    """The agent's core; what it says waits in `to_daemon`."""

    def __init__(self) -> None:
        self.to_daemon: list[bytes] = []
        super().__init__(pages=PAGES, minor=MINOR)

    def _hear(self, data: bytes) -> None:
        self.to_daemon.append(data)


class DaemonEnd:
    """The daemon's core with the order of its draws. to_agent: what it says. reading: pages of the draw under way.

    counter: what it has written into the pool, or let the X server write there; the agent sees it at once.
    """

    def __init__(self) -> None:
        self.session = Session(DESKTOP, minor=MINOR, pool_pages=PAGES, options=DEFAULT_OPTIONS, counts=True)
        self.counter = self._stamp = 0
        self.to_agent: list[bytes] = [encode(MessageType.EXT_HELLO, 0, EXT_VERSION, SUPPORTED[Role.DAEMON])]
        self.pictures: dict[RemoteId, set[int]] = {}
        self.reading: set[int] | None = None
        self._reader = FrameReader(Role.DAEMON, minor=MINOR)
        self._after: list[bytes] = []

    @property
    def read(self) -> set[int]:
        """Every page that the desktop may read without another word of the agent."""
        return set().union(self.reading or (), *self.pictures.values())

    def hear(self, data: bytes) -> None:
        self._reader.receive(data)
        for frame in self._reader.frames():
            self._perform(self.session.message(frame))

    def _perform(self, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case fx.Send(message):
                    self.to_agent.append(message)
                case fx.UseImage(window, image, acknowledgement):
                    self.pictures[window] = pages_of(image.runs)
                    self._when_drawn(acknowledgement)
                case fx.SendWhenDrawn(message):
                    self._when_drawn(message)
                case fx.DropImage(window):
                    self.pictures.pop(window, None)
                case _:
                    pass

    def _when_drawn(self, message: bytes) -> None:
        (self.to_agent if self.reading is None else self._after).append(message)

    def present(self) -> None:
        """A batch goes to the desktop's X server, unless one is there."""
        if self.reading is not None:
            return
        session, frames = self.session, self.session.frames
        self.to_agent += frames.settled([remote for remote in session.damage.pending if remote in self.pictures])
        drawn = session.damage.take(self.pictures)
        if drawn:
            self.reading = set().union(*(self.pictures[remote] for remote in drawn))
        undrawn = [remote for remote in session.damage.pending if remote in self.pictures]
        frames.draw(undrawn)
        if frames.uncounted and not undrawn:
            self._stamp = frames.count()
        if self.reading is None:
            self.to_agent += frames.settled(())
            self.counter = self._stamp

    def drawn(self) -> None:
        """The desktop's X server has done it, and has written the counter behind it."""
        self.reading, self.counter = None, self._stamp
        after, self._after = self._after, []
        self.to_agent += after


class BothEnds(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.agent, self.daemon = AgentEnd(), DaemonEnd()
        self.copying: list[Copy] | None = None
        self.places: dict[WindowId, Geometry] = {}
        for number in range(1, 4):
            self.create(WindowId(number), Geometry(number, 0, 60, 50))
        self.quiet()

    # Programs, and the qube's X server

    @rule(window=IDS, place=PLACES)
    def create(self, window: WindowId, place: Geometry) -> None:
        if window not in self.places:
            self.places[window] = place
            self.agent.create(window, place)
            self.map(window)

    @rule(window=IDS)
    def destroy(self, window: WindowId) -> None:
        self.places.pop(window, None)
        self.agent.perform(self.agent.reports.destroyed(window))

    @rule(window=IDS)
    def map(self, window: WindowId) -> None:
        self.agent.perform(self.agent.reports.mapped(window, override_redirect=False))

    @rule(window=IDS)
    def unmap(self, window: WindowId) -> None:
        self.agent.perform(self.agent.reports.unmapped(window))

    @rule(window=IDS, place=PLACES)
    def resize(self, window: WindowId, place: Geometry) -> None:
        if window in self.places:
            self.places[window] = place
            self.agent.perform(self.agent.reports.configured(window, place))

    @rule(window=IDS)
    def paint(self, window: WindowId) -> None:
        self.agent.qube.pixels.damaged(window, (0, 0, 9, 9))

    @rule(window=IDS, away=st.booleans())
    def minimise(self, window: WindowId, *, away: bool) -> None:
        self.agent.daemon(encode(MessageType.WINDOW_FLAGS, window, *((4, 0) if away else (0, 4))))

    @precondition(lambda self: self.copying is None)
    @rule()
    def paint_and_copy(self) -> None:
        """Into every window, which is copied at once."""
        for window in self.places:
            self.paint(window)
        self.copies_begin()

    @precondition(lambda self: self.copying is None)
    @rule()
    def copies_begin(self) -> None:
        tally = self.agent.qube.pixels.tally
        if tally.page is not None and tally.open and self.daemon.counter == tally.sent:
            tally.all_done()
        self.copying = self.agent.plan()
        self.agent.qube.pixels.copying(self.copying)

    @precondition(lambda self: self.copying is not None)
    @rule()
    def copies_end(self) -> None:
        copies, self.copying = self.copying or [], None
        self.agent.perform(self.agent.qube.pixels.copied(copies, MINOR))

    # Between the ends, and the desktop's X server

    @rule(count=st.integers(1, 6))
    def daemon_reads(self, count: int) -> None:
        now, self.agent.to_daemon = self.agent.to_daemon[:count], self.agent.to_daemon[count:]
        for data in now:
            self.daemon.hear(data)
        self.daemon.present()

    @rule(count=st.integers(1, 6))
    def agent_reads(self, count: int) -> None:
        now, self.daemon.to_agent = self.daemon.to_agent[:count], self.daemon.to_agent[count:]
        self.agent.daemon(*now)

    @rule()
    def draw_ends(self) -> None:
        self.daemon.drawn()
        self.daemon.present()

    @rule()
    def quiet(self) -> None:
        """Everything arrives and is done: each shown window has its picture, and no other page is in use."""
        for _ in range(TURNS_TO_SETTLE):
            if self.copying is None:
                self.copies_begin()
            self.copies_end()
            self.daemon_reads(1000)
            self.draw_ends()
            self.agent_reads(1000)
        assert not self.agent.to_daemon
        assert not self.daemon.to_agent
        pixels = self.agent.qube.pixels
        held = [] if pixels._blank is None else [pixels._blank.run]
        if pixels.tally.page is not None:
            held.append(Run(pixels.tally.page, 1))
        for surface in pixels._surfaces.values():
            buffers = surface.buffers
            assert buffers.unacknowledged == 0
            held += [each.run for each in (buffers.current, buffers._acknowledged) if each is not None]
        assert PAGES - self.agent.allocator.free_pages == len(pages_of(held)), "pages that nobody has"
        assert self.daemon.read <= pages_of(held), "pages that the daemon has and nobody else"

    def teardown(self) -> None:
        self.quiet()
        for window in list(self.places):
            self.destroy(window)
        self.quiet()
        assert not self.daemon.session.windows

    # What must hold at any time

    @invariant()
    def no_new_picture_is_written_where_the_desktop_may_read(self) -> None:
        fresh = pages_of(copy.buffer.run for copy in self.copying or () if copy.first)
        assert not fresh & self.daemon.read

    @invariant()
    def no_shown_picture_is_written_while_the_desktop_draws_it(self) -> None:
        again = pages_of(copy.buffer.run for copy in self.copying or () if not copy.first)
        assert not again & (self.daemon.reading or set())


TestBothEnds = BothEnds.TestCase
TestBothEnds.settings = settings(max_examples=400, stateful_step_count=40, deadline=None)
