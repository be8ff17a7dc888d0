"""What programs ask of a window manager, turned into what is to be done. It must not know how X carries the asking.

The desktop decides on what the wire can say: fullscreen, attention, minimising. The rest is the qube's own business.
"""

from __future__ import annotations

from dataclasses import replace

from guiagent.core.area import room_for
from guiagent.core.effects import (
    AskToClose,
    Dress,
    Effect,
    KillClient,
    MapWindow,
    Restack,
    TellPlace,
    WriteStates,
)
from guiagent.core.gravity import Request, granted
from guiagent.core.maximizing import Maximized, maximized
from guiagent.core.qube import Qube
from guiagent.core.reports import ATTENTION_ASKED, Reports
from guiagent.core.states import Change, Flag, asked_change, kept_states
from guiagent.core.values import WindowId
from guiagent.core.window import Window

STACK_MODES = range(5)
"""Above, Below, TopIf, BottomIf, Opposite. Source: X11 protocol, ConfigureWindow."""


class Wishes:
    """Each method takes one wish and returns what is to be done, in order; a window that is gone has none."""

    def __init__(self, qube: Qube, reports: Reports) -> None:
        self._qube = qube
        self._reports = reports

    # To appear and to vanish

    def map(self, window_id: WindowId, now: float) -> list[Effect]:
        """A program maps its window: it finds what a window manager says before, and its first place if maximised."""
        window = self._managed(window_id)
        if window is None:
            return [MapWindow(window_id, override_redirect=False)]
        effects: list[Effect] = [Dress(window_id)]
        if window.unmaximized is None and set(self._qube.atoms.maximized) & set(window.properties.states):
            effects += self._maximize(window, now)
        return [*effects, MapWindow(window_id, override_redirect=False)]

    def dress(self, window_id: WindowId) -> list[Effect]:
        """A program wants to know the frame of a window before it is mapped. Source: _NET_REQUEST_FRAME_EXTENTS."""
        return [Dress(window_id)] if self._managed(window_id) is not None else []

    def iconify(self, window_id: WindowId) -> list[Effect]:
        """WM_CHANGE_STATE. Source: ICCCM 4.1.4."""
        window = self._managed(window_id)
        if window is not None:
            self._qube.asking.ask(window, Change(Flag.MINIMIZE, Flag(0)))
        return []

    def restore(self, window_id: WindowId) -> list[Effect]:
        """The window is not to be minimised any more."""
        window = self._managed(window_id)
        return [] if window is None else self._restore(window)

    def activate(self, window_id: WindowId) -> list[Effect]:
        """_NET_ACTIVE_WINDOW: the person's attention is asked for; who has the focus is never a qube's decision."""
        window = self._managed(window_id)
        if window is None or self._qube.focused == window_id:
            return []
        self._qube.asking.ask(window, ATTENTION_ASKED)
        return self._restore(window)

    def close(self, window_id: WindowId) -> list[Effect]:
        """_NET_CLOSE_WINDOW, from a pager or a script in the qube."""
        window = self._managed(window_id)
        if window is None:
            return []
        return [AskToClose(window_id) if window.properties.deletes_itself else KillClient(window_id)]

    def restack(self, window_id: WindowId, sibling: int, mode: int) -> list[Effect]:
        """_NET_RESTACK_WINDOW. What the person sees stays the desktop's business: see `Stacking`."""
        if self._managed(window_id) is None or mode not in STACK_MODES:
            return []
        return [Restack(window_id, sibling, mode)]

    # States

    def change_states(self, window_id: WindowId, action: int, atoms: tuple[int, ...], now: float) -> list[Effect]:
        """_NET_WM_STATE: add, remove or toggle."""
        window = self._managed(window_id)
        if window is None:
            return []
        known = self._qube.atoms
        before = self._qube.asking.expected(window, known.flags_of(window.properties.states))
        change = asked_change(action, known.flags_of(atoms), before)
        self._qube.asking.ask(window, change)
        effects = self._restore(window) if change.flags_unset & Flag.MINIMIZE else []
        return effects + self._keep_states(window, action, atoms, now)

    def _keep_states(self, window: Window, action: int, atoms: tuple[int, ...], now: float) -> list[Effect]:
        before = window.properties.states
        states = kept_states(before, action, atoms, self._qube.atoms)
        if states == before:
            return []
        window.properties = replace(window.properties, states=states)
        effects: list[Effect] = [WriteStates(window.window, states)]
        large = set(self._qube.atoms.maximized)
        if window.mapped and large & set(states) != large & set(before):
            effects += self._maximize(window, now)
        return effects

    def _maximize(self, window: Window, now: float) -> list[Effect]:
        """Give the window the place that goes with its states."""
        vertically, horizontally = (atom in window.properties.states for atom in self._qube.atoms.maximized)
        crop = window.place.crop
        restore = window.unmaximized.restore if window.unmaximized is not None else crop.inner(window.place.newest)
        if not vertically and not horizontally:
            window.unmaximized = None
            return [window.grant(crop.outer(restore))]
        window.unmaximized = Maximized(restore, now)
        room = room_for(restore, self._qube.area, self._qube.monitors)
        place = maximized(restore, room, vertically=vertically, horizontally=horizontally)
        return [window.grant(crop.outer(place))]

    # Places

    def configure(
        self, window_id: WindowId, asked: Request, border: int | None = None, gravity: int = 0
    ) -> list[Effect]:
        """A program moves or resizes its window. What changes nothing, or cannot be granted, is answered as such.

        border: the width that it gives its border here; there is none, but where the content goes depends on it.
        gravity: another than the window's, for this request.
        """
        window = self._qube.windows.get(window_id)
        if window is None:
            return []
        if border is not None:
            window.border = border
        now = window.place.newest
        if window.override_redirect:
            return [window.grant(granted(now, asked, gravity=1, border=0))]
        place = now
        if not self._is_held(window):
            place = granted(now, asked, gravity=gravity or window.properties.gravity, border=window.border)
        return [window.grant(place) if place != now else TellPlace(window_id, now)]

    def _is_held(self, window: Window) -> bool:
        """Whether its size is that of a state: such a window does as it is told."""
        fullscreen = self._qube.atoms.fullscreen in window.properties.states
        return window.mapped and (fullscreen or window.unmaximized is not None)

    def drag(self, window_id: WindowId, direction: int, grip: tuple[int, int], button: int) -> list[Effect]:
        """_NET_WM_MOVERESIZE: the person drags the window, by the title bar or an edge that its program draws."""
        window = self._managed(window_id)
        if window is None:
            return []
        qube = self._qube
        return qube.dragging.begin(window, direction, grip, button, pointer=qube.pointer, atoms=qube.atoms)

    # Inside

    def _managed(self, window_id: WindowId) -> Window | None:
        window = self._qube.windows.get(window_id)
        return window if window is not None and not window.override_redirect else None

    def _restore(self, window: Window) -> list[Effect]:
        hidden = self._qube.atoms.hidden in window.properties.states
        self._qube.asking.ask(window, Change(Flag(0), Flag.MINIMIZE))
        return self._reports.shown_again(window) if hidden else []
