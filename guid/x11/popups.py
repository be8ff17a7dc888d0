"""The popups of one qube as the person uses them, for which nothing is loaded until there is one; must not know how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Xlib.protocol import rq

from guid.core.geometry import Rect
from guid.core.session import Session
from guid.core.values import Kind, RemoteId
from guid.x11.aside import SetAside
from guid.x11.desktop import Desktop
from guid.x11.inputs import Inputs, OuterMaps

if TYPE_CHECKING:
    from guid.x11.popupkeys import PopupKeyboard


class Popups:
    """aside: passes what the qube is told. inputs: knows which window of the qube has the focus."""

    def __init__(
        self, desktop: Desktop, session: Session, windows: OuterMaps, aside: SetAside, inputs: Inputs, *, qube: str
    ) -> None:
        self._desktop = desktop
        self._session = session
        self._windows = windows
        self._aside = aside
        self._inputs = inputs
        self._qube = qube
        self._keyboard: PopupKeyboard | None = None

    def _made(self) -> PopupKeyboard:
        if self._keyboard is None:
            from guid.x11.popupkeys import PopupKeyboard  # noqa: PLC0415 - off the way to the first window

            ends = self._aside, self._inputs
            self._keyboard = PopupKeyboard(self._desktop, self._session, self._windows, *ends, qube=self._qube)
        return self._keyboard

    def icon_pressed(self, remote: RemoteId, time_ms: int) -> None:
        """A button on a tray icon, at this time of the X server."""
        self._made().icon_pressed(remote, time_ms)

    def on_screen(self, remote: RemoteId) -> None:
        """A window has been mapped; here it matters if it is a popup."""
        if self._session.windows[remote].kind is Kind.POPUP:
            self._made().shown(remote)

    def placed(self, remote: RemoteId, outer: Rect) -> None:
        """An outer is elsewhere."""
        if self._keyboard is not None:
            self._keyboard.placed(remote, outer)

    def hidden(self, remote: RemoteId) -> None:
        """A window is about to be unmapped or destroyed."""
        if self._keyboard is not None:
            self._keyboard.hidden(remote)

    def heard(self, event: rq.Event) -> None:
        """The person pressed a key or a button somewhere on the desktop."""
        if self._keyboard is not None:
            self._keyboard.heard(event)

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to do, s from `now`; None: nothing waits."""
        return self._keyboard.wait_s(now) if self._keyboard is not None else None

    def due(self, now: float) -> None:
        """Time has passed."""
        if self._keyboard is not None:
            self._keyboard.due(now)
