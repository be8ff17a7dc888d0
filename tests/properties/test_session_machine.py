"""The daemon's session under any legal messages and any desktop: what is asked, granted and shown never contradict.

The machine plays the agent, which may do what the protocol allows, and the display, which obeys late, in part or not at
all. It keeps its own small model, from the effects and messages alone.
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from guid.core import effects as fx
from guid.core.effects import Effects
from guid.core.flags import FOR_FULLSCREEN, NO_FLAGS, NO_STATES
from guid.core.geometry import Rect, content_of, intersection, within_limits
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.policy import POPUP_AREA_LIMIT_PERCENT, Desktop, extents_of, granted_outer
from guid.core.region import union_area
from guid.core.values import SCREEN, DesktopState, Kind, RemoteId, WindowFlag
from guid.core.window import State
from protocol.errors import RemoteProtocolError
from protocol.messages import MessageType as M
from tests.guid.core.strategies import contents
from tests.guid.core.talk import DESKTOP, Talk, told

AREAS = st.sampled_from(
    [
        DESKTOP,
        Desktop(Rect(0, 0, 1920, 1080), Rect(60, 0, 1860, 1040)),
        Desktop(Rect(0, 0, 800, 600), Rect(0, 0, 800, 600)),
        Desktop(Rect(0, 0, 20_000, 8_000), Rect(100, 100, 19_000, 7_000)),
        Desktop(Rect(0, 0, 40, 30), Rect(10, 10, 1, 1)),
        Desktop(Rect(0, 0, 2400, 1200), Rect(0, 30, 2400, 1170), (Rect(0, 0, 1400, 1200), Rect(1400, 300, 1000, 700))),
    ]
)

REMOTE_IDS = st.integers(0, 3).map(RemoteId)

# Mostly windows as people have them, in few places, so that things coincide; and any that the protocol allows.
PLACES = [Rect(x, y, width, 80) for x in (-20, 100, 1900) for y in (0, 300, 1060) for width in (1, 60, 200, 1800)]
RECTS = st.one_of(st.sampled_from(PLACES), contents())


@dataclass
class Seen:
    """What an onlooker knows of one window, from effects and messages only."""

    kind: Kind
    display: Rect
    """where the display has it"""
    heard: Rect
    """the content geometry that the agent last said or was last told"""
    mapped: bool = False
    """the agent wants it shown"""
    on_screen: bool = False
    """the newest outer of it was mapped"""
    content_size: tuple[int, int] = (0, 0)
    kinds_while_mapped: list[Kind] = field(default_factory=list)
    asked_moves: list[Rect] = field(default_factory=list)
    to_echo: list[Rect] = field(default_factory=list)
    fresh: bool = True
    """no window manager has seen its outer"""
    flags: WindowFlag = NO_FLAGS
    """the states that the agent was told of"""
    states: DesktopState = NO_STATES
    """the states that the display last said, while it is mapped"""


def on_a_monitor(outer: Rect, desktop: Desktop) -> bool:
    return any(intersection(outer, monitor) is not None for monitor in desktop.monitors or (desktop.root,))


class SessionMachine(RuleBasedStateMachine):
    windows = Bundle("windows")

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk()
        self.options = DEFAULT_OPTIONS
        self.allow_fullscreen = False
        self.desktop = DESKTOP
        self.seen: dict[RemoteId, Seen] = {}

    @initialize(allow_fullscreen=st.booleans(), popups=st.booleans(), protected=st.booleans())
    def begin(self, *, allow_fullscreen: bool, popups: bool, protected: bool) -> None:
        self.options = Options(
            allow_fullscreen=allow_fullscreen, override_redirect=popups, override_redirect_protection=protected
        )
        self.talk = Talk(options=self.options)
        self.allow_fullscreen = allow_fullscreen

    # What the effects say

    def take(self, effects: Effects) -> None:
        for effect in effects:
            assert getattr(effect, "window", None) in {None, *self.seen}, "an effect for a window that is not there"
            self.follow(effect)
        for message, window, *numbers in told(effects):
            if message == M.CONFIGURE:
                seen = self.seen[RemoteId(int(str(window)))]
                x, y, width, height, popup = (int(str(number)) for number in numbers)
                assert bool(popup) is (seen.kind is Kind.POPUP)
                seen.heard = Rect(x, y, width, height)
                seen.to_echo.append(seen.heard)
            elif message == M.WINDOW_FLAGS:
                seen = self.seen[RemoteId(int(str(window)))]
                to_set, to_clear = (WindowFlag(int(str(number))) for number in numbers)
                assert seen.kind is Kind.MANAGED
                assert not to_set & seen.flags
                assert to_clear & seen.flags == to_clear
                seen.flags = seen.flags & ~to_clear | to_set

    def follow(self, effect: fx.Effect) -> None:
        match effect:
            case fx.CreateWindow(window, kind, outer, extents):
                assert extents == extents_of(kind)
                seen = self.seen[window]
                seen.kind, seen.display = kind, outer
                seen.content_size = self.size_in(outer, kind)
            case fx.ChangeKind(window, kind, outer, extents):
                assert extents == extents_of(kind)
                seen = self.seen[window]
                assert kind is not seen.kind
                seen.kind, seen.display = kind, outer
                seen.content_size = self.size_in(outer, kind)
                seen.asked_moves.clear()
                seen.on_screen, seen.fresh = False, True
            case fx.WriteStates(window):
                assert self.seen[window].fresh
                assert self.seen[window].kind is Kind.MANAGED
            case fx.ChangeStates(window) | fx.MinimizeWindow(window) | fx.RestoreWindow(window):
                assert self.seen[window].on_screen
                assert self.seen[window].kind is Kind.MANAGED
            case fx.MoveResize(window, outer):
                assert outer.width >= 1
                assert outer.height >= 1
                self.seen[window].asked_moves.append(outer)
            case fx.FitContent(window, width, height):
                self.seen[window].content_size = (width, height)
            case fx.MapWindow(window, kind):
                seen = self.seen[window]
                assert kind is seen.kind
                seen.kinds_while_mapped = [*seen.kinds_while_mapped, kind] if seen.mapped else [kind]
                seen.mapped = seen.on_screen = True
                seen.fresh = False
            case fx.UnmapWindow(window, kind):
                assert kind is self.seen[window].kind
                self.seen[window].mapped = self.seen[window].on_screen = False
                self.seen[window].states = NO_STATES
            case fx.SetTransientFor(window, parent):
                assert parent is None or (parent in self.seen and parent != window)
            case fx.DestroyWindow(window):
                del self.seen[window]
            case _:
                pass

    @staticmethod
    def size_in(outer: Rect, kind: Kind) -> tuple[int, int]:
        content = content_of(outer, extents_of(kind))
        return content.width, content.height

    # The agent

    @rule(target=windows, remote=REMOTE_IDS, content=RECTS, popup=st.booleans(), mapped=st.booleans())
    def create(self, remote: RemoteId, content: Rect, *, popup: bool, mapped: bool) -> object:
        if remote in self.seen:
            with pytest.raises(RemoteProtocolError):
                self.talk.create(remote, content, popup=popup)
            return multiple()
        self.seen[remote] = Seen(Kind.MANAGED, Rect(0, 0, 1, 1), content)
        self.take(self.talk.create(remote, content, popup=popup))
        if mapped:
            self.take(self.talk.map(remote, popup=popup))
        return remote

    @rule(remote=windows, parent=REMOTE_IDS, popup=st.booleans())
    def map(self, remote: RemoteId, parent: RemoteId, *, popup: bool) -> None:
        self.take(self.talk.map(remote, popup=popup, transient_for=parent))

    @rule(remote=windows)
    def unmap(self, remote: RemoteId) -> None:
        self.take(self.talk.say(M.UNMAP, remote))

    @rule(remote=consumes(windows))
    def destroy(self, remote: RemoteId) -> None:
        self.take(self.talk.say(M.DESTROY, remote))

    @rule(remote=windows, content=RECTS)
    def configure(self, remote: RemoteId, content: Rect) -> None:
        self.seen[remote].heard = content
        self.take(self.talk.configure(remote, content))

    @rule(remote=windows)
    def echo(self, remote: RemoteId) -> None:
        """Answer as an agent that is awake does: the newest CONFIGURE, and at most one that this fetches."""
        seen = self.seen[remote]
        for _ in range(2):
            if seen.to_echo:
                seen.heard = seen.to_echo[-1]
                seen.to_echo.clear()
                self.take(self.talk.configure(remote, seen.heard))
        assert not seen.to_echo
        assert not self.talk.session.windows[remote].unanswered, "answered, and still waiting"

    @rule(remote=windows, width=st.integers(1, 60), height=st.integers(1, 60))
    def dump(self, remote: RemoteId, width: int, height: int) -> None:
        self.take(self.talk.dump(remote, width, height))

    @rule(remote=windows, rect=st.tuples(*[st.integers(0, 400)] * 2, *[st.integers(1, 400)] * 2))
    def damage(self, remote: RemoteId, rect: tuple[int, int, int, int]) -> None:
        self.take(self.talk.say(M.SHMIMAGE, remote, *rect))

    @rule(remote=windows, to_set=st.integers(0, 7), to_clear=st.integers(0, 7))
    def asks_for_states(self, remote: RemoteId, to_set: int, to_clear: int) -> None:
        self.take(self.talk.say(M.WINDOW_FLAGS, remote, to_set, to_clear & ~to_set))

    # The display

    @rule(remote=windows, states=st.integers(0, 15).map(DesktopState))
    def shows_states(self, remote: RemoteId, states: DesktopState) -> None:
        seen = self.seen[remote]
        if seen.mapped and seen.kind is Kind.MANAGED:
            seen.states = states
        self.take(self.talk.session.windows.states_shown(remote, states))

    @rule()
    def person_ends_fullscreen(self) -> None:
        self.take(self.talk.session.windows.end_fullscreen())
        shown = [seen.states for seen in self.seen.values() if seen.mapped and seen.kind is Kind.MANAGED]
        granted = [each.flags.granted for each in self.talk.session.windows.values()]
        assert not any(DesktopState.FULLSCREEN in states for states in granted)
        assert len(shown) <= len(granted)

    @rule(remote=windows)
    def display_obeys(self, remote: RemoteId) -> None:
        """The oldest request is done."""
        seen = self.seen[remote]
        if seen.asked_moves:
            self.display_says(remote, seen.asked_moves.pop(0))

    @rule(remote=windows, outer=RECTS)
    def display_decides(self, remote: RemoteId, outer: Rect) -> None:
        """The window manager or another client puts it somewhere."""
        self.display_says(remote, outer)

    def display_says(self, remote: RemoteId, outer: Rect) -> None:
        self.seen[remote].display = outer
        self.take(self.talk.shown_at(remote, outer))

    @rule(remote=windows, rect=RECTS)
    def exposes(self, remote: RemoteId, rect: Rect) -> None:
        self.talk.session.damage.exposed(remote, rect)

    @rule(desktop=AREAS)
    def changes(self, desktop: Desktop) -> None:
        before, self.desktop = self.desktop, desktop
        self.take(self.talk.session.windows.desktop_changed(desktop))
        for seen in self.seen.values():
            lost = on_a_monitor(seen.display, before) and not on_a_monitor(seen.display, desktop)
            if lost and seen.mapped and seen.kind is Kind.MANAGED:
                assert on_a_monitor(seen.asked_moves[-1], desktop), "nobody brings it back"

    @rule(ready=st.sets(REMOTE_IDS))
    def draws(self, ready: set[RemoteId]) -> None:
        self.talk.session.damage.take(ready)

    # What must hold at any time

    @invariant()
    def what_is_granted_was_asked_for_and_follows_from_it(self) -> None:
        for remote, seen in self.seen.items():
            window = self.talk.session.windows[remote]
            if seen.kind is Kind.POPUP:
                assert window.asked.override_redirect, "a popup that nobody asked for"
                if seen.mapped:
                    assert window.granted.outer == granted_outer(window.asked.content, Kind.POPUP, self.desktop)
            flags = window.flags
            if flags.granted & FOR_FULLSCREEN:
                assert WindowFlag.FULLSCREEN in flags.asked
            if DesktopState.ATTENTION in flags.granted:
                assert WindowFlag.DEMANDS_ATTENTION in flags.asked
            assert self.allow_fullscreen or DesktopState.FULLSCREEN not in flags.granted

    @invariant()
    def a_window_that_is_not_mapped_has_no_states_but_those_it_is_to_begin_with(self) -> None:
        for remote, seen in self.seen.items():
            flags = self.talk.session.windows[remote].flags
            assert seen.mapped or not flags.shown

    @invariant()
    def records_agree_with_what_was_done(self) -> None:
        session = self.talk.session
        assert set(session.windows) == set(self.seen)
        assert set(session.damage.pending) <= set(self.seen)
        assert all(session.damage.pending.values()), "a window without rectangles is listed as damaged"
        for remote, seen in self.seen.items():
            window = session.windows[remote]
            assert window.kind is seen.kind
            assert window.extents == extents_of(seen.kind)
            assert (window.state is State.MAPPED) is seen.mapped is seen.on_screen
            assert window.transient_for is None or window.transient_for in self.seen
            assert within_limits(window.told) == window.told

    @invariant()
    def a_mapped_popup_lies_in_the_work_area_or_wholly_off_the_screen_or_is_on_its_way(self) -> None:
        for remote, seen in self.seen.items():
            if seen.kind is not Kind.POPUP or not seen.mapped:
                continue
            granted = self.talk.session.windows[remote].granted.outer
            off_screen = intersection(granted, self.desktop.root) is None
            assert off_screen or intersection(granted, self.desktop.work_area) == granted
            monitors = self.desktop.monitors or (self.desktop.root,)
            assert off_screen or any(intersection(granted, monitor) == granted for monitor in monitors)
            if seen.display != granted:
                assert seen.asked_moves, "nobody pulls it back"
                assert seen.asked_moves[-1] == granted

    @invariant()
    def there_are_popups_only_if_the_person_allows_them(self) -> None:
        assert self.options.override_redirect or all(seen.kind is Kind.MANAGED for seen in self.seen.values())

    @invariant()
    def mapped_popups_together_leave_some_of_the_work_area_free(self) -> None:
        if not self.options.override_redirect_protection:
            return
        popups = [
            self.talk.session.windows[remote].granted.outer
            for remote, seen in self.seen.items()
            if seen.mapped and seen.kind is Kind.POPUP
        ]
        visible = [outer for outer in popups if intersection(outer, self.desktop.root) is not None]
        assert union_area(visible) * 100 <= self.desktop.work_area.area * POPUP_AREA_LIMIT_PERCENT

    @invariant()
    def a_managed_window_is_told_as_it_is_shown(self) -> None:
        for remote, seen in self.seen.items():
            if seen.kind is not Kind.MANAGED or not seen.mapped:
                continue
            window = self.talk.session.windows[remote]
            if not window.unanswered:
                assert window.told == window.asked.content == seen.heard
            if not seen.asked_moves:
                assert window.told == within_limits(content_of(seen.display, extents_of(seen.kind)))

    @invariant()
    def a_mapped_managed_window_is_told_its_states(self) -> None:
        for remote, seen in self.seen.items():
            if seen.kind is not Kind.MANAGED or not seen.mapped:
                continue
            asked, shown = self.talk.session.windows[remote].flags.asked, self.talk.session.windows[remote].flags.shown
            assert not shown & ~seen.states, "more is believed to be shown than is"
            assert (WindowFlag.MINIMIZE in seen.flags) is (DesktopState.HIDDEN in seen.states)
            fullscreen = DesktopState.FULLSCREEN in shown or WindowFlag.FULLSCREEN in asked
            assert (WindowFlag.FULLSCREEN in seen.flags) is fullscreen

    @invariant()
    def a_content_has_the_size_that_goes_with_its_outer(self) -> None:
        for seen in self.seen.values():
            assert seen.asked_moves or seen.content_size == self.size_in(seen.display, seen.kind)

    @invariant()
    def the_screen_of_a_qube_is_managed_and_waits_for_no_answer(self) -> None:
        screen = self.talk.session.windows.get(SCREEN)
        assert screen is None or (screen.kind is Kind.MANAGED and not screen.unanswered)

    @invariant()
    def a_mapped_window_never_becomes_a_popup(self) -> None:
        for seen in self.seen.values():
            if seen.mapped:
                assert seen.kinds_while_mapped in ([Kind.MANAGED], [Kind.POPUP], [Kind.POPUP, Kind.MANAGED])


TestSessionMachine = SessionMachine.TestCase
TestSessionMachine.settings = settings(stateful_step_count=30, report_multiple_bugs=False)
