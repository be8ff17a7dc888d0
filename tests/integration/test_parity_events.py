"""Rules of the C daemon for the desktop's events that no other test shows: tests/parity/rows/03-events.toml."""

import contextlib
from collections.abc import Iterator

import pytest
from Xlib import X, Xatom
from Xlib.protocol import event

from guid.x11.desktop import Desktop
from guid.x11.events import Events
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, wait_framed, wait_shown
from tests.integration.daemon_scene import Scene, managed_scene

pytestmark = pytest.mark.desktop

CONTENT = (100, 150, 300, 200)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with managed_scene(1000, 700) as started:
        yield started


@pytest.fixture
def window(scene: Scene) -> Iterator[Framed]:
    found = scene.qube.show(CONTENT, pseudo_random(*CONTENT[2:]))
    wait_framed(scene.person, found.xid, 3, scene.qube.rgb)
    yield found
    scene.qube.destroy(found)


@pytest.mark.parametrize("number", [6, 7])
def test_sideways_scrolling_is_two_buttons_more(scene: Scene, window: Framed, number: int) -> None:
    x, y, _, _ = scene.qube.content(window.remote)
    after = len(scene.qube.agent.received)
    scene.person.click(x + 30, y + 40, number)
    scene.qube.agent.expect(MessageType.BUTTON, window.remote, after=after)
    scene.qube.settle()
    told = [each.body for each in scene.qube.agent.received[after:] if each.type == MessageType.BUTTON]
    assert [tuple(body) for body in told if isinstance(body, tuple)] == [(4, 30, 40, 0, number), (5, 30, 40, 0, number)]


def test_close_is_told_for_a_message_of_its_own_type_only(scene: Scene, window: Framed) -> None:
    person = scene.person
    delete = person.x.intern_atom("WM_DELETE_WINDOW")
    after = len(scene.qube.agent.received)
    for kind in ("_NET_WM_STATE", "WM_DELETE_WINDOW", "_XEMBED", "MANAGER"):
        forged = event.ClientMessage(
            window=window.xid, client_type=person.x.intern_atom(kind), data=(32, [delete, 0, 0, 0, 0])
        )
        person.window(window.xid).send_event(forged)
    of_bytes = event.ClientMessage(
        window=window.xid, client_type=person.x.intern_atom("WM_PROTOCOLS"), data=(8, delete.to_bytes(4, "little") * 5)
    )
    person.window(window.xid).send_event(of_bytes)
    person.x.sync()
    scene.qube.settle()
    assert [each for each in scene.qube.agent.received[after:] if each.type == MessageType.CLOSE] == []
    person.ask(window.xid, "_NET_CLOSE_WINDOW", X.CurrentTime, 2)
    scene.qube.agent.expect(MessageType.CLOSE, window.remote, after=after)


@pytest.mark.parametrize("popup", [False, True], ids=["managed", "popup"])
def test_window_that_another_program_destroys_takes_nothing_along(scene: Scene, window: Framed, *, popup: bool) -> None:
    person, qube = scene
    gone = qube.show((500, 150, 90, 60), pseudo_random(90, 60), popup=popup)
    person.window(gone.xid).destroy()
    person.x.sync()
    agent = qube.agent
    agent.send(MessageType.WMNAME, gone.remote, b"of nothing".ljust(128, b"\0"))
    agent.send(MessageType.CURSOR, gone.remote, 0x102)
    agent.send(MessageType.WINDOW_HINTS, gone.remote, 16, 5, 5, *[0] * 6)
    agent.send(MessageType.WINDOW_FLAGS, gone.remote, 7, 0)
    agent.configure(gone.remote, (510, 160, 80, 50))
    agent.dump(gone.remote, pseudo_random(80, 50))
    agent.damage(gone.remote, (0, 0, 80, 50))
    agent.send(MessageType.UNMAP, gone.remote)
    agent.map(gone.remote, popup=popup)
    qube.destroy(gone)
    picture = pseudo_random(300, 200, seed=9)
    agent.dump(window.remote, picture)
    agent.damage(window.remote, (0, 0, 300, 200))
    wait_shown(qube, person, window.remote, picture)
    again = qube.show((500, 150, 90, 60), pseudo_random(90, 60), popup=popup)
    wait_framed(person, again.xid, 2 if popup else 3, qube.rgb)
    qube.destroy(again)


class Looks:
    """A listener that counts how often the desktop is said to have changed."""

    def __init__(self) -> None:
        self.times = 0

    def desktop_changed(self) -> None:
        self.times += 1

    def scale_changed(self) -> None:
        """RESOURCE_MANAGER is read for the scale alone."""

    def layout_changed(self) -> None:
        """Nothing here has another layout."""

    def states_changed(self, local: int) -> None:
        """Nor is there a window."""

    reframed = icon_offered = states_changed


def test_only_what_concerns_the_work_area_makes_the_daemon_look(xvfb: XServer) -> None:
    desktop = Desktop(xvfb.name, qube="work")
    looks = Looks()
    Events(desktop, looks, looks)  # type: ignore[arg-type]  # nothing else is told of here
    with contextlib.closing(Person(xvfb.name)) as person:
        for name in ("_NET_ACTIVE_WINDOW", "_NET_CLIENT_LIST", "_NET_CLIENT_LIST_STACKING", "RESOURCE_MANAGER"):
            person.root.change_property(person.x.intern_atom(name), Xatom.CARDINAL, 32, [1])
        person.x.sync()
        desktop.x.sync()
        desktop.x.drain()
        assert looks.times == 0
        for name, value in (("_NET_WORKAREA", [0, 0, 1920, 1000]), ("_NET_CURRENT_DESKTOP", [0])):
            before = looks.times
            person.root.change_property(person.x.intern_atom(name), Xatom.CARDINAL, 32, value)
            person.x.sync()

            def looked(before: int = before) -> bool:
                desktop.x.sync()
                desktop.x.drain()
                return looks.times > before

            wait_until(looked, what=f"a look for {name}")
            person.root.delete_property(person.x.intern_atom(name))
    desktop.x.close()
