"""Pictures of windows."""

from guiagent.core.effects import Log
from guiagent.core.pixels import MAX_PENDING_RECTS, MAX_UNACKNOWLEDGED_DUMPS
from guiagent.core.values import Geometry
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World


def size(width: int) -> Geometry:
    return Geometry(0, 0, width, 50)


def test_dump_names_the_pages_of_one_run_that_hold_the_picture() -> None:
    world = World()
    world.show(1, Geometry(0, 0, 641, 479))
    dump = next(said for said in world.said if said.type is T.WINDOW_DUMP)
    assert tuple(dump.body) == (0, 641, 479, 32)
    assert dump.refs == tuple(range(dump.refs[0], dump.refs[0] + -(-641 * 479 * 4 // 4096)))


def test_pictures_of_windows_do_not_overlap() -> None:
    world = World()
    world.show(1)
    world.show(2)
    one, two = (set(said.refs) for said in world.said if said.type is T.WINDOW_DUMP)
    assert not one & two


def test_damage_is_clipped_and_said_once() -> None:
    world = World()
    world.show(1)
    world.take_said()
    for _ in range(3):
        world.qube.pixels.damaged(1, (90, 40, 30, 30))
        world.qube.pixels.damaged(1, (200, 0, 5, 5))
    world.copy()
    assert [said.body for said in world.take_said()] == [(90, 40, 10, 10)]


def test_damage_of_hidden_or_unknown_windows_is_nothing() -> None:
    world = World()
    window = world.show(1)
    world.perform(world.reports.unmapped(window))
    world.take_said()
    world.qube.pixels.damaged(1, (0, 0, 5, 5))
    world.qube.pixels.damaged(77, (0, 0, 5, 5))
    assert not world.qube.pixels.dirty
    assert world.qube.pixels.plan() == []


def test_flood_of_damage_becomes_the_whole_window() -> None:
    world = World()
    world.show(1, Geometry(0, 0, 1000, 1000))
    world.take_said()
    for number in range(MAX_PENDING_RECTS + 1):
        world.qube.pixels.damaged(1, (number, number % 7, 1, 1))
    world.copy()
    assert [said.body for said in world.take_said()] == [(0, 0, 1000, 1000)]


def test_window_that_was_hidden_during_the_copy_is_not_mentioned() -> None:
    world = World()
    window = world.create(1, mapped=True)
    copies = world.qube.pixels.plan()
    world.perform(world.reports.unmapped(window))
    world.take_said()
    world.perform(world.qube.pixels.copied(copies, 8))
    assert world.take_said() == []


def test_copy_into_a_buffer_that_was_replaced_meanwhile_is_dropped() -> None:
    world = World()
    window = world.create(1, mapped=True)
    copies = world.qube.pixels.plan()
    world.perform(world.reports.unmapped(window))
    world.perform(world.reports.mapped(window, override_redirect=False))
    later = world.qube.pixels.plan()
    world.take_said()
    world.perform(world.qube.pixels.copied(copies, 8))
    assert world.take_said() == []
    world.perform(world.qube.pixels.copied(later, 8))
    assert world.take_types() == [T.WINDOW_DUMP, T.SHMIMAGE]


def test_pages_of_a_hidden_window_are_free_and_told_to_be_given_back() -> None:
    world = World(pages=5)
    window = world.show(1)
    world.perform(world.reports.unmapped(window))
    assert [run.pages for run in world.qube.pixels.take_freed()] == [5]
    world.take_said()
    world.show(2)
    assert T.WINDOW_DUMP in world.take_types()


def test_old_pages_are_free_after_the_acknowledgement_of_this_windows_next_dump() -> None:
    world = World()
    one, two = world.show(1), world.show(2)
    world.order(T.WINDOW_DUMP_ACK, one)
    world.perform(world.reports.configured(one, size(120)))
    world.copy()
    world.order(T.WINDOW_DUMP_ACK, two)
    assert world.qube.pixels.take_freed() == []
    world.order(T.WINDOW_DUMP_ACK, one)
    assert [run.pages for run in world.qube.pixels.take_freed()] == [5]


def test_late_acknowledgement_of_a_hidden_window_does_not_count_for_its_next_picture() -> None:
    world = World()
    window = world.show(1)
    world.perform(world.reports.unmapped(window))
    world.perform(world.reports.mapped(window, override_redirect=False))
    world.copy()
    world.qube.pixels.take_freed()
    world.perform(world.reports.configured(window, size(120)))
    world.copy()
    world.order(T.WINDOW_DUMP_ACK, window)
    world.order(T.WINDOW_DUMP_ACK, window)
    assert world.qube.pixels.take_freed() == []
    world.order(T.WINDOW_DUMP_ACK, window)
    assert [run.pages for run in world.qube.pixels.take_freed()] == [5]


def test_resizing_faster_than_the_daemon_reads_holds_few_buffers_and_ends_right() -> None:
    world = World()
    window = world.show(1, size(100))
    for width in range(101, 150):
        world.perform(world.reports.configured(window, size(width)))
        world.copy()
    dumps = [said.body.width for said in world.said if said.type is T.WINDOW_DUMP]
    assert len(dumps) == MAX_UNACKNOWLEDGED_DUMPS
    world.order(T.WINDOW_DUMP_ACK, window)
    world.copy()
    assert [said.body.width for said in world.said if said.type is T.WINDOW_DUMP][-1] == 149


def test_window_without_memory_waits_says_so_once_and_is_shown_when_there_is_some() -> None:
    world = World(pages=8)
    one = world.show(1)
    world.take_said()
    two = world.show(2)
    world.qube.pixels.damaged(two, (0, 0, 1, 1))
    world.copy()
    assert T.WINDOW_DUMP not in world.take_types()
    assert [type(effect) for effect in world.qube.pixels.take_log() + world.take_done()].count(Log) == 1
    world.perform(world.reports.unmapped(one))
    world.copy()
    assert world.take_types() == [T.UNMAP, T.WINDOW_DUMP, T.SHMIMAGE]


def test_window_of_an_odd_depth_has_no_picture() -> None:
    world = World()
    world.qube.pixels.shown(world.create(1), 8, (10, 10))
    world.copy()
    assert T.WINDOW_DUMP not in world.take_types()


def test_pages_that_the_host_gives_back_wait_for_the_next_pictures_acknowledgement() -> None:
    world = World(host_punches=True)
    window = world.show(1)
    world.order(T.WINDOW_DUMP_ACK, window)
    world.perform(world.reports.unmapped(window))
    assert world.qube.pixels.take_freed() == []
    world.perform(world.reports.mapped(window, override_redirect=False))
    world.copy()
    first, second = (set(said.refs) for said in world.said if said.type is T.WINDOW_DUMP)
    assert not first & second
    world.order(T.WINDOW_DUMP_ACK, window)
    assert [run.first_page for run in world.qube.pixels.take_freed()] == [min(first)]


def test_pages_that_the_host_gives_back_wait_for_the_echo_of_a_destroyed_window() -> None:
    world = World(host_punches=True)
    window = world.show(1)
    world.perform(world.reports.destroyed(window))
    assert world.qube.pixels.take_freed() == []
    world.order(T.DESTROY, window)
    assert [run.pages for run in world.qube.pixels.take_freed()] == [5]


def test_pages_that_the_host_gives_back_are_free_when_the_daemon_is_lost() -> None:
    world = World(host_punches=True)
    world.perform(world.reports.unmapped(world.show(1)))
    world.show(2)
    world.perform(world.reports.daemon_lost())
    assert sorted(run.pages for run in world.qube.pixels.take_freed()) == [5, 5]
