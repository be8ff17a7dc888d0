"""Windows that the desktop does not show: nothing of them is copied, and their pages are the first to be given up."""

from guiagent.core.effects import Log
from guiagent.core.values import Geometry, WindowId
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World

MINIMIZE = 4
TEN_PAGES = Geometry(0, 0, 100, 100)


def minimise(world: World, window: int) -> None:
    world.order(T.WINDOW_FLAGS, window, MINIMIZE, 0)


def restore(world: World, window: int) -> None:
    world.order(T.WINDOW_FLAGS, window, 0, MINIMIZE)


def three(pages: int) -> tuple[World, WindowId, WindowId, WindowId]:
    """Three windows of ten pages each, minimised in the order two, one, three, and known to the daemon."""
    world = World(pages=pages)
    one, two, three = (world.show(number, TEN_PAGES) for number in (1, 2, 3))
    for window in (one, two, three):
        world.order(T.WINDOW_DUMP_ACK, window)
    for window in (two, one, three):
        minimise(world, window)
    world.take_said()
    world.take_done()
    return world, one, two, three


def lines(world: World) -> list[str]:
    return [effect.line for effect in world.take_done() if isinstance(effect, Log)]


def test_nothing_of_a_minimised_window_is_copied() -> None:
    world = World()
    world.show(1)
    minimise(world, 1)
    world.take_said()
    world.qube.pixels.damaged(1, (0, 0, 5, 5))
    world.perform(world.reports.configured(WindowId(1), Geometry(10, 20, 120, 60)))
    assert world.qube.pixels.plan() == []


def test_window_that_comes_back_is_copied_whole_before_anything_of_it_is_said() -> None:
    world = World()
    world.show(1)
    minimise(world, 1)
    world.qube.pixels.damaged(1, (0, 0, 5, 5))
    world.copy()
    world.take_said()
    restore(world, 1)
    world.copy()
    assert [(said.type, tuple(said.body)) for said in world.take_said()] == [(T.SHMIMAGE, (0, 0, 100, 50))]


def test_window_that_was_minimised_before_its_first_copy_was_made_shows_it_when_it_comes_back() -> None:
    world = World()
    world.create(1, mapped=True)
    copies = world.plan()
    minimise(world, 1)
    world.take_said()
    world.perform(world.qube.pixels.copied(copies, 8))
    restore(world, 1)
    world.copy()
    assert T.WINDOW_DUMP in world.take_types()


def test_full_pool_takes_the_pictures_of_what_was_minimised_first() -> None:
    world, one, two, _ = three(pages=32)
    four = world.show(4, Geometry(0, 0, 100, 110))
    dumps = [said for said in world.take_said() if said.type is T.WINDOW_DUMP]
    assert [(said.window, said.body.width, said.body.height, len(said.refs)) for said in dumps] == [
        (two, 1, 1, 1),
        (one, 1, 1, 1),
    ]
    assert dumps[0].refs == dumps[1].refs
    assert len(lines(world)) == 1
    world.order(T.WINDOW_DUMP_ACK, two)
    world.order(T.WINDOW_DUMP_ACK, one)
    world.copy()
    assert [(said.type, said.window) for said in world.take_said()] == [(T.WINDOW_DUMP, four), (T.SHMIMAGE, four)]
    assert lines(world) == []


def test_no_more_pictures_are_taken_than_are_needed() -> None:
    world, one, two, three_ = three(pages=32)
    world.show(4, TEN_PAGES)
    assert [said.window for said in world.take_said() if said.body and said.type is T.WINDOW_DUMP] == [two]
    del one, three_


def test_pages_in_pieces_take_one_more_picture() -> None:
    """Ten pages here and ten there are no twenty together."""
    world, one, two, three_ = three(pages=31)
    world.show(4, Geometry(0, 0, 100, 180))
    for window in (two, one):
        world.order(T.WINDOW_DUMP_ACK, window)
    world.copy()
    world.order(T.WINDOW_DUMP_ACK, three_)
    world.copy()
    assert 4 in [said.window for said in world.take_said() if said.type is T.SHMIMAGE]


def test_window_that_lost_its_picture_gets_one_when_it_comes_back() -> None:
    world, _, two, _ = three(pages=32)
    four = world.show(4, TEN_PAGES)
    world.order(T.WINDOW_DUMP_ACK, two)
    world.copy()
    world.perform(world.reports.destroyed(four))
    world.take_said()
    restore(world, two)
    world.copy()
    assert [(said.type, said.window) for said in world.take_said()] == [(T.WINDOW_DUMP, two), (T.SHMIMAGE, two)]


def test_windows_without_room_make_one_line_together_and_are_shown_when_there_is_some() -> None:
    world = World(pages=10)
    one = world.show(1, TEN_PAGES)
    for number in range(2, 9):
        world.show(number, TEN_PAGES)
    assert len(lines(world)) == 1
    world.take_said()
    world.perform(world.reports.destroyed(one))
    world.copy()
    assert [said.window for said in world.take_said() if said.type is T.SHMIMAGE] == [2]


def test_pages_of_the_blank_picture_are_never_given_back() -> None:
    world, _, two, _ = three(pages=32)
    world.show(4, TEN_PAGES)
    world.order(T.WINDOW_DUMP_ACK, two)
    freed = [run.pages for run in world.qube.pixels.take_freed()]
    world.perform(world.reports.destroyed(two))
    world.order(T.DESTROY, two)
    assert freed == [10]
    assert world.qube.pixels.take_freed() == []


def test_nothing_is_said_of_pictures_to_a_daemon_that_is_gone() -> None:
    world, *_ = three(pages=32)
    world.create(4, TEN_PAGES, mapped=True)
    world.qube.pixels.plan()
    world.perform(world.reports.daemon_lost())
    assert not [effect for effect in world.qube.pixels.take_log() if not isinstance(effect, Log)]
