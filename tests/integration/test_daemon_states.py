"""Fullscreen, attention and minimising, between a qube and a real window manager; the frame stays through all of it."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib import X

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 800, 600
CONTENT = (200, 150, 300, 200)
FULLSCREEN, ATTENTION, MINIMIZE = 1, 2, 4
REMOVE, ADD = 0, 1
BORDERS_PX = 2
"""What the window manager's own decoration may take."""
MAXIMIZED = ("_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ")


class Scene(NamedTuple):
    person: Person
    qube: Qube

    def states(self, window: Framed) -> set[str]:
        return {self.person.x.get_atom_name(number) for number in self.person.numbers(window.xid, "_NET_WM_STATE")}

    def change(self, window: Framed, action: int, *states: str) -> None:
        """As a pager does."""
        atoms = [self.person.x.intern_atom(state) for state in states]
        self.person.ask(window.xid, "_NET_WM_STATE", action, *atoms, *[0] * (2 - len(atoms)), 2)

    def ask(self, window: Framed, to_set: int, to_clear: int = 0) -> None:
        self.qube.agent.send(MessageType.WINDOW_FLAGS, window.remote, to_set, to_clear)

    def flags_told(self, window: Framed, after: int) -> list[tuple[int, int]]:
        self.qube.settle()
        told = [each for each in self.qube.agent.received[after:] if each.window == window.remote]
        return [
            (each.body[0], each.body[1])
            for each in told
            if each.type == MessageType.WINDOW_FLAGS and isinstance(each.body, tuple)
        ]

    def wait_told(self, window: Framed, after: int, *flags: tuple[int, int]) -> None:
        """Wait until exactly these were told since message number `after`."""
        wait_until(lambda: self.flags_told(window, after) == list(flags), what=f"{flags} is told")

    def viewable(self, window: Framed) -> bool:
        return bool(self.person.window(window.xid).get_attributes().map_state == X.IsViewable)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(WIDTH, HEIGHT))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        yield Scene(person, stack.enter_context(Qube(server.name, label="red")))


@pytest.fixture
def window(scene: Scene) -> Iterator[Framed]:
    found = scene.qube.show(CONTENT, pseudo_random(*CONTENT[2:]))
    wait_framed(scene.person, found.xid, 3, scene.qube.rgb)
    yield found
    scene.qube.destroy(found)


def test_fullscreen_is_maximised_in_its_frame_and_told_until_it_is_left(scene: Scene, window: Framed) -> None:
    person, qube = scene
    before, after = person.outer(window.xid), len(qube.agent.received)
    scene.ask(window, FULLSCREEN)
    wait_until(lambda: set(MAXIMIZED) <= scene.states(window), what="maximised")
    wait_until(lambda: person.outer(window.xid)[2] >= WIDTH - BORDERS_PX, what="as wide as the screen")
    wait_framed(person, window.xid, 3, qube.rgb)
    assert "_NET_WM_STATE_FULLSCREEN" not in scene.states(window)
    scene.wait_told(window, after, (FULLSCREEN, 0))
    scene.ask(window, 0, FULLSCREEN)
    wait_until(lambda: person.outer(window.xid) == before, what="the window is as before")
    scene.wait_told(window, after, (FULLSCREEN, 0), (0, FULLSCREEN))
    wait_framed(person, window.xid, 3, qube.rgb)


def test_fullscreen_asked_before_map_is_on_the_outer_before_the_window_manager_sees_it(scene: Scene) -> None:
    remote, after = scene.qube.new_id(), len(scene.qube.agent.received)
    scene.qube.agent.create(remote, CONTENT)
    scene.ask(Framed(0, remote), FULLSCREEN)
    scene.qube.settle()
    window = Framed(scene.qube.daemon.window(remote)["local_xid"], remote)
    wait_until(lambda: scene.states(window) == set(MAXIMIZED), what="_NET_WM_STATE of a window that is not mapped")
    scene.qube.agent.map(remote)
    scene.qube.mapped(remote)
    wait_until(lambda: scene.person.outer(window.xid)[2] >= WIDTH - BORDERS_PX, what="maximised from the start")
    wait_framed(scene.person, window.xid, 3, scene.qube.rgb)
    scene.wait_told(window, after, (FULLSCREEN, 0))
    scene.qube.destroy(window)


def test_person_who_unmaximises_takes_the_app_out_of_fullscreen(scene: Scene, window: Framed) -> None:
    after = len(scene.qube.agent.received)
    scene.ask(window, FULLSCREEN)
    wait_until(lambda: set(MAXIMIZED) <= scene.states(window), what="maximised")
    scene.qube.settle()
    scene.change(window, REMOVE, *MAXIMIZED)
    scene.wait_told(window, after, (FULLSCREEN, 0), (0, FULLSCREEN))
    scene.change(window, ADD, *MAXIMIZED)
    wait_until(lambda: set(MAXIMIZED) <= scene.states(window), what="maximised by the person")
    assert scene.flags_told(window, after)[2:] == []


def test_fullscreen_by_the_person_keeps_the_frame_and_is_told(scene: Scene, window: Framed) -> None:
    after = len(scene.qube.agent.received)
    scene.change(window, ADD, "_NET_WM_STATE_FULLSCREEN")
    scene.wait_told(window, after, (FULLSCREEN, 0))
    wait_until(lambda: scene.person.outer(window.xid) == (0, 0, WIDTH, HEIGHT), what="the whole screen")
    wait_framed(scene.person, window.xid, 3, scene.qube.rgb)
    scene.ask(window, 0, FULLSCREEN)
    wait_until(lambda: scene.states(window) & {"_NET_WM_STATE_FULLSCREEN"} == set(), what="left by the app")
    scene.wait_told(window, after, (FULLSCREEN, 0), (0, FULLSCREEN))


def test_attention_is_told_and_cleared_by_the_qube(scene: Scene, window: Framed) -> None:
    other = scene.qube.show((600, 400, 50, 50), pseudo_random(50, 50))
    scene.person.activate(other.xid)
    after = len(scene.qube.agent.received)
    scene.ask(window, ATTENTION)
    scene.wait_told(window, after, (ATTENTION, 0))
    assert "_NET_WM_STATE_DEMANDS_ATTENTION" in scene.states(window)
    scene.ask(window, 0, ATTENTION)
    wait_until(lambda: "_NET_WM_STATE_DEMANDS_ATTENTION" not in scene.states(window), what="cleared")
    scene.wait_told(window, after, (ATTENTION, 0), (0, ATTENTION))
    scene.ask(window, ATTENTION)
    scene.wait_told(window, after, (ATTENTION, 0), (0, ATTENTION), (ATTENTION, 0))
    scene.person.activate(window.xid)
    scene.wait_told(window, after, (ATTENTION, 0), (0, ATTENTION), (ATTENTION, 0), (0, ATTENTION))
    scene.qube.destroy(other)


def test_map_restores_a_minimised_window(scene: Scene, window: Framed) -> None:
    after = len(scene.qube.agent.received)
    scene.ask(window, MINIMIZE)
    wait_until(lambda: not scene.viewable(window), what="hidden")
    scene.wait_told(window, after, (MINIMIZE, 0))
    scene.qube.agent.map(window.remote)
    wait_until(lambda: scene.viewable(window), what="back on the screen")
    scene.wait_told(window, after, (MINIMIZE, 0), (0, MINIMIZE))
    wait_framed(scene.person, window.xid, 3, scene.qube.rgb)


def test_map_right_after_minimising_is_not_lost(scene: Scene, window: Framed) -> None:
    after = len(scene.qube.agent.received)
    scene.ask(window, MINIMIZE)
    scene.qube.agent.map(window.remote)
    scene.wait_told(window, after, (MINIMIZE, 0), (0, MINIMIZE))
    wait_until(lambda: scene.viewable(window), what="back on the screen")
    wait_framed(scene.person, window.xid, 3, scene.qube.rgb)


def test_states_end_with_unmap_and_fullscreen_asked_again_holds(scene: Scene, window: Framed) -> None:
    """The window manager takes the states off a window that is withdrawn; it must not take off the next ones."""
    agent = scene.qube.agent
    scene.ask(window, FULLSCREEN)
    wait_until(lambda: set(MAXIMIZED) <= scene.states(window), what="maximised")
    agent.send(MessageType.UNMAP, window.remote)
    scene.ask(window, FULLSCREEN)
    agent.map(window.remote)
    scene.qube.settle()
    scene.person.activate(window.xid)  # the window manager has taken it anew
    wait_until(lambda: set(MAXIMIZED) <= scene.states(window), what="maximised")
    holds_for(lambda: set(MAXIMIZED) <= scene.states(window), 0.05, what="maximised")
    wait_framed(scene.person, window.xid, 3, scene.qube.rgb)
    after = len(agent.received)
    agent.send(MessageType.UNMAP, window.remote)
    agent.map(window.remote)
    scene.wait_told(window, after, (0, FULLSCREEN))
    wait_until(lambda: scene.viewable(window) and not scene.states(window) & set(MAXIMIZED), what="as it was asked")
