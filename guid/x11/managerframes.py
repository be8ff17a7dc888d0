"""Leaves windows to the window manager's frame where it is seen to be painted, and takes them back; must not decide.

Only there with `frame = "wm"`: a daemon that draws its own frames never loads it.
"""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from guid.core.framekeeping import FrameKeeper, Step
from guid.core.managerframe import Seen, Verdict, verdict
from guid.core.pacing import LOOK_US
from guid.core.values import DesktopState, Kind, RemoteId
from guid.core.window import State
from guid.x11.lookround import LookRound

if TYPE_CHECKING:
    from guid.x11.framemodes import Framed

log = logging.getLogger(__name__)

NOT_LOOKED_AT: Final = DesktopState.FULLSCREEN | DesktopState.HIDDEN
"""A fullscreen window has our frame, whatever the window manager has; one that is not seen has none."""


class ManagerFrames:
    """Those of one session. rgb: 0xRRGGBB, the label's."""

    def __init__(self, of: Framed, rgb: int) -> None:
        self._of = of
        self._rgb = rgb
        self._complained = False
        self._looks: dict[RemoteId, object] = {}
        self._keeper = FrameKeeper()
        of.desktop.manager.on_active = lambda: self._keeper.all_disturbed(time.monotonic())
        for remote in of.frames:
            self.touched(remote)

    def touched(self, remote: RemoteId) -> None:
        """It was mapped, moved, or has other states: its frame may be another one."""
        window = self._of.session.windows.get(remote)
        if window is None or window.kind is Kind.POPUP or window.state is not State.MAPPED:
            return
        if DesktopState.FULLSCREEN in window.flags.shown:
            self.take_back(remote)
        else:
            self._keeper.disturbed(remote, time.monotonic())

    def reparented(self, remote: RemoteId, *, orphaned: bool) -> None:
        """Another window has it. orphaned: it lies on the root window, so nobody frames it but us.

        So does one that the qube withdraws; only one that it still shows has lost its window manager.
        """
        if orphaned:
            self.take_back(remote)
            window = self._of.session.windows.get(remote)
            if window is not None and window.state is State.MAPPED:
                self._keeper.pardon(remote)
        self.touched(remote)

    def take_back(self, remote: RemoteId) -> None:
        """We frame it from now on, until another frame is seen."""
        self._looks.pop(remote, None)
        if self._keeper.lost(remote):
            self._of.perform(self._of.session.windows.reframe(remote, bare=False))

    def take_all_back(self) -> None:
        """The same for all."""
        for remote in list(self._of.frames):
            self.take_back(remote)

    def relabel(self, rgb: int) -> None:
        """The window manager may paint the new colour, or not."""
        self._rgb = rgb
        self.take_all_back()
        self._keeper.start_over()
        for remote in self._of.frames:
            self.touched(remote)

    def gone(self, remote: RemoteId) -> None:
        """Its outer is destroyed."""
        self._looks.pop(remote, None)
        self._keeper.forget(remote)

    def close(self) -> None:
        """Every window has our frame, and nothing is looked at any more."""
        self.take_all_back()
        self.stop()

    def stop(self) -> None:
        """Nothing is looked at any more."""
        self._of.desktop.manager.on_active = None
        self._looks.clear()

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to do, s from `now`."""
        return self._keeper.wait_s(now)

    def due(self, now: float) -> None:
        """Look at the window whose time has come."""
        remote = self._keeper.take(now)
        if remote is None:
            return
        window, frame = self._of.session.windows.get(remote), self._of.frames.get(remote)
        if window is None or frame is None or window.flags.shown & NOT_LOOKED_AT:
            return
        self._of.spend(LOOK_US)
        look = self._looks[remote] = object()  # an older one that is under way counts no more
        LookRound(self._of.desktop, frame.outer, partial(self._looked, remote, look))

    def _looked(self, remote: RemoteId, look: object, seen: tuple[Seen, ...] | None) -> None:
        if self._looks.get(remote) is not look:  # it is taken back, or gone
            return
        del self._looks[remote]
        found = verdict(seen, self._rgb) if seen is not None else Verdict.UNSEEN
        step = self._keeper.looked(remote, found, time.monotonic())
        if step is Step.GIVE:
            self._of.perform(self._of.session.windows.reframe(remote, bare=True))
        elif step is Step.TAKE_BACK:
            log.warning("%s: window %#x has lost the window manager's frame, and gets ours", self._of.qube, remote)
            self._of.perform(self._of.session.windows.reframe(remote, bare=False))
        elif step is Step.COMPLAIN and not self._complained:
            self._complained = True
            log.warning(
                '%s: frame = "wm", but the window manager paints no frame in the label\'s colour, %#08x, round window'
                " %#x: it keeps ours",
                self._of.qube,
                self._rgb,
                remote,
            )
            self._of.complain()
