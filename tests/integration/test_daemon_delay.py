"""What is typed reaches a qube a random while later, whole and in order, and nothing else says it earlier."""

import contextlib
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube

pytestmark = pytest.mark.desktop

A, B, SHIFT = 38, 56, 50
MAX_DELAY_MS = 400
PRESS, RELEASE = 2, 3
INPUT = (
    MessageType.KEYPRESS,
    MessageType.BUTTON,
    MessageType.MOTION,
    MessageType.CROSSING,
    MessageType.FOCUS,
    MessageType.KEYMAP_NOTIFY,
)


class Desk(NamedTuple):
    person: Person
    slow: Qube
    other: Qube
    mine: Framed
    theirs: Framed


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        option = ("--option", f"events_max_delay = {MAX_DELAY_MS}")
        slow = stack.enter_context(Qube(server.name, name="slow", arguments=option))
        other = stack.enter_context(Qube(server.name, name="other", label="red"))
        mine = slow.show((50, 150, 300, 200), pseudo_random(300, 200))
        theirs = other.show((450, 150, 300, 200), pseudo_random(300, 200))
        yield Desk(person, slow, other, mine, theirs)


@pytest.fixture
def after(desk: Desk) -> int:
    """The focus is on the slow qube's window, the pointer nowhere; how many messages it has got until all is told."""
    desk.person.point(400, 580)
    desk.person.activate(desk.theirs.xid)
    desk.person.activate(desk.mine.xid)
    desk.person.type(SHIFT)
    wait_until(lambda: said(desk, 0)[-1:] == [(MessageType.KEYPRESS, RELEASE, SHIFT)], what="the last of it")
    return len(desk.slow.agent.received)


def said(desk: Desk, after: int) -> list[tuple[object, ...]]:
    """(type, kind, keycode or button) of all input."""
    desk.slow.agent.poll()
    return [
        (each.type, each.body[0], each.body[4] if len(each.body) == 5 else None)
        for each in desk.slow.agent.received[after:]
        if each.type in INPUT and isinstance(each.body, tuple)
    ]


def test_keys_come_later_in_order_and_none_is_lost(desk: Desk, after: int) -> None:
    waited_s: list[float] = []
    expected: list[tuple[object, ...]] = []
    for key in (A, B) * 5:
        began = time.monotonic()
        desk.person.type(key)
        expected += [(MessageType.KEYPRESS, kind, key) for kind in (PRESS, RELEASE)]
        wait_until(lambda: said(desk, after) == expected, what="the key")  # noqa: B023 - asked at once
        waited_s.append(time.monotonic() - began)
    assert max(waited_s) > MAX_DELAY_MS / 4000, "all ten within a quarter: one in a million"


def test_fast_typing_keeps_its_order_and_loses_its_rhythm(desk: Desk, after: int) -> None:
    desk.person.type(*[A, B] * 20)
    expected = [(MessageType.KEYPRESS, kind, key) for key in [A, B] * 20 for kind in (PRESS, RELEASE)]
    wait_until(lambda: said(desk, after) == expected, what="every key")


def test_keymap_of_the_pointer_says_nothing_of_keys_that_wait(desk: Desk, after: int) -> None:
    """The C daemon asks for the keymap when it tells it: keys that still wait are in it."""
    desk.person.key(SHIFT, down=True)
    desk.person.point(200, 250)
    desk.person.key(SHIFT, down=False)
    desk.person.type(A)
    story = [
        (MessageType.KEYPRESS, PRESS, SHIFT),
        (MessageType.KEYPRESS, RELEASE, SHIFT),
        (MessageType.KEYPRESS, PRESS, A),
        (MessageType.KEYPRESS, RELEASE, A),
    ]
    wait_until(
        lambda: [each for each in said(desk, after) if each[0] == MessageType.KEYPRESS] == story, what="the keys"
    )
    kinds = [each.type for each in desk.slow.agent.received[after:] if each.type in INPUT]
    down, up = [number for number, kind in enumerate(kinds) if kind == MessageType.KEYPRESS][:2]
    assert down < kinds.index(MessageType.KEYMAP_NOTIFY) < up, "told in the order in which it happened"
    keymap = desk.slow.agent.received[after:]
    held = next(each.body for each in keymap if each.type == MessageType.KEYMAP_NOTIFY)
    assert isinstance(held, tuple)
    assert [code for code in range(256) if held[0][code >> 3] >> (code & 7) & 1] == [SHIFT]


def test_path_of_the_pointer_is_told_by_few_places_and_the_last(desk: Desk, after: int) -> None:
    x, y, _, _ = desk.slow.content(desk.mine.remote)
    steps = 200
    for step in range(steps):
        desk.person.point(x + 10 + step, y + 20)

    def places() -> list[object]:
        desk.slow.agent.poll()
        moved = [each.body for each in desk.slow.agent.received[after:] if each.type == MessageType.MOTION]
        return [body[0] for body in moved if isinstance(body, tuple)]

    wait_until(lambda: places()[-1:] == [10 + steps - 1], what="the last place")
    assert len(places()) < steps / 4


def test_focus_that_goes_is_told_after_the_keys_and_their_releases(desk: Desk, after: int) -> None:
    desk.person.key(A, down=True)
    desk.person.activate(desk.theirs.xid)
    desk.person.key(A, down=False)
    expected = [
        (MessageType.KEYPRESS, PRESS, A),
        (MessageType.KEYPRESS, RELEASE, A),
        (MessageType.FOCUS, 10, None),
    ]
    wait_until(lambda: said(desk, after) == expected, what="the focus out")


def test_other_qubes_are_told_at_once(desk: Desk, after: int) -> None:
    del after
    desk.person.activate(desk.theirs.xid)
    desk.other.settle()
    before = len(desk.other.agent.received)
    desk.person.type(A)
    desk.other.settle()
    kinds = [each.type for each in desk.other.agent.received[before:] if each.type == MessageType.KEYPRESS]
    assert len(kinds) == 2, "in the same turn in which X tells it"
