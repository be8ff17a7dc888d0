"""Which window a dialog is said to belong to."""

from typing import Any

from guiagent.core.values import WindowId
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World

MODAL = 50


def parent_told(world: World, window: int) -> int:
    told = [said.body.transient_for for said in world.said if said.type is T.MAP and said.window == window]
    return int(told[-1])


def test_dialog_of_a_window_that_is_not_shown_belongs_to_that_ones_parent() -> None:
    world = World()
    world.show(1)
    world.create(2, transient_for=1)
    world.show(3, transient_for=2)
    assert parent_told(world, 3) == 1


def test_dialog_of_a_window_that_is_not_known_belongs_to_none() -> None:
    world = World()
    world.show(1)
    world.show(2, transient_for=77)
    assert parent_told(world, 2) == 0


def test_dialog_of_the_root_belongs_to_its_group_and_there_to_the_window_in_use() -> None:
    world = World()
    world.create(9)  # the leader, never shown
    for number in (1, 2, 3):
        world.show(number, group=9)
    world.show(4)
    world.order(T.FOCUS, 2, 9, 0, 0)
    world.show(5, group=9, transient_for=0x77)
    world.show(6, group=9, transient_for=9)
    world.show(7, group=9, states=(MODAL,))
    assert [parent_told(world, number) for number in (5, 6, 7)] == [2, 2, 2]
    world.order(T.FOCUS, 4, 9, 0, 0)
    world.show(8, group=9, transient_for=0x77)
    assert parent_told(world, 8) == 3


def test_window_that_names_nobody_belongs_to_nobody_though_it_has_a_group() -> None:
    world = World()
    world.show(1, group=9)
    world.show(2, group=9)
    assert parent_told(world, 2) == 0


def test_menu_gets_no_parent_out_of_a_group() -> None:
    world = World()
    world.show(1, group=9)
    world.show(2, group=9, transient_for=0x77, override_redirect=True)
    assert parent_told(world, 2) == 0


def test_rings_and_windows_that_name_themselves_have_no_parent() -> None:
    world = World()
    world.show(1, transient_for=1)
    world.show(2, transient_for=3)
    world.show(3, transient_for=2)
    world.show(4, transient_for=2)
    assert [parent_told(world, number) for number in (1, 2, 3)] == [0, 0, 0]
    assert parent_told(world, 4) == 2


def test_ring_of_windows_that_are_not_shown_ends() -> None:
    world = World()
    world.create(1, transient_for=2)
    world.create(2, transient_for=1)
    world.show(3, transient_for=1)
    assert parent_told(world, 3) == 0


def test_group_never_closes_a_ring() -> None:
    """The only other window of the group is a dialog of this one."""
    world = World()
    group: dict[str, Any] = {"group": 9}
    world.show(2, **group, transient_for=1)
    world.show(1, **group, transient_for=0x77)
    assert parent_told(world, 1) == 0


def test_new_daemon_hears_of_a_parent_before_its_dialog() -> None:
    world = World(minor=None)
    world.create(1, mapped=True, transient_for=3)
    world.create(2, mapped=True, transient_for=1)
    world.create(3, mapped=True)
    world.connect()
    assert [said.window for said in world.said if said.type is T.MAP] == [3, 1, 2]
    assert [parent_told(world, number) for number in (1, 2, 3)] == [3, 1, 0]


def heard_again(world: World, *stacking: int) -> list[int]:
    """In which order a new daemon hears of the windows that lie so, lowest first."""
    world.perform(world.reports.daemon_lost())
    before = len(world.said)
    world.connect(stacking=tuple(map(WindowId, stacking)))
    return [said.window for said in world.said[before:] if said.type is T.CREATE]


def test_new_daemon_hears_of_windows_as_they_lie() -> None:
    world = World()
    for number in (1, 2, 3):
        world.show(number)
    assert heard_again(world, 3, 1, 2) == [3, 1, 2]


def test_new_daemon_hears_of_parents_first_and_of_popups_last() -> None:
    world = World()
    world.show(4, override_redirect=True, transient_for=2)
    for number, parent in ((3, 2), (2, 1), (1, 0), (5, 0)):
        world.show(number, transient_for=parent)
    assert heard_again(world, 4, 3, 5, 2, 1) == [1, 2, 3, 5, 4]


def test_new_daemon_hears_of_each_window_once_though_parents_form_a_ring() -> None:
    world = World()
    for number, parent in ((1, 3), (2, 1), (3, 2)):
        world.show(number, transient_for=parent)
    assert sorted(heard_again(world, 1, 2, 3)) == [1, 2, 3]
