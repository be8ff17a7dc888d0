"""Tells the qube what the person does on its windows, all but what is a chord; must not know what the person means."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from Xlib import X

from guid.core.input import KEY_PRESS, InputForwarder
from guid.core.session import Session
from guid.core.values import Kind, RemoteId
from guid.x11.aside import SetAside
from guid.x11.chords import Chords
from guid.x11.frame import Frame
from guid.x11.fullscreen import Fullscreen
from guid.x11.unmanaged import ClickFocus
from guid.x11.usertime import UserTimes

LAST_CLICK = 3
"""Buttons above it are the wheel's."""


class OuterMaps(NamedTuple):
    """All windows that there are, by the agent's ids, and the agent's ids by outer and by content."""

    frames: Mapping[RemoteId, Frame]
    remote_by_local: Mapping[int, RemoteId]


class IconTouches(NamedTuple):
    """What else is done when the person touches a tray icon.

    entered: the pointer came over it. pressed: a button on it, at this time of the X server (ms).
    """

    entered: Callable[[RemoteId], None]
    pressed: Callable[[RemoteId, int], None]


def nobody() -> None:
    """Who hears that the focus moves, unless somebody wants to."""


class Inputs:
    """The input of one session: keys on outers, all else on contents. Whoever is told at last is `aside`.

    focus_moved: is called when `focused` may be another window. keys: how many have come that were no chord, and are
    not waiting to become one.
    """

    def __init__(
        self,
        session: Session,
        windows: OuterMaps,
        forwarder: InputForwarder,
        chords: Chords,
        aside: SetAside,
        user_times: UserTimes,
        click_focus: ClickFocus,
        fullscreen: Fullscreen,
        icons: IconTouches,
    ) -> None:
        self._session = session
        self._frames, self._remote_by_local = windows
        self._forwarder = forwarder
        self._chords = chords
        self._aside = aside
        self._say = aside.say
        self._user_times = user_times
        self._click_focus = click_focus
        self._fullscreen = fullscreen
        self._icons = icons
        self.focus_moved: Callable[[], None] = nobody
        self.keys = 0

    @property
    def focused(self) -> RemoteId | None:
        """The qube's window that has the focus."""
        return self._forwarder.focused

    def due(self, now: float) -> None:
        """Time has passed: tell what has waited long enough."""
        self._say(self._forwarder.due(now))

    def gone(self, remote: RemoteId) -> None:
        """A window is destroyed."""
        self._say(self._forwarder.gone(remote))
        self.focus_moved()

    def stop(self) -> None:
        """Nothing more is told: forget what is held."""
        self._forwarder = InputForwarder()

    def key(self, local: int, kind: int, x: int, y: int, state: int, keycode: int, time_ms: int) -> None:
        """A key on an outer; told relative to the content, if it belongs to no chord."""
        remote = self._remote_by_local.get(local)
        if remote is None:
            return
        windows = self._session.windows
        extents = windows[remote].extents
        told = self._forwarder.key(remote, kind, x - extents.left, y - extents.top, state, keycode, time.monotonic())
        self._say(told)
        if kind == KEY_PRESS:
            self._user_times.used(self._frames[remote], time_ms)
            if told:
                windows.fullscreen_ended = False
        machine = self._chords.machine
        if machine.struck is None and machine.waiting is None:
            self.keys += 1
        else:
            self._chords.strike(remote, time_ms)

    def button(self, local: int, kind: int, x: int, y: int, state: int, button: int, time_ms: int) -> None:
        """A button on a content."""
        remote = self._remote_by_local.get(local)
        if remote is not None:
            if kind == X.ButtonPress:
                self._clicked(remote, button, time_ms)
                self._session.windows.fullscreen_ended = False
            told = self._forwarder.button(remote, kind, x, y, state, button)
            self._aside.say_button(kind, button, told)

    def _clicked(self, remote: RemoteId, button: int, time_ms: int) -> None:
        frame = self._frames[remote]
        self._user_times.used(frame, time_ms)
        kind = self._session.windows[remote].kind
        if kind is Kind.MANAGED:
            self._click_focus.clicked(frame.outer, time_ms)
        elif kind is Kind.ICON and button <= LAST_CLICK:
            self._icons.pressed(remote, time_ms)

    def motion(self, local: int, x: int, y: int, state: int) -> None:
        """The pointer over a content."""
        remote = self._remote_by_local.get(local)
        if remote is not None:
            self._say(self._forwarder.motion(remote, x, y, state))

    def crossing(self, local: int, kind: int, x: int, y: int, state: int, mode: int, detail: int, focus: int) -> None:
        """The pointer enters or leaves a content."""
        remote = self._remote_by_local.get(local)
        if remote is not None:
            self._say(self._forwarder.crossing(remote, kind, x, y, state, mode, detail, focus))
            window = self._session.windows[remote]
            self._fullscreen.crossed(window.content.y + y, time.monotonic())
            if window.kind is Kind.ICON and kind == X.EnterNotify:
                self._icons.entered(remote)

    def focus(self, local: int, kind: int, mode: int, detail: int) -> None:
        """The focus comes to an outer or goes."""
        remote = self._remote_by_local.get(local)
        if remote is not None:
            self._say(self._forwarder.focus(remote, kind, mode, detail))
            self.focus_moved()

    def keymap(self, keys: bytes, *, with_focus: bool) -> None:
        """The keys that are down, directly after the pointer or the focus came."""
        self._say(self._forwarder.keymap(keys, with_focus=with_focus))
