"""The agent on real X servers: what the person does on the desktop arrives in a program."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from Xlib import XK, X

from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import ScriptedDaemon
from tests.harness.processes import clean_environment
from tests.harness.wait import TimedOut, wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop

EVENTS = (
    X.KeyPressMask
    | X.KeyReleaseMask
    | X.ButtonPressMask
    | X.ButtonReleaseMask
    | X.PointerMotionMask
    | X.EnterWindowMask
    | X.LeaveWindowMask
    | X.FocusChangeMask
)
KEY_A, KEY_SHIFT, KEY_CAPS, KEY_NUM, KEY_CONTROL, KEY_ALT_GR = 38, 50, 66, 77, 37, 108
PRESS, RELEASE = 2, 3
LONGER_THAN_A_REPEAT_MS = 1_000
MORE_KEYS_THAN_A_SOCKET_HOLDS = 5_000
"""Their FakeInput requests take 360 kB, and a socket 200."""


class Listener:
    """A window that has the focus and remembers what it is told."""

    def __init__(self, app: App, daemon: ScriptedDaemon, **options: Any) -> None:
        self.app, self.daemon = app, daemon
        self.window = app.window(300, 200, x=100, y=50, **options)
        app.map(self.window)
        self.window.change_attributes(event_mask=EVENTS)
        app.sync()
        daemon.wait_for(T.MAP, self.window.id)
        self.seen: list[Any] = []

    @property
    def id(self) -> int:
        return int(self.window.id)

    def focus(self) -> None:
        self.daemon.send(T.FOCUS, self.id, 9, 0, 0)
        wait_until(lambda: self.app.display.get_input_focus().focus == self.window, what="the focus")

    def of(self, *kinds: int) -> list[Any]:
        while self.app.display.pending_events():
            self.seen.append(self.app.display.next_event())
        return [seen for seen in self.seen if seen.type in kinds]

    def wait(self, condition: Callable[[], Any], what: str) -> None:
        wait_until(condition, what=what)

    def key(self, kind: int, keycode: int, state: int = 0) -> None:
        self.daemon.send(T.KEYPRESS, self.id, kind, 0, 0, state, keycode)

    def keys(self) -> list[tuple[int, int, int]]:
        return [(seen.type, seen.detail, seen.state) for seen in self.of(X.KeyPress, X.KeyRelease)]

    def wait_for_keys(self, expected: list[tuple[int, int, int]]) -> None:
        self.wait(lambda: len(self.keys()) >= len(expected), f"{len(expected)} key events")
        assert self.keys() == expected


@pytest.fixture
def listener(app: App, daemon: ScriptedDaemon) -> Listener:
    made = Listener(app, daemon)
    made.focus()
    made.of()
    made.seen.clear()
    return made


def test_key_is_typed_with_the_keycode_of_the_desktop(listener: Listener) -> None:
    listener.key(PRESS, KEY_A)
    listener.key(RELEASE, KEY_A)
    listener.wait_for_keys([(X.KeyPress, KEY_A, 0), (X.KeyRelease, KEY_A, 0)])
    assert listener.app.display.keycode_to_keysym(KEY_A, 0) == XK.XK_a


def test_keycodes_are_those_of_evdev(listener: Listener) -> None:
    assert listener.app.display.keycode_to_keysym(111, 0) == XK.XK_Up


def test_held_key_is_not_repeated_though_a_program_asks_for_it(listener: Listener) -> None:
    listener.app.display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOn)
    listener.app.sync()
    listener.wait(lambda: not listener.app.display.get_keyboard_control().global_auto_repeat, "repeat switched off")


def test_modifier_pressed_elsewhere_holds_for_the_key_and_goes_with_the_state(listener: Listener) -> None:
    listener.key(PRESS, KEY_A, X.ShiftMask)
    listener.key(RELEASE, KEY_A, X.ShiftMask)
    listener.key(PRESS, KEY_A)
    listener.wait_for_keys(
        [
            (X.KeyPress, KEY_SHIFT, 0),
            (X.KeyPress, KEY_A, X.ShiftMask),
            (X.KeyRelease, KEY_A, X.ShiftMask),
            (X.KeyRelease, KEY_SHIFT, X.ShiftMask),
            (X.KeyPress, KEY_A, 0),
        ]
    )


def test_locks_follow_the_desktop_without_a_key_event(listener: Listener) -> None:
    locks = X.LockMask | X.Mod2Mask
    for state in (locks, X.Mod2Mask, 0, X.LockMask, 0):
        listener.key(PRESS, KEY_A, state)
        listener.key(RELEASE, KEY_A, state)
    expected = [
        (kind, KEY_A, state) for state in (locks, X.Mod2Mask, 0, X.LockMask, 0) for kind in (X.KeyPress, X.KeyRelease)
    ]
    listener.wait_for_keys(expected)


def test_caps_lock_pressed_on_the_desktop_is_not_undone(listener: Listener) -> None:
    for kind, keycode, state in (
        (PRESS, KEY_CAPS, 0),
        (RELEASE, KEY_CAPS, X.LockMask),
        (PRESS, KEY_A, X.LockMask),
        (RELEASE, KEY_A, X.LockMask),
        (PRESS, KEY_CAPS, X.LockMask),
        (RELEASE, KEY_CAPS, X.LockMask),
        (PRESS, KEY_A, 0),
    ):
        listener.key(kind, keycode, state)
    listener.wait(lambda: len(listener.of(X.KeyPress, X.KeyRelease)) == 7, "seven key events")
    strokes = listener.keys()
    assert [state for _, keycode, state in strokes if keycode == KEY_A] == [X.LockMask, X.LockMask, 0]


def test_key_released_while_away_goes_up_with_the_keymap(listener: Listener) -> None:
    listener.key(PRESS, KEY_A)
    listener.wait_for_keys([(X.KeyPress, KEY_A, 0)])
    listener.daemon.send(T.KEYMAP_NOTIFY, 0, bytes(32))
    listener.wait(lambda: listener.keys()[-1] == (X.KeyRelease, KEY_A, 0), "the release")


def test_keys_go_up_when_the_focus_leaves_the_qube(listener: Listener) -> None:
    listener.key(PRESS, KEY_A)
    listener.wait_for_keys([(X.KeyPress, KEY_A, 0)])
    listener.daemon.send(T.FOCUS, listener.id, 10, 0, 0)
    held = listener.app.display.query_keymap
    listener.wait(lambda: not any(held()), "no key held")


def test_focus_out_takes_the_keyboard_away(listener: Listener) -> None:
    listener.daemon.send(T.FOCUS, listener.id, 10, 0, 0)
    listener.wait(lambda: listener.app.display.get_input_focus().focus == X.NONE, "no focus")


def test_focus_is_offered_with_a_time_of_the_server(app: App, daemon: ScriptedDaemon) -> None:
    takes = app.display.intern_atom("WM_TAKE_FOCUS")
    offered = app.window(50, 50)
    offered.set_wm_protocols([takes])
    offered.set_wm_hints(flags=1, input=0)
    app.map(offered)
    daemon.wait_for(T.MAP, offered.id)
    daemon.send(T.FOCUS, offered.id, 9, 0, 0)

    def time() -> int:
        while app.display.pending_events():
            seen = app.display.next_event()
            if seen.type & 0x7F == X.ClientMessage and seen.data[1][0] == takes:
                return int(seen.data[1][1])
        return 0

    assert wait_until(time, what="WM_TAKE_FOCUS with a time") > 0


@pytest.mark.parametrize("button", range(1, 10))
def test_button_arrives_at_its_place(listener: Listener, button: int) -> None:
    listener.daemon.send(T.BUTTON, listener.id, 4, 30 + button, 40, 0, button)
    listener.daemon.send(T.BUTTON, listener.id, 5, 30 + button, 40, 0, button)
    listener.wait(lambda: len(listener.of(X.ButtonPress, X.ButtonRelease)) == 2, "press and release")
    assert [(seen.detail, seen.event_x, seen.event_y) for seen in listener.of(X.ButtonPress, X.ButtonRelease)] == [
        (button, 30 + button, 40)
    ] * 2


def test_keys_that_a_standing_x_server_did_not_take_come_when_it_goes_on(listener: Listener, server: XServer) -> None:
    typed = [(PRESS, KEY_A), (RELEASE, KEY_A)] * MORE_KEYS_THAN_A_SOCKET_HOLDS
    os.kill(server.pid, signal.SIGSTOP)
    try:
        with contextlib.suppress(TimedOut):  # if it was just waiting for an answer of the X server's, it reads later
            listener.daemon.send_raw(
                b"".join(encode(T.KEYPRESS, listener.id, kind, 0, 0, 0, code) for kind, code in typed)
            )
    finally:
        os.kill(server.pid, signal.SIGCONT)
    listener.daemon.send_raw(b"")  # until all is taken
    listener.wait_for_keys([(kind, keycode, 0) for kind, keycode in typed])


def test_motion_is_exact(listener: Listener) -> None:
    places = [(1, 1), (299, 199), (150, 20), (0, 0)]
    for x, y in places:
        listener.daemon.send(T.MOTION, listener.id, x, y, 0, 0)
        listener.wait(
            lambda x=x, y=y: [(seen.event_x, seen.event_y) for seen in listener.of(X.MotionNotify)][-1:] == [(x, y)],  # type: ignore[misc]
            f"the pointer at {x},{y}",
        )


def test_pointer_reaches_a_window_that_another_covers_in_the_qube(
    listener: Listener, app: App, daemon: ScriptedDaemon
) -> None:
    cover = app.window(400, 300, x=50, y=20, override_redirect=True)
    app.map(cover)
    daemon.wait_for(T.MAP, cover.id)
    daemon.send(T.BUTTON, listener.id, 4, 60, 60, 0, 1)
    daemon.send(T.BUTTON, listener.id, 5, 60, 60, 0, 1)
    listener.wait(lambda: len(listener.of(X.ButtonPress, X.ButtonRelease)) == 2, "press and release")


def test_program_sees_the_pointer_leave_and_come_back(listener: Listener) -> None:
    daemon = listener.daemon
    daemon.send(T.CROSSING, listener.id, 7, 10, 10, 0, 0, 0, 0)
    listener.wait(lambda: listener.of(X.MotionNotify, X.EnterNotify), "the pointer entering")
    daemon.send(T.CROSSING, listener.id, 8, 10, 10, 0, 0, 0, 0)
    listener.wait(lambda: listener.of(X.LeaveNotify), "the pointer leaving")
    entered = len(listener.of(X.EnterNotify))
    daemon.send(T.CROSSING, listener.id, 7, 10, 10, 0, 0, 0, 0)
    listener.wait(lambda: len(listener.of(X.EnterNotify)) > entered, "the pointer coming back")


def test_modifier_that_is_latched_on_the_desktop_holds_for_one_key_without_a_key_of_its_own(listener: Listener) -> None:
    listener.daemon.send(T.KEYMAP_NOTIFY, 0, bytes(32))
    for kind, state in ((PRESS, X.ShiftMask), (RELEASE, 0), (PRESS, 0)):
        listener.key(kind, KEY_A, state)
    listener.wait_for_keys(
        [(X.KeyPress, KEY_A, X.ShiftMask), (X.KeyRelease, KEY_A, X.ShiftMask), (X.KeyPress, KEY_A, 0)]
    )


def test_modifiers_are_those_of_a_layout_that_a_program_has_set(listener: Listener, server: XServer) -> None:
    """AltGr is Alt in us, and is released with it."""
    listener.daemon.send(T.KEYMAP_NOTIFY, 0, bytes(32))
    subprocess.run(["setxkbmap", "-display", server.name, "de"], check=True, env=clean_environment(), timeout=60)
    try:
        for kind, keycode, state in ((PRESS, KEY_ALT_GR, 0), (PRESS, KEY_A, X.Mod5Mask), (RELEASE, KEY_A, X.Mod5Mask)):
            listener.key(kind, keycode, state)
        listener.wait_for_keys(
            [(X.KeyPress, KEY_ALT_GR, 0), (X.KeyPress, KEY_A, X.Mod5Mask), (X.KeyRelease, KEY_A, X.Mod5Mask)]
        )
    finally:
        subprocess.run(["setxkbmap", "-display", server.name, "us"], check=True, env=clean_environment(), timeout=60)


def test_held_key_is_not_repeated_in_a_layout_that_a_program_has_set(listener: Listener, server: XServer) -> None:
    """X would repeat it 0.66 s after the press, by the clock that its events carry."""
    argv = ["setxkbmap", "-display", server.name, "-option", "", "us"]
    subprocess.run(argv, check=True, env=clean_environment(), timeout=60)
    listener.wait(lambda: not listener.app.display.get_keyboard_control().global_auto_repeat, "repeat switched off")
    listener.key(PRESS, KEY_A)
    listener.wait_for_keys([(X.KeyPress, KEY_A, 0)])
    pressed = listener.of(X.KeyPress)[0].time

    def later() -> bool:
        """X's clock has gone on."""
        listener.daemon.send(T.MOTION, listener.id, 10, 7, 0, 0)
        listener.daemon.send(T.MOTION, listener.id, 20, 7, 0, 0)
        return any(seen.time - pressed > LONGER_THAN_A_REPEAT_MS for seen in listener.of(X.MotionNotify))

    listener.wait(later, "a second of the server's")
    assert listener.keys() == [(X.KeyPress, KEY_A, 0)]
