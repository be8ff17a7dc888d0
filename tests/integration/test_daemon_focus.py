"""Whose window gets the focus when a qube maps one: the person's wish counts, not the qube's."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from Xlib import X, Xatom

from guid.x11.usertime import SELDOM_S
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

A, B = 38, 56
LEFT, RIGHT = (50, 150, 300, 200), (450, 150, 300, 200)
MINIMIZE = 4
KEYS_WHILE_MAPPING = 200


class Desk(NamedTuple):
    person: Person
    work: Qube
    other: Qube


@pytest.fixture
def desk() -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        work = stack.enter_context(Qube(server.name, name="work", label="blue"))
        other = stack.enter_context(Qube(server.name, name="other", label="red"))
        yield Desk(person, work, other)


def show(qube: Qube, rect: tuple[int, int, int, int] = LEFT) -> Framed:
    return qube.show(rect, pseudo_random(rect[2], rect[3]))


def typed(qube: Qube) -> list[tuple[int, int]]:
    """(press or release, keycode) of every key that came."""
    qube.settle()
    return [
        (each.body[0], each.body[4])
        for each in qube.agent.received
        if each.type == MessageType.KEYPRESS and isinstance(each.body, tuple)
    ]


def user_time(desk: Desk, window: Framed) -> list[int]:
    """Where EWMH says that a window manager looks."""
    (apart,) = desk.person.numbers(window.xid, "_NET_WM_USER_TIME_WINDOW") or [window.xid]
    return desk.person.numbers(apart, "_NET_WM_USER_TIME")


def managed(desk: Desk, window: Framed) -> None:
    """Wait until the window manager has taken the window, and with it decided about the focus."""
    wait_until(lambda: window.xid in clients(desk), what=f"{window.xid:#x} is managed")


def clients(desk: Desk) -> list[int]:
    return desk.person.numbers(desk.person.root.id, "_NET_CLIENT_LIST")


def wait_active(desk: Desk, window: Framed) -> None:
    """Wait until it has the focus, until the window manager says so, and until both qubes' daemons know of it."""
    wait_until(lambda: desk.person.focus() == window.xid, what="the focus")
    active = desk.person.root.id, "_NET_ACTIVE_WINDOW"
    wait_until(lambda: desk.person.numbers(*active) == [window.xid], what="the active window")
    desk.work.informed()
    desk.other.informed()


def activate(desk: Desk, window: Framed) -> None:
    """Give a window the focus; who has it must be settled, or the window manager may give it to that one after this."""
    desk.person.activate(window.xid)
    wait_active(desk, window)


def test_windows_mapped_while_the_person_types_elsewhere_get_not_one_key(desk: Desk) -> None:
    mine = show(desk.work)
    activate(desk, mine)
    theirs: list[int] = []
    for number in range(KEYS_WHILE_MAPPING):
        desk.person.type(A, B)
        if number % 20 == 0:
            theirs.append(desk.other.new_id())
            desk.other.agent.create(theirs[-1], RIGHT)
            desk.other.agent.map(theirs[-1])
    wait_until(lambda: len(typed(desk.work)) == 4 * KEYS_WHILE_MAPPING, what="every key")
    assert typed(desk.work) == [(2, A), (3, A), (2, B), (3, B)] * KEYS_WHILE_MAPPING
    for remote in theirs:
        managed(desk, desk.other.mapped(remote))
    assert typed(desk.other) == []
    assert desk.person.focus() == mine.xid


def test_window_of_the_qube_that_is_used_gets_the_focus(desk: Desk) -> None:
    mine = show(desk.work)
    activate(desk, mine)
    desk.person.type(A)
    wait_until(lambda: user_time(desk, mine), what="the time of the key")
    dialog = show(desk.work, RIGHT)
    wait_until(lambda: desk.person.focus() == dialog.xid, what="the focus on the new window")
    assert user_time(desk, dialog) == user_time(desk, mine)


def test_first_window_on_an_empty_desktop_gets_the_focus(desk: Desk) -> None:
    mine = show(desk.work)
    wait_until(lambda: desk.person.focus() == mine.xid, what="the focus")
    assert user_time(desk, mine) == []


def test_minimised_window_that_a_qube_maps_again_takes_no_focus_but_asks_for_attention(desk: Desk) -> None:
    theirs = show(desk.other, RIGHT)
    managed(desk, theirs)
    desk.other.agent.send(MessageType.WINDOW_FLAGS, theirs.remote, MINIMIZE, 0)
    shown = desk.person.window(theirs.xid)
    wait_until(lambda: shown.get_attributes().map_state != X.IsViewable, what="hidden")
    mine = show(desk.work)
    activate(desk, mine)
    desk.person.type(A)
    desk.other.agent.map(theirs.remote)
    attention = desk.person.x.intern_atom("_NET_WM_STATE_DEMANDS_ATTENTION")
    wait_until(lambda: attention in desk.person.numbers(theirs.xid, "_NET_WM_STATE"), what="attention")
    desk.person.type(B)
    wait_until(lambda: typed(desk.work)[-2:] == [(2, B), (3, B)], what="the second key")
    assert typed(desk.other) == []
    assert desk.person.focus() == mine.xid
    desk.person.activate(theirs.xid)
    wait_until(lambda: shown.get_attributes().map_state == X.IsViewable, what="back on the screen by the person")
    wait_framed(desk.person, theirs.xid, 3, desk.other.rgb)


def test_window_gets_the_focus_after_the_last_one_of_another_qube_has_gone(desk: Desk) -> None:
    theirs = show(desk.other, RIGHT)
    activate(desk, theirs)
    desk.other.destroy(theirs)
    wait_until(lambda: theirs.xid not in clients(desk), what="the window manager has noticed")
    desk.work.informed()
    mine = show(desk.work)
    wait_until(lambda: desk.person.focus() == mine.xid, what="the focus")


@pytest.fixture
def bare() -> Iterator[Person]:
    """A desktop without a window manager."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600))
        person = Person(server.name)
        stack.callback(person.close)
        yield person


def use(person: Person, qube: Qube) -> Framed:
    """Type into a window, click into it, and see a later time of use each time."""
    mine = show(qube)
    person.window(mine.xid).set_input_focus(X.RevertToNone, X.CurrentTime)
    person.type(A)
    desk = Desk(person, qube, qube)
    first = wait_until(lambda: user_time(desk, mine), what="the time of the key")
    x, y, width, height = qube.content(mine.remote)
    person.click(x + width // 2, y + height // 2)
    wait_until(lambda: user_time(desk, mine) > first, what="the time of the click")
    return mine


def test_user_time_stands_on_the_outer_where_the_window_manager_knows_no_other_place(bare: Person) -> None:
    with Qube(bare.x.get_display_name()) as qube:
        mine = use(bare, qube)
        assert len(bare.numbers(mine.xid, "_NET_WM_USER_TIME")) == 1


def test_user_time_stands_apart_where_the_window_manager_knows_of_that(bare: Person) -> None:
    apart = bare.x.intern_atom("_NET_WM_USER_TIME_WINDOW")
    bare.root.change_property(bare.x.intern_atom("_NET_SUPPORTED"), Xatom.ATOM, 32, [apart])
    bare.x.sync()
    with Qube(bare.x.get_display_name()) as qube:
        mine = use(bare, qube)
        assert bare.numbers(mine.xid, "_NET_WM_USER_TIME_WINDOW") != [mine.xid]
        assert bare.numbers(mine.xid, "_NET_WM_USER_TIME") == []


def test_who_types_fast_wakes_the_window_manager_seldom_and_the_last_time_is_told(bare: Person) -> None:
    with Qube(bare.x.get_display_name()) as qube:
        mine = use(bare, qube)
        bare.window(mine.xid).change_attributes(event_mask=X.PropertyChangeMask)
        name = bare.x.intern_atom("_NET_WM_USER_TIME")
        began = time.monotonic()
        bare.type(*[A] * 100)
        mark = bare.x.intern_atom("MARK")
        bare.window(mine.xid).change_property(mark, Xatom.STRING, 8, b"")  # its event has the server's time
        bare.x.sync()
        bare.type(B)
        events: list[Any] = []

        def last_is_told() -> bool:
            new = [bare.x.next_event() for _ in range(bare.x.pending_events())]
            events.extend(event for event in new if event.type == X.PropertyNotify)
            (now,) = [event.time for event in events if event.atom == mark]
            return bool(user_time(Desk(bare, qube, qube), mine)[0] >= now)

        wait_until(last_is_told, what="the time of the last key")
        last_is_told()  # the events of what was read last, too
        most = 2 + (time.monotonic() - began) / SELDOM_S
        assert 1 <= len([event for event in events if event.atom == name]) <= min(most, 90)
        assert len(typed(qube)) == 2 + 2 * 101


def test_window_of_a_program_that_the_person_asked_for_comes_forward_and_only_that_one(desk: Desk) -> None:
    mine = show(desk.work)
    activate(desk, mine)
    desk.other.daemon.tell({"summoned": True})
    desk.other.informed()  # the time is asked for, and told before the window is there
    asked_for = show(desk.other, RIGHT)
    wait_active(desk, asked_for)
    assert user_time(desk, asked_for)[0] > 0
    activate(desk, mine)
    another = show(desk.other, RIGHT)
    managed(desk, another)
    assert user_time(desk, another) == [0]
    assert desk.person.focus() == mine.xid


def test_window_that_was_asked_for_before_the_person_went_elsewhere_stays_behind(desk: Desk) -> None:
    first = show(desk.work)
    wait_active(desk, first)
    mine = show(desk.work, RIGHT)
    wait_active(desk, mine)
    activate(desk, first)
    desk.other.daemon.tell({"summoned": True})
    desk.other.informed()
    activate(desk, mine)
    late = show(desk.other, RIGHT)
    managed(desk, late)
    assert user_time(desk, late) == [0]
    assert desk.person.focus() == mine.xid
