"""What happens in the qube, told to a daemon that checks every message."""

from typing import Any

import pytest

from guiagent.core.effects import Log, MarkManaged, MarkWithdrawn, PressKey
from guiagent.core.values import Geometry, Properties, SizeHints, WindowClass, WindowId
from protocol.limits import MAX_WINDOWS_PER_QUBE
from protocol.messages import MessageType as T
from tests.guiagent.core.world import HERE, World

DESCRIBED: dict[str, Any] = {
    "title": "bash",
    "window_class": WindowClass(b"XTerm", b"xterm"),
    "size_hints": SizeHints(1),
}
ONE = WindowId(1)


def test_new_window_is_announced_in_the_order_of_the_c_agent() -> None:
    world = World()
    window = world.create(1, **DESCRIBED)
    assert world.take_types() == [T.CREATE, T.WINDOW_HINTS, T.WMNAME, T.WMCLASS]
    world.perform(world.reports.mapped(window, override_redirect=False))
    assert world.take_types() == [T.WINDOW_FLAGS, T.MAP, T.WMNAME]
    world.copy()
    assert world.take_types() == [T.WINDOW_DUMP, T.SHMIMAGE]


def test_window_that_docks_says_its_size_and_then_dock_and_is_never_mapped_there() -> None:
    world = World()
    window = world.create(1, title="mail", docks=True)
    world.take_said()
    world.perform(world.reports.mapped(window, override_redirect=False))
    assert world.take_types() == [T.CONFIGURE, T.DOCK, T.WMNAME]
    assert world.take_done() == [], "no window manager manages it"
    world.copy()
    assert world.take_types() == [T.WINDOW_DUMP, T.SHMIMAGE]
    world.order(T.MAP, 1, 5, 0)
    assert world.take_done() == []


def test_window_that_docks_is_docked_again_for_another_daemon() -> None:
    world = World()
    world.show(1, docks=True)
    world.perform(world.reports.daemon_lost())
    world.take_said()
    world.connect()
    assert [said for said in world.take_types() if said is not T.CONFIGURE] == [T.CREATE, T.DOCK]


def test_window_without_properties_is_created_and_nothing_else() -> None:
    world = World()
    world.create(1)
    assert [tuple(said.body) for said in world.take_said()] == [(10, 20, 100, 50, 0, 0)]


def test_class_comes_before_the_name() -> None:
    world = World()
    world.create(1, **DESCRIBED)
    body = world.said[-1].body
    assert (body.res_class.rstrip(b"\0"), body.res_name.rstrip(b"\0")) == (b"XTerm", b"xterm")


def test_menu_is_override_redirect_in_create_and_map_and_not_managed() -> None:
    world = World()
    window = world.create(1, override_redirect=True)
    world.perform(world.reports.mapped(window, override_redirect=True))
    assert [said.body.override_redirect for said in world.said if said.type in (T.CREATE, T.MAP)] == [1, 1]
    assert world.take_done() == []


def test_managed_window_is_marked_when_mapped_and_when_withdrawn() -> None:
    world = World()
    window = world.create(1)
    world.perform(world.reports.mapped(window, override_redirect=False))
    world.perform(world.reports.unmapped(window))
    assert world.take_done() == [MarkManaged(window), MarkWithdrawn(window)]


def test_map_names_the_window_that_it_belongs_to() -> None:
    world = World()
    world.show(77)
    world.create(1, mapped=True, transient_for=77)
    assert [said.body.transient_for for said in world.said if said.type is T.MAP] == [0, 77]


def test_window_is_hidden_and_destroyed_once() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    for _ in range(2):
        world.perform(world.reports.unmapped(window))
    for _ in range(2):
        world.perform(world.reports.destroyed(window))
    assert world.take_types() == [T.UNMAP, T.DESTROY]


def test_window_destroyed_while_shown_is_hidden_first() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    world.perform(world.reports.destroyed(window))
    assert world.take_types() == [T.UNMAP, T.DESTROY]


def test_geometry_of_the_program_is_told_at_once_and_once() -> None:
    world = World()
    window = world.show(1)
    world.take_said()
    for _ in range(2):
        world.perform(world.reports.configured(window, Geometry(1, 2, 100, 50)))
    assert [said.body[:4] for said in world.take_said()] == [(1, 2, 100, 50)]


def test_move_sends_no_picture_and_a_new_size_sends_one() -> None:
    world = World()
    window = world.show(1)
    world.order(T.WINDOW_DUMP_ACK, window)
    world.take_said()
    world.perform(world.reports.configured(window, Geometry(1, 2, 100, 50)))
    world.copy()
    assert world.take_types() == [T.CONFIGURE]
    world.perform(world.reports.configured(window, Geometry(1, 2, 101, 50)))
    world.copy()
    assert world.take_types() == [T.CONFIGURE, T.WINDOW_DUMP, T.SHMIMAGE]


def test_absurd_geometry_is_told_inside_the_limits() -> None:
    world = World()
    window = world.create(1, Geometry(-40_000, 0, 32_767, 32_767))
    assert world.take_said()[0].body[:4] == (-32_768, 0, 16_384, 6_144)
    world.perform(world.reports.configured(window, Geometry(-40_000, 0, 30_000, 30_000)))
    assert world.take_types() == []


def test_description_is_sent_again_only_if_it_changed() -> None:
    world = World()
    window = world.create(1, title="a")
    world.take_said()
    for title in ("a", "b", "b"):
        world.perform(world.reports.described(window, Properties(title=title)))
    assert [said.body.data.rstrip(b"\0") for said in world.take_said()] == [b"b"]


def test_title_that_is_taken_back_becomes_empty() -> None:
    world = World()
    window = world.create(1, title="a")
    world.take_said()
    world.perform(world.reports.described(window, Properties()))
    assert [said.body.data.rstrip(b"\0") for said in world.take_said()] == [b""]


def test_states_asked_are_sent_without_overlap_and_only_if_any() -> None:
    world = World()
    window = world.show(1, states=(10,))
    world.take_said()
    world.perform(world.wishes.change_states(window, 2, (10, 30), 0.0))
    world.settle()
    world.perform(world.wishes.change_states(window, 1, (99, 0), 0.0))
    world.settle(1.0)
    world.perform(world.wishes.iconify(window))
    world.settle(1.0)
    assert [tuple(said.body) for said in world.take_said()] == [(4, 1), (4, 0)]


def test_nothing_is_said_of_windows_that_do_not_exist() -> None:
    world = World()
    world.perform(world.reports.destroyed(ONE))
    world.perform(world.reports.mapped(ONE, override_redirect=False))
    world.perform(world.reports.unmapped(ONE))
    world.perform(world.reports.configured(ONE, HERE))
    world.perform(world.reports.described(ONE, Properties(title="x")))
    world.perform(world.wishes.change_states(ONE, 1, (10,), 0.0))
    world.settle()
    world.perform(world.reports.confirmed(ONE, 0.0))
    assert world.said == []


def test_id_is_not_announced_again_before_its_destruction_is_echoed() -> None:
    world = World()
    window = world.create(1)
    world.perform(world.reports.destroyed(window))
    world.take_said()
    world.create(1, title="heir", mapped=True)
    assert world.take_said() == []
    world.order(T.CONFIGURE, 1, 0, 0, 5, 5, 0)
    assert world.take_said() == []
    world.order(T.DESTROY, 1)
    assert world.take_types() == [T.CREATE, T.WMNAME, T.WINDOW_FLAGS, T.MAP, T.WMNAME]


def test_heir_that_dies_before_the_echo_is_never_mentioned() -> None:
    world = World()
    for _ in range(2):
        world.perform(world.reports.destroyed(world.create(1)))
    assert world.take_types() == [T.CREATE, T.DESTROY]
    world.order(T.DESTROY, 1)
    world.order(T.DESTROY, 1)
    assert world.take_said() == []


def test_daemon_before_1_5_never_echoes_so_the_id_is_free_at_once() -> None:
    world = World(minor=4)
    for _ in range(2):
        world.perform(world.reports.destroyed(world.create(1)))
    assert world.take_types() == [T.CREATE, T.DESTROY] * 2


def test_windows_are_kept_while_no_daemon_listens_and_announced_when_one_comes() -> None:
    world = World(minor=None)
    world.create(1, mapped=True, **DESCRIBED)
    world.create(2)
    world.connect()
    first = [said.type for said in world.said if said.window == 1]
    assert first == [T.CREATE, T.CONFIGURE, T.WMCLASS, T.WINDOW_HINTS, T.MAP, T.WMNAME, T.WINDOW_FLAGS]
    assert [said.type for said in world.take_said() if said.window == 2] == [T.CREATE, T.CONFIGURE]
    world.copy()
    assert world.take_types() == [T.WINDOW_DUMP, T.SHMIMAGE]


def test_new_daemon_hears_everything_again_with_what_changed_meanwhile() -> None:
    world = World()
    window = world.show(1, title="old")
    world.perform(world.reports.destroyed(world.create(2)))
    world.perform(world.reports.daemon_lost())
    world.perform(world.reports.described(window, Properties(title="new")))
    world.perform(world.reports.configured(window, Geometry(0, 0, 60, 60)))
    world.perform(world.reports.unmapped(world.show(3)))
    world.take_said()
    world.connect()
    world.copy()
    said = world.take_said()
    assert [one.type for one in said if one.window == 1] == [
        *(T.CREATE, T.CONFIGURE, T.MAP, T.WMNAME, T.WINDOW_FLAGS, T.WINDOW_DUMP, T.SHMIMAGE),
    ]
    assert [one.type for one in said if one.window == 2] == []
    assert [one.type for one in said if one.window == 3] == [T.CREATE, T.CONFIGURE]
    assert next(one for one in said if one.type is T.WMNAME).body.data.startswith(b"new")
    assert next(one for one in said if one.type is T.SHMIMAGE).body == (0, 0, 60, 60)


def test_keys_go_up_when_the_daemon_is_lost() -> None:
    world = World()
    world.order(T.KEYPRESS, world.show(1), 2, 0, 0, 0, 38)
    world.take_done()
    world.perform(world.reports.daemon_lost())
    assert world.take_done() == [PressKey(38, pressed=False)]


def test_more_windows_than_the_daemon_takes_wait_their_turn() -> None:
    world = World()
    for number in range(1, MAX_WINDOWS_PER_QUBE + 3):
        world.create(number)
    assert len(world.known) == MAX_WINDOWS_PER_QUBE
    assert sum(isinstance(effect, Log) for effect in world.take_done()) == 1
    world.perform(world.reports.destroyed(ONE))
    assert len(world.known) == MAX_WINDOWS_PER_QUBE - 1
    world.order(T.DESTROY, 1)
    assert MAX_WINDOWS_PER_QUBE + 1 in world.known
    assert MAX_WINDOWS_PER_QUBE + 2 not in world.known
    assert not [effect for effect in world.take_done() if isinstance(effect, Log)], "the same line again"


@pytest.mark.parametrize("minor", [4, 5, 6, 7, 8])
def test_every_version_gets_pictures(minor: int) -> None:
    world = World(minor=minor)
    window = world.show(1)
    for size in range(101, 110):
        world.perform(world.reports.configured(window, Geometry(0, 0, size, 50)))
        world.copy()
        if minor >= 7:
            world.order(T.WINDOW_DUMP_ACK, window)
    dumps = [said for said in world.said if said.type is T.WINDOW_DUMP]
    assert [said.body.width for said in dumps] == [100, *range(101, 110)]
