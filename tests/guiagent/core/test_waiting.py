"""Input that came while the keyboard was given another layout."""

from guiagent.core.effects import FocusWindow, Log, PressButton, PressKey, SetLayout
from guiagent.core.waiting import MAX_WAIT_S, MAX_WAITING
from protocol.keyboard import Layout, layout_fields
from protocol.messages import MessageType as T
from tests.guiagent.core.world import World

DE = Layout(0, "evdev", "pc105", "de", "", "")
RU = DE._replace(layout="ru")
A, B = 38, 56


def press(world: World, keycode: int) -> None:
    world.order(T.KEYPRESS, 1, 2, 0, 0, 0, keycode)


def keys(world: World) -> list[int]:
    return [effect.keycode for effect in world.take_done() if isinstance(effect, PressKey) and effect.pressed]


def laid(world: World) -> None:
    world.perform(world.orders.laid(world.now))


def test_keys_wait_for_the_layout_and_come_in_their_order() -> None:
    world = World()
    world.show(1)
    press(world, A)
    assert keys(world) == [A]
    world.order(T.KEYBOARD, 0, *layout_fields(DE))
    assert [effect for effect in world.take_done() if isinstance(effect, SetLayout)] == [SetLayout(DE)]
    press(world, A)
    press(world, B)
    assert keys(world) == []
    laid(world)
    assert keys(world) == [A, B]
    press(world, A)
    assert keys(world) == [A]


def test_what_a_key_must_not_overtake_waits_with_it() -> None:
    world = World()
    world.show(1)
    world.order(T.KEYBOARD, 0, *layout_fields(DE))
    world.take_done()
    world.order(T.FOCUS, 1, 9, 0, 0)
    press(world, A)
    world.order(T.BUTTON, 1, 4, 5, 5, 0, 1)
    assert world.take_done() == []
    laid(world)
    done = [type(effect) for effect in world.take_done()]
    assert done.index(FocusWindow) < done.index(PressKey) < done.index(PressButton)


def test_windows_do_not_wait() -> None:
    world = World()
    world.show(1)
    world.order(T.KEYBOARD, 0, *layout_fields(DE))
    world.take_said()
    world.order(T.CONFIGURE, 1, 5, 6, 70, 80, 0)
    assert world.take_types() == [T.CONFIGURE]


def test_next_layout_waits_for_the_keys_before_it() -> None:
    world = World()
    world.show(1)
    world.order(T.KEYBOARD, 0, *layout_fields(DE))
    press(world, A)
    world.order(T.KEYBOARD, 0, *layout_fields(RU))
    press(world, B)
    world.take_done()
    laid(world)
    done = world.take_done()
    assert SetLayout(RU) in done
    assert [effect.keycode for effect in done if isinstance(effect, PressKey)] == [A]
    laid(world)
    assert keys(world) == [B]


def test_layout_that_never_comes_is_not_waited_for_for_ever() -> None:
    world = World()
    world.show(1)
    world.order(T.KEYBOARD, 0, *layout_fields(DE))
    press(world, A)
    assert world.qube.deadline() == MAX_WAIT_S
    world.perform(world.orders.due(MAX_WAIT_S / 2))
    assert keys(world) == []
    world.perform(world.orders.due(MAX_WAIT_S))
    done = world.take_done()
    assert any(isinstance(effect, Log) for effect in done)
    assert [effect.keycode for effect in done if isinstance(effect, PressKey)] == [A]


def test_no_more_waits_than_may() -> None:
    world = World()
    world.show(1)
    world.order(T.KEYBOARD, 0, *layout_fields(DE))
    for _ in range(MAX_WAITING):
        press(world, A)
    assert keys(world) == []
    press(world, B)
    assert keys(world) == [A] * MAX_WAITING + [B]


def test_nothing_waits_for_a_daemon_that_is_gone() -> None:
    world = World()
    world.show(1)
    world.order(T.KEYBOARD, 0, *layout_fields(DE))
    press(world, A)
    world.perform(world.reports.daemon_lost())
    world.take_done()
    world.connect()
    laid(world)
    assert keys(world) == []
