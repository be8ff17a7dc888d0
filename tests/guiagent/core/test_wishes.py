"""What programs ask of their window manager, told to a daemon that checks every message."""

from guiagent.core.asking import PACE_S
from guiagent.core.effects import (
    AskToClose,
    Dress,
    KillClient,
    MapWindow,
    MarkIconic,
    MarkManaged,
    MoveResize,
    PlaceWindow,
    TellPlace,
    WriteStates,
)
from guiagent.core.gravity import Request
from guiagent.core.maximizing import ANSWER_S
from guiagent.core.values import Geometry, Properties, WindowId
from protocol.messages import MessageType as T
from tests.guiagent.core.world import HERE, World

REMOVE, ADD, TOGGLE = 0, 1, 2
FULLLARGE, ATTENTION, HIDDEN = 10, 20, 30
VERT, HORZ = 40, 41
MODAL, ABOVE = 50, 51
LARGE = Geometry(8, 32, 1264, 760)
"""The screen, with room for what the desktop puts round a window."""


def flags_told(world: World) -> list[tuple[int, int]]:
    return [tuple(said.body) for said in world.take_said() if said.type is T.WINDOW_FLAGS]


def test_wish_is_told_at_the_end_of_the_turn_and_a_flood_of_them_once_a_while() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    for _ in range(1000):
        world.perform(world.wishes.change_states(window, ADD, (ATTENTION,), world.now))
        world.perform(world.wishes.change_states(window, REMOVE, (ATTENTION,), world.now))
    world.perform(world.wishes.change_states(window, ADD, (FULLLARGE,), world.now))
    assert world.qube.deadline() == float("-inf")
    world.settle()
    assert flags_told(world) == [(1, 2)]
    world.perform(world.wishes.activate(window))
    world.settle(PACE_S / 2)
    assert flags_told(world) == []
    assert world.qube.deadline() == PACE_S
    world.settle(PACE_S)
    assert flags_told(world) == [(2, 0)]
    assert world.qube.deadline() is None


def test_two_toggles_before_the_desktop_has_answered_are_none() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    for _ in range(2):
        world.perform(world.wishes.change_states(window, TOGGLE, (FULLLARGE,), world.now))
    world.settle()
    assert all(not to_set for to_set, _ in flags_told(world))


def test_wish_of_a_window_that_is_not_shown_yet_is_told_when_it_is_and_ends_with_unmap() -> None:
    world = World()
    window = world.create(1)
    world.take_said()
    world.perform(world.wishes.iconify(window))
    world.settle()
    assert world.take_said() == []
    assert world.qube.deadline() is None
    world.perform(world.reports.mapped(window, override_redirect=False))
    world.settle()
    assert world.take_types() == [T.WINDOW_FLAGS, T.MAP, T.WINDOW_FLAGS]
    world.perform(world.wishes.activate(window))
    world.perform(world.reports.unmapped(window))
    world.perform(world.reports.mapped(window, override_redirect=False))
    world.settle(1.0)
    assert flags_told(world) == [(0, 0)]


def test_window_that_starts_minimised_is_minimised_once_it_is_mapped() -> None:
    world = World()
    world.create(1, mapped=True, starts_iconic=True)
    assert flags_told(world) == [(0, 0)]
    window = world.create(2, starts_iconic=True)
    world.perform(world.reports.mapped(window, override_redirect=False))
    world.settle()
    assert world.take_types()[-3:] == [T.WINDOW_FLAGS, T.MAP, T.WINDOW_FLAGS]
    world.order(T.WINDOW_FLAGS, window, 4, 0)
    assert world.take_done()[-2:] == [WriteStates(window, (HIDDEN,)), MarkIconic(window)]
    world.order(T.WINDOW_FLAGS, window, 0, 4)
    assert world.take_done() == [WriteStates(window, ()), MarkManaged(window)]


def test_states_of_the_qubes_own_are_kept_in_the_property_and_told_to_nobody() -> None:
    world = World()
    window = world.show(1, states=(FULLLARGE,))
    world.take_said()
    world.take_done()
    for action, atoms in ((ADD, (MODAL, ABOVE)), (TOGGLE, (MODAL, 0)), (ADD, (ABOVE, 0)), (ADD, (12345, 0))):
        world.perform(world.wishes.change_states(window, action, atoms, world.now))
        world.settle()
    assert world.take_said() == []
    assert world.take_done() == [
        WriteStates(window, (FULLLARGE, MODAL, ABOVE)),
        WriteStates(window, (FULLLARGE, ABOVE)),
    ]


def test_maximised_window_gets_the_screen_and_comes_back() -> None:
    world = World()
    window = world.show(1)
    world.take_done()
    world.perform(world.wishes.change_states(window, ADD, (VERT, HORZ), world.now))
    assert world.take_done() == [WriteStates(window, (VERT, HORZ)), PlaceWindow(window, LARGE)]
    world.perform(world.reports.configured(window, LARGE))
    assert [said.body[:4] for said in world.take_said() if said.type is T.CONFIGURE] == [LARGE]
    world.perform(world.wishes.change_states(window, REMOVE, (HORZ, 0), world.now))
    upright = Geometry(HERE.x, LARGE.y, HERE.width, LARGE.height)
    assert world.take_done() == [WriteStates(window, (VERT,)), PlaceWindow(window, upright)]
    world.perform(world.wishes.change_states(window, TOGGLE, (VERT, 0), world.now))
    assert world.take_done() == [WriteStates(window, ()), PlaceWindow(window, HERE)]


def test_desktop_may_answer_a_maximised_window_with_less_and_the_person_ends_it_later() -> None:
    world = World()
    window = world.show(1)
    world.perform(world.wishes.change_states(window, ADD, (VERT, HORZ), world.now))
    world.perform(world.reports.configured(window, LARGE))
    world.take_done()
    world.order(T.CONFIGURE, window, 3, 23, 1274, 750, 0)
    world.perform(world.reports.confirmed(window, world.now))
    assert not [done for done in world.take_done() if isinstance(done, WriteStates)]
    world.settle(ANSWER_S)
    world.order(T.CONFIGURE, window, 100, 23, 1274, 750, 0)  # moved only
    assert not [done for done in world.take_done() if isinstance(done, WriteStates)]
    world.order(T.CONFIGURE, window, 100, 23, 300, 200, 0)
    assert WriteStates(window, ()) in world.take_done()
    world.perform(world.wishes.configure(window, Request(width=77)))
    assert isinstance(world.take_done()[-1], PlaceWindow)


def test_window_that_is_maximised_before_it_is_mapped_appears_so() -> None:
    world = World()
    window = world.create(1, states=(VERT, HORZ))
    world.perform(world.wishes.map(window, world.now))
    assert world.take_done() == [Dress(window), PlaceWindow(window, LARGE), MapWindow(window, override_redirect=False)]


def test_maximised_or_fullscreen_window_keeps_its_place_and_is_told_so() -> None:
    world = World()
    window = world.show(1, states=(FULLLARGE,))
    world.take_done()
    world.perform(world.wishes.configure(window, Request(width=5, x=7)))
    assert world.take_done() == [TellPlace(window, HERE)]


def test_request_is_granted_by_gravity_and_what_changes_nothing_is_answered() -> None:
    world = World()
    window = world.show(1, gravity=9)
    world.take_done()
    world.perform(world.wishes.configure(window, Request(width=110, height=60)))
    world.perform(world.wishes.configure(window, Request(x=-2, y=8), border=1))
    world.perform(world.wishes.configure(window, Request(x=8, y=18), gravity=1))
    assert world.take_done() == [
        PlaceWindow(window, Geometry(0, 10, 110, 60)),
        TellPlace(window, Geometry(0, 10, 110, 60)),
        PlaceWindow(window, Geometry(8, 18, 110, 60)),
    ]


def test_wish_is_granted_on_top_of_the_wishes_that_x_has_not_carried_out() -> None:
    world = World()
    window = world.create(1, Geometry(0, 0, 10, 17))
    world.perform(world.wishes.configure(window, Request(width=484, height=316)))
    world.perform(world.wishes.configure(window, Request(x=100, y=80)))
    first, second = world.take_done()
    assert second == PlaceWindow(window, Geometry(100, 80, 484, 316))
    for effect in (first, second):
        assert isinstance(effect, PlaceWindow)
        world.perform(world.reports.configured(window, effect.geometry))
        world.reports.carried_out(window)
        world.perform(world.wishes.configure(window, Request(width=484)))
        assert world.take_done() == [TellPlace(window, second.geometry)]


def test_wish_is_granted_on_top_of_what_the_desktop_ordered_meanwhile() -> None:
    world = World()
    window = world.show(1)
    world.take_done()
    world.perform(world.wishes.configure(window, Request(width=300)))
    world.order(T.CONFIGURE, window, 5, 6, 70, 80, 0)
    world.perform(world.wishes.configure(window, Request(x=9)))
    assert world.take_done()[-1] == PlaceWindow(window, Geometry(9, 6, 70, 80))


def test_wish_that_x_has_carried_out_counts_no_more() -> None:
    """A popup moves without asking."""
    world = World()
    window = world.show(1, override_redirect=True)
    world.perform(world.wishes.configure(window, Request(width=300)))
    world.reports.carried_out(window)
    world.perform(world.reports.configured(window, Geometry(1, 2, 30, 40)))
    world.take_done()
    world.perform(world.wishes.configure(window, Request(height=50)))
    assert world.take_done() == [PlaceWindow(window, Geometry(1, 2, 30, 50))]


def test_shadow_declared_beside_a_new_size_keeps_the_new_size() -> None:
    """As GTK does when its window is maximised no more."""
    world = World()
    window = world.show(1, Geometry(0, 0, 400, 300), depth=32)
    world.take_done()
    world.perform(world.wishes.configure(window, Request(width=200, height=100)))
    world.perform(world.reports.described(window, Properties(shadow=(10, 10, 10, 10))))
    assert world.take_done()[-1] == MoveResize(window, Geometry(-10, -10, 220, 120))
    world.perform(world.wishes.configure(window, Request(x=5)))
    assert world.take_done() == [PlaceWindow(window, Geometry(5, -10, 220, 120))]


def test_window_maximised_after_a_wish_gets_that_place_back() -> None:
    world = World()
    window = world.show(1)
    world.perform(world.wishes.configure(window, Request(width=300)))
    world.perform(world.wishes.change_states(window, ADD, (VERT, HORZ), world.now))
    world.perform(world.wishes.change_states(window, REMOVE, (VERT, HORZ), world.now))
    assert world.take_done()[-1] == PlaceWindow(window, HERE._replace(width=300))


def test_program_that_wants_to_the_front_gets_the_persons_attention_and_no_focus() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    world.take_done()
    world.perform(world.wishes.activate(window))
    world.settle()
    assert flags_told(world) == [(2, 0)]
    assert world.take_done() == []
    world.order(T.FOCUS, window, 9, 0, 0)
    world.perform(world.wishes.activate(window))
    world.settle(1.0)
    assert flags_told(world) == []


def test_minimised_window_comes_back_by_map_or_by_vanishing_and_appearing() -> None:
    for greeted, expected in ((True, [T.MAP]), (False, [T.UNMAP, T.WINDOW_FLAGS, T.MAP])):
        world = World()
        window = world.show(1)
        if greeted:
            world.order(T.EXT_HELLO, 0, 1, 0)
        world.order(T.WINDOW_FLAGS, window, 4, 0)
        world.take_said()
        world.take_done()
        world.perform(world.wishes.change_states(window, REMOVE, (HIDDEN, 0), world.now))
        world.settle()
        assert world.take_types() == expected
        assert (MarkManaged(window) in world.take_done()) is not greeted


def test_urgency_asks_for_attention_and_takes_that_back() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    for urgent in (True, True, False):
        world.perform(world.reports.described(window, Properties(urgent=urgent)))
        world.settle(1.0)
    assert flags_told(world) == [(2, 0), (0, 2)]
    world.create(2, mapped=True, urgent=True)
    assert flags_told(world) == [(2, 0)]


def test_menu_that_forgot_to_be_override_redirect_is_told_as_a_popup() -> None:
    world = World()
    world.show(1, types=(60, 61))
    world.show(2, types=(61, 60))
    assert [said.body.override_redirect for said in world.said if said.type is T.MAP] == [1, 0]


def test_close_by_a_pager_is_that_of_the_desktop() -> None:
    world = World()
    polite, rude = world.show(1, deletes_itself=True), world.show(2)
    world.take_done()
    world.perform(world.wishes.close(polite) + world.wishes.close(rude))
    assert world.take_done() == [AskToClose(polite), KillClient(rude)]


def test_menus_and_windows_that_are_gone_have_no_wishes_but_their_place() -> None:
    world = World()
    menu = world.show(1, override_redirect=True)
    world.take_said()
    world.take_done()
    for window in (menu, WindowId(77)):
        world.perform(world.wishes.change_states(window, ADD, (FULLLARGE, MODAL, VERT), world.now))
        for wish in (world.wishes.iconify, world.wishes.restore, world.wishes.activate, world.wishes.dress):
            world.perform(wish(window))
        world.settle(1.0)
    assert world.take_said() == []
    assert world.take_done() == []


def test_new_daemon_is_not_told_wishes_that_the_last_one_was() -> None:
    world = World()
    window = world.show(1)
    world.perform(world.wishes.iconify(window))
    world.perform(world.reports.daemon_lost())
    world.settle(1.0)
    world.take_said()
    world.connect()
    world.settle(1.0)
    assert flags_told(world) == [(0, 0)]
