"""What a window of a qube says of itself to the window manager, and what the window manager may ask of it."""

import os
import socket
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from Xlib import X, Xatom
from Xlib.protocol import event

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.integration.daemon_desk import Framed, Person, wait_framed
from tests.integration.daemon_scene import Scene, managed_scene

pytestmark = pytest.mark.desktop

MIN, MAX, INC, BASE, P_SIZE, GRAVITY = 16, 32, 64, 256, 8, 512


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with managed_scene(1000, 700, name="my-work", label="green") as started:
        yield started


@pytest.fixture
def window(scene: Scene) -> Iterator[Framed]:
    found = scene.qube.show((100, 150, 300, 200), pseudo_random(300, 200))
    wait_framed(scene.person, found.xid, 3, scene.qube.rgb)
    yield found
    scene.qube.destroy(found)


def wait_property(scene: Scene, window: Framed, name: str, value: bytes) -> None:
    wait_until(lambda: scene.person.property(window.xid, name) == value, what=f"{name} = {value!r}")


def test_label_of_the_qube_is_on_every_window(scene: Scene, window: Framed) -> None:
    popup = scene.qube.show((500, 150, 50, 20), pseudo_random(50, 20), popup=True)
    for each in (window, popup):
        assert scene.person.property(each.xid, "_QUBES_VMNAME") == b"my-work"
        assert scene.person.property(each.xid, "_QUBES_LABEL") == bytes([4])
        assert scene.person.numbers(each.xid, "_QUBES_LABEL_COLOR") == [0x73D216]
        assert scene.person.numbers(each.xid, "_QUBES_VMWINDOWID") == [each.remote]
    scene.qube.destroy(popup)


def test_identity_is_the_desktops(scene: Scene, window: Framed) -> None:
    assert scene.person.property(window.xid, "WM_CLIENT_MACHINE") == socket.gethostname().encode()
    assert scene.person.numbers(window.xid, "_NET_WM_PID") == [scene.qube.daemon.child.pid]
    assert scene.person.numbers(window.xid, "_NET_WM_PID") != [os.getpid()]
    atoms = {scene.person.x.get_atom_name(number) for number in scene.person.numbers(window.xid, "WM_PROTOCOLS")}
    assert atoms == {"WM_DELETE_WINDOW", "_NET_WM_PING"}
    assert scene.person.numbers(window.xid, "WM_HINTS")[:2] == [1, 1]


def test_title_stands_in_all_four_names_without_what_misleads(scene: Scene, window: Framed) -> None:
    text = "Grüße\u202e\x1b[31m e\u0301\u0301\u0301 日本"
    scene.qube.agent.send(MessageType.WMNAME, window.remote, text.encode().ljust(128, b"\0"))
    shown = "Grüße__[31m e\u0301\u0301 日本".encode()
    for name in ("WM_NAME", "_NET_WM_NAME", "WM_ICON_NAME", "_NET_WM_ICON_NAME"):
        wait_property(scene, window, name, shown)
    assert scene.qube.daemon.window(window.remote)["title"] == shown.decode()


def test_title_of_128_bytes_is_cut(scene: Scene, window: Framed) -> None:
    scene.qube.agent.send(MessageType.WMNAME, window.remote, b"x" * 128)
    wait_property(scene, window, "_NET_WM_NAME", b"x" * 127)


def test_class_has_the_qubes_name_in_front(scene: Scene) -> None:
    remote = scene.qube.new_id()
    scene.qube.agent.create(remote, (100, 150, 300, 200))
    forged = (b"XScreenSaver".ljust(64, b"\0"), b"xscreensaver\n".ljust(64, b"\0"))
    scene.qube.agent.send(MessageType.WMCLASS, remote, *forged)
    scene.qube.agent.map(remote)
    window = scene.qube.mapped(remote)
    wait_property(scene, window, "WM_CLASS", b"my-work:xscreensaver_\0my-work:XScreenSaver\0")
    scene.qube.destroy(window)


def test_class_without_a_word_of_the_agent_is_the_qubes_name(scene: Scene, window: Framed) -> None:
    assert scene.person.property(window.xid, "WM_CLASS") == b"my-work\0my-work\0"


class Hints(NamedTuple):
    """WM_SIZE_HINTS. Source: ICCCM 4.1.2.3."""

    flags: int
    x: int
    y: int
    width: int
    height: int
    min_size: tuple[int, int]
    max_size: tuple[int, int]
    increment: tuple[int, int]
    base: tuple[int, int]
    gravity: int


def hints_of(scene: Scene, window: Framed) -> Hints:
    values = struct.unpack("<Iii15I", scene.person.property(window.xid, "WM_NORMAL_HINTS"))
    least, largest, increment, base = ((int(values[at]), int(values[at + 1])) for at in (5, 7, 9, 15))
    flags, x, y, width, height = (int(value) for value in values[:5])
    return Hints(flags, x, y, width, height, least, largest, increment, base, int(values[17]))


def say_hints(scene: Scene, window: Framed, flags: int, *sizes: int) -> Hints:
    """Send the agent's hints; returns what stands on the outer."""
    before = scene.person.property(window.xid, "WM_NORMAL_HINTS")
    scene.qube.agent.send(MessageType.WINDOW_HINTS, window.remote, flags, *sizes)
    wait_until(lambda: scene.person.property(window.xid, "WM_NORMAL_HINTS") != before, what="other hints")
    return hints_of(scene, window)


def test_hints_of_a_window_without_any_are_its_size_and_static_gravity(scene: Scene) -> None:
    remote = scene.qube.new_id()
    scene.qube.agent.create(remote, (100, 150, 300, 200))
    xid = scene.qube.daemon.window(remote)["local_xid"]
    window = Framed(xid, remote)
    wait_until(lambda: remote in {each["remote_wid"] for each in scene.qube.daemon.windows()}, what="the window")
    found = hints_of(scene, window)
    assert found == Hints(P_SIZE | GRAVITY, 97, 147, 306, 206, (0, 0), (0, 0), (0, 0), (0, 0), X.StaticGravity)
    scene.qube.destroy(window)


def test_hints_are_grown_by_the_frame(scene: Scene, window: Framed) -> None:
    found = say_hints(scene, window, MIN | MAX | INC | BASE, 50, 60, 800, 500, 10, 20, 7, 9)
    assert found.flags == MIN | MAX | INC | BASE | P_SIZE | GRAVITY
    assert (found.min_size, found.max_size, found.increment, found.base) == ((56, 66), (806, 506), (10, 20), (13, 15))
    assert found.gravity == X.StaticGravity


def test_increments_without_a_base_get_the_frame_as_their_base(scene: Scene, window: Framed) -> None:
    found = say_hints(scene, window, INC, 0, 0, 0, 0, 10, 20, 0, 0)
    assert found.flags & BASE
    assert found.base == (6, 6)


def test_increments_without_a_base_but_with_a_least_size_count_from_it(scene: Scene, window: Framed) -> None:
    found = say_hints(scene, window, INC | MIN, 15, 25, 0, 0, 10, 20, 0, 0)
    assert (found.min_size, found.base) == ((21, 31), (21, 31))


def test_increments_are_kept_by_the_window_manager_in_content_pixels(scene: Scene, window: Framed) -> None:
    say_hints(scene, window, INC | BASE, 0, 0, 0, 0, 10, 20, 4, 8)
    x, y, _, _ = scene.person.outer(window.xid)
    scene.person.ask(window.xid, "_NET_MOVERESIZE_WINDOW", 10 | 0xF << 8 | 2 << 12, x, y, 333 + 6, 277 + 6)
    wait_until(lambda: scene.person.outer(window.xid)[2:] == (324 + 6, 268 + 6), what="a size of whole increments")
    wait_until(lambda: scene.qube.content(window.remote)[2:] == (324, 268), what="the daemon knows")


def test_transient_for_is_the_parents_outer_and_goes_with_it(scene: Scene, window: Framed) -> None:
    parent = scene.qube.show((450, 150, 200, 100), pseudo_random(200, 100))
    remote = scene.qube.new_id()
    scene.qube.agent.create(remote, (500, 180, 60, 40))
    scene.qube.agent.map(remote, transient_for=parent.remote)
    child = scene.qube.mapped(remote)
    assert scene.person.numbers(child.xid, "WM_TRANSIENT_FOR") == [parent.xid]
    scene.qube.destroy(parent)
    wait_until(lambda: scene.person.numbers(child.xid, "WM_TRANSIENT_FOR") == [], what="the hint is gone")
    scene.qube.destroy(child)
    assert scene.person.numbers(window.xid, "WM_TRANSIENT_FOR") == []


# What the window manager asks


def test_close_by_the_window_manager_is_told(scene: Scene, window: Framed) -> None:
    after = len(scene.qube.agent.received)
    scene.person.ask(window.xid, "_NET_CLOSE_WINDOW", X.CurrentTime, 2)
    scene.qube.agent.expect(MessageType.CLOSE, window.remote, after=after)
    assert scene.qube.daemon.window(window.remote)["mapped"]


def pongs(person: Person, asked: list[int]) -> int:
    """How many answers to this ping have come to the root window since the last call."""
    found = []
    while person.x.pending_events():
        found.append(person.x.next_event())
    protocols = person.x.intern_atom("WM_PROTOCOLS")
    messages = [each for each in found if each.type == X.ClientMessage and each.client_type == protocols]
    return sum(each.window.id == person.root.id and list(each.data[1]) == asked for each in messages)


@pytest.mark.parametrize("popup", [False, True], ids=["alone", "while a popup is shown"])
def test_ping_is_answered_to_the_root_window(scene: Scene, window: Framed, popup: bool) -> None:  # noqa: FBT001
    """While a popup is shown, the daemon hears what is sent to the root window: its own answer too."""
    person, qube = scene.person, scene.qube
    shown = [qube.show((700, 500, 40, 40), pseudo_random(40, 40), popup=True)] if popup else []
    person.root.change_attributes(event_mask=X.SubstructureNotifyMask)
    protocols, ping = person.x.intern_atom("WM_PROTOCOLS"), person.x.intern_atom("_NET_WM_PING")
    asked = [ping, 4711, window.xid, 0, 0]
    message = event.ClientMessage(window=window.xid, client_type=protocols, data=(32, asked))
    try:
        person.window(window.xid).send_event(message)
        person.x.sync()
        wait_until(lambda: pongs(person, asked), what="the pong")
        for _ in range(5):
            qube.settle()
            person.x.sync()
            assert pongs(person, asked) == 0
    finally:
        person.root.change_attributes(event_mask=0)
        qube.destroy(*shown)


@pytest.mark.parametrize(
    ("flag", "states"),
    [
        (1, {"_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ"}),
        (2, {"_NET_WM_STATE_DEMANDS_ATTENTION"}),
    ],
)
def test_flags_are_asked_of_the_window_manager(scene: Scene, window: Framed, flag: int, states: set[str]) -> None:
    other = scene.qube.show((600, 400, 50, 50), pseudo_random(50, 50))
    scene.person.activate(other.xid)

    def found() -> set[str]:
        return {scene.person.x.get_atom_name(number) for number in scene.person.numbers(window.xid, "_NET_WM_STATE")}

    scene.qube.agent.send(MessageType.WINDOW_FLAGS, window.remote, flag, 0)
    wait_until(lambda: states <= found(), what="the states are set")
    wait_framed(scene.person, window.xid, 3, scene.qube.rgb) if flag == 1 else None
    scene.qube.agent.send(MessageType.WINDOW_FLAGS, window.remote, 0, flag)
    wait_until(lambda: not states & found(), what="the states are gone")
    scene.qube.destroy(other)


def test_minimise_hides_the_window(scene: Scene, window: Framed) -> None:
    scene.qube.agent.send(MessageType.WINDOW_FLAGS, window.remote, 4, 0)
    wait_until(
        lambda: scene.person.window(window.xid).get_attributes().map_state != X.IsViewable, what="the window is hidden"
    )


def test_work_area_that_makes_no_sense_is_not_believed(scene: Scene) -> None:
    person, qube = scene
    whole = person.numbers(person.root.id, "_NET_WORKAREA")
    atom = person.x.intern_atom("_NET_WORKAREA")
    try:
        for nonsense in ([0, 0, 0, 0], [1, 2, 3], [0, 0, 1 << 21, 1 << 21], [5000, 5000, 10, 10]):
            person.root.change_property(atom, Xatom.CARDINAL, 32, nonsense)
            popup = qube.show((300, 690, 120, 60), pseudo_random(120, 60), popup=True)
            wait_until(
                lambda popup=popup: person.outer(popup.xid) == (298, 636, 124, 64),  # type: ignore[misc]
                what=f"the popup on the screen with {nonsense}",
            )
            qube.destroy(popup)
    finally:
        person.set_work_area((whole[0], whole[1], whole[2], whole[3]))


CROSSHAIR = 34


def test_cursor_of_the_font_is_shown_over_the_content(scene: Scene, window: Framed) -> None:
    person = scene.person
    font: Any = person.x.open_font("cursor")
    own = person.cover((700, 500, 50, 50))

    def image() -> tuple[int, ...]:
        found = person.x.xfixes_get_cursor_image(person.root)
        return (found.width, found.height, found.xhot, found.yhot, *found.cursor_image)

    person.x.xfixes_query_version()
    person.point(720, 520)
    default = image()
    black, white = (0, 0, 0), (0xFFFF, 0xFFFF, 0xFFFF)
    own.change_attributes(cursor=font.create_glyph_cursor(font, CROSSHAIR, CROSSHAIR + 1, black, white))
    crosshair = image()
    assert crosshair != default
    x, y, _, _ = scene.qube.content(window.remote)
    person.point(x + 50, y + 50)
    wait_until(lambda: image() == default, what="the default cursor")
    scene.qube.agent.send(MessageType.CURSOR, window.remote, 0x100 + CROSSHAIR)
    wait_until(lambda: image() == crosshair, what="the crosshair")
    person.point(x - 1, y + 50)
    assert image() != crosshair, "the frame shows the desktop's cursor"
    person.point(x + 50, y + 50)
    scene.qube.agent.send(MessageType.CURSOR, window.remote, 0)
    wait_until(lambda: image() == default, what="the default cursor again")
    person.uncover(own)
