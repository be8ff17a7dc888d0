"""The CONFIGURE handshake of guid/core/session.py, row by row of the C daemon's rules; and popups, told once.

Source: the C daemon: one CONFIGURE is outstanding for a window, and its exact echo is the acknowledgement.
"""

import pytest

from guid.core import effects as fx
from guid.core.geometry import Extents, Rect
from guid.core.policy import Desktop
from guid.core.values import Kind, RemoteId
from protocol.limits import MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX, MAX_X_PX, MAX_Y_PX
from protocol.messages import MessageType as M
from tests.guid.core.talk import DESKTOP, Four, Talk, told

W1, W2 = RemoteId(0x100001), RemoteId(0x100002)
CONTENT = (100, 200, 300, 150)


def outer(content: Four, px: int = 3) -> Four:
    x, y, width, height = content
    return (x - px, y - px, width + 2 * px, height + 2 * px)


def managed() -> Talk:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    return talk


def configure(content: Four, window: int = W1, *, popup: int = 0) -> tuple[object, ...]:
    return (M.CONFIGURE, window, *content, popup)


MOVED = (150, 250, 300, 150)
LATER = (160, 260, 310, 170)


def test_display_moves_the_window_tells_the_content() -> None:
    assert told(managed().shown_at(W1, outer(MOVED))) == [configure(MOVED)]


def test_display_says_what_is_known_tells_nothing() -> None:
    assert managed().shown_at(W1, outer(CONTENT)) == []


def test_display_resizes_fits_the_content_first() -> None:
    effects = managed().shown_at(W1, outer(LATER))
    assert effects[0] == fx.FitContent(W1, 310, 170)
    assert told(effects) == [configure(LATER)]


def test_display_moves_only_fits_nothing() -> None:
    assert not [each for each in managed().shown_at(W1, outer(MOVED)) if isinstance(each, fx.FitContent)]


def test_second_move_before_the_echo_is_not_told() -> None:
    talk = managed()
    talk.shown_at(W1, outer(MOVED))
    assert told(talk.shown_at(W1, outer(LATER))) == []


def test_echo_of_an_old_place_is_answered_with_the_newest() -> None:
    talk = managed()
    talk.shown_at(W1, outer(MOVED))
    talk.shown_at(W1, outer(LATER))
    assert told(talk.configure(W1, MOVED)) == [configure(LATER)]
    assert talk.configure(W1, LATER) == []


def test_second_echo_of_an_old_place_is_not_answered_again() -> None:
    """An agent that says a place when it is told, and again when it is so, must not be told the newest twice a step."""
    talk = managed()
    talk.shown_at(W1, outer(MOVED))
    talk.configure(W1, MOVED)
    assert told(talk.shown_at(W1, outer(LATER))) == [configure(LATER)]
    assert talk.configure(W1, MOVED) == [], "the newest is on its way"
    assert talk.session.windows[W1].unanswered
    assert told(talk.configure(W1, (7, 7, 70, 70))) == [configure(LATER)], (
        "its own wish is answered, as in the C daemon"
    )
    assert talk.configure(W1, LATER) == []
    assert not talk.session.windows[W1].unanswered


def test_exact_echo_is_the_acknowledgement_and_the_next_move_is_told_again() -> None:
    talk = managed()
    talk.shown_at(W1, outer(MOVED))
    assert talk.configure(W1, MOVED) == []
    assert not talk.session.windows[W1].unanswered
    assert told(talk.shown_at(W1, outer(LATER))) == [configure(LATER)]


@pytest.mark.parametrize("change", range(4))
def test_echo_that_differs_in_one_number_is_answered_and_not_obeyed(change: int) -> None:
    talk = managed()
    talk.shown_at(W1, outer(MOVED))
    other = list(MOVED)
    other[change] += 1
    effects = talk.configure(W1, (other[0], other[1], other[2], other[3]))
    assert told(effects) == [configure(MOVED)]
    assert len(effects) == 1
    assert talk.session.windows[W1].unanswered


def test_agent_that_never_answers_gets_no_second_configure() -> None:
    talk = managed()
    talk.shown_at(W1, outer(MOVED))
    for step in range(5):
        assert told(talk.shown_at(W1, outer((step, 300, 300 + step, 150)))) == []


def test_agent_moves_its_window_without_being_answered() -> None:
    talk = managed()
    assert talk.configure(W1, LATER) == [fx.MoveResize(W1, Rect(*outer(LATER)))]
    assert talk.obey() == [fx.FitContent(W1, 310, 170)]


def test_agent_repeats_what_is_known_does_nothing() -> None:
    talk = managed()
    assert talk.configure(W1, CONTENT) == []
    talk.configure(W1, LATER)
    assert talk.configure(W1, LATER) == []


def test_window_manager_does_it_otherwise_tells_what_it_did() -> None:
    talk = managed()
    talk.configure(W1, LATER)
    limited = (160, 260, 305, 165)
    assert told(talk.shown_at(W1, outer(limited))) == [configure(limited)]


def test_window_manager_refuses_tells_the_old_place() -> None:
    talk = managed()
    talk.configure(W1, LATER)
    assert told(talk.shown_at(W1, outer(CONTENT))) == [configure(CONTENT)]


def test_late_news_of_an_older_place_ends_in_agreement() -> None:
    """The agent resizes while a report of an older place is under way: agent and display agree in the end."""
    talk = managed()
    talk.configure(W1, LATER)
    talk.configure(W1, MOVED)
    assert told(talk.shown_at(W1, outer(LATER))) == [configure(LATER)]
    talk.shown_at(W1, outer(MOVED))
    assert told(talk.configure(W1, LATER)) == [configure(MOVED)]
    assert talk.configure(W1, MOVED) == []
    window = talk.session.windows[W1]
    assert window.content == window.told == window.asked.content == MOVED


def test_override_redirect_of_configure_is_ignored() -> None:
    talk = managed()
    talk.say(M.CONFIGURE, W1, *LATER, 1)
    assert talk.session.windows[W1].kind is Kind.MANAGED


def test_outer_smaller_than_its_frame_is_told_as_one_pixel() -> None:
    assert told(managed().shown_at(W1, (10, 20, 2, 2))) == [configure((13, 23, 1, 1))]


@pytest.mark.parametrize(
    "content",
    [
        (0, 0, MAX_WINDOW_WIDTH_PX + 50, 100),
        (0, 0, 100, MAX_WINDOW_HEIGHT_PX + 50),
        (MAX_X_PX + 7, 0, 100, 100),
        (0, -MAX_Y_PX - 7, 100, 100),
        (-30_000, 30_000, 100, 100),
    ],
)
def test_place_beyond_the_protocol_is_told_so_that_its_echo_is_an_acknowledgement(content: Four) -> None:
    """An agent's CONFIGURE is clamped: what is told must be what a clamped echo says, or both would repeat for ever."""
    talk = managed()
    (message,) = told(talk.shown_at(W1, outer(content)))
    fields = message[2:6]
    assert told(talk.configure(W1, fields)) == []  # type: ignore[arg-type]
    assert not talk.session.windows[W1].unanswered
    assert talk.shown_at(W1, outer(content)) == []


def test_configure_of_one_window_leaves_the_other() -> None:
    talk = managed()
    talk.mapped(W2, CONTENT)
    talk.shown_at(W1, outer(MOVED))
    assert told(talk.shown_at(W2, outer(LATER))) == [configure(LATER, W2)]


def test_display_speaks_of_an_unknown_window_is_ignored() -> None:
    assert Talk().shown_at(W1, (0, 0, 5, 5)) == []


# Popups

OVER_THE_EDGE = (1900, 500, 96, 46)
PULLED_IN = (1822, 500, 96, 46)


def test_popup_kept_on_screen_is_told_once_when_it_is_mapped() -> None:
    talk = Talk()
    assert told(talk.create(W1, OVER_THE_EDGE, popup=True)) == []
    assert told(talk.map(W1, popup=True)) == [configure(PULLED_IN, popup=1)]
    assert told(talk.shown_at(W1, outer(PULLED_IN, 2))) == []


def test_popup_where_it_was_asked_is_not_told() -> None:
    talk = Talk()
    talk.create(W1, CONTENT, popup=True)
    assert told(talk.map(W1, popup=True)) == []


def test_popup_correction_echoed_by_the_agent_moves_nothing() -> None:
    talk = Talk()
    talk.mapped(W1, OVER_THE_EDGE, popup=True)
    effects = talk.configure(W1, PULLED_IN)
    assert told(effects) == []
    assert [each for each in effects if isinstance(each, fx.MoveResize)] in (
        [],
        [fx.MoveResize(W1, Rect(*outer(PULLED_IN, 2)))],
    )


def test_popup_that_insists_is_not_told_again() -> None:
    talk = Talk()
    talk.mapped(W1, OVER_THE_EDGE, popup=True)
    talk.configure(W1, PULLED_IN)
    for _ in range(3):
        assert told(talk.configure(W1, OVER_THE_EDGE)) == []
    assert talk.session.windows[W1].granted.outer == outer(PULLED_IN, 2)


def test_popup_moved_over_another_edge_is_told_of_the_new_correction() -> None:
    talk = Talk()
    talk.mapped(W1, OVER_THE_EDGE, popup=True)
    talk.configure(W1, PULLED_IN)
    assert told(talk.configure(W1, (-20, 500, 96, 46))) == [configure((2, 500, 96, 46), popup=1)]


def test_popup_moved_by_its_agent_follows() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT, popup=True)
    assert talk.configure(W1, LATER) == [fx.MoveResize(W1, Rect(*outer(LATER, 2)))]
    assert talk.obey() == [fx.FitContent(W1, 310, 170)]


def test_popup_larger_than_the_work_area_in_one_direction_is_cut() -> None:
    talk = Talk()
    talk.mapped(W1, (0, 40, 4000, 50), popup=True)
    assert talk.session.windows[W1].granted.outer == (0, 38, 1920, 54)
    assert talk.session.windows[W1].told == (2, 40, 1916, 50)


def test_popup_moved_by_somebody_else_is_pulled_back() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT, popup=True)
    effects = talk.shown_at(W1, (-500, 0, 304, 154))
    assert effects == [fx.MoveResize(W1, Rect(*outer(CONTENT, 2)))]


def test_popup_resized_by_somebody_else_is_fitted_and_pulled_back() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT, popup=True)
    effects = talk.shown_at(W1, (98, 198, 1920, 1080))
    assert effects == [fx.FitContent(W1, 1916, 1076), fx.MoveResize(W1, Rect(*outer(CONTENT, 2)))]


def test_mapped_popup_grown_over_ninety_percent_becomes_managed() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT, popup=True)
    huge = (0, 30, 1900, 1040)
    effects = talk.configure(W1, huge)
    assert effects[0] == fx.ChangeKind(W1, Kind.MANAGED, Rect(*outer(huge)), Extents(3, 3, 3, 3))
    assert effects[-1] == fx.MapWindow(W1, Kind.MANAGED)
    talk.configure(W1, CONTENT)
    assert talk.session.windows[W1].kind is Kind.MANAGED


def test_work_area_that_shrinks_pulls_popups_in_and_tells_them() -> None:
    talk = Talk()
    talk.mapped(W1, (100, 1000, 200, 60), popup=True)
    talk.mapped(W2, (100, 1000, 200, 60))
    smaller = Desktop(DESKTOP.root, Rect(0, 0, 1920, 1000))
    effects = talk.session.windows.desktop_changed(smaller)
    assert effects[0] == fx.MoveResize(W1, Rect(98, 936, 204, 64))
    assert told(effects) == [configure((100, 938, 200, 60), popup=1)]
    assert talk.session.windows.desktop_changed(smaller) == [fx.MoveResize(W1, Rect(98, 936, 204, 64))]
    talk.shown_at(W1, (98, 936, 204, 64))
    assert talk.session.windows.desktop_changed(smaller) == []


def test_work_area_that_shrinks_makes_a_popup_that_covers_it_managed() -> None:
    talk = Talk()
    talk.mapped(W1, (100, 100, 500, 500), popup=True)
    effects = talk.session.windows.desktop_changed(Desktop(DESKTOP.root, Rect(0, 0, 520, 520)))
    assert effects[0] == fx.ChangeKind(W1, Kind.MANAGED, Rect(97, 97, 506, 506), Extents(3, 3, 3, 3))
    assert fx.MapWindow(W1, Kind.MANAGED) in effects
    assert talk.session.windows[W1].kind is Kind.MANAGED


LEFT, RIGHT = (2, 32, 996, 1046), (1002, 32, 896, 1046)
"""Popups that together cover more than 90 % of the work area, and each alone about half."""


def test_popup_that_would_cover_too_much_with_others_becomes_managed_at_map() -> None:
    talk = Talk()
    talk.mapped(W1, LEFT, popup=True)
    talk.create(W2, RIGHT, popup=True)
    assert talk.session.windows[W2].kind is Kind.POPUP
    assert isinstance(talk.map(W2, popup=True)[0], fx.ChangeKind)
    assert (talk.session.windows[W1].kind, talk.session.windows[W2].kind) == (Kind.POPUP, Kind.MANAGED)
    talk.say(M.UNMAP, W2)
    talk.say(M.UNMAP, W1)
    talk.map(W2, popup=True)
    assert talk.session.windows[W2].kind is Kind.POPUP


def test_popup_that_grows_to_cover_too_much_with_others_becomes_managed() -> None:
    talk = Talk()
    talk.mapped(W1, LEFT, popup=True)
    talk.mapped(W2, (1002, 32, 100, 100), popup=True)
    effects = talk.configure(W2, RIGHT)
    assert effects[0] == fx.ChangeKind(W2, Kind.MANAGED, Rect(*outer(RIGHT)), Extents(3, 3, 3, 3))
    assert talk.session.windows[W1].kind is Kind.POPUP


def test_popup_over_itself_counts_once() -> None:
    talk = Talk()
    talk.mapped(W1, LEFT, popup=True)
    talk.configure(W1, (12, 32, 996, 1046))
    assert talk.session.windows[W1].kind is Kind.POPUP


def test_work_area_that_shrinks_leaves_the_oldest_popup_its_kind() -> None:
    talk = Talk()
    for window, x in ((W1, 2), (W2, 502)):
        talk.mapped(window, (x, 32, 496, 496), popup=True)
    talk.session.windows.desktop_changed(Desktop(DESKTOP.root, Rect(0, 30, 1000, 500)))
    assert (talk.session.windows[W1].kind, talk.session.windows[W2].kind) == (Kind.POPUP, Kind.MANAGED)


def test_corrected_popup_that_becomes_managed_is_told_where_it_was_asked_for() -> None:
    talk = Talk()
    talk.mapped(W1, OVER_THE_EDGE, popup=True)
    effects = talk.session.windows.desktop_changed(Desktop(DESKTOP.root, Rect(0, 0, 60, 60)))
    assert isinstance(effects[0], fx.ChangeKind)
    assert told(effects) == [configure(OVER_THE_EDGE)]


def test_corrected_popup_that_is_granted_its_first_place_after_all_is_told_so() -> None:
    talk = Talk()
    talk.mapped(W1, OVER_THE_EDGE, popup=True)
    talk.shown_at(W1, outer(PULLED_IN, 2))
    wider = Desktop(Rect(0, 0, 4000, 1080), Rect(0, 0, 4000, 1080))
    assert told(talk.session.windows.desktop_changed(wider)) == [configure(OVER_THE_EDGE, popup=1)]


def test_popup_that_insisted_and_is_granted_its_place_is_not_told_what_it_said() -> None:
    talk = Talk()
    talk.mapped(W1, OVER_THE_EDGE, popup=True)
    talk.configure(W1, OVER_THE_EDGE)
    wider = Desktop(Rect(0, 0, 4000, 1080), Rect(0, 0, 4000, 1080))
    assert told(talk.session.windows.desktop_changed(wider)) == []


@pytest.mark.parametrize("was_mapped", [False, True])
def test_a_window_off_the_screen_stays_where_its_program_put_it_last(*, was_mapped: bool) -> None:
    """Programs place a window in several steps before they map it; the display is late with each of them."""
    talk = Talk()
    talk.create(W1, (0, 0, 1, 1))
    if was_mapped:
        talk.map(W1)
        talk.say(M.UNMAP, W1)
    talk.configure(W1, (0, 0, 10, 17))
    talk.configure(W1, CONTENT)
    late = talk.shown_at(W1, outer((0, 0, 10, 17)))
    assert late == [fx.FitContent(W1, 10, 17)]
    assert told(talk.shown_at(W1, outer(CONTENT))) == []
    assert told(talk.map(W1)) == []
    window = talk.session.windows[W1]
    assert (window.granted.outer, window.told) == (Rect(*outer(CONTENT)), Rect(*CONTENT))


STEPS = [(0, 0, 10, 17), (0, 0, 300, 150), CONTENT]


def mapped_in_steps() -> Talk:
    """A window that was placed step by step, and mapped before the display has said that it did any of them."""
    talk = Talk()
    talk.create(W1, (0, 0, 1, 1))
    for step in STEPS:
        talk.configure(W1, step)
    talk.map(W1)
    return talk


def test_late_reports_of_steps_before_the_map_are_no_news() -> None:
    talk = mapped_in_steps()
    assert talk.shown_at(W1, outer(STEPS[0])) == [fx.FitContent(W1, 10, 17)]
    assert told(talk.shown_at(W1, outer(STEPS[1]))) == []
    assert told(talk.shown_at(W1, outer(STEPS[2]))) == []
    assert talk.session.windows[W1].granted.outer == Rect(*outer(CONTENT))
    assert told(talk.shown_at(W1, outer(STEPS[0]))) == [configure(STEPS[0])], "now it is the person who does that"


def test_place_of_the_window_manager_is_news_though_steps_are_awaited() -> None:
    talk = mapped_in_steps()
    assert told(talk.shown_at(W1, outer(MOVED))) == [configure(MOVED)]
    talk.configure(W1, MOVED)
    assert told(talk.shown_at(W1, outer(STEPS[0]))) == [configure(STEPS[0])]


def test_step_that_a_window_manager_refuses_by_saying_the_one_before_again_is_told() -> None:
    talk = mapped_in_steps()
    assert told(talk.shown_at(W1, outer(STEPS[1]))) == []
    assert told(talk.shown_at(W1, outer(STEPS[1]))) == [configure(STEPS[1])]


def test_more_steps_than_are_awaited_end_at_the_last() -> None:
    talk = Talk()
    talk.create(W1, (0, 0, 1, 1))
    steps = [(number, number, 300, 150) for number in range(1, 40)]
    for step in steps:
        talk.configure(W1, step)
    talk.map(W1)
    for step in steps:
        talk.shown_at(W1, outer(step))
    window = talk.session.windows[W1]
    assert (window.granted.outer, window.awaited) == (Rect(*outer(steps[-1])), ())
