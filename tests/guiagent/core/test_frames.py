"""How far the daemon is with a window's frames, and what waits for it."""

from math import inf

from guiagent.core.effects import BeginCount, MoveResize
from guiagent.core.frames import FRAME_ACK_TIMEOUT_S, FRAMES_ASKED_AHEAD, Frames
from guiagent.core.values import Geometry
from protocol.extensions import EXT_VERSION, Feature
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World


def greeted(*, pages: int = 1000) -> World:
    world = World(pages=pages)
    world.order(T.EXT_HELLO, 0, EXT_VERSION, Feature.FRAME_ACK)
    world.take_said()
    return world


def paint(world: World, window: int = 1) -> list[T]:
    """Damage, and what the daemon is told of it."""
    world.take_said()
    world.qube.pixels.damaged(window, (0, 0, 5, 5))
    world.copy()
    return world.take_types()


def test_next_frame_waits_until_the_last_one_was_taken() -> None:
    world = greeted()
    world.show(1)
    assert paint(world) == []
    assert not world.qube.pixels.dirty
    world.order(T.FRAME_ACK, 1, 1)
    world.copy()
    assert world.take_types() == [T.SHMIMAGE]
    assert paint(world) == []


def test_each_window_waits_for_itself() -> None:
    world = greeted()
    world.show(1)
    world.show(2)
    world.order(T.FRAME_ACK, 2, 1)
    assert paint(world, 1) == []
    assert paint(world, 2) == [T.SHMIMAGE]


def test_frame_of_several_rectangles_is_taken_when_all_of_them_are() -> None:
    world = greeted()
    world.show(1, Geometry(0, 0, 1000, 1000))
    world.order(T.FRAME_ACK, 1, 1)
    for x in (0, 900):
        world.qube.pixels.damaged(1, (x, x, 5, 5))
    world.copy()
    world.order(T.FRAME_ACK, 1, 2)
    assert paint(world) == []
    world.order(T.FRAME_ACK, 1, 3)
    world.copy()
    assert world.take_types() == [T.SHMIMAGE]


def test_new_buffer_waits_for_no_frame_of_the_old_one() -> None:
    world = greeted()
    window = world.show(1)
    world.take_said()
    world.perform(world.reports.configured(window, Geometry(0, 0, 120, 50)))
    world.copy()
    assert world.take_types() == [T.CONFIGURE, T.WINDOW_DUMP, T.SHMIMAGE]


def test_daemon_without_the_feature_is_waited_for_by_nobody() -> None:
    world = World()
    world.show(1)
    assert paint(world) == [T.SHMIMAGE]
    assert world.qube.deadline() is None


def test_frame_that_is_never_taken_holds_the_window_up_only_once() -> None:
    world = greeted()
    world.show(1)
    assert paint(world) == []
    assert world.qube.deadline() == FRAME_ACK_TIMEOUT_S
    world.now = FRAME_ACK_TIMEOUT_S
    world.perform(world.reports.due(world.now))
    assert world.qube.deadline() is None
    world.copy()
    assert world.take_types() == [T.SHMIMAGE]
    assert paint(world) == [T.SHMIMAGE]
    world.order(T.FRAME_ACK, 1, 3)
    assert paint(world) == [T.SHMIMAGE]
    assert paint(world) == []


def test_pages_of_a_hidden_window_are_held_until_no_draw_can_read_them() -> None:
    world = greeted(pages=5)
    window = world.show(1)
    world.perform(world.reports.unmapped(window))
    assert world.qube.pixels.take_freed() == []
    world.order(T.FRAME_ACK, 1, 1)
    assert world.qube.pixels.take_freed() == []
    world.order(T.FRAME_ACK, 1, 2)
    assert [run.pages for run in world.qube.pixels.take_freed()] == [5]


def test_pages_of_a_hidden_window_are_free_after_a_while_whatever_the_daemon_says() -> None:
    world = greeted(pages=5)
    window = world.show(1)
    world.perform(world.reports.unmapped(window))
    world.now = FRAME_ACK_TIMEOUT_S
    world.perform(world.reports.due(world.now))
    assert [run.pages for run in world.qube.pixels.take_freed()] == [5]
    assert world.qube.deadline() is None


def test_count_goes_on_when_the_window_is_shown_again() -> None:
    world = greeted()
    window = world.show(1)
    world.perform(world.reports.unmapped(window))
    world.perform(world.reports.mapped(window, override_redirect=False))
    world.copy()
    assert paint(world) == []
    world.order(T.FRAME_ACK, 1, 2)
    assert paint(world) == []
    world.order(T.FRAME_ACK, 1, 3)
    world.copy()
    assert world.take_types() == [T.SHMIMAGE]


def test_new_daemon_counts_anew() -> None:
    world = greeted()
    world.show(1)
    world.perform(world.reports.daemon_lost())
    world.connect()
    world.copy()
    world.take_said()
    assert paint(world) == [T.SHMIMAGE], "it has not said that it acknowledges"
    world.order(T.EXT_HELLO, 0, EXT_VERSION, Feature.FRAME_ACK)
    world.order(T.FRAME_ACK, 1, 2)
    assert paint(world) == [T.SHMIMAGE]
    assert paint(world) == []


def test_count_goes_round() -> None:
    frames = Frames()
    frames.sent = 0xFFFF_FFFE
    frames.acknowledge(0xFFFF_FFFE)
    frames.send(4, 0.0)
    assert frames.sent == 2
    assert frames.wait_until(0.0) is not None
    frames.acknowledge(1)
    assert frames.wait_until(0.0) is not None
    frames.acknowledge(2)
    assert frames.wait_until(0.0) is None


def test_more_than_was_sent_counts_as_all_of_it() -> None:
    frames = Frames()
    frames.send(1, 0.0)
    frames.acknowledge(5)
    assert frames.wait_until(0.0) is None
    frames.send(1, 0.0)
    assert frames.wait_until(0.0) is not None
    assert frames.wait_until(inf) is None


def test_copy_of_a_window_that_changed_its_size_meanwhile_is_not_shown() -> None:
    """Where the window does not reach, the buffer has pixels that no program has drawn."""
    world = World()
    window = world.create(1, mapped=True)
    pixels = world.qube.pixels
    copies = pixels.plan()
    pixels.copying(copies)
    world.perform(world.reports.configured(window, Geometry(10, 20, 99, 50)))
    world.perform(world.reports.configured(window, Geometry(10, 20, 100, 50)))
    world.take_said()
    world.perform(pixels.copied(copies, 8))
    assert world.take_types() == []
    copies = pixels.plan()
    assert [(copy.fresh, copy.first, copy.rects) for copy in copies] == [(False, True, [(0, 0, 100, 50)])]
    pixels.copying(copies)
    world.perform(pixels.copied(copies, 8))
    assert world.take_types() == [T.WINDOW_DUMP, T.SHMIMAGE]


def test_size_that_x_told_before_the_copy_began_spoils_nothing() -> None:
    world = World()
    window = world.create(1, mapped=True)
    pixels = world.qube.pixels
    world.order(T.CONFIGURE, 1, 10, 20, 120, 50, 0)
    assert [effect.geometry for effect in world.done if isinstance(effect, MoveResize)] == [(10, 20, 120, 50)]
    copies = pixels.plan()
    world.perform(world.reports.configured(window, Geometry(10, 20, 120, 50)))
    pixels.copying(copies)
    world.perform(world.reports.confirmed(window, 0.0))
    world.take_said()
    world.perform(pixels.copied(copies, 8))
    assert world.take_types() == [T.WINDOW_DUMP, T.SHMIMAGE]


def test_window_smaller_than_its_buffer_is_copied_when_it_has_grown() -> None:
    world = World()
    window = world.create(1, mapped=True)
    pixels = world.qube.pixels
    world.order(T.CONFIGURE, 1, 10, 20, 120, 50, 0)
    copies = pixels.plan()
    pixels.copying(copies)
    world.take_said()
    world.perform(pixels.copied(copies, 8))
    assert world.take_types() == []
    assert pixels.plan() == []
    world.perform(world.reports.configured(window, Geometry(10, 20, 120, 50)))
    assert [copy.first for copy in pixels.plan()] == [True]


COUNTING = Feature.FRAME_ACK | Feature.FRAME_COUNT | Feature.FRAME_ASK


def counting(*, host_punches: bool = False) -> World:
    world = World(host_punches=host_punches)
    world.order(T.EXT_HELLO, 0, EXT_VERSION, COUNTING)
    return world


def test_counter_begins_before_the_daemon_hears_of_it() -> None:
    world = counting()
    page = world.qube.pixels.tally.page
    assert world.take_done() == [BeginCount(page or 0)]
    assert [(each.type, each.body) for each in world.take_said()][-1] == (T.FRAME_COUNT, (page,))
    assert world.allocator.allocate(1) != page


def test_where_the_host_gives_pages_back_there_is_no_counter() -> None:
    """A machine's pool is no file that can be written."""
    assert counting(host_punches=True).qube.pixels.tally.page is None


def test_counter_that_says_all_lets_the_next_frame_go_without_a_word() -> None:
    world = counting()
    world.show(1)
    world.show(2)
    tally = world.qube.pixels.tally
    assert (tally.sent, len(tally.open)) == (2, 2)
    tally.all_done()
    assert paint(world) == [T.SHMIMAGE]
    assert paint(world, 2) == [T.SHMIMAGE]
    assert (tally.sent, len(tally.open)) == (4, 2)


def test_daemon_is_asked_for_what_the_counter_does_not_say() -> None:
    world = counting()
    world.show(1)
    assert paint(world) == [T.FRAME_ASK]
    assert paint(world) == []  # once
    world.order(T.FRAME_ACK, 1, 1)
    world.copy()
    assert world.take_types() == [T.SHMIMAGE, T.FRAME_ASK]  # and ahead, for a while
    for _ in range(FRAMES_ASKED_AHEAD - 1):
        world.qube.pixels.tally.all_done()
        assert paint(world) == [T.SHMIMAGE, T.FRAME_ASK]
    world.qube.pixels.tally.all_done()
    assert paint(world) == [T.SHMIMAGE]


def test_answer_to_an_earlier_question_is_not_the_last_one() -> None:
    world = counting()
    world.show(1)
    assert paint(world) == [T.FRAME_ASK]
    world.order(T.CONFIGURE, 1, 10, 20, 150, 50, 0)
    world.copy()  # a new buffer waits for nothing
    world.take_said()
    world.order(T.FRAME_ACK, 1, 1)
    assert paint(world) == [T.FRAME_ASK]


def test_daemon_that_is_asked_late_has_all_its_time() -> None:
    """Since when it has said nothing is no matter, if nobody has asked."""
    world = counting()
    world.show(1)
    world.settle(100 * FRAME_ACK_TIMEOUT_S)
    world.qube.pixels.due(world.now)
    assert paint(world) == [T.FRAME_ASK]
    assert world.qube.deadline() == world.now + FRAME_ACK_TIMEOUT_S


def test_pages_of_a_hidden_window_are_asked_for_at_once() -> None:
    world = counting()
    window = world.show(1)
    world.take_said()
    world.perform(world.reports.unmapped(window))
    world.copy()
    assert world.take_types() == [T.UNMAP, T.FRAME_ASK]


def test_window_that_is_gone_is_not_asked_for() -> None:
    world = counting()
    window = world.show(1)
    world.take_said()
    world.perform(world.reports.destroyed(window))
    world.copy()
    world.settle(1.0)
    assert world.take_types() == [T.UNMAP, T.FRAME_ASK, T.DESTROY]


def test_counter_goes_with_its_daemon_and_its_page_is_the_next_ones() -> None:
    """Who is gone may have written there last: into a picture, were it used for one."""
    world = counting()
    world.show(1)
    pixels = world.qube.pixels
    page = pixels.tally.page
    world.perform(world.reports.daemon_lost())
    assert (pixels.tally.page, pixels.tally.sent, len(pixels.tally.open)) == (None, 0, 0)
    assert page not in [run.first_page for run in pixels.take_freed()]
    world.connect()
    world.order(T.EXT_HELLO, 0, EXT_VERSION, COUNTING)
    assert pixels.tally.page == page
    world.perform(world.reports.daemon_lost())
    pixels.abandoned()
    assert page in [run.first_page for run in pixels.take_freed()]
