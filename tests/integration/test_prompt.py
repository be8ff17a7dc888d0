"""guid/prompt.py: a question on a real X server, answered by a person's keys and by nothing else."""

import select
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from Xlib import XK, X
from Xlib.ext import xtest

from colors.question import BACKGROUND, WIDTH_PX, Named, Question, draw
from guid.prompt import RunningPrompt, start_prompt
from guid.x11.prompt import KEYS_TEXT
from tests.harness.pixels import Pixels, region, screenshot
from tests.harness.wait import holds_for, wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

QUESTION = Question(
    "Paste what was copied?",
    Named("vault", "black", 0x000000),
    Named("untrusted", "red", 0xCC0000),
    "text, 37 bytes",
    ["correct horse battery staple", "<b>two</b> \\x1b[31m" + "w" * 200],
)
LONG_S = 60.0


def expected(*, ready: bool) -> Pixels:
    picture = draw(QUESTION, KEYS_TEXT, ready=ready)
    pixels = np.frombuffer(picture.pixels, dtype="<u4").reshape(picture.height, picture.width)
    return pixels & np.uint32(0xFFFFFF)


def card(server: XServer) -> Pixels:
    height = expected(ready=True).shape[0]
    left, top = (server.width - WIDTH_PX) // 2, (server.height - height) // 2
    return region(screenshot(server.name), (left, top, WIDTH_PX, height))


def is_shown(server: XServer, *, ready: bool = True) -> bool:
    return bool(np.array_equal(card(server), expected(ready=ready)))


def is_answered(prompt: RunningPrompt) -> bool:
    return bool(select.select([prompt], [], [], 0)[0])


@contextmanager
def asked(server: XServer, timeout_s: float = LONG_S) -> Iterator[RunningPrompt]:
    """A question; one that nobody answered is answered in the end with Escape."""
    prompt = start_prompt(QUESTION, server.name, timeout_s)
    answered = False
    try:
        yield prompt
        wait_until(lambda: is_answered(prompt), 20, "the answer")
        answered = True
    finally:
        if not answered:
            press(server, XK.XK_Escape)
            prompt.answer()


def press(server: XServer, keysym: int) -> None:
    connection = server.connect()
    keycode = connection.keysym_to_keycode(keysym)
    xtest.fake_input(connection, X.KeyPress, keycode)
    xtest.fake_input(connection, X.KeyRelease, keycode)
    connection.sync()
    connection.close()


def test_question_is_a_card_above_everything(xvfb: XServer) -> None:
    with asked(xvfb) as prompt:
        wait_until(lambda: is_shown(xvfb), 20, "the card")
        screen = screenshot(xvfb.name)
        outside = screen.copy()
        height = expected(ready=True).shape[0]
        left, top = (xvfb.width - WIDTH_PX) // 2, (xvfb.height - height) // 2
        outside[top : top + height, left : left + WIDTH_PX] = BACKGROUND
        assert (outside == BACKGROUND).all(), "nothing else is to be seen"
        press(xvfb, XK.XK_Return)
    assert prompt.answer() is True
    wait_until(lambda: not (screenshot(xvfb.name) == BACKGROUND).any(), 10, "the card's going")


def test_question_is_above_what_comes_to_the_top_later(xvfb: XServer) -> None:
    with asked(xvfb) as prompt:
        wait_until(lambda: is_shown(xvfb), 20, "the card")
        other = xvfb.connect()
        cover = other.screen().root.create_window(
            *(0, 0, xvfb.width, xvfb.height, 0, X.CopyFromParent), background_pixel=0xFF00FF, override_redirect=True
        )
        cover.map()
        cover.configure(stack_mode=X.Above)
        other.sync()
        wait_until(lambda: is_shown(xvfb), 20, "the card above the other window")
        other.close()
        press(xvfb, XK.XK_Escape)
    assert prompt.answer() is False


@pytest.mark.parametrize(("keysym", "answer"), [(XK.XK_Return, True), (XK.XK_KP_Enter, True), (XK.XK_Escape, False)])
def test_answer_is_the_keys(xvfb: XServer, keysym: int, answer: bool) -> None:  # noqa: FBT001 - a parameter
    with asked(xvfb) as prompt:
        wait_until(lambda: is_shown(xvfb), 20, "the card")
        press(xvfb, XK.XK_a)
        press(xvfb, keysym)
    assert prompt.answer() is answer


def test_no_answer_in_time_is_a_no(xvfb: XServer) -> None:
    with asked(xvfb, 0.2) as prompt:
        pass
    assert prompt.answer() is False


def test_key_that_is_held_as_the_question_appears_does_not_answer_it(xvfb: XServer) -> None:
    connection = xvfb.connect()
    enter = connection.keysym_to_keycode(XK.XK_Return)
    xtest.fake_input(connection, X.KeyPress, enter)
    connection.sync()
    with asked(xvfb) as prompt:
        wait_until(lambda: is_shown(xvfb), 20, "the card")
        holds_for(lambda: not is_answered(prompt), 0.8, "the question")  # its repeats come meanwhile
        xtest.fake_input(connection, X.KeyRelease, enter)
        connection.sync()
        holds_for(lambda: not is_answered(prompt), 0.2, "the question")
        press(xvfb, XK.XK_Return)
    connection.close()
    assert prompt.answer() is True


def test_clicks_and_synthetic_keys_say_nothing(xvfb: XServer) -> None:
    with asked(xvfb) as prompt:
        wait_until(lambda: is_shown(xvfb), 20, "the card")
        connection = xvfb.connect()
        xtest.fake_input(connection, X.MotionNotify, x=xvfb.width // 2, y=xvfb.height // 2)
        xtest.fake_input(connection, X.ButtonPress, 1)
        xtest.fake_input(connection, X.ButtonRelease, 1)
        pointed = connection.screen().root.query_pointer().child
        from Xlib.protocol import event

        fake = event.KeyPress(
            time=0,
            root=connection.screen().root,
            window=pointed,
            same_screen=1,
            child=X.NONE,
            root_x=0,
            root_y=0,
            event_x=0,
            event_y=0,
            state=0,
            detail=connection.keysym_to_keycode(XK.XK_Return),
        )
        pointed.send_event(fake, event_mask=X.KeyPressMask)
        connection.sync()
        connection.close()
        holds_for(lambda: not is_answered(prompt), 0.3, "the question")
        press(xvfb, XK.XK_Escape)
    assert prompt.answer() is False


def test_keyboard_that_somebody_else_has_is_a_no(xvfb: XServer) -> None:
    """A screen locker: nobody is asked above it."""
    locker = xvfb.connect()
    locker.screen().root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)  # noqa: FBT003
    locker.sync()
    with asked(xvfb) as prompt:
        pass
    locker.close()
    assert prompt.answer() is False


def test_display_that_is_not_there_is_a_no() -> None:
    with XServer(100, 80) as server:
        name = server.name
    assert start_prompt(QUESTION, name, LONG_S).answer() is False
