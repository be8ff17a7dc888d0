"""Tells the window manager when the person used which window of a qube; must not know what was pressed.

By this a window manager knows whose window may come forward. Source: EWMH 1.5, _NET_WM_USER_TIME.
"""

from __future__ import annotations

import struct

from Xlib import Xatom

from guid.core.focus import user_time_when_mapped
from guid.x11.desktop import Desktop
from guid.x11.frame import Frame
from shm.x11.properties import change_property, delete_property

SELDOM_S = 0.05
"""So long the next time waits: who types makes many, and each wakes window manager and panels. Nobody presses a key in
one window, and within this time means another to come forward."""


class UserTimes:
    """The user times of one qube's windows.

    The time stands on a window of the frame that tells nobody when it changes, if the window manager knows of such: it
    changes with each key. Else it stands on the outer.
    """

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._last_ms: int | None = None
        self._untold: dict[int, int] = {}
        self._tell_at = 0.0
        self._window_of: dict[int, int] = {}

    def introduce(self, frame: Frame) -> None:
        """A new outer, or an outer with another frame."""
        name = self._desktop.atoms["_NET_WM_USER_TIME_WINDOW"]
        if name not in self._desktop.manager.supported:
            if self._window_of.pop(frame.outer, None) is not None:  # one of its old frame
                self._desktop.x.send(delete_property(frame.outer, name), 1)
            return
        self._window_of[frame.outer] = apart = frame.strips[0]
        self._desktop.x.send(change_property(frame.outer, name, Xatom.WINDOW, 32, struct.pack("<I", apart)), 1)

    def forget(self, frame: Frame) -> None:
        """An outer is gone."""
        self._window_of.pop(frame.outer, None)
        self._untold.pop(frame.outer, None)

    def used(self, frame: Frame, time_ms: int) -> None:
        """The person pressed a key or a button in a window, at this time of the X server. Told when it is `due`."""
        self._last_ms = time_ms
        self._untold[frame.outer] = time_ms

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to tell, s from `now`; None: never."""
        return max(0.0, self._tell_at - now) if self._untold else None

    def due(self, now: float) -> None:
        """The qube has been told of the key: now the window manager is."""
        if self._untold and now >= self._tell_at:
            self._tell()
            self._tell_at = now + SELDOM_S

    def _tell(self) -> None:
        for outer, time_ms in self._untold.items():
            self._write(outer, time_ms)
        self._untold.clear()

    def before_map(self, frame: Frame, *, active_elsewhere: bool, summoned_ms: int | None) -> None:
        """A managed window is about to be mapped. active_elsewhere: a window that is not the qube's is active.

        summoned_ms: when the person asked for it, None if they did not.
        """
        self._tell()
        time_ms = user_time_when_mapped(
            active_elsewhere=active_elsewhere, last_used_ms=self._last_ms, summoned_ms=summoned_ms
        )
        if time_ms is not None:
            self._write(frame.outer, time_ms)

    def _write(self, outer: int, time_ms: int) -> None:
        window, name = self._window_of.get(outer, outer), self._desktop.atoms["_NET_WM_USER_TIME"]
        self._desktop.x.send(change_property(window, name, Xatom.CARDINAL, 32, struct.pack("<I", time_ms)), 1)
