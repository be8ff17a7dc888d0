"""What the daemon says."""

import pytest

from guiagent.core.effects import (
    AskToClose,
    DropFocus,
    FocusWindow,
    KillClient,
    MapWindow,
    MovePointer,
    MoveResize,
    OfferFocus,
    PressButton,
    PressKey,
    RaiseWindow,
    WriteStates,
)
from guiagent.core.settle import QUIET_S
from guiagent.core.values import Geometry, WindowId
from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World

THERE = (30, 40, 200, 150)


def test_configure_is_echoed_at_once_with_the_same_numbers() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    world.order(T.CONFIGURE, window, *THERE, 0)
    assert [tuple(said.body) for said in world.take_said()] == [(*THERE, 0)]
    assert world.take_done()[-1] == MoveResize(window, Geometry(*THERE))


def test_configure_that_changes_nothing_is_echoed_too() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    world.order(T.CONFIGURE, window, 10, 20, 100, 50, 0)
    assert world.take_types() == [T.CONFIGURE]


def test_only_the_newest_of_several_configures_counts_and_the_rest_keeps_its_order() -> None:
    world = World()
    one, two = world.show(1), world.show(2)
    world.take_said()
    world.take_done()
    world.daemon(
        encode(T.CONFIGURE, one, 1, 1, 50, 50, 0),
        encode(T.CONFIGURE, two, 2, 2, 60, 60, 0),
        encode(T.CONFIGURE, one, *THERE, 0),
        encode(T.MOTION, one, 1, 1, 0, 0),
    )
    assert [(said.window, said.body.x) for said in world.take_said()] == [(two, 2), (one, 30)]
    assert [effect for effect in world.take_done() if isinstance(effect, MovePointer)] == [MovePointer(31, 41)]


def test_resize_by_the_daemon_brings_a_new_picture_without_waiting_for_x() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    world.order(T.CONFIGURE, window, *THERE, 0)
    world.copy()
    assert world.take_types() == [T.CONFIGURE, T.WINDOW_DUMP, T.SHMIMAGE]


def test_program_that_insists_is_told_after_the_quiet_period() -> None:
    world = World()
    window = world.show(1)
    world.order(T.CONFIGURE, window, *THERE, 0)
    world.take_said()
    world.perform(world.reports.configured(window, Geometry(30, 40, 194, 143)))
    world.perform(world.reports.confirmed(window, world.now))
    assert world.qube.deadline() == QUIET_S
    assert world.take_said() == []
    world.perform(world.reports.due(QUIET_S))
    assert [said.body[:4] for said in world.take_said()] == [(30, 40, 194, 143)]
    assert world.qube.deadline() is None


def test_nothing_waits_for_time_while_x_is_behind() -> None:
    world = World()
    world.order(T.CONFIGURE, world.show(1), *THERE, 0)
    assert world.qube.deadline() is None


def test_window_destroyed_after_a_configure_is_not_mentioned_again() -> None:
    world = World()
    window = world.show(1)
    world.order(T.CONFIGURE, window, *THERE, 0)
    world.perform(world.reports.destroyed(window))
    world.take_said()
    world.order(T.CONFIGURE, window, 1, 1, 5, 5, 0)
    world.perform(world.reports.confirmed(window, 0.0))
    world.perform(world.reports.due(99.0))
    assert world.take_said() == []
    assert world.qube.deadline() is None


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        (T.CONFIGURE, (1, 1, 5, 5, 0)),
        (T.BUTTON, (4, 1, 1, 0, 1)),
        (T.MOTION, (1, 1, 0, 0)),
        (T.CROSSING, (7, 1, 1, 0, 0, 0, 0)),
        (T.FOCUS, (9, 0, 0)),
        (T.MAP, (0, 0)),
        (T.CLOSE, ()),
        (T.WINDOW_FLAGS, (1, 0)),
        (T.DESTROY, ()),
        (T.WINDOW_DUMP_ACK, ()),
        (T.CLIPBOARD_REQ, ()),
    ],
)
def test_messages_for_unknown_windows_do_nothing(message: T, fields: tuple[int, ...]) -> None:
    world = World()
    world.order(message, 99, *fields)
    assert world.take_said() == []
    assert world.take_done() == []


def test_button_released_over_a_menu_that_is_gone_goes_up() -> None:
    world = World()
    menu = world.show(1, override_redirect=True)
    world.order(T.BUTTON, menu, 4, 5, 6, 0, 1)
    world.perform(world.reports.destroyed(menu))
    world.take_done()
    world.order(T.BUTTON, menu, 5, 5, 6, 0x100, 1)
    assert world.take_done() == [PressButton(1, pressed=False)]


def test_key_goes_up_though_its_window_is_gone() -> None:
    world = World()
    window = world.show(1)
    world.order(T.KEYPRESS, window, 2, 0, 0, 0, 38)
    world.perform(world.reports.destroyed(window))
    world.take_done()
    world.order(T.KEYPRESS, window, 3, 0, 0, 0, 38)
    assert world.take_done() == [PressKey(38, pressed=False)]


def test_close_asks_a_program_that_listens_and_kills_one_that_does_not() -> None:
    world = World()
    polite, rude = world.create(1, deletes_itself=True), world.create(2)
    world.order(T.CLOSE, polite)
    world.order(T.CLOSE, rude)
    assert world.take_done() == [AskToClose(polite), KillClient(rude)]


def test_focus_raises_gives_the_keyboard_and_offers_it() -> None:
    world = World()
    window = world.show(1, takes_focus=True)
    world.take_done()
    world.order(T.FOCUS, window, 9, 0, 0)
    assert world.take_done() == [RaiseWindow(window), FocusWindow(window), OfferFocus(window)]
    world.order(T.FOCUS, window, 10, 0, 0)
    assert world.take_done() == [DropFocus()]


def test_window_that_refuses_the_keyboard_is_only_offered_it() -> None:
    world = World()
    window = world.show(1, takes_focus=True, accepts_focus=False)
    world.take_done()
    world.order(T.FOCUS, window, 9, 0, 0)
    world.order(T.FOCUS, window, 10, 0, 0)
    assert world.take_done() == [RaiseWindow(window), OfferFocus(window)]


def test_focus_that_goes_on_to_another_window_is_not_dropped() -> None:
    world = World()
    one, two = world.show(1), world.show(2)
    world.order(T.FOCUS, one, 9, 0, 0)
    world.order(T.FOCUS, two, 9, 0, 0)
    world.take_done()
    world.order(T.FOCUS, one, 10, 0, 0)
    assert world.take_done() == []


def test_keys_go_up_when_the_focus_leaves_the_qube() -> None:
    world = World()
    window = world.show(1)
    world.order(T.FOCUS, window, 9, 0, 0)
    world.order(T.KEYPRESS, window, 2, 0, 0, 0, 38)
    world.order(T.FOCUS, window, 10, 0, 0)
    deadline = world.qube.deadline()
    assert deadline is not None
    world.take_done()
    world.perform(world.reports.due(deadline))
    assert world.take_done() == [PressKey(38, pressed=False)]


def test_flags_of_the_daemon_become_states_and_nothing_is_sent_back() -> None:
    world = World()
    window = world.create(1, states=(99,))
    world.take_said()
    world.order(T.WINDOW_FLAGS, window, 1, 0)
    world.order(T.WINDOW_FLAGS, window, 1, 0)
    assert world.take_done() == [WriteStates(window, (99, 10))]
    assert world.take_said() == []


def test_map_of_the_daemon_maps() -> None:
    world = World()
    window = world.create(1)
    world.order(T.MAP, window, 0, 1)
    assert world.take_done() == [MapWindow(window, override_redirect=True)]


def test_hello_is_answered() -> None:
    world = World()
    world.order(T.EXT_HELLO, 0, 1, 0)
    assert world.take_types() == [T.EXT_HELLO]


def test_pointer_uses_the_place_that_the_daemon_ordered_before_x_confirms() -> None:
    world = World()
    window = world.show(1)
    world.take_done()
    world.order(T.CONFIGURE, window, *THERE, 0)
    world.perform(world.reports.configured(WindowId(1), Geometry(10, 20, 100, 50)))
    world.order(T.MOTION, window, 2, 3, 0, 0)
    assert MovePointer(32, 43) in world.take_done()
