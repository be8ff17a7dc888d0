"""The tray icons of one qube, for which nothing is loaded until there is one; must not know how they are docked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from Xlib.protocol import rq

from colors.labels import Label
from guid.core import effects as fx
from guid.core.options import Options
from guid.core.session import Session
from guid.core.values import RemoteId
from guid.x11.desktop import Desktop
from guid.x11.inputs import OuterMaps
from guid.x11.outers import Outers
from guid.x11.presenter import Presenter
from shm.pages import PageSource

if TYPE_CHECKING:
    from guid.x11.docks import Docks


class TrayIcons:
    """source: what their pictures are in. invisible: the person wants to see no window of the qube.

    perform: does effects. look: asks where one is.
    """

    def __init__(
        self,
        desktop: Desktop,
        session: Session,
        outers: Outers,
        presenter: Presenter,
        source: PageSource,
        *,
        label: Label,
        options: Options,
        invisible: bool,
        perform: Callable[[Iterable[fx.Effect]], None],
        look: Callable[[RemoteId], None],
    ) -> None:
        self._desktop = desktop
        self._session = session
        self._outers = outers
        self._presenter = presenter
        self._source = source
        self._label = label
        self._options = options
        self._invisible = invisible
        self._perform = perform
        self._look = look
        self._docks: Docks | None = None

    def dock(self, effect: fx.DockIcon) -> None:
        """An icon with an outer that was never mapped wants a place."""
        if not self._invisible:
            self._made().dock(effect.window)

    def undock(self, effect: fx.UndockIcon) -> None:
        """It wants none for now."""
        self._made().undock(effect.window)

    def _made(self) -> Docks:
        if self._docks is None:
            from guid.x11.docks import Docks  # noqa: PLC0415 - most qubes have no icon

            self._docks = Docks(
                self._desktop,
                self._session,
                OuterMaps(self._outers.frames, self._outers.remote_by_local),
                self._presenter,
                self._source,
                label=self._label,
                options=self._options,
                renew=self._renew,
                look=self._look,
            )
        return self._docks

    def _renew(self, remote: RemoteId, *, destroyed: bool) -> None:
        if destroyed:
            self._outers.maker.lost(self._outers.frames[remote])
        self._perform(self._session.windows.renew_icon(remote))

    def forget(self, remote: RemoteId) -> None:
        """The agent destroyed a window."""
        if self._docks is not None:
            self._docks.forget(remote)

    def relabel(self, label: Label) -> None:
        """The qube wears another label."""
        self._label = label
        if self._docks is not None:
            self._docks.relabel(label)

    def change_options(self, options: Options) -> None:
        """Treat what comes from now on by other options."""
        self._options = options
        if self._docks is not None:
            self._docks.change_options(options)

    def close(self) -> None:
        """The agent is gone."""
        if self._docks is not None:
            self._docks.close()

    def reparented(self, local: int, *, to_root: bool) -> None:
        """An outer hangs in another window."""
        if self._docks is not None:
            self._docks.reparented(local, to_root=to_root)

    def destroyed(self, window: int) -> None:
        """A window is gone, perhaps another program's."""
        if self._docks is not None:
            self._docks.destroyed(window)

    def client_message(self, event: rq.Event) -> None:
        """A program says something; only trays are listened to."""
        if self._docks is not None:
            self._docks.client_message(event)
