"""guid/core/flags.py and what the session makes of it: states asked by a qube, granted, shown, and told back."""

from hypothesis import given
from hypothesis import strategies as st

from guid.core import effects as fx
from guid.core.flags import NO_STATES, Flags, StateChange
from guid.core.options import Options
from guid.core.values import DesktopState, FlagChange, Kind, RemoteId, WindowFlag
from protocol.messages import MessageType as M
from tests.guid.core.talk import Talk, told

W, OTHER = RemoteId(0x11), RemoteId(0x12)
CONTENT = (100, 200, 300, 150)
NOTHING = WindowFlag(0)
FULLSCREEN, ATTENTION, MINIMIZE = WindowFlag
MAXIMIZED, HIDDEN = DesktopState.MAXIMIZED, DesktopState.HIDDEN


def flags_told(talk: Talk) -> list[tuple[object, ...]]:
    """(set, cleared) of every WINDOW_FLAGS of the last effects."""
    return [tuple(numbers) for message, _window, *numbers in told(talk.effects) if message == M.WINDOW_FLAGS]


def asks(talk: Talk, to_set: int, to_clear: int = 0) -> list[fx.Effect]:
    """What the agent's WINDOW_FLAGS brings about, but for messages."""
    effects = talk.say(M.WINDOW_FLAGS, W, to_set, to_clear)
    return [effect for effect in effects if not isinstance(effect, fx.Send)]


def shows(talk: Talk, states: DesktopState) -> list[tuple[object, ...]]:
    talk.effects = talk.session.windows.states_shown(W, states)
    assert all(isinstance(effect, fx.Send) for effect in talk.effects)
    return flags_told(talk)


def mapped(*, popup: bool = False) -> Talk:
    talk = Talk()
    talk.mapped(W, CONTENT, popup=popup)
    return talk


# Before the first map


def test_states_of_a_window_that_was_never_mapped_are_written() -> None:
    talk = Talk()
    talk.create(W, CONTENT)
    assert asks(talk, 3) == [fx.WriteStates(W, MAXIMIZED | DesktopState.ATTENTION)]
    assert asks(talk, 0, 1) == [fx.WriteStates(W, DesktopState.ATTENTION)]
    assert asks(talk, 0, 0) == []
    assert asks(talk, 4) == [], "hidden before it is there"
    assert flags_told(talk) == []


def test_fullscreen_before_map_is_told_at_map() -> None:
    talk = Talk()
    talk.create(W, CONTENT)
    asks(talk, 1)
    assert [each for each in talk.map(W) if isinstance(each, fx.ChangeStates)] == []
    assert flags_told(talk) == [(1, 0)]
    assert shows(talk, MAXIMIZED) == []


def test_states_of_a_window_mapped_again_are_asked_after_the_map() -> None:
    """Not written: the window manager may still be taking its states off it."""
    talk = mapped()
    talk.say(M.UNMAP, W)
    assert asks(talk, 1) == []
    effects = talk.map(W)
    assert effects[:2] == [fx.MapWindow(W, Kind.MANAGED), fx.ChangeStates(W, MAXIMIZED, NO_STATES)]


def test_states_end_with_unmap_and_that_is_told_at_the_next_map() -> None:
    talk = mapped()
    asks(talk, 1)
    shows(talk, MAXIMIZED | HIDDEN)
    talk.say(M.UNMAP, W)
    assert flags_told(talk) == []
    assert shows(talk, MAXIMIZED) == [], "late"
    talk.map(W)
    assert flags_told(talk) == [(0, 5)]


# Fullscreen, which is not granted


def test_fullscreen_is_maximised_and_told_at_once() -> None:
    talk = mapped()
    assert asks(talk, 1) == [fx.ChangeStates(W, MAXIMIZED, NO_STATES)]
    assert flags_told(talk) == [(1, 0)]
    assert shows(talk, MAXIMIZED) == []
    assert asks(talk, 0, 1) == [fx.ChangeStates(W, NO_STATES, MAXIMIZED)]
    assert flags_told(talk) == [(0, 1)]
    assert shows(talk, NO_STATES) == []


def test_person_who_unmaximises_ends_fullscreen() -> None:
    talk = mapped()
    asks(talk, 1)
    shows(talk, MAXIMIZED)
    assert shows(talk, NO_STATES) == [(0, 1)]
    assert shows(talk, MAXIMIZED) == [], "the person's own maximising is not fullscreen"
    assert asks(talk, 0, 1) == [], "nothing of the agent's is left to take away"


def test_window_that_the_person_maximised_stays_so_after_fullscreen() -> None:
    talk = mapped()
    assert shows(talk, MAXIMIZED) == []
    assert asks(talk, 1) == []
    assert flags_told(talk) == [(1, 0)]
    assert asks(talk, 0, 1) == []
    assert flags_told(talk) == [(0, 1)]


def test_fullscreen_asked_again_before_the_display_answers_is_maximised_again() -> None:
    talk = mapped()
    asks(talk, 1)
    shows(talk, MAXIMIZED)
    asks(talk, 0, 1)
    assert asks(talk, 1) == [fx.ChangeStates(W, MAXIMIZED, NO_STATES)]
    assert asks(talk, 0, 1) == [fx.ChangeStates(W, NO_STATES, MAXIMIZED)]


def test_wish_is_not_taken_for_granted_because_of_late_news() -> None:
    """The news of the first comes when it was already asked to be undone."""
    talk = mapped()
    assert asks(talk, 1) == [fx.ChangeStates(W, MAXIMIZED, NO_STATES)]
    assert asks(talk, 0, 1) == [fx.ChangeStates(W, NO_STATES, MAXIMIZED)]
    shows(talk, MAXIMIZED)
    assert asks(talk, 1) == [fx.ChangeStates(W, MAXIMIZED, NO_STATES)]


def test_wish_is_not_taken_for_granted_because_the_window_manager_tells_twice() -> None:
    talk = mapped()
    asks(talk, 1)
    shows(talk, MAXIMIZED)
    assert asks(talk, 0, 1) == [fx.ChangeStates(W, NO_STATES, MAXIMIZED)]
    shows(talk, MAXIMIZED)
    assert asks(talk, 1) == [fx.ChangeStates(W, MAXIMIZED, NO_STATES)]
    for states in (MAXIMIZED, NO_STATES, MAXIMIZED):
        assert shows(talk, states) == []
    assert asks(talk, 0, 1) == [fx.ChangeStates(W, NO_STATES, MAXIMIZED)]


def test_late_news_of_an_earlier_change_is_no_wish_of_the_person() -> None:
    """It asked, took it back and asked again before the window manager had done the first."""
    talk = mapped()
    for to_set, to_clear in ((1, 0), (0, 1), (1, 0)):
        asks(talk, to_set, to_clear)
    for states in (MAXIMIZED, NO_STATES, MAXIMIZED):
        assert shows(talk, states) == []
    assert asks(talk, 0, 1) == [fx.ChangeStates(W, NO_STATES, MAXIMIZED)]


def test_person_who_unmaximises_ends_fullscreen_also_where_the_display_told_of_changes_at_once() -> None:
    talk = mapped()
    for to_set, to_clear in ((1, 0), (0, 1), (1, 0)):
        asks(talk, to_set, to_clear)
    shows(talk, MAXIMIZED)
    shows(talk, MAXIMIZED)
    assert shows(talk, NO_STATES) == [], "it may be told twice of the first change: this may be the second"
    shows(talk, MAXIMIZED)
    assert shows(talk, NO_STATES) == [(0, 1)]


def test_fullscreen_by_the_person_is_told_and_may_be_left_by_the_agent() -> None:
    talk = mapped()
    assert shows(talk, DesktopState.FULLSCREEN) == [(1, 0)]
    assert asks(talk, 1) == []
    assert asks(talk, 0, 1) == [fx.ChangeStates(W, NO_STATES, DesktopState.FULLSCREEN)]
    assert flags_told(talk) == [(0, 1)]
    assert shows(talk, NO_STATES) == []


def test_fullscreen_that_the_agent_left_is_not_told_again_by_late_news() -> None:
    """A window manager may tell of the person's wish once more before it has done the agent's."""
    talk = mapped()
    shows(talk, DesktopState.FULLSCREEN)
    asks(talk, 0, 1)
    assert shows(talk, DesktopState.FULLSCREEN) == []
    assert shows(talk, NO_STATES) == []
    assert shows(talk, DesktopState.FULLSCREEN) == [(1, 0)], "the person again"


def test_fullscreen_by_the_person_and_left_by_the_person_ends_what_the_agent_asked() -> None:
    talk = mapped()
    asks(talk, 1)
    shows(talk, MAXIMIZED)
    assert shows(talk, MAXIMIZED | DesktopState.FULLSCREEN) == []
    assert shows(talk, MAXIMIZED) == [(0, 1)]


# Attention, and minimising


def test_attention_is_told_when_it_is_shown_and_may_be_cleared() -> None:
    talk = mapped()
    assert asks(talk, 2) == [fx.ChangeStates(W, DesktopState.ATTENTION, NO_STATES)]
    assert flags_told(talk) == [], "a window manager may not care"
    assert shows(talk, DesktopState.ATTENTION) == [(2, 0)]
    assert asks(talk, 0, 2) == [fx.ChangeStates(W, NO_STATES, DesktopState.ATTENTION)]
    assert flags_told(talk) == [(0, 2)]


def test_attention_that_the_agent_cleared_is_not_told_again_by_late_news() -> None:
    talk = mapped()
    asks(talk, 2)
    shows(talk, DesktopState.ATTENTION)
    asks(talk, 0, 2)
    assert shows(talk, DesktopState.ATTENTION) == []
    assert shows(talk, NO_STATES) == []
    assert shows(talk, DesktopState.ATTENTION) == [(2, 0)], "by the window manager"
    asks(talk, 0, 2)
    asks(talk, 2)
    assert shows(talk, DesktopState.ATTENTION) == [(2, 0)]


def test_attention_that_was_given_is_not_asked_again_at_the_next_kind() -> None:
    talk = mapped()
    asks(talk, 2)
    shows(talk, DesktopState.ATTENTION)
    assert shows(talk, NO_STATES) == [(0, 2)]
    assert talk.session.windows[W].flags.granted == NO_STATES


def test_minimised_is_told_and_so_is_its_end() -> None:
    talk = mapped()
    assert asks(talk, 4) == [fx.MinimizeWindow(W)]
    assert flags_told(talk) == []
    assert shows(talk, HIDDEN) == [(4, 0)]
    assert shows(talk, NO_STATES) == [(0, 4)]


def test_map_of_a_minimised_window_restores_it() -> None:
    talk = mapped()
    assert talk.map(W) == []
    shows(talk, HIDDEN)
    assert talk.map(W, popup=True) == [fx.RestoreWindow(W)]
    shows(talk, NO_STATES)
    assert talk.map(W) == []


def test_map_of_a_window_that_is_being_minimised_restores_it_then() -> None:
    """Until it is unmapped, X has nothing to map."""
    talk = mapped()
    asks(talk, 4)
    assert talk.map(W) == []
    assert talk.session.windows.states_shown(W, MAXIMIZED) == [], "the window manager tells of something else first"
    told, restored = talk.session.windows.states_shown(W, MAXIMIZED | HIDDEN)
    assert isinstance(told, fx.Send)
    assert restored == fx.RestoreWindow(W)
    shows(talk, NO_STATES)
    assert shows(talk, HIDDEN) == [(4, 0)], "by the person"


def test_window_minimised_again_or_withdrawn_is_not_restored_for_what_was_wanted_before() -> None:
    talk = mapped()
    asks(talk, 4)
    talk.map(W)
    asks(talk, 4)
    assert shows(talk, HIDDEN) == [(4, 0)]
    shows(talk, NO_STATES)
    asks(talk, 4)
    talk.map(W)
    talk.say(M.UNMAP, W)
    talk.map(W)
    shows(talk, NO_STATES)
    assert shows(talk, HIDDEN) == [(4, 0)]


def test_map_of_a_window_that_nobody_minimises_is_forgotten() -> None:
    talk = mapped()
    assert talk.map(W) == []
    assert shows(talk, HIDDEN) == [(4, 0)]


# Popups


def test_popup_has_no_states_until_it_becomes_managed() -> None:
    talk = mapped(popup=True)
    assert asks(talk, 3) == []
    assert asks(talk, 4) == []
    assert shows(talk, HIDDEN | DesktopState.FULLSCREEN) == []
    assert talk.map(W) == []
    effects = talk.configure(W, (0, 0, 1900, 1000))
    written, shown = fx.WriteStates(W, MAXIMIZED | DesktopState.ATTENTION), fx.MapWindow(W, Kind.MANAGED)
    assert written in effects[: effects.index(shown)]
    assert flags_told(talk) == [(1, 0)]


def test_state_of_an_unknown_window_is_ignored() -> None:
    assert Talk().session.windows.states_shown(W, HIDDEN) == []


# In any order

CHANGES = st.builds(
    lambda to_set, to_clear: FlagChange(to_set, to_clear & ~to_set & ~MINIMIZE),
    *[st.integers(0, 7).map(WindowFlag)] * 2,
)
STATES = st.integers(0, 15).map(DesktopState)


class Believer:
    """An agent's belief, made of nothing but what it was told."""

    def __init__(self) -> None:
        self.flags = Flags()
        self.believes = NOTHING

    def hear(self) -> None:
        change = self.flags.tell()
        if change is not None:
            assert change.to_set | change.to_clear
            assert not change.to_set & self.believes
            assert not change.to_clear & ~self.believes
            self.believes = (self.believes | change.to_set) & ~change.to_clear


@given(st.lists(st.one_of(CHANGES, STATES, st.none())))
def test_belief_is_what_is_asked_and_shown_in_any_order(steps: list[FlagChange | DesktopState | None]) -> None:
    agent = Believer()
    flags = agent.flags
    for step in steps:
        if step is None:
            flags.withdraw()
        elif isinstance(step, DesktopState):
            flags.show(step)
        else:
            add, remove = flags.ask(step)
            assert not add & remove
            assert not add & ~(MAXIMIZED | DesktopState.ATTENTION), "nothing else is ever granted"
        agent.hear()
        assert not flags.asked & MINIMIZE
        assert (FULLSCREEN in agent.believes) is (FULLSCREEN in flags.asked or DesktopState.FULLSCREEN in flags.shown)
        assert (MINIMIZE in agent.believes) is (HIDDEN in flags.shown)
        assert (ATTENTION in agent.believes) is (DesktopState.ATTENTION in flags.shown)
        assert MAXIMIZED not in flags.granted or FULLSCREEN in flags.asked


@given(st.lists(CHANGES))
def test_last_word_counts_when_the_display_obeys(steps: list[FlagChange]) -> None:
    agent, shown = Believer(), NO_STATES
    wanted = NOTHING
    for change in steps:
        asked = agent.flags.ask(change)
        agent.hear()
        shown = obeyed(shown, asked)
        agent.flags.show(shown)
        agent.hear()
        wanted = (wanted | change.to_set & ~MINIMIZE) & ~change.to_clear
        assert agent.believes == wanted
        assert (MAXIMIZED in shown) is (FULLSCREEN in wanted)


def obeyed(shown: DesktopState, asked: StateChange) -> DesktopState:
    return (shown | asked.add) & ~asked.remove


# Where fullscreen is allowed


ALLOWED = Options(allow_fullscreen=True)
SHOWN_FULLSCREEN = DesktopState.FULLSCREEN


def allowed() -> Talk:
    talk = Talk(options=ALLOWED)
    talk.mapped(W, CONTENT)
    return talk


def test_fullscreen_that_is_allowed_is_granted_and_told_at_once() -> None:
    talk = allowed()
    assert asks(talk, 1) == [fx.ChangeStates(W, SHOWN_FULLSCREEN, NO_STATES)]
    assert flags_told(talk) == [(1, 0)]
    assert shows(talk, SHOWN_FULLSCREEN) == []
    assert asks(talk, 0, 1) == [fx.ChangeStates(W, NO_STATES, SHOWN_FULLSCREEN)]
    assert flags_told(talk) == [(0, 1)]


def test_fullscreen_is_its_own_only_if_it_asked_for_what_is_shown() -> None:
    talk = allowed()

    def own_after(states: DesktopState) -> bool:
        shows(talk, states)
        return talk.session.windows[W].flags.own_fullscreen

    assert not own_after(SHOWN_FULLSCREEN)
    shows(talk, NO_STATES)
    asks(talk, 1)
    assert own_after(SHOWN_FULLSCREEN)
    asks(talk, 0, 1)
    shows(talk, NO_STATES)
    assert not own_after(SHOWN_FULLSCREEN)


def test_fullscreen_that_is_allowed_before_map_is_written() -> None:
    talk = Talk(options=ALLOWED)
    talk.create(W, CONTENT)
    assert asks(talk, 1) == [fx.WriteStates(W, SHOWN_FULLSCREEN)]


def test_fullscreen_that_the_person_leaves_by_the_window_manager_is_told() -> None:
    talk = allowed()
    asks(talk, 1)
    shows(talk, SHOWN_FULLSCREEN)
    assert shows(talk, NO_STATES) == [(0, 1)]


def test_fullscreen_that_the_person_ended_is_not_granted_before_the_qube_is_used() -> None:
    talk = allowed()
    asks(talk, 1)
    shows(talk, SHOWN_FULLSCREEN)
    talk.effects = talk.session.windows.end_fullscreen()
    assert talk.effects[0] == fx.ChangeStates(W, NO_STATES, SHOWN_FULLSCREEN)
    assert flags_told(talk) == [(0, 1)]
    assert asks(talk, 1) == [fx.ChangeStates(W, MAXIMIZED, NO_STATES)]
    asks(talk, 0, 1)
    talk.session.windows.fullscreen_ended = False
    assert asks(talk, 1) == [fx.ChangeStates(W, SHOWN_FULLSCREEN, NO_STATES)]


def test_fullscreen_that_the_person_ends_is_taken_from_windows_that_wait_for_it_too() -> None:
    talk = allowed()
    asks(talk, 1)
    talk.create(OTHER, CONTENT)
    talk.say(M.WINDOW_FLAGS, OTHER, 1, 0)
    ended = [effect for effect in talk.session.windows.end_fullscreen() if not isinstance(effect, fx.Send)]
    assert ended == [fx.ChangeStates(W, NO_STATES, SHOWN_FULLSCREEN), fx.WriteStates(OTHER, NO_STATES)]
    assert talk.session.windows.end_fullscreen() == []


def test_fullscreen_that_the_person_ends_does_not_come_back_with_a_popup_that_had_asked_and_grows() -> None:
    talk = allowed()
    talk.create(OTHER, CONTENT, popup=True)
    talk.map(OTHER, popup=True)
    talk.say(M.WINDOW_FLAGS, OTHER, 1, 0)
    talk.session.windows.end_fullscreen()
    grown = talk.configure(OTHER, (0, 0, 1900, 1060))
    assert any(isinstance(effect, fx.ChangeKind) for effect in grown)
    assert not any(isinstance(effect, fx.WriteStates | fx.ChangeStates) for effect in grown)
