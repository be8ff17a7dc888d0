"""Rules of the C daemon for events that wait which no other test shows: tests/parity/rows/08-event-buffering.toml."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random, region
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_shown

pytestmark = pytest.mark.desktop

MAX_DELAY_MS = 5_000
KEY = 38
TRIES = 6
"""A delay is random: all six shorter than a tenth of the longest are one in a million."""


class Desk(NamedTuple):
    person: Person
    qube: Qube
    window: Framed

    def user_time(self) -> list[int]:
        (apart,) = self.person.numbers(self.window.xid, "_NET_WM_USER_TIME_WINDOW") or [self.window.xid]
        return self.person.numbers(apart, "_NET_WM_USER_TIME")

    def keys(self) -> int:
        """How many presses and releases the qube was told."""
        self.qube.agent.poll()
        return sum(each.type == MessageType.KEYPRESS for each in self.qube.agent.received)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        option = ("--option", f"events_max_delay = {MAX_DELAY_MS}")
        qube = stack.enter_context(Qube(server.name, arguments=option))
        window = qube.show((50, 150, 300, 200), pseudo_random(300, 200))
        person.activate(window.xid)
        yield Desk(person, qube, window)


def while_a_key_waits(desk: Desk, number: int) -> bool:
    """Draw, be uncovered, be used, and be moved after a key was pressed; whether the qube had not heard of it then."""
    person, qube = desk.person, desk.qube
    before, keys = desk.user_time(), desk.keys()
    person.type(KEY)
    wait_until(lambda: desk.user_time() != before, what="the time of the key, for the window manager")
    picture = pseudo_random(300, 200, seed=number)
    qube.agent.dump(desk.window.remote, picture)
    qube.agent.damage(desk.window.remote, (0, 0, 300, 200))
    wait_shown(qube, person, desk.window.remote, picture)
    x, y, _, _ = qube.content(desk.window.remote)
    person.uncover(person.cover((x, y, 150, 100)))
    wait_until(lambda: bool(np.array_equal(region(person.picture(), (x, y, 300, 200)), picture)), what="uncovered")
    outer = (60 + number, 170, 306, 206)
    after = len(qube.agent.received)
    person.managed_place(desk.window.xid, outer)
    qube.agent.expect(MessageType.CONFIGURE, desk.window.remote, after=after)
    qube.agree()
    waited = desk.keys() == keys
    wait_until(lambda: desk.keys() == keys + 2, what="the key after all")
    return waited


def test_pictures_places_and_times_of_use_do_not_wait(desk: Desk) -> None:
    assert any(while_a_key_waits(desk, number) for number in range(TRIES))
