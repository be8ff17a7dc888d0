"""The outers of one qube on the desktop, and what the core's effects do to them; must not decide.

Keeps the only map between the agent's window ids and X ids.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from Xlib import X

from colors.labels import Label
from guid.core import effects as fx
from guid.core.extras import Extras
from guid.core.flags import NO_STATES
from guid.core.geometry import content_of
from guid.core.options import Options
from guid.core.session import Session
from guid.core.summons import Summons
from guid.core.values import DesktopState, Kind, RemoteId
from guid.core.window import State
from guid.x11.cursors import Cursors
from guid.x11.desktop import Desktop
from guid.x11.frame import Frame, FrameMaker, place
from guid.x11.icons import Icons
from guid.x11.managerrequests import ManagerRequests
from guid.x11.predecessor import Predecessor
from guid.x11.properties import Properties
from guid.x11.stacking import Stacking
from guid.x11.usertime import UserTimes
from shm.x11.requests import configure_window, map_window, unmap_window

if TYPE_CHECKING:
    from guid.x11.refits import Refits

CHANGE_WINDOW_ATTRIBUTES = 2


class Outers:
    """Those of the windows of `session`.

    frames: by the agent's ids. remote_by_local: the agent's ids by outer and by content. predecessor: a daemon that
    crashed. summons: what the person wants to come forward. draw_tags: is called when there are tags to draw.
    refits: frames that are about to be others, once there was one.
    """

    def __init__(
        self,
        desktop: Desktop,
        session: Session,
        *,
        qube: str,
        label: Label,
        options: Options,
        extras: Extras,
        predecessor: Predecessor | None,
        summons: Summons,
        draw_tags: Callable[[], None],
    ) -> None:
        self.frames: dict[RemoteId, Frame] = {}
        self.remote_by_local: dict[int, RemoteId] = {}
        self._desktop = desktop
        self._session = session
        self._predecessor = predecessor
        self._summons = summons
        self._draw_tags = draw_tags
        self._invisible = extras.invisible
        self.maker = FrameMaker(desktop, label, options.window_background_color, name=qube)
        self.properties = Properties(desktop, qube, label, title_name=options.title_name, extras=extras)
        self.requests = ManagerRequests(desktop, self.properties)
        self.icons = Icons(desktop, qube, label, extras.picture)
        self.user_times = UserTimes(desktop)
        self.stacking = Stacking(desktop, options.screensaver_name, self.remote_by_local)
        self._cursors = Cursors(desktop, self._show_cursors)
        self.refits: Refits | None = None
        self._restoring: set[int] = set()

    def change_options(self, options: Options) -> None:
        """Treat what comes from now on by other options."""
        self.maker.show_first(options.window_background_color)
        self.properties.name_titles(title_name=options.title_name)
        self.stacking.name_lockers(options.screensaver_name)

    def relabel(self, label: Label) -> None:
        """The person gave the qube another label."""
        self.properties.relabel(label, [frame.outer for frame in self.frames.values()])
        self.maker.relabel(label, self.frames.values() if self.refits is None else list(self.refits.others()))
        if self.refits is not None:
            self.refits.begin_again()
        self.icons.relabel(label)

    def close(self) -> None:
        """All are gone: release what they were made with."""
        self.maker.close()
        self._cursors.close()
        self.icons.close()

    def destroy(self, remote: RemoteId) -> Frame:
        """Take one off the desktop; what it was."""
        frame = self.frames.pop(remote)
        del self.remote_by_local[frame.outer], self.remote_by_local[frame.content]
        self._restoring.discard(frame.outer)
        self.stacking.hide(frame.outer)
        self.maker.destroy(frame)
        if self.refits is not None:
            self.refits.gone(frame.outer)
        self.icons.forget(frame.outer)
        self.user_times.forget(frame)
        return frame

    def create(self, effect: fx.CreateWindow) -> None:
        """A window has one from now on."""
        frame = self.maker.create(effect.kind, effect.outer, effect.extents)
        self.frames[effect.window] = frame
        self.remote_by_local[frame.outer] = self.remote_by_local[frame.content] = effect.window
        content = self._session.windows[effect.window].asked.content
        self.properties.introduce(frame.outer, effect.window, content, effect.extents)
        self.user_times.introduce(frame)

    def map(self, effect: fx.MapWindow) -> None:
        """Let the window manager show it, or put it over all windows."""
        if self._invisible:
            return
        frame = self.frames[effect.window]
        if effect.kind is Kind.POPUP:
            self.stacking.show(frame.outer)
        else:
            self._map_managed(effect.window, frame)

    def _map_managed(self, remote: RemoteId, frame: Frame) -> None:
        follows = self._follow(remote, frame)
        self.user_times.before_map(
            frame,
            active_elsewhere=follows or self._active_elsewhere(),
            summoned_ms=None if follows else self._summons.take(self._desktop.manager.active, time.monotonic()),
        )
        self._desktop.x.send(map_window(frame.outer), 1)
        self.icons.show(frame.outer, self._session.windows[remote].icon)
        if self.maker.tags.wanted:
            self._draw_tags()

    def _follow(self, remote: RemoteId, frame: Frame) -> bool:
        """Take the place of a window that a crashed daemon left; whether there is one."""
        if self._predecessor is None:
            return False
        window = self._session.windows[remote]
        place = self._predecessor.take_over(
            *(remote, frame.outer, window.hints), content=window.asked.content, extents=window.extents
        )
        if place is not None:
            outer, hints = place
            self.properties.set_size_hints(frame.outer, hints, content_of(outer, window.extents), window.extents)
        return place is not None

    def unmap(self, effect: fx.UnmapWindow) -> None:
        """Withdraw: unmap, and for a managed window the synthetic UnmapNotify of ICCCM 4.1.4."""
        outer = self.frames[effect.window].outer
        self._restoring.discard(outer)
        if effect.kind is Kind.POPUP:
            self.stacking.hide(outer)
            self._desktop.x.send(unmap_window(outer), 1)
        else:
            self.requests.withdraw(outer)

    def move_resize(self, effect: fx.MoveResize) -> None:
        """Put it somewhere, or give it another size."""
        self._desktop.x.send(place(self.frames[effect.window].outer, effect.outer), 1)

    def fit_content(self, effect: fx.FitContent) -> None:
        """Its content fills it again."""
        content = self.frames[effect.window].content
        self._desktop.x.send(configure_window(content, width=effect.width, height=effect.height), 1)

    def set_inset(self, effect: fx.SetInset) -> None:
        """It has another frame round its content."""
        self.maker.inset(self.frames[effect.window], effect.extents, effect.width, effect.height)

    def set_transient_for(self, effect: fx.SetTransientFor) -> None:
        """It belongs to another, or to none."""
        parent = self.frames[effect.parent].outer if effect.parent is not None else None
        self.properties.set_transient_for(self.frames[effect.window].outer, parent)

    def set_title(self, effect: fx.SetTitle) -> None:
        """Its title."""
        self.properties.set_title(self.frames[effect.window].outer, effect.title)

    def set_class(self, effect: fx.SetClass) -> None:
        """What kind of program it is said to be of."""
        self.properties.set_class(self.frames[effect.window].outer, effect.name)

    def set_size_hints(self, effect: fx.SetSizeHints) -> None:
        """What the window manager is to know of its sizes."""
        outer = self.frames[effect.window].outer
        self.properties.set_size_hints(outer, effect.hints, effect.content, effect.extents)

    def set_cursor(self, effect: fx.SetCursor) -> None:
        """The pointer over its content."""
        cursor = self._cursors.of(effect.cursor)
        content = self.frames[effect.window].content
        self._desktop.x.send(struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, content, X.CWCursor, cursor), 1)

    def _show_cursors(self) -> None:
        for remote, window in self._session.windows.items():
            if window.cursor is not None and window.cursor.image is not None:
                self.set_cursor(fx.SetCursor(remote, window.cursor))

    def set_icon(self, effect: fx.SetIcon) -> None:
        """Drawn when the window is first mapped, which popups are not by a window manager."""
        outer = self.frames[effect.window].outer
        if self.icons.has(outer):
            self.icons.show(outer, effect.icon)

    def write_states(self, effect: fx.WriteStates) -> None:
        """Its states, while no window manager has it."""
        self.properties.set_states(self.frames[effect.window].outer, effect.states)

    def change_states(self, effect: fx.ChangeStates) -> None:
        """Ask the window manager for other states."""
        self.requests.change_states(self.frames[effect.window].outer, effect.add, effect.remove)

    def minimize(self, effect: fx.MinimizeWindow) -> None:
        """Ask the window manager to put it away."""
        outer = self.frames[effect.window].outer
        self._restoring.discard(outer)
        self.requests.minimize(outer)

    def restore(self, effect: fx.RestoreWindow) -> None:
        """Source: ICCCM 4.1.4, from Iconic to Normal. Window managers give it the focus with that."""
        if self._active_elsewhere():
            self.change_states(fx.ChangeStates(effect.window, DesktopState.ATTENTION, NO_STATES))
        else:
            frame = self.frames[effect.window]
            self._restoring.add(frame.outer)
            self._map_managed(effect.window, frame)

    def restored(self, outer: int) -> None:
        """It is on the screen, or at least not minimised."""
        self._restoring.discard(outer)

    def unmapped(self, outer: int) -> None:
        """Some window managers unmap what they have called minimised later, and until then X had nothing to map."""
        if outer in self._restoring:
            self._desktop.x.send(map_window(outer), 1)

    def _active_elsewhere(self) -> bool:
        """Whether another's window is active, as far as the window manager has told."""
        active = self._desktop.manager.active
        return active != 0 and active not in self.remote_by_local

    def content_of(self, remote: RemoteId) -> tuple[int, int, int] | None:
        """X id, width and height (px) of a content; None if there is none."""
        frame, window = self.frames.get(remote), self._session.windows.get(remote)
        if frame is None or window is None:
            return None
        return frame.content, *window.content_size

    def place_of(self, remote: RemoteId) -> tuple[int, int]:
        """Where the agent has a content; px."""
        told = self._session.windows[remote].told
        return told.x, told.y

    def describe(self) -> list[dict[str, Any]]:
        """The windows, for the supervisor: geometry in px, X ids as integers."""
        return [
            {
                "title": window.title,
                "local_xid": self.frames[remote].outer,
                "remote_wid": remote,
                "override_redirect": window.kind is Kind.POPUP,
                "mapped": window.state is State.MAPPED,
                "docked": window.state is State.DOCKED,
                "outer": list(window.shown.outer),
                "content": list(window.content),
                "frame_px": window.extents.left,
                "tag_px": window.extents.top - window.extents.left,
            }
            for remote, window in self._session.windows.items()
        ]
