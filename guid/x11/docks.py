"""Brings a qube's tray icons into the desktop's tray; must not decide which, or when.

No icon has the focus of the keyboard: what XEmbed says of that is not listened to, and no key is selected.
Source: System Tray Protocol 0.3; XEmbed 0.5; ICCCM 2.8 (MANAGER).
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, Protocol

from Xlib import X
from Xlib.protocol import rq

from colors.dockedicon import IconDrawing
from colors.dockedicon import Look as IconLook
from colors.labels import Label
from guid.core.docking import AskTray, Docking, FindTray, RenewIcon, ShowIcon, Step
from guid.core.geometry import Rect
from guid.core.options import Options
from guid.core.session import Session
from guid.core.values import RemoteId
from guid.x11.desktop import Desktop
from guid.x11.iconlook import look_of
from guid.x11.iconpainter import IconPainter
from guid.x11.inputs import OuterMaps
from guid.x11.presenter import Presenter
from shm.errors import ShmError
from shm.pages import PageSource
from shm.x11.properties import change_property
from shm.x11.requests import map_window, send_event

log = logging.getLogger(__name__)

CHANGE_WINDOW_ATTRIBUTES, GET_SELECTION_OWNER = 2, 23
SELECTION_OWNER_AT: Final = 8
"""Where the reply has it."""

REQUEST_DOCK: Final = 0
XEMBED_VERSION, XEMBED_MAPPED = 0, 1


class Renew(Protocol):
    """Puts a new outer in the place of an icon's. destroyed: another program has destroyed the one that is there."""

    def __call__(self, window: RemoteId, /, *, destroyed: bool) -> None:
        """Do it now."""


class Look(Protocol):
    """Asks where an outer is on the screen, if it hangs in another program's window."""

    def __call__(self, window: RemoteId, /) -> None:
        """The answer comes as any other place does."""


class Docks:
    """The icons of one session. source: what their pictures are in."""

    def __init__(
        self,
        desktop: Desktop,
        session: Session,
        windows: OuterMaps,
        presenter: Presenter,
        source: PageSource,
        *,
        label: Label,
        options: Options,
        renew: Renew,
        look: Look,
    ) -> None:
        self._desktop = desktop
        self._session = session
        self._frames, self._remote_by_local = windows
        self._presenter = presenter
        self._source = source
        self._label = label
        self._options = options
        self._renew = renew
        self._look = look
        self._docking = Docking()
        self._painters: dict[RemoteId, IconPainter] = {}
        atom = desktop.x.display.intern_atom
        self._selection = atom(f"_NET_SYSTEM_TRAY_S{desktop.x.display.get_default_screen()}")
        self._opcode, self._xembed_info = atom("_NET_SYSTEM_TRAY_OPCODE"), atom("_XEMBED_INFO")

    # What the core wants

    def dock(self, remote: RemoteId) -> None:
        """An icon with an outer that was never mapped wants a place."""
        self._paint(remote)
        self._do(self._docking.wanted(remote))

    def undock(self, remote: RemoteId) -> None:
        """It wants none for now."""
        self._docking.unwanted(remote)
        self._renew(remote, destroyed=False)

    def forget(self, remote: RemoteId) -> None:
        """The agent destroyed a window."""
        self._docking.unwanted(remote)
        self._no_painter(remote)

    def relabel(self, label: Label) -> None:
        """The qube wears another label."""
        self._label = label
        self._redraw()

    def change_options(self, options: Options) -> None:
        """The person decides otherwise; icons of another mode are told by effects."""
        self._options = options
        self._redraw()

    def close(self) -> None:
        """The agent is gone, and all its windows."""
        for remote in list(self._painters):
            self._no_painter(remote)

    # What the desktop says

    def reparented(self, local: int, *, to_root: bool) -> None:
        """An outer hangs in another window now; here it matters if it is an icon's."""
        remote = self._remote_by_local.get(local)
        if remote is not None:
            self._do(self._docking.put_out(remote) if to_root else self._docking.taken_in(remote))

    def destroyed(self, window: int) -> None:
        """A window is gone: the tray's, or an icon's that a tray has taken with it."""
        self._docking.tray_ends(window)
        remote = self._remote_by_local.get(window)
        if remote is not None:
            self._do(self._docking.put_out(remote, destroyed=True))

    def client_message(self, event: rq.Event) -> None:
        """Perhaps a program that says it is the tray."""
        _format, data = event.data
        if event.client_type == self._desktop.atoms["MANAGER"] and data[1] == self._selection:
            self._do(self._docking.tray_begins())

    # Steps

    def _do(self, steps: Iterable[Step]) -> None:
        for step in steps:
            DO[type(step)](self, step)

    def _find(self, _step: FindTray) -> None:
        self._ask_owner(self._found)

    def _ask_owner(self, tell: Callable[[int], None]) -> None:
        request = struct.pack("<BBHI", GET_SELECTION_OWNER, 0, 2, self._selection)
        self._desktop.x.send_with_reply(request, 1, partial(_owner_read, tell))

    def _found(self, owner: int) -> None:
        """Hear when its window goes, and ask again: it may have gone before that, and nobody would tell."""
        if not owner:
            self._do(self._docking.tray_is(None))
            return
        watch = struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, owner, X.CWEventMask, X.StructureNotifyMask)
        self._desktop.x.send(watch, 1)
        self._ask_owner(partial(self._settled, owner))

    def _settled(self, before: int, owner: int) -> None:
        if owner == before:
            self._do(self._docking.tray_is(owner))
        else:
            self._found(owner)

    def _ask_tray(self, step: AskTray) -> None:
        outer = self._frames[step.window].outer
        info = struct.pack("<II", XEMBED_VERSION, XEMBED_MAPPED)
        data = X.CurrentTime, REQUEST_DOCK, outer, 0, 0
        message = struct.pack("<BBHII5I", X.ClientMessage, 32, 0, step.tray, self._opcode, *data)
        wants = change_property(outer, self._xembed_info, self._xembed_info, 32, info)
        self._desktop.x.send(wants + send_event(step.tray, message), 2)

    def _show(self, step: ShowIcon) -> None:
        self._desktop.x.send(map_window(self._frames[step.window].outer), 1)
        self._look(step.window)

    def _renew_icon(self, step: RenewIcon) -> None:
        self._renew(step.window, destroyed=step.destroyed)

    # Pixels

    def _paint(self, remote: RemoteId) -> None:
        """Let pictures be drawn as the mode has it."""
        look = look_of(self._options.trayicon_mode)
        if look is None:
            self._no_painter(remote)
            return
        try:
            self._paint_as(remote, look)
        except ShmError as error:  # its edge has the label's colour all the same
            log.warning("a tray icon is shown without its mode: %s", error)

    def _paint_as(self, remote: RemoteId, look: IconLook) -> None:
        drawing = IconDrawing(look, self._label.rgb, self._options.window_background_color)
        painter = self._painters.get(remote)
        if painter is None:
            painter = self._painters[remote] = IconPainter(self._desktop, self._source, drawing)
        else:
            painter.drawing = drawing
        self._presenter.paint_with(remote, painter)

    def _no_painter(self, remote: RemoteId) -> None:
        painter = self._painters.pop(remote, None)
        if painter is not None:
            self._presenter.paint_with(remote, None)
            painter.close()

    def _redraw(self) -> None:
        for remote in list(self._painters):
            self._paint(remote)
            content = self._session.windows[remote].content
            self._session.damage.exposed(remote, Rect(0, 0, content.width, content.height))


def _owner_read(tell: Callable[[int], None], reply: bytes) -> None:
    tell(struct.unpack_from("<I", reply, SELECTION_OWNER_AT)[0] if reply else 0)


DO: dict[type[Any], Callable[[Docks, Any], None]] = {
    FindTray: Docks._find,
    AskTray: Docks._ask_tray,
    ShowIcon: Docks._show,
    RenewIcon: Docks._renew_icon,
}
