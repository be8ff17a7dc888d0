"""QSB-104 (2024), first half: a key that was held when the focus went was never released in the qube.

There it repeated, and pressed Enter in whatever came next. Here the daemon knows which keys a qube believes to be held
and releases them when the focus goes, is grabbed, or when the window goes; a qube without the focus hears of no key.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from Xlib import X

from protocol.messages import MessageType
from tests.harness.agent import Received
from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube
from tests.harness.wait import wait_until
from tests.qsb.conftest import BANK_WINDOW

pytestmark = pytest.mark.desktop

WINDOW, SECOND = 0x11, 0x12
ENTER, SHIFT = 36, 50


@contextmanager
def held(evil: ActedQube, *keycodes: int) -> Iterator[None]:
    """Keys that the person holds, first pressed in the hostile qube."""
    for keycode in keycodes:
        evil.stage.key(X.KeyPress, keycode)
    for keycode in keycodes:
        wait_until(lambda keycode=keycode: keycode in down_in(evil), what="the key in the qube")  # type: ignore[misc]
    try:
        yield
    finally:
        for keycode in keycodes:
            evil.stage.key(X.KeyRelease, keycode)


def down_in(qube: ActedQube) -> set[int]:
    """The keys that the qube's own X server holds down after all that was sent to it."""
    while qube.agent.poll(0.01):
        pass
    down: set[int] = set()
    for message in qube.agent.received:
        if message.type is MessageType.KEYPRESS:
            kind, *_place, keycode = fields(message)
            (down.add if kind == X.KeyPress else down.discard)(keycode)
        elif message.type is MessageType.KEYMAP_NOTIFY:
            (keys,) = fields(message)
            down = {keycode for keycode in down if keys[keycode >> 3] >> (keycode & 7) & 1}
    return down


def fields(message: Received) -> tuple[Any, ...]:
    assert isinstance(message.body, tuple)
    return message.body


def give_focus(qube: ActedQube, window: int) -> None:
    """As when a dialog closes: by a program of the desktop, with no key and no button."""
    outer = qube.viewable(window)
    outer.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
    qube.stage.x.sync()


def begin(evil: ActedQube) -> None:
    evil.agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150))
    evil.settle()
    evil.stage.judge("shown", windows=2)
    evil.stage.focus(evil, WINDOW)


def test_keys_are_released_when_the_focus_goes_to_another_qube(evil: ActedQube, bank: ActedQube) -> None:
    begin(evil)
    with held(evil, SHIFT, ENTER):
        give_focus(bank, BANK_WINDOW)
        wait_until(lambda: not down_in(evil), what="the release in the qube")
        before = len(evil.agent.received)
        evil.stage.key(X.KeyRelease, ENTER)
        evil.stage.key(X.KeyPress, ENTER)
        bank.agent.expect(MessageType.KEYPRESS, BANK_WINDOW)
        down_in(evil)
        pressed = [message for message in evil.agent.received[before:] if message.type is MessageType.KEYPRESS]
        assert pressed == []


def test_keys_are_released_when_a_program_of_the_desktop_takes_the_focus(evil: ActedQube) -> None:
    begin(evil)
    dialog = evil.stage.x.screen().root.create_window(600, 100, 50, 50, 0, X.CopyFromParent, override_redirect=1)
    dialog.map()
    evil.stage.x.sync()
    with held(evil, ENTER):
        dialog.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        evil.stage.x.sync()
        wait_until(lambda: not down_in(evil), what="the release in the qube")
    dialog.destroy()
    evil.stage.x.sync()


def test_keys_are_released_when_a_locker_grabs_the_keyboard(evil: ActedQube) -> None:
    begin(evil)
    with held(evil, ENTER):
        root = evil.stage.x.screen().root
        taken = root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)  # noqa: FBT003
        try:
            assert taken == X.GrabSuccess
            wait_until(lambda: not down_in(evil), what="the release in the qube while the keyboard is grabbed")
        finally:
            evil.stage.x.ungrab_keyboard(X.CurrentTime)
            evil.stage.x.sync()


def test_keys_are_released_when_the_qube_takes_its_window_away(evil: ActedQube) -> None:
    begin(evil)
    with held(evil, ENTER):
        evil.agent.send(MessageType.DESTROY, WINDOW)
        wait_until(lambda: not down_in(evil), what="the release in the qube")


def test_focus_that_comes_with_a_held_key_presses_nothing(evil: ActedQube, bank: ActedQube) -> None:
    begin(evil)
    evil.stage.focus(bank, BANK_WINDOW)
    evil.stage.key(X.KeyPress, ENTER)
    try:
        before = len(evil.agent.received)
        give_focus(evil, WINDOW)
        evil.agent.expect(MessageType.FOCUS, WINDOW, after=before)
        evil.settle()
        assert down_in(evil) == set()
    finally:
        evil.stage.key(X.KeyRelease, ENTER)
