"""A desktop whose window manager is missing, comes late, is replaced, dies, or does nothing right."""

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from Xlib import X, Xatom
from Xlib import display as xdisplay

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Framed, Person, Qube, wait_framed, wait_shown

pytestmark = pytest.mark.desktop

A = 38
FULLSCREEN, MINIMIZE = 1, 4
LEFT, RIGHT, OVER = (50, 150, 300, 200), (450, 150, 300, 200), (200, 200, 300, 200)
MAXIMIZED = ("_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ")


class Desk(NamedTuple):
    server: XServer
    person: Person
    work: Qube
    other: Qube

    def states(self, window: Framed) -> set[str]:
        return {self.person.x.get_atom_name(number) for number in self.person.numbers(window.xid, "_NET_WM_STATE")}

    def clients(self) -> list[int]:
        return self.person.numbers(self.person.root.id, "_NET_CLIENT_LIST")

    def click(self, qube: Qube, window: Framed) -> None:
        x, y, width, height = qube.content(window.remote)
        self.person.click(x + width // 2, y + height // 2)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600))
        person = Person(server.name)
        stack.callback(person.close)
        work = stack.enter_context(Qube(server.name, name="work", label="blue"))
        other = stack.enter_context(Qube(server.name, name="other", label="red"))
        yield Desk(server, person, work, other)


def show(qube: Qube, rect: Four) -> Framed:
    return qube.show(rect, pseudo_random(rect[2], rect[3]))


def kinds(qube: Qube, *types: MessageType) -> list[tuple[MessageType, int]]:
    qube.agent.poll()
    return [
        (each.type, each.body[0]) for each in qube.agent.received if each.type in types and isinstance(each.body, tuple)
    ]


FOCUS_AND_KEYS = (MessageType.FOCUS, MessageType.KEYPRESS)
IN, OUT, PRESS, RELEASE = (
    (MessageType.FOCUS, 9),
    (MessageType.FOCUS, 10),
    (MessageType.KEYPRESS, 2),
    (MessageType.KEYPRESS, 3),
)


# Missing


def test_window_that_is_clicked_is_told_of_the_focus_and_gets_the_keys(desk: Desk) -> None:
    mine, theirs = show(desk.work, LEFT), show(desk.other, RIGHT)
    for qube, window in ((desk.work, mine), (desk.other, theirs)):
        wait_framed(desk.person, window.xid, 3, qube.rgb)
    desk.click(desk.work, mine)
    wait_until(lambda: desk.person.focus() == mine.xid, what="the focus")
    desk.person.point(600, 250)
    desk.person.type(A)
    wait_until(lambda: kinds(desk.work, *FOCUS_AND_KEYS)[-3:] == [IN, PRESS, RELEASE], what="focus and key")
    assert PRESS not in kinds(desk.other, *FOCUS_AND_KEYS), "the pointer is over its window"
    desk.click(desk.other, theirs)
    wait_until(lambda: desk.person.focus() == theirs.xid, what="the focus")
    desk.person.type(A)
    wait_until(lambda: kinds(desk.other, *FOCUS_AND_KEYS)[-3:] == [IN, PRESS, RELEASE], what="focus and key")
    wait_until(lambda: kinds(desk.work, *FOCUS_AND_KEYS)[-4:] == [IN, PRESS, RELEASE, OUT], what="the focus has gone")


def test_window_that_is_clicked_comes_to_the_top_and_a_popup_does_not_take_the_focus(desk: Desk) -> None:
    mine, theirs = show(desk.work, LEFT), show(desk.other, OVER)
    wait_framed(desk.person, theirs.xid, 3, desk.other.rgb)
    desk.person.click(60, 160)
    wait_framed(desk.person, mine.xid, 3, desk.work.rgb)
    wait_until(lambda: desk.person.focus() == mine.xid, what="the focus")
    popup = desk.other.show((500, 420, 100, 50), pseudo_random(100, 50), popup=True)
    wait_framed(desk.person, popup.xid, 2, desk.other.rgb)
    desk.click(desk.other, popup)
    wait_until(lambda: len(kinds(desk.other, MessageType.BUTTON)) == 2, what="the click")
    desk.other.settle()
    assert desk.person.focus() == mine.xid


def test_states_are_answered_and_nothing_is_lost_without_a_window_manager(desk: Desk) -> None:
    mine = show(desk.work, LEFT)
    after = len(desk.work.agent.received)
    desk.work.agent.send(MessageType.WINDOW_FLAGS, mine.remote, FULLSCREEN, 0)
    told = desk.work.agent.expect(MessageType.WINDOW_FLAGS, mine.remote, after=after)
    assert told.body == (FULLSCREEN, 0)
    desk.work.agent.send(MessageType.WINDOW_FLAGS, mine.remote, MINIMIZE, FULLSCREEN)
    told = desk.work.agent.expect(MessageType.WINDOW_FLAGS, mine.remote, after=len(desk.work.agent.received))
    assert told.body == (0, FULLSCREEN)
    wait_framed(desk.person, mine.xid, 3, desk.work.rgb)
    desk.work.agent.configure(mine.remote, RIGHT)
    wait_until(lambda: desk.work.content(mine.remote) == RIGHT, what="moved")
    wait_framed(desk.person, mine.xid, 3, desk.work.rgb)


# Late, replaced, dead


def test_window_manager_that_comes_late_takes_framed_windows(desk: Desk) -> None:
    mine = show(desk.work, LEFT)
    popup = desk.other.show((500, 420, 100, 50), pseudo_random(100, 50), popup=True)
    with WindowManager("openbox", desk.server.name):
        wait_until(lambda: desk.clients() == [mine.xid], what="the window is managed, the popup is not")
        wait_framed(desk.person, mine.xid, 3, desk.work.rgb)
        wait_framed(desk.person, popup.xid, 2, desk.other.rgb)
        agree(desk, mine)
        desk.person.activate(mine.xid)
        desk.person.type(A)
        wait_until(lambda: kinds(desk.work, *FOCUS_AND_KEYS)[-2:] == [PRESS, RELEASE], what="the key")


def agree(desk: Desk, window: Framed) -> None:
    """Wait until the agent knows where the screen has the window."""

    def agreed() -> bool:
        desk.work.agree()
        x, y, width, height = desk.person.outer(window.xid)
        return desk.work.content(window.remote) == (x + 3, y + 3, width - 6, height - 6)

    wait_until(agreed, what="both sides agree")


@pytest.mark.parametrize("how", ["replaced", "killed"])
def test_states_and_frame_live_on_when_the_window_manager_changes(desk: Desk, how: str) -> None:
    first = WindowManager("openbox", desk.server.name).start()
    try:
        mine = show(desk.work, LEFT)
        desk.work.agree()
        before = desk.person.outer(mine.xid)
        desk.work.agent.send(MessageType.WINDOW_FLAGS, mine.remote, FULLSCREEN, 0)
        wait_until(lambda: set(MAXIMIZED) <= desk.states(mine), what="maximised")
        if how == "killed":
            first.kill()
            wait_until(lambda: mine.xid in [each.id for each in desk.person.tree()], what="back under the root window")
            wait_framed(desk.person, mine.xid, 3, desk.work.rgb)
            desk.click(desk.work, mine)
            wait_until(lambda: desk.person.focus() == mine.xid, what="the focus by a click")
        second = WindowManager("openbox", desk.server.name, "--replace").start()
        try:
            wait_until(lambda: not first.alive, what="the end of the first")
            wait_until(lambda: mine.xid not in [each.id for each in desk.person.tree()], what="managed again")
            wait_until(lambda: set(MAXIMIZED) <= desk.states(mine), what="still maximised")
            wait_framed(desk.person, mine.xid, 3, desk.work.rgb)
            agree(desk, mine)
            after = len(desk.work.agent.received)
            desk.work.agent.send(MessageType.WINDOW_FLAGS, mine.remote, 0, FULLSCREEN)
            wait_until(lambda: not set(MAXIMIZED) & desk.states(mine), what="as before")
            told = desk.work.agent.expect(MessageType.WINDOW_FLAGS, mine.remote, after=after)
            assert told.body == (0, FULLSCREEN)
            wait_until(lambda: desk.person.outer(mine.xid)[2:] != (800, 600), what="no longer the whole screen")
            assert before[2:] == (306, 206)
            wait_framed(desk.person, mine.xid, 3, desk.work.rgb)
        finally:
            second.stop()
    finally:
        first.stop()


# Wrong


class BadManager:
    """Gets every request that windows be mapped or configured, and does with them what a test says, or nothing."""

    def __init__(self, display: str) -> None:
        self.x: Any = xdisplay.Display(display)
        self._root = self.x.screen().root
        self._root.change_attributes(event_mask=X.SubstructureRedirectMask)
        self.x.sync()
        self.asked: list[Any] = []

    def wait_asked(self, kind: int, window: int) -> Any:
        """The first request of this kind for the window."""

        def look() -> Any:
            while self.x.pending_events():
                self.asked.append(self.x.next_event())
            return next((each for each in self.asked if each.type == kind and each.window.id == window), None)

        return wait_until(look, what=f"request {kind} for {window:#x}")

    def give(self, window: int, rect: Four) -> None:
        x, y, width, height = rect
        self.x.create_resource_object("window", window).configure(x=x, y=y, width=width, height=height)
        self.x.sync()

    def map(self, window: int) -> None:
        self.x.create_resource_object("window", window).map()
        self.x.sync()

    def unmap(self, window: int) -> None:
        self.x.create_resource_object("window", window).unmap()
        self.x.sync()

    def say_states(self, window: int, *states: str) -> None:
        kind = self.x.intern_atom("_NET_WM_STATE")
        atoms = [self.x.intern_atom(state) for state in states]
        self.x.create_resource_object("window", window).change_property(kind, Xatom.ATOM, 32, atoms)
        self.x.sync()


@pytest.fixture
def manager(desk: Desk) -> Iterator[BadManager]:
    manager = BadManager(desk.server.name)
    yield manager
    manager.x.close()


def asked_for(desk: Desk, rect: Four) -> Framed:
    """A window that the agent has mapped, whatever became of it."""
    remote = desk.work.new_id()
    desk.work.agent.create(remote, rect)
    desk.work.agent.map(remote)
    desk.work.agent.dump(remote, pseudo_random(rect[2], rect[3]))
    desk.work.agent.damage(remote, (0, 0, rect[2], rect[3]))
    return Framed(desk.work.daemon.window(remote)["local_xid"], remote)


def test_window_that_is_never_mapped_hurts_nobody_and_goes_when_the_qube_says(desk: Desk, manager: BadManager) -> None:
    window = asked_for(desk, LEFT)
    manager.wait_asked(X.MapRequest, window.xid)
    popup = desk.work.show((500, 420, 100, 50), pseudo_random(100, 50), popup=True)
    wait_framed(desk.person, popup.xid, 2, desk.work.rgb)
    assert desk.person.window(window.xid).get_attributes().map_state == X.IsUnmapped
    desk.work.destroy(window)


@pytest.mark.parametrize("side", [1, 2, 5, 6, 7])
def test_window_of_next_to_no_size_is_all_frame_and_told_as_it_is(desk: Desk, manager: BadManager, side: int) -> None:
    window = asked_for(desk, LEFT)
    manager.wait_asked(X.MapRequest, window.xid)
    manager.give(window.xid, (300, 300, side, side))
    manager.map(window.xid)
    wait_framed(desk.person, window.xid, 3, desk.work.rgb)
    content = max(1, side - 6)
    wait_until(lambda: desk.work.content(window.remote) == (303, 303, content, content), what="its size")
    told = desk.work.agent.expect(MessageType.CONFIGURE, window.remote)
    desk.work.agree()
    assert told.body
    assert desk.work.content(window.remote) == (303, 303, content, content)
    holds_for(lambda: desk.person.outer(window.xid)[2:] == (side, side), 0.05, what="no quarrel about the size")


def test_window_that_is_unmapped_only_after_it_was_called_minimised_is_restored(
    desk: Desk, manager: BadManager
) -> None:
    """As one that shows how it does it: until the end X has nothing to map."""
    window = asked_for(desk, LEFT)
    manager.wait_asked(X.MapRequest, window.xid)
    manager.map(window.xid)
    agent = desk.work.agent
    after = len(agent.received)
    manager.say_states(window.xid, "_NET_WM_STATE_HIDDEN")
    agent.expect(MessageType.WINDOW_FLAGS, window.remote, after=after)
    agent.map(window.remote)
    desk.work.settle()
    manager.asked.clear()
    manager.unmap(window.xid)
    manager.wait_asked(X.MapRequest, window.xid)
    manager.say_states(window.xid)
    manager.map(window.xid)
    wait_framed(desk.person, window.xid, 3, desk.work.rgb)
    after = len(agent.received)
    manager.asked.clear()
    manager.say_states(window.xid, "_NET_WM_STATE_HIDDEN")
    manager.unmap(window.xid)
    agent.expect(MessageType.WINDOW_FLAGS, window.remote, after=after)
    desk.work.settle()
    assert not manager.x.pending_events(), "the person's own wish stays"


def test_window_manager_that_ignores_every_wish_leaves_a_framed_window(desk: Desk, manager: BadManager) -> None:
    window = asked_for(desk, LEFT)
    manager.wait_asked(X.MapRequest, window.xid)
    manager.map(window.xid)
    wait_shown(desk.work, desk.person, window.remote, pseudo_random(300, 200))
    desk.work.agree()
    desk.work.agent.configure(window.remote, (100, 100, 600, 400))
    manager.wait_asked(X.ConfigureRequest, window.xid)
    larger = pseudo_random(600, 400)
    desk.work.agent.dump(window.remote, larger)
    desk.work.agent.damage(window.remote, (0, 0, 600, 400))
    wait_shown(desk.work, desk.person, window.remote, larger[:200, :300])
    wait_framed(desk.person, window.xid, 3, desk.work.rgb)
    assert desk.person.outer(window.xid) == (47, 147, 306, 206)
    desk.work.agent.send(MessageType.WINDOW_FLAGS, window.remote, FULLSCREEN, 0)
    told = desk.work.agent.expect(MessageType.WINDOW_FLAGS, window.remote)
    assert told.body == (FULLSCREEN, 0)
