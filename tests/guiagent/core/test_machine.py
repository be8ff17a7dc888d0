"""Any order of events: the daemon that checks (see `world`) is never told of a window that it does not know."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from guiagent.core.pixels import Copy
from guiagent.core.values import Geometry, Properties, WindowId
from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World

ids = st.integers(1, 4).map(WindowId)
geometries = st.builds(Geometry, st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 90), st.integers(1, 90))
PAGES = 40


class Agent(RuleBasedStateMachine):
    """X and the daemon do what they like, in any order; the pool is too small for everything."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(pages=PAGES, minor=None)
        self.under_way: list[Copy] | None = None
        self.in_x: dict[WindowId, Geometry] = {}
        self.to_acknowledge: list[bytes] = []

    def settle(self) -> None:
        self.world.take_done()
        for said in self.world.take_said():
            if said.type is T.WINDOW_DUMP:
                self.to_acknowledge.append(encode(T.WINDOW_DUMP_ACK, said.window))
            elif said.type is T.DESTROY:
                self.to_acknowledge.append(encode(T.DESTROY, said.window))

    @rule(window=ids, geometry=geometries, mapped=st.booleans())
    def create(self, window: WindowId, geometry: Geometry, mapped: bool) -> None:  # noqa: FBT001
        if window not in self.in_x:
            self.in_x[window] = geometry
        self.world.create(window, geometry, mapped=mapped)

    @rule(window=ids)
    def destroy(self, window: WindowId) -> None:
        self.in_x.pop(window, None)
        self.world.perform(self.world.reports.destroyed(window))

    @rule(window=ids)
    def show(self, window: WindowId) -> None:
        self.world.perform(self.world.reports.mapped(window, override_redirect=False))

    @rule(window=ids)
    def hide(self, window: WindowId) -> None:
        self.world.perform(self.world.reports.unmapped(window))

    @rule(window=ids, geometry=geometries)
    def configure(self, window: WindowId, geometry: Geometry) -> None:
        if window in self.in_x:
            self.in_x[window] = geometry
        self.world.perform(self.world.reports.configured(window, geometry))

    @rule(window=ids, title=st.text(max_size=3), shadow=st.sampled_from([(), (3, 4, 5, 6), (40, 40, 40, 40)]))
    def describe(self, window: WindowId, title: str, shadow: tuple[int, ...]) -> None:
        self.world.perform(self.world.reports.described(window, Properties(title=title, shadow=shadow)))

    @rule(window=ids, away=st.booleans())
    def iconify(self, window: WindowId, away: bool) -> None:  # noqa: FBT001
        if self.world.qube.minor is not None:
            self.world.daemon(encode(T.WINDOW_FLAGS, window, *((4, 0) if away else (0, 4))))

    @rule(window=ids)
    def damage(self, window: WindowId) -> None:
        self.world.qube.pixels.damaged(window, (0, 0, 5, 5))

    @rule()
    def start_copies(self) -> None:
        if self.under_way is None:
            self.under_way = self.world.plan()

    @rule()
    def end_copies(self) -> None:
        copies, self.under_way = self.under_way or [], None
        if self.world.qube.minor is not None:
            self.world.perform(self.world.qube.pixels.copied(copies, self.world.qube.minor))

    @rule(minor=st.integers(4, 8))
    def daemon_comes(self, minor: int) -> None:
        if self.world.qube.minor is None:
            self.to_acknowledge.clear()
            self.world.connect(minor)

    @rule()
    def daemon_goes(self) -> None:
        if self.world.qube.minor is not None:
            self.world.perform(self.world.reports.daemon_lost())
            self.to_acknowledge.clear()

    @rule(count=st.integers(1, 5))
    def daemon_answers(self, count: int) -> None:
        if self.world.qube.minor is not None:
            now, self.to_acknowledge = self.to_acknowledge[:count], self.to_acknowledge[count:]
            self.world.daemon(*now)

    @rule(window=ids, geometry=geometries, echo=st.booleans())
    def daemon_configures(self, window: WindowId, geometry: Geometry, echo: bool) -> None:  # noqa: FBT001
        if self.world.qube.minor is not None:
            self.world.daemon(encode(T.CONFIGURE, window, *geometry, 0))
            if window in self.in_x and echo:
                self.world.perform(self.world.reports.confirmed(window, self.world.now))

    @rule(seconds=st.floats(0.01, 0.2))
    def time_passes(self, seconds: float) -> None:
        self.world.now += seconds
        self.world.perform(self.world.reports.due(self.world.now))

    @invariant()
    def pages_are_never_lost(self) -> None:
        """What the pool does not have free belongs to a shown window."""
        self.settle()
        qube = self.world.qube
        if not [window for window in qube.windows.values() if window.mapped]:
            blank = qube.pixels._blank
            assert self.world.allocator.free_pages == PAGES - (blank is not None)

    @invariant()
    def pages_of_two_pictures_never_overlap(self) -> None:
        taken: set[int] = set()
        for surface in self.world.qube.pixels._surfaces.values():
            buffers = surface.buffers
            for buffer in {one for one in (buffers.current, buffers._acknowledged, *buffers._sent) if one is not None}:
                pages = set(range(buffer.run.first_page, buffer.run.first_page + buffer.run.pages))
                assert not pages & taken
                taken |= pages

    @invariant()
    def daemon_knows_exactly_the_announced_windows(self) -> None:
        qube = self.world.qube
        if qube.minor is not None:
            assert {window.window for window in qube.windows.values() if window.announced} == self.world.known


TestAgent = Agent.TestCase
TestAgent.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
