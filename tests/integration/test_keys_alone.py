"""Keys, after which the loops do not look at everything: what a key leads to later comes all the same."""

from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X, Xatom

from protocol.messages import MessageType as M
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_shown

pytestmark = pytest.mark.desktop

A, B = 38, 56
SIZE = 120, 80


@pytest.fixture
def qube(desktop: XServer) -> Iterator[Qube]:
    with Qube(desktop.name) as found:
        yield found


@pytest.fixture
def person(desktop: XServer) -> Iterator[Person]:
    found = Person(desktop.name)
    yield found
    found.close()


def focused(qube: Qube, person: Person) -> Framed:
    window = qube.show((50, 60, *SIZE), pseudo_random(*SIZE))
    person.activate(window.xid)
    qube.settle()
    return window


def keys(qube: Qube) -> list[tuple[int, int]]:
    """What the agent was told: press or release, and the keycode."""
    qube.agent.poll()
    told: list[Any] = [each.body for each in qube.agent.received if each.type is M.KEYPRESS]
    return [(body.type, body.keycode) for body in told]


def user_time(person: Person, window: Framed) -> int:
    """The last use that the window manager was told of, ms of the X server; 0 if there was none."""
    (apart,) = person.numbers(window.xid, "_NET_WM_USER_TIME_WINDOW") or [window.xid]
    return next(iter(person.numbers(apart, "_NET_WM_USER_TIME")), 0)


def server_time(person: Person) -> int:
    """Now, ms of the X server."""
    own = person.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
    own.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"now")
    while (event := person.x.next_event()).type != X.PropertyNotify or event.window != own:
        pass
    own.destroy()
    return int(event.time)


def test_keys_arrive_in_their_order_and_the_last_ones_time_is_told(qube: Qube, person: Person) -> None:
    window = focused(qube, person)
    burst = [A, B] * 20  # faster than times of use are told
    person.type(*burst)
    before = server_time(person)
    person.type(B)
    wait_until(lambda: user_time(person, window) >= before, what="the time of the last key")
    expected = [(kind, code) for code in (*burst, B) for kind in (X.KeyPress, X.KeyRelease)]
    wait_until(lambda: len(keys(qube)) >= len(expected), what="all keys")
    assert keys(qube) == expected


def test_damage_between_keys_is_drawn(qube: Qube, person: Person) -> None:
    window = focused(qube, person)
    for seed in range(2, 6):
        picture = pseudo_random(*SIZE, seed=seed)
        person.type(A)
        qube.agent.dump(window.remote, picture)
        qube.agent.damage(window.remote, (0, 0, *SIZE))
        person.type(B)
        wait_shown(qube, person, window.remote, picture)
