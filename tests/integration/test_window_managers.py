"""A qube's windows under other window managers and compositors: framed, placed, focused, answered and told the truth.

xfwm4 as it comes (it composites by itself), i3 (it tiles, and knows neither maximised nor minimised), and compositors.
What each of them must do first, manage a window, is asserted when it starts (tests/harness/wm.py).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from Xlib import X

from guid.core.oracle import Fault
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import HEIGHT, WIDTH, ActedQube, Stage
from tests.harness.wait import wait_until
from tests.harness.wm import clients
from tests.integration.daemon_desk import Person

pytestmark = pytest.mark.desktop

FULLSCREEN, ATTENTION, MINIMIZE = 1, 2, 4
REMOVE, ADD = 0, 1
CONTENT = (200, 150, 300, 200)
PICTURE = pseudo_random(WIDTH, HEIGHT)
"""As large as the screen: a tiling window manager may show any part of it."""
KEYCODE = 38


class Desk(NamedTuple):
    """A window manager and perhaps a compositor."""

    manager: str
    compositor: str | None = None

    @property
    def tiles(self) -> bool:
        return self.manager == "i3"


DESKS = [
    Desk("xfwm4"),
    Desk("xfwm4-bare", "picom"),
    Desk("openbox", "xcompmgr"),
    Desk("i3"),
    Desk("i3", "picom"),
    Desk("i3", "xcompmgr"),
]


class Scene(NamedTuple):
    desk: Desk
    stage: Stage
    person: Person
    qube: ActedQube

    def shown(self, window: int, content: tuple[int, int, int, int] = CONTENT, *, popup: bool = False) -> Any:
        """A window with its picture on the screen; returns its outer."""
        self.qube.agent.show(window, content, PICTURE, popup=popup)
        outer = self.qube.viewable(window)
        wait_until(lambda: self.qube.drawn(window, PICTURE), what="the picture")
        return outer

    def managed(self, outer: Any) -> bool:
        return outer.id in clients(self.stage.x)

    def states(self, outer: Any) -> set[str]:
        return {self.stage.x.get_atom_name(atom) for atom in self.person.numbers(outer.id, "_NET_WM_STATE")}

    def change(self, outer: Any, action: int, *states: str) -> None:
        """As a pager, or a key of the window manager, does."""
        atoms = [self.stage.x.intern_atom(state) for state in states]
        self.person.ask(outer.id, "_NET_WM_STATE", action, *atoms, *[0] * (2 - len(atoms)), 2)

    def flags_told(self, window: int, after: int) -> list[tuple[int, int]]:
        self.qube.settle()
        told = self.qube.agent.received[after:]
        return [each.body[:2] for each in told if (each.type, each.window) == (MessageType.WINDOW_FLAGS, window)]  # type: ignore[index]

    def told(self, window: int, after: int = 0) -> tuple[int, ...]:
        """The content geometry that the agent was told last, since message number `after`."""
        configures = (each for each in self.qube.agent.received[after:] if each.type is MessageType.CONFIGURE)
        told = [each.body[:4] for each in configures if each.window == window]  # type: ignore[index]
        return tuple(told[-1]) if told else ()

    def content_on_screen(self, window: int) -> tuple[int, int, int, int]:
        """Where the X server has a window's content, by its outer alone."""
        inset = self.qube.daemon.window(window)["frame_px"]
        x, y, width, height = self.person.outer(self.qube.outer(window).id)
        return (x + inset, y + inset, width - 2 * inset, height - 2 * inset)

    def wait_truth(self, window: int, asked: tuple[int, ...] = (), after: int = 0) -> None:
        """Wait until the agent knows where its window really is; if it was told nothing, it is where it asked for."""

        def true() -> bool:
            self.qube.agree()
            return (self.told(window, after) or asked) == self.content_on_screen(window)

        wait_until(true, what="the agent knows where its window is")


@pytest.fixture(scope="module", params=DESKS, ids=lambda desk: "+".join(filter(None, desk)))
def desk(request: pytest.FixtureRequest) -> Iterator[tuple[Desk, Stage, Person]]:
    chosen: Desk = request.param
    with Stage(manager=chosen.manager, compositor=chosen.compositor) as stage:
        person = Person(stage.server.name)
        yield chosen, stage, person
        person.close()


@pytest.fixture
def scene(desk: tuple[Desk, Stage, Person]) -> Iterator[Scene]:
    chosen, stage, person = desk
    with stage.qube("work", "blue") as qube:
        yield Scene(chosen, stage, person, qube)
    wait_until(lambda: stage.report().windows == 0, what="the qube's windows are gone")


def test_managed_window_is_managed_framed_and_told_where_it_is(scene: Scene) -> None:
    outer = scene.shown(0x11)
    wait_until(lambda: scene.managed(outer), what="the window manager lists it")
    scene.stage.judge("a managed window", windows=1)
    assert outer.query_tree().parent.id != scene.stage.x.screen().root.id
    scene.wait_truth(0x11)
    size = scene.content_on_screen(0x11)[2:]
    assert (size == CONTENT[2:]) is not scene.desk.tiles


def test_windows_before_their_first_picture_are_framed(scene: Scene) -> None:
    for window, popup in ((0x11, False), (0x12, True)):
        scene.qube.agent.create(window, CONTENT, popup=popup)
        scene.qube.agent.map(window, popup=popup)
        scene.qube.viewable(window)
    scene.stage.judge("no picture", windows=2)


def test_popup_is_where_it_was_asked_for_above_all_and_not_managed(scene: Scene) -> None:
    main = scene.shown(0x11)
    scene.stage.focus(scene.qube, 0x11)
    popup = scene.shown(0x12, (300, 250, 120, 90), popup=True)
    report = scene.stage.judge("a popup", windows=2)
    assert scene.person.outer(popup.id) == (298, 248, 124, 94)
    assert not scene.managed(popup)
    assert scene.managed(main)
    assert scene.person.focus() == main.id
    x, y, width, height = scene.person.outer(popup.id)
    assert bool((scene.stage.picture()[y, x : x + width] == scene.qube.owner.rgb).all())
    assert report.visible_px > 2 * (width + height)


def test_popup_over_the_limit_is_managed_with_its_frame(scene: Scene) -> None:
    scene.qube.agent.show(0x12, (0, 0, WIDTH, HEIGHT), PICTURE, popup=True)
    outer = scene.qube.viewable(0x12)
    wait_until(lambda: scene.managed(outer), what="the window manager takes it")
    scene.stage.judge("over the limit", windows=1)


def test_popup_that_grows_over_the_limit_and_comes_back_small_keeps_a_frame(scene: Scene) -> None:
    scene.shown(0x12, (300, 250, 120, 90), popup=True)
    scene.qube.agent.configure(0x12, (5, 35, WIDTH - 10, HEIGHT - 40))
    scene.qube.settle()
    scene.stage.judge("grown", windows=1)
    wait_until(lambda: scene.managed(scene.qube.outer(0x12)), what="the window manager takes it")
    scene.wait_truth(0x12)
    scene.qube.agent.send(MessageType.UNMAP, 0x12)
    scene.qube.agent.configure(0x12, (300, 250, 120, 90))
    scene.qube.agent.map(0x12, popup=True)
    scene.qube.settle()
    scene.stage.judge("a popup again", windows=1)
    assert not scene.managed(scene.qube.outer(0x12))


def test_window_that_the_qube_moves_and_resizes_is_framed_and_the_qube_told_what_became_of_it(scene: Scene) -> None:
    scene.shown(0x11)
    scene.wait_truth(0x11)
    for content in ((100, 120, 320, 240), (300, 200, 80, 60), (20, 60, 900, 500)):
        after = len(scene.qube.agent.received)
        scene.qube.agent.configure(0x11, content)
        scene.qube.settle()
        if not scene.desk.tiles:
            wait_until(lambda size=content[2:]: scene.content_on_screen(0x11)[2:] == size, what="the new size")  # type: ignore[misc]
        scene.wait_truth(0x11, content, after)
        scene.stage.judge(f"asked for {content}", windows=1)
    assert (scene.content_on_screen(0x11)[2:] == (900, 500)) is not scene.desk.tiles


def test_windows_that_make_room_for_each_other_are_framed_while_the_daemon_stands_still(scene: Scene) -> None:
    """A tiling window manager resizes the first when the second comes; any other is asked to by a pager."""
    first = scene.shown(0x11)
    before = scene.person.outer(first.id)
    scene.qube.daemon.child.freeze()
    try:
        other = scene.person.root.create_window(0, 0, 200, 100, 0, X.CopyFromParent, background_pixel=0x123456)
        other.map()
        scene.person.x.sync()
        if not scene.desk.tiles:
            x, y, width, height = before
            scene.person.managed_place(first.id, (x, y, width - 90, height - 70))
        wait_until(lambda: scene.person.outer(first.id)[2] < before[2], what="narrower")
        scene.stage.judge("narrower while the daemon stands still", windows=1)
        other.destroy()
        scene.person.x.sync()
        if not scene.desk.tiles:
            scene.person.managed_place(first.id, before)
        wait_until(lambda: scene.person.outer(first.id) == before, what="as before")
        scene.stage.judge("as before while the daemon stands still", windows=1)
    finally:
        scene.qube.daemon.child.thaw()
    scene.wait_truth(0x11)
    scene.stage.judge("the daemon goes on", windows=1)


def test_focus_follows_the_person_and_keys_go_to_the_focused_window_only(scene: Scene) -> None:
    agent = scene.qube.agent
    for window in (0x11, 0x12):
        scene.shown(window, (50 + 400 * (window - 0x11), 100, 200, 150))
    if not scene.desk.tiles:
        for window, x in ((0x11, 50), (0x12, 500)):
            scene.person.managed_place(scene.qube.outer(window).id, (x, 120, 206, 156))
        scene.qube.agree()
    for window in (0x11, 0x12, 0x11):
        before = len(agent.received)
        scene.stage.focus(scene.qube, window)
        agent.expect(MessageType.FOCUS, window, after=before)
        scene.person.type(KEYCODE)
        scene.qube.settle()
        pressed = [each.window for each in agent.received[before:] if each.type is MessageType.KEYPRESS]
        assert pressed == [window, window]
    scene.stage.judge("focused in turn", windows=2)


def test_fullscreen_of_the_qube_is_refused_answered_at_once_and_left(scene: Scene) -> None:
    outer = scene.shown(0x11)
    wait_until(lambda: scene.managed(outer), what="the window manager lists it")
    after = len(scene.qube.agent.received)
    scene.qube.agent.send(MessageType.WINDOW_FLAGS, 0x11, FULLSCREEN, 0)
    assert scene.flags_told(0x11, after) == [(FULLSCREEN, 0)]
    if not scene.desk.tiles:
        wait_until(lambda: "_NET_WM_STATE_MAXIMIZED_VERT" in scene.states(outer), what="maximised")
    scene.stage.judge("asked for fullscreen", windows=1)
    assert "_NET_WM_STATE_FULLSCREEN" not in scene.states(outer)
    scene.qube.agent.send(MessageType.WINDOW_FLAGS, 0x11, 0, FULLSCREEN)
    assert scene.flags_told(0x11, after) == [(FULLSCREEN, 0), (0, FULLSCREEN)]
    wait_until(lambda: "_NET_WM_STATE_MAXIMIZED_VERT" not in scene.states(outer), what="as before")
    scene.stage.judge("left again", windows=1)
    scene.wait_truth(0x11)


def test_fullscreen_by_the_person_keeps_the_frame_and_is_told(scene: Scene) -> None:
    outer = scene.shown(0x11)
    wait_until(lambda: scene.managed(outer), what="the window manager lists it")
    after = len(scene.qube.agent.received)
    scene.change(outer, ADD, "_NET_WM_STATE_FULLSCREEN")
    wait_until(lambda: scene.person.outer(outer.id) == (0, 0, WIDTH, HEIGHT), what="the whole screen")
    scene.stage.judge("fullscreen by the person", windows=1)
    wait_until(lambda: scene.flags_told(0x11, after) == [(FULLSCREEN, 0)], what="told")
    scene.wait_truth(0x11)
    scene.change(outer, REMOVE, "_NET_WM_STATE_FULLSCREEN")
    wait_until(lambda: scene.flags_told(0x11, after) == [(FULLSCREEN, 0), (0, FULLSCREEN)], what="told that it ended")
    scene.stage.judge("left by the person", windows=1)
    scene.wait_truth(0x11)


def test_attention_is_asked_of_the_window_manager_and_cleared(scene: Scene) -> None:
    """i3 keeps that a window wants attention to itself: there nothing is told."""
    outer = scene.shown(0x11, (50, 100, 200, 150))
    other = scene.shown(0x12, (500, 100, 200, 150))
    wait_until(lambda: scene.managed(outer) and scene.managed(other), what="the window manager lists both")
    scene.person.activate(other.id)
    after = len(scene.qube.agent.received)
    scene.qube.agent.send(MessageType.WINDOW_FLAGS, 0x11, ATTENTION, 0)
    told = [] if scene.desk.tiles else [(ATTENTION, 0), (0, ATTENTION)]
    wait_until(lambda: scene.flags_told(0x11, after) == told[:1], what="told")
    scene.person.activate(outer.id)
    wait_until(lambda: scene.flags_told(0x11, after) == told, what="told that it ended")
    scene.stage.judge("attention", windows=2)


def test_minimised_window_comes_back_framed_at_the_next_map(scene: Scene) -> None:
    """i3 cannot minimise: there the window stays, and the qube is not told a state that it has not."""
    outer = scene.shown(0x11)
    wait_until(lambda: scene.managed(outer), what="the window manager lists it")
    after = len(scene.qube.agent.received)
    scene.qube.agent.send(MessageType.WINDOW_FLAGS, 0x11, MINIMIZE, 0)
    if scene.desk.tiles:
        assert scene.flags_told(0x11, after) == []
    else:
        wait_until(lambda: outer.get_attributes().map_state != X.IsViewable, what="hidden")
        wait_until(lambda: scene.flags_told(0x11, after) == [(MINIMIZE, 0)], what="told")
    scene.qube.agent.map(0x11)
    wait_until(lambda: outer.get_attributes().map_state == X.IsViewable, what="back")
    scene.stage.judge("mapped again", windows=1)


def test_window_unmapped_and_mapped_again_is_framed_each_time(scene: Scene) -> None:
    scene.shown(0x11)
    for turn in range(3):
        outer = scene.qube.viewable(0x11)
        wait_until(lambda outer=outer: scene.managed(outer), what="the window manager takes it")  # type: ignore[misc]
        scene.stage.judge(f"mapped, turn {turn}", windows=1)
        scene.qube.agent.send(MessageType.UNMAP, 0x11)
        wait_until(lambda outer=outer: not scene.managed(outer), what="the window manager lets it go")  # type: ignore[misc]
        scene.stage.judge(f"unmapped, turn {turn}", windows=0)
        scene.qube.agent.map(0x11)
    # openbox goes on to list a window that vanishes as it is mapped, and maps no later one of that id.
    scene.qube.viewable(0x11)


def test_person_closes_a_window_by_the_window_manager(scene: Scene) -> None:
    outer = scene.shown(0x11)
    wait_until(lambda: scene.managed(outer), what="the window manager lists it")
    scene.person.ask(outer.id, "_NET_CLOSE_WINDOW", X.CurrentTime, 2)
    scene.qube.agent.expect(MessageType.CLOSE, 0x11)
    scene.stage.judge("asked to close", windows=1)


def test_oracle_still_sees_a_wrong_pixel(scene: Scene) -> None:
    outer = scene.shown(0x11)
    scene.stage.judge("right", windows=1)
    edge = outer.query_tree().children[-1]
    edge.fill_rectangle(edge.create_gc(foreground=0xFF00FF, subwindow_mode=X.IncludeInferiors), 40, 0, 3, 1)
    scene.stage.x.sync()
    wait_until(lambda: [each.what for each in scene.stage.report().findings] == [Fault.EDGE_COLOUR], what="the finding")
