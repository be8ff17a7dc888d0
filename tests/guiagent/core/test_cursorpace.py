"""Which cursors the daemon is told, in which form, and when."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.cursorpace import STEADY_S
from guiagent.core.cursors import GLYPHS, Look
from guiagent.core.shrinking import fitting
from protocol.extensions import EXT_VERSION, Feature
from protocol.limits import MAX_CURSOR_SIDE_PX
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World

ENTER = 7


def picture(number: int, width: int = 4, height: int = 4) -> Look:
    return Look(width, height, 1, 1, struct.pack("<I", 0xFF000000 | number) * (width * height))


def over_a_window(*, images: bool = True) -> World:
    world = World()
    if images:
        world.order(T.EXT_HELLO, 0, EXT_VERSION, Feature.CURSOR_IMAGE)
    world.show(1)
    world.order(T.CROSSING, 1, ENTER, 5, 5, 0, 0, 0, 0)
    world.now += 10
    world.take_said()
    return world


def shown(world: World, cursor: int | Look | None, *, after_s: float = 1.0) -> list[T]:
    world.now += after_s
    world.perform(world.reports.due(world.now))
    world.perform(world.reports.cursor_shown(cursor, world.now))
    return world.take_types()


def test_image_goes_as_it_is() -> None:
    world = over_a_window()
    world.perform(world.reports.cursor_shown(picture(7), world.now))
    (said,) = world.take_said()
    assert (said.type, said.window, said.body) == (T.CURSOR_IMAGE, 1, (4, 4, 1, 1))


def test_daemon_that_takes_no_images_is_told_the_default() -> None:
    world = over_a_window(images=False)
    assert shown(world, GLYPHS["watch"]) == [T.CURSOR]
    assert shown(world, picture(7)) == [T.CURSOR]
    assert world.qube.windows[1].cursor is None  # type: ignore[index]


def test_daemon_that_says_so_later_is_told_the_image_then() -> None:
    world = over_a_window(images=False)
    shown(world, picture(7))
    world.order(T.EXT_HELLO, 0, EXT_VERSION, Feature.CURSOR_IMAGE)
    assert world.take_types() == [T.EXT_HELLO, T.CURSOR_IMAGE]


def test_next_daemon_is_told_the_image_once_it_has_said_that_it_takes_it() -> None:
    world = over_a_window()
    shown(world, picture(7))
    world.perform(world.reports.daemon_lost())
    world.connect()
    assert T.CURSOR_IMAGE not in world.take_types()
    world.order(T.EXT_HELLO, 0, EXT_VERSION, Feature.CURSOR_IMAGE)
    assert world.take_types() == [T.EXT_HELLO, T.CURSOR_IMAGE]


def test_animated_cursor_is_its_first_image() -> None:
    world = over_a_window()
    told = [message for frame in range(100) for message in shown(world, picture(frame % 8), after_s=0.05)]
    assert told == [T.CURSOR_IMAGE]


def test_animation_that_begins_soon_after_a_glyph_is_told_once_too() -> None:
    world = over_a_window()
    assert shown(world, GLYPHS["xterm"]) == [T.CURSOR]
    told = [message for frame in range(100) for message in shown(world, picture(frame % 8), after_s=0.05)]
    assert told == [T.CURSOR_IMAGE]


def test_cursor_that_comes_to_rest_is_told_then() -> None:
    world = over_a_window()
    for frame in range(20):
        shown(world, picture(frame), after_s=0.05)
    deadline = world.qube.deadline()
    assert deadline is not None
    assert deadline - world.now <= STEADY_S
    world.perform(world.reports.due(deadline))
    assert world.take_types() == [T.CURSOR_IMAGE]
    assert world.qube.windows[1].cursor == picture(19)  # type: ignore[index]
    assert world.qube.deadline() is None


def test_nothing_is_told_if_it_stays_so_and_not_if_an_animation_begins() -> None:
    nothing, world = Look(1, 1, 0, 0, bytes(4)), over_a_window()
    assert shown(world, nothing) == []
    assert shown(world, picture(1), after_s=0.05) == [T.CURSOR_IMAGE]
    assert shown(world, nothing, after_s=0.05) == []
    world.now += STEADY_S
    world.perform(world.reports.due(world.now))
    assert world.take_types() == [T.CURSOR_IMAGE]
    assert world.qube.windows[1].cursor == nothing  # type: ignore[index]


def test_glyph_in_the_middle_of_it_is_told_at_once() -> None:
    world = over_a_window()
    for frame in range(5):
        shown(world, picture(frame), after_s=0.05)
    assert shown(world, GLYPHS["xterm"], after_s=0.05) == [T.CURSOR]
    assert world.qube.deadline() is None


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_image_of_any_size_fits_with_its_hotspot(width: int, height: int, data: st.DataObject) -> None:
    hot = data.draw(st.tuples(st.integers(0, width - 1), st.integers(0, height - 1)))
    small = fitting(Look(width, height, *hot, b"\x10\x20\x30\xff" * (width * height), b"name"))
    assert max(small.width, small.height) <= MAX_CURSOR_SIDE_PX
    assert 0 <= small.hot_x < small.width
    assert 0 <= small.hot_y < small.height
    assert small.pixels == b"\x10\x20\x30\xff" * (small.width * small.height)
    if max(width, height) <= MAX_CURSOR_SIDE_PX:
        assert (small.width, small.height, small.hot_x, small.hot_y) == (width, height, *hot)


def test_large_image_keeps_what_it_shows() -> None:
    left, right = b"\0\0\xff\xff", b"\xff\0\0\xff"
    small = fitting(Look(128, 128, 127, 64, (left * 64 + right * 64) * 128))
    assert small[:4] == (64, 64, 63, 32)
    assert small.pixels == (left * 32 + right * 32) * 64
