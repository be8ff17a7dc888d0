"""Rules of the C daemon for the agent's messages that no other test shows: tests/parity/rows/02-messages.toml."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib import X
from Xlib import display as xdisplay

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

CONTENT = (100, 150, 300, 200)
FULLSCREEN, ATTENTION, MINIMIZE = 1, 2, 4
APPLICATION = 1
"""Who asks for a state. Source: EWMH 1.5, source indication."""

NEVER_SAID = (
    "WM_COMMAND",
    "WM_WINDOW_ROLE",
    "_MOTIF_WM_HINTS",
    "_NET_WM_WINDOW_TYPE",
    "_NET_WM_WINDOW_OPACITY",
    "_NET_WM_BYPASS_COMPOSITOR",
    "_NET_WM_SYNC_REQUEST_COUNTER",
    "_NET_WM_STRUT",
    "_NET_WM_STRUT_PARTIAL",
    "_NET_WM_STATE",
)


class Scene(NamedTuple):
    display: str
    person: Person
    qube: Qube

    def properties(self, xid: int) -> set[str]:
        return {self.person.x.get_atom_name(atom) for atom in self.person.window(xid).list_properties()}

    def states(self, window: Framed) -> set[str]:
        return {self.person.x.get_atom_name(number) for number in self.person.numbers(window.xid, "_NET_WM_STATE")}

    def clients(self) -> list[int]:
        """The window manager's windows, the lowest first."""
        return self.person.numbers(self.person.root.id, "_NET_CLIENT_LIST_STACKING")

    def viewable(self, window: Framed) -> bool:
        return bool(self.person.window(window.xid).get_attributes().map_state == X.IsViewable)

    def created(self) -> Framed:
        """A window that is not mapped, once X has it."""
        remote = self.qube.new_id()
        self.qube.agent.create(remote, CONTENT)
        xid: int = self.qube.daemon.window(remote)["local_xid"]
        wait_until(lambda: xid in {each.id for each in self.person.tree()}, what="the window")
        return Framed(xid, remote)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        yield Scene(server.name, person, stack.enter_context(Qube(server.name)))


@pytest.fixture
def window(scene: Scene) -> Iterator[Framed]:
    found = scene.qube.show(CONTENT, pseudo_random(*CONTENT[2:]))
    wait_framed(scene.person, found.xid, 3, scene.qube.rgb)
    yield found
    scene.qube.destroy(found)


@pytest.mark.parametrize("of", ["another window", "the root window", "nothing"])
def test_parent_of_create_is_ignored(scene: Scene, window: Framed, of: str) -> None:
    parent = {"another window": window.remote, "the root window": scene.person.root.id, "nothing": 0xFFFFFFFF}[of]
    remote = scene.qube.new_id()
    scene.qube.agent.send(MessageType.CREATE, remote, 450, 150, 60, 40, parent, 0)
    scene.qube.agent.map(remote)
    child = scene.qube.mapped(remote)
    wait_until(lambda: child.xid in scene.clients(), what="a window of the window manager")
    assert scene.person.numbers(child.xid, "WM_TRANSIENT_FOR") == []
    wait_framed(scene.person, child.xid, 3, scene.qube.rgb)
    scene.qube.destroy(child)


def test_name_before_the_first_title_is_the_qubes(scene: Scene) -> None:
    window = scene.created()
    for name in ("WM_NAME", "_NET_WM_NAME"):
        wait_until(lambda name=name: scene.person.property(window.xid, name) == b"work", what=name)  # type: ignore[misc]
    scene.qube.destroy(window)


def test_no_message_brings_a_property_that_a_qube_has_no_say_in(scene: Scene) -> None:
    window = scene.created()
    agent = scene.qube.agent
    agent.send(MessageType.WMNAME, window.remote, b"_NET_WM_WINDOW_TYPE".ljust(128, b"\0"))
    agent.send(MessageType.WMCLASS, window.remote, b"_MOTIF_WM_HINTS".ljust(64, b"\0"), b"dock".ljust(64, b"\0"))
    agent.send(MessageType.WINDOW_HINTS, window.remote, 0xFFFFFFFF, *[7] * 8)
    agent.send(MessageType.WINDOW_FLAGS, window.remote, 0xFFFFFFF8, 0)
    agent.send(MessageType.CURSOR, window.remote, 0x102)
    agent.send(MessageType.WMNAME, window.remote, b"the last".ljust(128, b"\0"))
    wait_until(lambda: scene.person.property(window.xid, "_NET_WM_NAME") == b"the last", what="the last title")
    assert scene.properties(window.xid) & set(NEVER_SAID) == set()
    scene.qube.destroy(window)


def test_unmap_of_a_minimised_window_takes_it_from_the_window_manager(scene: Scene, window: Framed) -> None:
    """X has nothing to unmap: without a word of the daemon the window manager would keep it in its lists."""
    scene.qube.agent.send(MessageType.WINDOW_FLAGS, window.remote, MINIMIZE, 0)
    wait_until(lambda: not scene.viewable(window), what="minimised")
    assert window.xid in scene.clients()
    scene.qube.agent.send(MessageType.UNMAP, window.remote)
    wait_until(lambda: window.xid not in scene.clients(), what="withdrawn")


def test_minimised_and_fullscreen_in_one_message_are_both_done(scene: Scene, window: Framed) -> None:
    scene.qube.agent.send(MessageType.WINDOW_FLAGS, window.remote, MINIMIZE | FULLSCREEN, 0)
    wait_until(lambda: not scene.viewable(window), what="minimised")
    assert {"_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ"} <= scene.states(window)
    scene.qube.agent.map(window.remote)
    wait_until(lambda: scene.viewable(window), what="back on the screen")
    wait_until(lambda: scene.person.outer(window.xid)[2] > 900, what="as wide as the screen")
    wait_framed(scene.person, window.xid, 3, scene.qube.rgb)


def test_states_are_asked_for_as_an_application_does(scene: Scene, window: Framed) -> None:
    listener = xdisplay.Display(scene.display)
    listener.screen().root.change_attributes(event_mask=X.SubstructureNotifyMask)
    listener.sync()
    state = listener.intern_atom("_NET_WM_STATE")
    asked: list[list[int]] = []

    def heard() -> bool:
        while listener.pending_events():
            event = listener.next_event()
            if event.type == X.ClientMessage and event.client_type == state and event.window.id == window.xid:
                asked.append(list(event.data[1]))
        return bool(asked)

    scene.qube.agent.send(MessageType.WINDOW_FLAGS, window.remote, ATTENTION, 0)
    wait_until(heard, what="the client message")
    assert asked == [[1, listener.intern_atom("_NET_WM_STATE_DEMANDS_ATTENTION"), 0, APPLICATION, 0]]
    listener.close()


def test_qube_cannot_raise_its_window(scene: Scene, window: Framed) -> None:
    """Section 12: where windows lie above each other is for the person and the window manager."""
    above = scene.qube.show((200, 200, 300, 200), pseudo_random(300, 200))
    scene.person.activate(above.xid)
    wait_until(lambda: scene.clients().index(window.xid) < scene.clients().index(above.xid), what="one above the other")
    scene.qube.agree()
    agent = scene.qube.agent
    for number in range(3):
        agent.map(window.remote)
        agent.configure(window.remote, (110 + number, 160, 310, 210))
        agent.send(MessageType.WINDOW_FLAGS, window.remote, ATTENTION, 0)
        agent.send(MessageType.WMNAME, window.remote, b"up".ljust(128, b"\0"))
        agent.send(MessageType.WINDOW_HINTS, window.remote, 5, *[0] * 8)
        agent.dump(window.remote, pseudo_random(310, 210))
        agent.damage(window.remote, (0, 0, 310, 210))
        place = (110 + number, 160)
        wait_until(lambda place=place: scene.qube.content(window.remote)[:2] == place, what="its place")  # type: ignore[misc]
        scene.qube.agree()
    holds_for(
        lambda: (
            scene.clients().index(window.xid) < scene.clients().index(above.xid) and scene.person.focus() == above.xid
        ),
        0.05,
        what="the order of the windows, and the focus",
    )
    scene.qube.destroy(above)
