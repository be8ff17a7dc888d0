"""What the person does at the desktop reaches the one qube it is meant for, and no other.

Both qubes use the same remote ids; both record everything. Devices are played through XTEST.
"""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib import X
from Xlib.protocol import event

from protocol.messages import MessageType
from tests.harness.agent import Received
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

A, B, SHIFT = 38, 56, 50
INPUT = {
    MessageType.KEYPRESS,
    MessageType.BUTTON,
    MessageType.MOTION,
    MessageType.CROSSING,
    MessageType.FOCUS,
    MessageType.KEYMAP_NOTIFY,
}
LEFT, RIGHT = (100, 150, 300, 200), (600, 150, 300, 200)
OUTSIDE = (500, 600)


class Desk(NamedTuple):
    person: Person
    work: Qube
    other: Qube
    mine: Framed
    theirs: Framed


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Two qubes with one window each, side by side, under the same remote id."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        work = stack.enter_context(Qube(server.name, name="work", label="blue"))
        other = stack.enter_context(Qube(server.name, name="other", label="red"))
        mine = work.show(LEFT, pseudo_random(300, 200))
        theirs = other.show(RIGHT, pseudo_random(300, 200))
        assert mine.remote == theirs.remote
        for qube, window in ((work, mine), (other, theirs)):
            wait_framed(person, window.xid, 3, qube.rgb)
        yield Desk(person, work, other, mine, theirs)


@pytest.fixture
def calm(desk: Desk) -> Desk:
    """The pointer over no window, the focus on the left one, no key down, everything told."""
    desk.person.point(*OUTSIDE)
    desk.person.activate(desk.theirs.xid)
    desk.person.activate(desk.mine.xid)
    for qube in (desk.work, desk.other):
        qube.agree()
    return desk


def since(qube: Qube, number: int) -> list[Received]:
    """All input that came after message `number`, once everything that was under way is there."""
    qube.settle()
    return [each for each in qube.agent.received[number:] if each.type in INPUT]


def count(qube: Qube) -> int:
    return len(qube.agent.received)


def wait_for(qube: Qube, message: MessageType, number: int, many: int = 1) -> list[tuple[int, ...]]:
    """The bodies of `many` messages of this type, in order."""

    def found() -> list[tuple[int, ...]]:
        qube.agent.poll()
        bodies: list[tuple[int, ...]] = []
        for each in qube.agent.received[number:]:
            if each.type == message:
                assert isinstance(each.body, tuple)
                bodies.append(tuple(each.body))
        return bodies

    wait_until(lambda: len(found()) >= many, what=f"{many} {message.name}")
    return found()


def keymaps_of(story: list[Received]) -> list[bytes]:
    return [each.body[0] for each in story if each.type == MessageType.KEYMAP_NOTIFY and isinstance(each.body, tuple)]


def content(desk: Desk) -> tuple[int, int]:
    x, y, _, _ = desk.work.content(desk.mine.remote)
    return x, y


def test_key_reaches_the_focused_qube_alone(calm: Desk) -> None:
    x, y = content(calm)
    calm.person.point(x + 10, y + 20)
    mine, theirs = count(calm.work), count(calm.other)
    calm.person.type(A)
    keys = wait_for(calm.work, MessageType.KEYPRESS, mine, 2)
    assert keys == [(2, 10, 20, 0, A), (3, 10, 20, 0, A)]
    assert since(calm.other, theirs) == []


def test_key_with_the_pointer_elsewhere_has_coordinates_outside_the_content(calm: Desk) -> None:
    x, y = content(calm)
    calm.person.point(x - 40, y - 90)
    mine = count(calm.work)
    calm.person.type(A)
    assert wait_for(calm.work, MessageType.KEYPRESS, mine, 2)[0] == (2, -40, -90, 0, A)


def test_key_with_the_pointer_over_another_qube_stays_with_the_focus(calm: Desk) -> None:
    calm.person.point(700, 250)
    wait_for(calm.other, MessageType.CROSSING, 0)
    mine, theirs = count(calm.work), count(calm.other)
    calm.person.type(A, B)
    wait_for(calm.work, MessageType.KEYPRESS, mine, 4)
    assert [each for each in since(calm.other, theirs) if each.type == MessageType.KEYPRESS] == []


def test_every_key_of_a_long_text_arrives_once_and_in_order(calm: Desk) -> None:
    mine, theirs = count(calm.work), count(calm.other)
    text = [*range(24, 34), *range(38, 47), *range(52, 59)] * 8
    calm.person.type(*text)
    keys = wait_for(calm.work, MessageType.KEYPRESS, mine, 2 * len(text))
    assert [(body[0], body[4]) for body in keys] == [each for key in text for each in ((2, key), (3, key))]
    assert since(calm.other, theirs) == []


def test_key_that_is_held_repeats_as_release_and_press(calm: Desk) -> None:
    mine, theirs = count(calm.work), count(calm.other)
    calm.person.key(A, down=True)
    try:
        wait_for(calm.work, MessageType.KEYPRESS, mine, 5)
    finally:
        calm.person.key(A, down=False)
    calm.work.settle()
    kinds = [body[0] for body in wait_for(calm.work, MessageType.KEYPRESS, mine)]
    assert kinds == [2, 3] * (len(kinds) // 2)
    assert since(calm.other, theirs) == []


def test_state_says_which_modifiers_are_held(calm: Desk) -> None:
    mine = count(calm.work)
    calm.person.key(SHIFT, down=True)
    calm.person.type(A)
    calm.person.key(SHIFT, down=False)
    keys = wait_for(calm.work, MessageType.KEYPRESS, mine, 4)
    assert [(body[0], body[3], body[4]) for body in keys] == [(2, 0, SHIFT), (2, 1, A), (3, 1, A), (3, 1, SHIFT)]


def test_focus_that_goes_releases_held_keys_first(calm: Desk) -> None:
    mine, theirs = count(calm.work), count(calm.other)
    calm.person.key(A, down=True)
    wait_for(calm.work, MessageType.KEYPRESS, mine)
    calm.person.activate(calm.theirs.xid)
    wait_for(calm.work, MessageType.FOCUS, mine)
    story = [(each.type, *tuple(each.body)[:1]) for each in since(calm.work, mine) if isinstance(each.body, tuple)]
    assert story == [(MessageType.KEYPRESS, 2), (MessageType.KEYPRESS, 3), (MessageType.FOCUS, 10)]
    calm.person.key(A, down=False)
    wait_for(calm.other, MessageType.KEYPRESS, theirs)
    pressed = [each for each in since(calm.other, theirs) if each.type == MessageType.KEYPRESS]
    assert [each.body[0] for each in pressed if isinstance(each.body, tuple)] == [3], "only the release"


def test_focus_is_told_after_the_keymap(calm: Desk) -> None:
    theirs = count(calm.other)
    calm.person.activate(calm.theirs.xid)
    wait_for(calm.other, MessageType.FOCUS, theirs)
    story = since(calm.other, theirs)
    assert [each.type for each in story] == [MessageType.KEYMAP_NOTIFY, MessageType.FOCUS]
    assert (story[0].window, story[1].window) == (0, calm.theirs.remote)
    assert isinstance(story[1].body, tuple)
    assert story[1].body[:2] == (9, 0)


def test_keymap_with_the_focus_tells_the_held_keys(calm: Desk) -> None:
    theirs = count(calm.other)
    calm.person.key(SHIFT, down=True)
    calm.person.activate(calm.theirs.xid)
    try:
        wait_for(calm.other, MessageType.KEYMAP_NOTIFY, theirs)
        keymap = keymaps_of(since(calm.other, theirs))[0]
        assert [code for code in range(256) if keymap[code >> 3] >> (code & 7) & 1] == [SHIFT]
    finally:
        calm.person.key(SHIFT, down=False)


def test_pointer_that_enters_without_the_focus_is_told_of_no_key(calm: Desk) -> None:
    theirs = count(calm.other)
    calm.person.key(A, down=True)
    calm.person.point(700, 250)
    wait_for(calm.other, MessageType.CROSSING, theirs)
    calm.person.key(A, down=False)
    story = [each for each in since(calm.other, theirs) if each.type != MessageType.MOTION]
    assert [each.type for each in story] == [MessageType.KEYMAP_NOTIFY, MessageType.CROSSING]
    assert story[0].body == (bytes(32),)


def test_pointer_enters_moves_and_leaves(calm: Desk) -> None:
    x, y = content(calm)
    calm.person.point(x - 50, y + 5)
    mine = count(calm.work)
    for at in ((x, y), (x + 7, y + 9), (x + 299, y + 199), (x - 50, y + 5)):
        calm.person.point(*at)
    wait_for(calm.work, MessageType.CROSSING, mine, 2)
    story = [(each.type, each.body) for each in since(calm.work, mine)]
    kinds = [kind for kind, _ in story]
    assert kinds == [
        MessageType.KEYMAP_NOTIFY,
        MessageType.CROSSING,
        MessageType.MOTION,
        MessageType.MOTION,
        MessageType.MOTION,
        MessageType.CROSSING,
    ]
    enter, first, second, third, leave = (tuple(body) for _, body in story[1:] if isinstance(body, tuple))
    assert enter[:3] == (7, 0, 0)
    assert (first, second, third) == ((0, 0, 0, 0), (7, 9, 0, 0), (299, 199, 0, 0))
    assert leave[:3] == (8, -50, 5)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_button_is_told_relative_to_the_content(calm: Desk, number: int) -> None:
    x, y = content(calm)
    calm.person.point(x + 30, y + 40)
    mine, theirs = count(calm.work), count(calm.other)
    calm.person.click(x + 30, y + 40, number)
    pressed, released = wait_for(calm.work, MessageType.BUTTON, mine, 2)
    assert pressed == (4, 30, 40, 0, number)
    assert released == (5, 30, 40, 1 << (7 + number), number)
    assert since(calm.other, theirs) == []


def test_button_held_over_the_edge_is_told_until_it_is_released(calm: Desk) -> None:
    x, y = content(calm)
    calm.person.point(x + 5, y + 5)
    mine, theirs = count(calm.work), count(calm.other)
    calm.person.button(3, down=True)
    calm.person.point(700, 250)
    calm.person.button(3, down=False)
    wait_for(calm.work, MessageType.BUTTON, mine, 2)
    motions = wait_for(calm.work, MessageType.MOTION, mine)
    assert motions[-1][:2] == (700 - x, 250 - y)
    assert [each for each in since(calm.other, theirs) if each.type == MessageType.BUTTON] == []


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_nothing_on_the_frame_reaches_the_qube(calm: Desk, side: str) -> None:
    left, top, width, height = calm.person.outer(calm.mine.xid)
    for depth in range(3):
        spot = {
            "left": (left + depth, top + 50),
            "top": (left + 50, top + depth),
            "right": (left + width - 1 - depth, top + 50),
            "bottom": (left + 50, top + height - 1 - depth),
        }[side]
        mine = count(calm.work)
        calm.person.point(*spot)
        # Button 2 on a frame means nothing to the window manager, so it moves nothing.
        calm.person.click(*spot, 2)
        calm.person.point(spot[0] + 1 if side in ("top", "bottom") else spot[0], spot[1])
        told = [each.type for each in since(calm.work, mine)]
        assert told == [], f"{depth} px from the {side}"


def test_key_sent_by_another_program_is_dropped(calm: Desk) -> None:
    person = calm.person
    mine = count(calm.work)
    for window in (calm.mine.xid, *(child.id for child in person.window(calm.mine.xid).query_tree().children)):
        for kind, mask in ((event.KeyPress, X.KeyPressMask), (event.ButtonPress, X.ButtonPressMask)):
            forged = kind(
                time=0, root=person.root, window=window, same_screen=1, child=X.NONE,
                root_x=1, root_y=1, event_x=1, event_y=1, state=0, detail=A if kind is event.KeyPress else 1,
            )  # fmt: skip
            person.window(window).send_event(forged, event_mask=mask)
            person.window(window).send_event(forged, event_mask=0)
    for focus in (event.FocusOut, event.FocusIn):
        change = focus(detail=3, window=calm.mine.xid, mode=0)
        person.window(calm.mine.xid).send_event(change, event_mask=X.FocusChangeMask)
    person.x.sync()
    person.type(B)
    wait_for(calm.work, MessageType.KEYPRESS, mine, 2)
    story = since(calm.work, mine)
    assert [(each.type, tuple(each.body)[4]) for each in story if isinstance(each.body, tuple)] == [
        (MessageType.KEYPRESS, B),
        (MessageType.KEYPRESS, B),
    ]


def test_focused_window_destroyed_with_a_key_down_lifts_it(calm: Desk) -> None:
    window = calm.work.show((150, 420, 90, 60), pseudo_random(90, 60))
    calm.person.activate(window.xid)
    mine = count(calm.work)
    calm.person.key(A, down=True)
    wait_for(calm.work, MessageType.KEYPRESS, mine)
    try:
        calm.work.destroy(window)
        wait_for(calm.work, MessageType.KEYMAP_NOTIFY, mine)
        assert keymaps_of(since(calm.work, mine))[0] == bytes(32)
    finally:
        calm.person.key(A, down=False)


def test_menu_gets_the_button_and_leaves_the_focus(calm: Desk) -> None:
    menu = calm.work.show((120, 170, 100, 80), pseudo_random(100, 80), popup=True)
    mine = count(calm.work)
    calm.person.click(150, 200)
    wait_for(calm.work, MessageType.BUTTON, mine, 2)
    buttons = [each for each in since(calm.work, mine) if each.type == MessageType.BUTTON]
    assert {each.window for each in buttons} == {menu.remote}
    assert isinstance(buttons[0].body, tuple)
    assert buttons[0].body[1:3] == (30, 30)
    calm.person.type(A)
    keys = [each for each in since(calm.work, mine) if each.type == MessageType.KEYPRESS]
    assert {each.window for each in keys} == {calm.mine.remote}
    calm.work.destroy(menu)
