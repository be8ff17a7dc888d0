"""How fast one qube may make work for everybody's desktop; must not know the time of day, sockets or X.

Two servers are shared by all qubes. The X server lets a client go first that gets Expose or ConfigureNotify events,
even for what it does itself: a flood of requests then stops every other client for as long as it lasts (measured: a
round trip of 22 s). And a window manager does one thing at a time: who maps a hundred windows makes the next click
wait. So a message is charged what its effects cost those two, and a qube without credit is not read from until it has
some again. Nothing is lost or reordered, and drawing, which has a gate of its own, is free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from guid.core import effects as fx
from guid.core.geometry import Rect
from guid.core.icons import pixels_in
from guid.core.values import Kind, RemoteId
from guid.core.window import Window
from protocol import limits

MAP_US = 4_000
MAP_EACH_WINDOW_US = 100
"""What mapping a managed window costs, and what every window that is there adds. Measured: openbox and Xvfb together
take 5 ms for the 10th window, 18 for the 100th, 42 for the 200th."""

DOCK_US = 20_000
"""A panel arranges all its icons anew."""

FREE_PX, PIXELS_A_US = 1920 * 1080, 500
"""Under a compositor the X server gives each mapped window memory of its own, and clears it. Measured with picom and
xcompmgr: 200 ms for the largest outer, 16384x6144."""

COSTS_US: dict[type[Any], int] = {
    fx.CreateWindow: 200,
    fx.DestroyWindow: 500,
    fx.DockIcon: DOCK_US,
    fx.UnmapWindow: 500,
    fx.SetTransientFor: 300,
    fx.SetTitle: 300,
    fx.SetClass: 100,
    fx.SetSizeHints: 300,
    fx.WriteStates: 100,
    fx.ChangeStates: MAP_US,
    fx.MinimizeWindow: MAP_US,
    fx.RestoreWindow: MAP_US,
}
"""Effect → µs of the X server and the window manager together, rounded up. Measured with openbox on Xvfb: title 240,
hints 210, states 4,000, a large popup mapped and unmapped 1,000, moved 900. Effects that are not here cost nothing."""

LOOK_US = 2_000
"""A look at the frame that a window manager paints, with `frame = "wm"`. Measured with awesome on Xvfb: 500 of the X
server's time, 1,750 with 400 windows above; there are at most 20 in a second."""

POPUP_MAP_US, MOVE_US = 500, 1_000
SCATTERED_IMAGE_US = 2_000
"""A picture in many runs is copied and attached to the X server anew: 0.4 to 3 ms."""

CURSOR_US, CURSOR_IMAGE_US = 30, 300
"""An image of 64x64 px goes to the X server as 16 KiB and is made a cursor there: 60 to 200 µs."""

ICON_US, ICON_PIXELS_A_US = 1_000, 3
"""23,808 px are tinted in 6.5 ms, which no key of the qube gets through, and go to the X server in 0.3 ms, from where
panels fetch them and make them their own size."""


Windows = Mapping[RemoteId, Window]


def _area_us(outer: Rect) -> int:
    return max(0, outer.width * outer.height - FREE_PX) // PIXELS_A_US


def _map_us(effect: fx.MapWindow, windows: Windows) -> int:
    area_us = _area_us(windows[effect.window].granted.outer)
    return area_us + (POPUP_MAP_US if effect.kind is Kind.POPUP else MAP_US + MAP_EACH_WINDOW_US * len(windows))


def _change_us(effect: fx.ChangeKind, _windows: Windows) -> int:
    return MAP_US + _area_us(effect.outer)


def _move_us(effect: fx.MoveResize, _windows: Windows) -> int:
    return MOVE_US + _area_us(effect.outer)


def _image_us(effect: fx.UseImage, _windows: Windows) -> int:
    return SCATTERED_IMAGE_US if len(effect.image.runs) > limits.MAX_RUNS_DRAWN else 0


def _cursor_us(effect: fx.SetCursor, _windows: Windows) -> int:
    return CURSOR_US if effect.cursor.image is None else CURSOR_IMAGE_US


def _icon_us(effect: fx.SetIcon, _windows: Windows) -> int:
    return ICON_US + pixels_in(effect.icon) // ICON_PIXELS_A_US


SPECIAL_COSTS_US: dict[type[Any], Callable[[Any, Windows], int]] = {
    fx.MapWindow: _map_us,
    fx.ChangeKind: _change_us,
    fx.MoveResize: _move_us,
    fx.UseImage: _image_us,
    fx.SetCursor: _cursor_us,
    fx.SetIcon: _icon_us,
}


class Pacer:
    """One qube's credit with the X server and the window manager.

    It is full in the beginning, and grows by `share` seconds a second. One message may use more than there is; the next
    then waits until the debt is paid. now: seconds of a clock that never goes back.
    share: limits.DESKTOP_WORK_SHARE, or a part of it while several qubes are busy. busy: the credit was used up, and
    has not been whole since.
    """

    def __init__(self, now: float, share: float = limits.DESKTOP_WORK_SHARE) -> None:
        self._credit_us = limits.DESKTOP_WORK_CREDIT_S * 1e6
        self._refilled_at = now
        self._charged = False
        self.share = share
        self.busy = False

    @property
    def spent(self) -> bool:
        """No credit is left: stop reading."""
        return self._credit_us <= 0

    def charge(self, effects: Iterable[fx.Effect], windows: Windows) -> None:
        """Take what `effects` cost. windows: all that the qube has, and the ones that these are about."""
        for effect in effects:
            kind = type(effect)
            special = SPECIAL_COSTS_US.get(kind)
            cost_us = COSTS_US.get(kind, 0) if special is None else special(effect, windows)
            if cost_us:
                self._credit_us -= cost_us
                self._charged = True

    def spend(self, cost_us: int) -> None:
        """Take what is done for the qube without a message of it."""
        self._credit_us -= cost_us

    def take_charged(self) -> bool:
        """Whether anything was charged since the last call: then the X server has work of ours."""
        charged, self._charged = self._charged, False
        return charged

    def earn(self, now: float) -> None:
        """Time has passed: give what it brings, up to the whole credit. Due before anything is charged."""
        earned_us = max(0.0, now - self._refilled_at) * 1e6 * self.share
        self._credit_us = min(self._credit_us + earned_us, limits.DESKTOP_WORK_CREDIT_S * 1e6)
        self._refilled_at = now

    def wait_s(self, now: float) -> float:
        """How long not to read from the qube; 0 when it has credit."""
        self.earn(now)
        return 0.0 if self._credit_us > 0 else (1 - self._credit_us) / (1e6 * self.share)

    def busy_changed(self, now: float) -> bool | None:
        """What `busy` has become, or None if it is what it was at the last call."""
        before = self.busy
        if before:
            self.wait_s(now)
        if self.spent:
            self.busy = True
        elif before:
            self.busy = self._credit_us < limits.DESKTOP_WORK_CREDIT_S * 1e6
        return self.busy if self.busy is not before else None


class Reconnects:
    """How long to wait before the next connection to an agent: longer each time one did not last."""

    def __init__(self) -> None:
        self._wait_s = limits.RECONNECT_INTERVAL_S

    def ended(self, lasted_s: float) -> float:
        """A connection ended after `lasted_s`; returns how long to wait, s."""
        if lasted_s >= limits.RECONNECT_LASTING_S:
            self._wait_s = limits.RECONNECT_INTERVAL_S
        wait_s = self._wait_s
        self._wait_s = min(2 * self._wait_s, limits.MAX_RECONNECT_INTERVAL_S)
        return wait_s
