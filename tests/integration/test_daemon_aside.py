"""A daemon that is told to hide or pause its qube, with an agent that does not care; judged by the pixel oracle."""

from collections.abc import Iterator

import numpy as np
import pytest
from Xlib import X

from colors.labels import STANDARD, told
from protocol.codec import encode
from protocol.limits import HALF_MESSAGE_TIMEOUT_S
from protocol.messages import MessageType as M
from tests.harness.pixels import pseudo_random, region
from tests.harness.stage import ActedQube, Stage
from tests.harness.wait import holds_for, wait_until

pytestmark = pytest.mark.desktop

WINDOW, POPUP = 0x300001, 0x300002
CONTENT, MENU = (200, 150, 400, 300), (650, 150, 200, 100)
KEYCODE = 38
INPUT = frozenset({M.KEYPRESS, M.BUTTON, M.MOTION, M.CROSSING, M.FOCUS, M.KEYMAP_NOTIFY})


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as found:
        yield found


@pytest.fixture
def qube(stage: Stage) -> Iterator[ActedQube]:
    with stage.qube("work", "blue") as found:
        found.agent.show(WINDOW, CONTENT, pseudo_random(*CONTENT[2:]))
        found.agent.show(POPUP, MENU, pseudo_random(*MENU[2:]), popup=True)
        found.viewable(WINDOW)
        found.viewable(POPUP)
        yield found


def aside(qube: ActedQube, *, hidden: bool = False, paused: bool = False) -> None:
    qube.daemon.tell({"aside": {"hidden": hidden, "paused": paused}})
    qube.daemon.windows()


def map_states(qube: ActedQube) -> set[int]:
    return {qube.outer(window).get_attributes().map_state for window in (WINDOW, POPUP)}


def test_hidden_windows_stay_hidden_whatever_the_agent_asks(stage: Stage, qube: ActedQube) -> None:
    aside(qube, hidden=True)
    wait_until(lambda: map_states(qube) == {X.IsUnmapped}, what="nothing mapped")
    for window, popup in ((WINDOW, 0), (POPUP, 1)):
        qube.agent.send(M.UNMAP, window)
        qube.agent.send(M.MAP, window, 0, popup)
        qube.agent.send(M.MAP, window, 0, popup)
    qube.agent.send(M.WINDOW_FLAGS, WINDOW, 2, 0)
    qube.agent.send(M.WINDOW_FLAGS, WINDOW, 4, 0)
    qube.agent.configure(WINDOW, (20, 60, 500, 400))
    qube.settle()
    assert map_states(qube) == {X.IsUnmapped}
    stage.judge("hidden", windows=0)
    aside(qube)
    wait_until(lambda: map_states(qube) == {X.IsViewable}, what="both windows")
    stage.judge("shown again", windows=2)


def test_windows_come_back_with_what_was_drawn_meanwhile(qube: ActedQube) -> None:
    aside(qube, hidden=True)
    wait_until(lambda: map_states(qube) == {X.IsUnmapped}, what="nothing mapped")
    fresh = pseudo_random(*CONTENT[2:], seed=7)
    qube.agent.dump(WINDOW, fresh)
    qube.agent.damage(WINDOW, (0, 0, *CONTENT[2:]))
    qube.settle()
    aside(qube)
    qube.viewable(WINDOW)

    def shows_it() -> bool:
        return bool(np.array_equal(region(qube.stage.picture(), tuple(qube.daemon.window(WINDOW)["content"])), fresh))

    wait_until(shows_it, what="the later picture")


def test_paused_agent_is_neither_read_nor_told_of_input(stage: Stage, qube: ActedQube) -> None:
    stage.focus(qube, WINDOW)
    x, y, *_size = qube.daemon.window(WINDOW)["content"]
    stage.key(X.KeyPress, KEYCODE)
    qube.settle()
    aside(qube, paused=True)
    before = len(qube.agent.received)
    message = encode(M.WMNAME, WINDOW, b"later".ljust(128, b"\0"))
    qube.agent.send_raw(message * 50 + message[:40])
    stage.key(X.KeyRelease, KEYCODE)
    stage.click(x + 30, y + 30)
    stage.key(X.KeyPress, KEYCODE)
    stage.key(X.KeyRelease, KEYCODE)
    stage.clean("paused, with its signs")
    holds_for(
        lambda: qube.daemon.window(WINDOW)["title"] != "later" and qube.daemon.child.alive,
        HALF_MESSAGE_TIMEOUT_S + 1,
        "reading nothing, and no deadline",
    )
    while qube.agent.poll():
        pass
    told = [each for each in qube.agent.received[before:] if each.type in INPUT]
    assert [each.type for each in told] == [M.KEYPRESS], "the key that was down is let go, and that is all"
    aside(qube)
    qube.agent.send_raw(message[40:])
    wait_until(lambda: qube.daemon.window(WINDOW)["title"] == "later", what="the title")
    stage.click(x + 30, y + 30)
    qube.agent.expect(M.BUTTON, WINDOW, after=before)
    stage.judge("going on", windows=2)
    qube.lives()


def test_agent_that_comes_to_a_paused_qube_is_not_read(qube: ActedQube) -> None:
    aside(qube, paused=True)
    qube.agent.hang_up()
    qube.agent.shake_hands()
    qube.daemon.windows()
    qube.agent.show(WINDOW, CONTENT, pseudo_random(*CONTENT[2:]))
    holds_for(lambda: not qube.daemon.windows(), 0.5, "no window while it is paused")
    aside(qube)
    qube.viewable(WINDOW)


def test_messages_right_behind_the_greeting_of_a_paused_qube_wait(qube: ActedQube) -> None:
    aside(qube, paused=True)
    qube.agent.hang_up()
    qube.agent.shake_hands(behind=encode(M.CREATE, WINDOW, *CONTENT, 0, 0) + encode(M.MAP, WINDOW, 0, 0))
    holds_for(lambda: not qube.daemon.windows(), 0.5, "no window while it is paused")
    aside(qube)
    qube.viewable(WINDOW)


def test_sign_of_a_paused_qube_wears_another_label_at_once_and_leaves_the_picture(
    stage: Stage, qube: ActedQube
) -> None:
    aside(qube, paused=True)
    x, y, width, height = qube.daemon.window(WINDOW)["content"]
    middle = (x, y + height // 2 - 15, width, 30)

    def shows(label: str) -> bool:
        return bool((region(stage.picture(), middle) == STANDARD[label].rgb).any())

    wait_until(lambda: shows("blue"), what="the sign")
    qube.daemon.tell({"label": told(STANDARD["green"])})
    wait_until(lambda: shows("green"), what="the sign's new colour")
    aside(qube)
    qube.daemon.tell({"label": told(STANDARD["blue"])})
    picture = pseudo_random(*CONTENT[2:])
    wait_until(
        lambda: np.array_equal(region(stage.picture(), (x, y, width, height)), picture), what="the whole picture"
    )
