"""No order of X's events, programs' wishes and the daemon's messages makes the agent say what the C daemon punishes.

And once all is quiet, the two agree on where every window is, and X has it there.
"""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from guiagent.core.effects import Effect, KillClient, MapWindow, MoveResize, PlaceWindow, Send
from guiagent.core.gravity import Request
from guiagent.core.settle import QUIET_S
from guiagent.core.values import Facts, Geometry, Properties, SizeHints, WindowId
from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.core.c_daemon import CDaemon
from tests.guiagent.core.world import World

words = st.one_of(st.integers(-50, 90), st.integers(-(1 << 31), (1 << 31) - 1))
ids = st.integers(1, 2).map(WindowId)
sides = st.one_of(st.integers(1, 90), st.sampled_from([6144, 6145, 16384, 16385, 32767]))
places = st.builds(Geometry, st.integers(-32768, 32767), st.integers(-50, 50), sides, sides)
seen_places = st.builds(Geometry, st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 90), st.integers(1, 90))
states = st.sampled_from([10, 20, 30, 40])
properties = st.builds(
    Properties,
    title=st.none() | st.text(max_size=3),
    size_hints=st.none() | st.builds(SizeHints, st.integers(0, 1023), *[words] * 8),
    transient_for=st.integers(0, 3),
    group=st.integers(0, 3),
    urgent=st.booleans(),
    starts_iconic=st.booleans(),
    states=st.lists(states, max_size=4, unique=True).map(tuple),
    gravity=st.integers(0, 11),
    docks=st.booleans(),
    shadow=st.sampled_from([(), (3, 4, 5, 6), (50, 50, 50, 50), (0, 0, 0, 9000)]),
)
TURNS_TO_SETTLE = 12
"""Every exchange ends in a few turns; a ping-pong that never does is found out by this."""


class Session(World):
    """The agent's core with X and the daemon at the far ends of three queues."""

    def __init__(self) -> None:
        self.to_daemon: list[bytes] = []
        self.to_x: list[Effect] = []
        super().__init__(pages=64, minor=None)

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                assert self.qube.minor is not None, "a message to nobody"
                self.to_daemon.append(effect.data)
            else:
                self.to_x.append(effect)


class Rules(RuleBasedStateMachine):
    """X, programs, the person and the daemon do what they like; messages and events wait as long as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.agent = Session()
        self.daemon: CDaemon | None = None
        self.in_x: dict[WindowId, Geometry] = {}
        self.mapped: set[WindowId] = set()

    @initialize(minor=st.integers(4, 8), said=properties)
    def begin(self, minor: int, said: Properties) -> None:
        """Most examples have a daemon and windows to begin with."""
        self.daemon_comes(minor)
        for number, about in ((1, Properties()), (2, said)):
            self.create(WindowId(number), Geometry(number, 5, 60, 50), about, popup=False)
            self.map(WindowId(number))
        self.all_becomes_quiet()

    # X and programs

    @rule(window=ids, place=places, said=properties, popup=st.booleans())
    def create(self, window: WindowId, place: Geometry, said: Properties, popup: bool) -> None:  # noqa: FBT001
        if window not in self.in_x:
            self.in_x[window] = place
            self.agent.perform(
                self.agent.reports.created(Facts(window, place, 24, popup, mapped=False, properties=said))
            )

    @rule(window=ids)
    def destroy(self, window: WindowId) -> None:
        if self.in_x.pop(window, None) is not None:
            self.mapped.discard(window)
            self.agent.perform(self.agent.reports.destroyed(window))

    @rule(window=ids)
    def map(self, window: WindowId) -> None:
        if window in self.in_x:
            self.agent.perform(self.agent.wishes.map(window, self.agent.now))

    @rule(window=ids)
    def unmap(self, window: WindowId) -> None:
        if window in self.mapped:
            self.mapped.discard(window)
            self.agent.perform(self.agent.reports.unmapped(window))

    @rule(window=ids, said=properties)
    def describe(self, window: WindowId, said: Properties) -> None:
        self.agent.perform(self.agent.reports.described(window, said))

    @rule(window=ids, place=st.one_of(seen_places, places), part=st.integers(0, 15))
    def ask_for_a_place(self, window: WindowId, place: Geometry, part: int) -> None:
        asked = Request(*[value if part >> bit & 1 else None for bit, value in enumerate(place)])
        self.agent.perform(self.agent.wishes.configure(window, asked, border=part))

    @rule(window=ids, action=st.integers(0, 3), atoms=st.tuples(states, states))
    def ask_for_states(self, window: WindowId, action: int, atoms: tuple[int, int]) -> None:
        self.agent.perform(self.agent.wishes.change_states(window, action, atoms, self.agent.now))

    @rule(window=ids, wish=st.sampled_from(["iconify", "restore", "activate", "dress", "close"]))
    def wish(self, window: WindowId, wish: str) -> None:
        self.agent.perform(getattr(self.agent.wishes, wish)(window))

    @rule(window=ids, direction=st.integers(0, 11))
    def drag(self, window: WindowId, direction: int) -> None:
        self.agent.perform(self.agent.wishes.drag(window, direction, (5, 5), 1))

    @rule(glyph=st.none() | st.integers(0, 200))
    def show_cursor(self, glyph: int | None) -> None:
        self.agent.perform(
            self.agent.reports.cursor_shown(glyph if glyph is None else glyph // 2 * 2 % 154, self.agent.now)
        )

    @rule(x=st.integers(0, 9), daemon=st.integers(0, 9), agent=st.integers(0, 9))
    def messages_arrive(self, x: int, daemon: int, agent: int) -> None:
        """As many as that at each end."""
        if self.daemon is not None:
            self.agent_reads(agent)
        self.x_does_something(x)
        if self.daemon is not None:
            self.daemon_reads(daemon)

    def x_does_something(self, count: int) -> None:
        now, self.agent.to_x = self.agent.to_x[:count], self.agent.to_x[count:]
        for effect in now:
            self.carry_out(effect)

    def carry_out(self, effect: Effect) -> None:
        window = getattr(effect, "window", None)
        if window in self.in_x:
            if isinstance(effect, MoveResize | PlaceWindow) and self.in_x[window] != effect.geometry:
                self.in_x[window] = effect.geometry
                self.agent.perform(self.agent.reports.configured(window, effect.geometry))
            elif isinstance(effect, MapWindow) and window not in self.mapped:
                self.mapped.add(window)
                self.agent.perform(self.agent.reports.mapped(window, override_redirect=effect.override_redirect))
            elif isinstance(effect, KillClient):
                self.destroy(window)
        if isinstance(effect, MoveResize):
            self.agent.perform(self.agent.reports.confirmed(effect.window, self.agent.now))
        elif isinstance(effect, PlaceWindow):
            self.agent.reports.carried_out(effect.window)

    @rule()
    def copies_are_made(self) -> None:
        self.agent.copy()

    # The daemon and the person

    @precondition(lambda self: self.daemon is None)
    @rule(minor=st.integers(4, 8))
    def daemon_comes(self, minor: int) -> None:
        self.daemon = CDaemon(minor)
        self.agent.connect(minor)

    @precondition(lambda self: self.daemon is not None)
    @rule()
    def daemon_goes(self) -> None:
        self.daemon = None
        self.agent.to_daemon.clear()
        self.agent.perform(self.agent.reports.daemon_lost())

    def daemon_reads(self, count: int) -> None:
        assert self.daemon is not None
        now, self.agent.to_daemon = self.agent.to_daemon[:count], self.agent.to_daemon[count:]
        self.daemon.hear(b"".join(now))

    def agent_reads(self, count: int) -> None:
        assert self.daemon is not None
        now, self.daemon.answers = self.daemon.answers[:count], self.daemon.answers[count:]
        self.agent.daemon(*now)

    @precondition(lambda self: self.daemon is not None)
    @rule(window=ids, places=st.lists(seen_places, min_size=1, max_size=3), heard=st.booleans())
    def person_moves(self, window: WindowId, places: list[Geometry], heard: bool) -> None:  # noqa: FBT001
        assert self.daemon is not None
        for place in places:
            self.daemon.move(window, place)
            if heard:
                self.messages_arrive(9, 9, 9)

    @precondition(lambda self: self.daemon is not None)
    @rule(
        window=ids,
        said=st.sampled_from(
            [
                (T.WINDOW_FLAGS, 4, 0),
                (T.WINDOW_FLAGS, 0, 4),
                (T.WINDOW_FLAGS, 1, 2),
                (T.FOCUS, 9, 0, 0),
                (T.FOCUS, 10, 0, 0),
                (T.BUTTON, 4, 5, 5, 0, 1),
                (T.BUTTON, 5, 50, 50, 0x100, 1),
                (T.MOTION, 30, 40, 0x100, 0),
                (T.CROSSING, 7, 5, 5, 0, 0, 0, 0),
                (T.CLOSE,),
                (T.MAP, 0, 0),
            ]
        ),
    )
    def daemon_says(self, window: WindowId, said: tuple[Any, ...]) -> None:
        assert self.daemon is not None
        self.daemon.say(said[0], window, *said[1:])

    @rule(window=ids)
    def daemon_speaks_of_what_is_gone(self, window: WindowId) -> None:
        if self.daemon is not None and window not in self.daemon.windows:
            self.agent.daemon(encode(T.CONFIGURE, window, 1, 2, 3, 4, 0))

    @rule(seconds=st.floats(0.001, 1.5))
    def time_passes(self, seconds: float) -> None:
        self.agent.settle(seconds)

    def teardown(self) -> None:
        """However an example ends, it ends in quiet."""
        self.all_becomes_quiet()

    @rule()
    def all_becomes_quiet(self) -> None:
        for _ in range(TURNS_TO_SETTLE):
            self.x_does_something(1000)
            if self.daemon is not None:
                self.daemon_reads(1000)
                self.agent_reads(1000)
            self.agent.settle(QUIET_S)
        if self.daemon is None:
            return
        assert not self.agent.to_daemon
        assert not self.daemon.answers
        known = {window.window for window in self.agent.qube.windows.values() if window.announced}
        assert known == set(self.daemon.windows) == set(self.in_x)
        for number in known:
            window, there = self.agent.qube.windows[number], self.daemon.windows[number]
            assert not there.outstanding, "a CONFIGURE that was never answered"
            assert there.geometry == window.place.told == window.place.real.inside_limits()
            assert window.place.whole == window.place.newest == self.in_x[number]
            assert there.mapped == (number in self.mapped and not there.docked)


TestRules = Rules.TestCase
TestRules.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
