"""Tells the core what the desktop does with a qube's windows, all but the person's input; must not decide."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

from Xlib.protocol import rq

from guid.core import effects as fx
from guid.core.geometry import Rect
from guid.core.session import Session
from guid.core.values import DesktopState
from guid.x11.aside import SetAside
from guid.x11.desktop import Desktop
from guid.x11.framemodes import FrameModes
from guid.x11.fullscreen import Fullscreen
from guid.x11.layout import LayoutWatch
from guid.x11.outers import Outers
from guid.x11.popups import Popups
from guid.x11.surroundings import SurroundingsWatch
from guid.x11.trayicons import TrayIcons


class Changes:
    """perform: does effects. The rest are told what is theirs."""

    def __init__(
        self,
        desktop: Desktop,
        session: Session,
        outers: Outers,
        perform: Callable[[Iterable[fx.Effect]], None],
        *,
        aside: SetAside,
        fullscreen: Fullscreen,
        modes: FrameModes,
        tray: TrayIcons,
        popups: Popups,
        layout: LayoutWatch,
        surroundings: SurroundingsWatch,
    ) -> None:
        self._desktop = desktop
        self._session = session
        self._outers = outers
        self._perform = perform
        self._aside = aside
        self._fullscreen = fullscreen
        self._modes = modes
        self._tray = tray
        self._popups = popups
        self._layout = layout
        self._surroundings = surroundings

    def exposed(self, local: int, rect: Rect) -> None:
        """Part of a content must be drawn again."""
        remote = self._outers.remote_by_local.get(local)
        if remote is not None:
            self._session.damage.exposed(remote, rect)

    def has(self, local: int) -> bool:
        """Whether this is an outer or a content that is there."""
        return local in self._outers.remote_by_local

    def configured(self, local: int, outer: Rect) -> None:
        """An outer is somewhere else or has another size."""
        remote = self._outers.remote_by_local.get(local)
        if remote is not None:
            self._perform(self._session.windows.configured(remote, outer))
            self._fullscreen.look(remote, self._session.windows.get(remote), time.monotonic())
            self._modes.touched(remote)
            self._popups.placed(remote, outer)

    def reframed(self, local: int, *, orphaned: bool) -> None:
        """Whatever is round an outer may be another thing now; round a popup is nothing, but it is on the screen."""
        remote = self._outers.remote_by_local.get(local)
        self._modes.reparented(remote, orphaned=orphaned)
        if remote is not None:
            self._popups.on_screen(remote)

    def mapped(self, local: int) -> None:
        """An outer is on the screen."""
        self._outers.restored(local)
        self.reframed(local, orphaned=False)

    def unmapped(self, local: int) -> None:
        """An outer is not any more."""
        self._outers.unmapped(local)

    def pressed_anywhere(self, event: rq.Event) -> None:
        """The person pressed a key or a button somewhere on the desktop."""
        self._popups.heard(event)

    def reparented(self, local: int, *, to_root: bool) -> None:
        """An outer hangs in another window."""
        self._tray.reparented(local, to_root=to_root)

    def destroyed(self, window: int) -> None:
        """A window is gone, perhaps another program's."""
        self._tray.destroyed(window)

    def client_message(self, event: rq.Event) -> None:
        """A program says something; only trays are listened to."""
        self._tray.client_message(event)

    def states_changed(self, local: int) -> None:
        """An outer has another _NET_WM_STATE: ask which."""
        if local in self._outers.remote_by_local:
            self._outers.properties.read_states(local, partial(self._states_read, local))

    def _states_read(self, local: int, states: DesktopState) -> None:
        remote = self._outers.remote_by_local.get(local)
        if remote is not None and not self._aside.hidden:
            if DesktopState.HIDDEN not in states:
                self._outers.restored(local)
            self._perform(self._session.windows.states_shown(remote, states))
            self._fullscreen.look(remote, self._session.windows.get(remote), time.monotonic())
            self._modes.touched(remote)

    def icon_offered(self, local: int) -> None:
        """The icon service has an icon for a window."""
        if local in self._outers.remote_by_local:
            self._outers.icons.take(local, partial(self._icon_taken, local))

    def _icon_taken(self, local: int, words: bytes) -> None:
        remote = self._outers.remote_by_local.get(local)
        if remote is not None:
            self._perform(self._session.icon_offered(remote, untrusted_body=words))

    def close_requested(self, local: int) -> None:
        """The person closes a window."""
        remote = self._outers.remote_by_local.get(local)
        if remote is not None:
            self._perform(self._session.windows.close_requested(remote))

    def answer_ping(self, event: rq.Event) -> None:
        """_NET_WM_PING goes back to the root window."""
        self._outers.requests.answer_ping(event)

    def layout_changed(self) -> None:
        """The keyboard may have another layout."""
        self._layout.ask()

    def scale_changed(self) -> None:
        """Everything may be drawn at another size."""
        self._surroundings.scale_changed()

    def desktop_changed(self) -> None:
        """Another screen size or work area."""
        self._desktop.geometry = self._desktop.read_geometry()
        self._perform(self._session.windows.desktop_changed(self._desktop.geometry))
        self._surroundings.desktop_changed()

    def child_mapped(self, window: int) -> None:
        """A window of anybody is on the screen."""
        self._outers.stacking.mapped(window)

    def child_gone(self, window: int) -> None:
        """A window of anybody is not on the screen any more."""
        self._outers.stacking.gone(window)

    def child_restacked(self, window: int) -> None:
        """A window of anybody was configured."""
        self._outers.stacking.restacked(window)
