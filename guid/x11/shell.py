"""Does the core's effects on the desktop, and tells the core the desktop's events; must not decide.

Keeps the only map between the agent's window ids and X ids.
"""

from __future__ import annotations

import logging
import struct
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from Xlib import X
from Xlib.protocol import rq

from colors.labels import Label
from guid.core import effects as fx
from guid.core.aside import NOT_ASIDE, Aside
from guid.core.extras import NO_EXTRAS, Extras
from guid.core.flags import NO_STATES
from guid.core.geometry import Rect, content_of
from guid.core.giveback import GiveBack
from guid.core.input import InputForwarder
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.session import Session
from guid.core.summons import Summons
from guid.core.values import DesktopState, Kind, RemoteId
from guid.core.window import State
from guid.x11.aside import Ends, SetAside
from guid.x11.chords import Chords
from guid.x11.cursors import Cursors
from guid.x11.desktop import Desktop
from guid.x11.events import Events
from guid.x11.frame import Frame, FrameMaker, place
from guid.x11.framemodes import FrameModes
from guid.x11.fullscreen import Fullscreen
from guid.x11.icons import Icons
from guid.x11.inputs import IconTouches, Inputs, Windows
from guid.x11.layout import LayoutWatch
from guid.x11.managerrequests import ManagerRequests
from guid.x11.outgoing import Outgoing
from guid.x11.predecessor import Predecessor
from guid.x11.presenter import PoolView, Presenter
from guid.x11.properties import Properties
from guid.x11.stacking import Stacking
from guid.x11.surroundings import SurroundingsWatch
from guid.x11.unmanaged import ClickFocus
from guid.x11.usertime import UserTimes
from protocol.keyboard import Layout
from shm.x11.requests import configure_window, map_window, unmap_window

if TYPE_CHECKING:
    from guid.x11.docks import Docks
    from guid.x11.unfocused import UnfocusedTint

log = logging.getLogger(__name__)

CHANGE_WINDOW_ATTRIBUTES = 2


class Shell:
    """One qube's windows on the desktop.

    session: the core. send: queues bytes for the agent. chords: there it is said what the person's chords do. The
    caller pumps the connection, then calls `present`, and `input_due` when `input_wait_s` has passed.
    """

    def __init__(
        self,
        desktop: Desktop,
        session: Session,
        *,
        qube: str,
        label: Label,
        pool: PoolView,
        send: Callable[[bytes], None],
        options: Options = DEFAULT_OPTIONS,
        predecessor: Predecessor | None = None,
        summons: Summons | None = None,
        clipboard: Callable[[fx.Clipboard], None] | None = None,
        aside: Aside = NOT_ASIDE,
        extras: Extras = NO_EXTRAS,
        complain: Callable[[], None] = lambda: None,
    ) -> None:
        self.session = session
        self._clipboard = clipboard
        self.chords = Chords(desktop.keyboard, options.sequences())
        self._predecessor = predecessor
        self._desktop = desktop
        self._qube = qube
        self._send = send
        self._frames: dict[RemoteId, Frame] = {}
        self._remote_by_local: dict[int, RemoteId] = {}
        self._maker = FrameMaker(desktop, label, options.window_background_color, name=qube)
        self._properties = Properties(desktop, qube, label, title_name=options.title_name, extras=extras)
        self._requests = ManagerRequests(desktop, self._properties)
        self._icons = Icons(desktop, qube, label, extras.picture)
        self._invisible = extras.invisible
        self._presenter = Presenter(desktop, pool, self._content_of, self._place_of, qube=qube)
        self._punch = pool.punch
        self._give_back = GiveBack()
        input_ = InputForwarder(self.chords.machine)
        self._cursors = Cursors(desktop, self._show_cursors)
        self._outgoing = Outgoing(send, options)
        self._aside = SetAside(
            *(desktop, session, self._frames, Ends(self.perform, self._outgoing.say)),
            qube=qube,
            label=label,
            input_=input_,
            properties=self._properties,
        )
        self._user_times = UserTimes(desktop)
        self._summons = summons if summons is not None else Summons()
        self._stacking = Stacking(desktop, options.screensaver_name, self._remote_by_local)
        self._layout = LayoutWatch(
            desktop, self._layout_told, changing=self._layout_changing, changed=self._outgoing.go_on
        )
        self._surroundings = SurroundingsWatch(desktop, session.surroundings, self.perform, options)
        self._fullscreen = Fullscreen(
            desktop,
            self.chords,
            self._stacking,
            qube=qube,
            label=label,
            keys=options.leave_fullscreen_sequence,
            properties=self._properties,
            end=lambda: self.perform(session.windows.end_fullscreen()),
        )
        self._modes = FrameModes(
            *(desktop, session, self._frames), qube=qube, label=label, perform=self.perform, complain=complain
        )
        self._inputs = Inputs(
            session,
            Windows(self._frames, self._remote_by_local),
            input_,
            self.chords,
            self._aside,
            self._user_times,
            ClickFocus(desktop),
            self._fullscreen,
            IconTouches(self._look_for_icon, self._icon_pressed),
        )
        self._label, self._options, self._source = label, options, pool.source
        self._docks: Docks | None = None
        self._tint: UnfocusedTint | None = None
        self._events = Events(desktop, self, self._inputs)
        self._modes.use(options.frame)
        self._aside.change(aside)
        self._tint_unfocused(options.tint_unfocused)

    # Effects

    def perform(self, effects: Iterable[fx.Effect]) -> None:
        """Do them in order."""
        seen = self._aside.passed(effects)
        for effect in seen if self._punch is None else self._give_back.added_to(seen):
            PERFORM[type(effect)](self, effect)

    def present(self) -> None:
        """Draw what is damaged, if nothing is being drawn."""
        for message in self._presenter.present(self.session):
            self._send(message)

    @property
    def behind(self) -> bool:
        """The desktop has so much of this qube to draw first that no more should be read from it."""
        return self._presenter.behind

    @property
    def draws_ended(self) -> int:
        """How much of what the connection has handed on was the end of a draw, and nothing else."""
        return self._presenter.ended

    def input_wait_s(self, now: float) -> float | None:
        """When `input_due` has something to do, s from `now`; None: nothing waits."""
        waits: tuple[float | None, ...]
        waits = self.chords.machine.wait_s(now), self._outgoing.wait_s(now), self._fullscreen.wait_s(now)
        if self._modes.by_manager is not None:
            waits = *waits, self._modes.by_manager.wait_s(now)
        return min((wait for wait in waits if wait is not None), default=None)

    def input_due(self, now: float) -> None:
        """Tell the qube what has waited long enough, and take down what was shown long enough."""
        self._inputs.due(now)
        self._outgoing.due(now)
        self._fullscreen.due(now)
        if self._modes.by_manager is not None:
            self._modes.by_manager.due(now)

    def change_options(self, options: Options) -> None:
        """Treat what comes from now on by other options."""
        self._maker.show_first(options.window_background_color)
        self._properties.name_titles(title_name=options.title_name)
        self._stacking.name_lockers(options.screensaver_name)
        self._outgoing.change(options)
        self._options = options
        if self._docks is not None:
            self._docks.change_options(options)
        self.chords.use(options.sequences())
        self._fullscreen.name_keys(options.leave_fullscreen_sequence)
        self.perform(self.session.change_options(options))
        self._surroundings.change_options(options)
        self._modes.use(options.frame)
        self._tint_unfocused(options.tint_unfocused)

    def relabel(self, label: Label) -> None:
        """The person gave the qube another label: everything of it on the screen wears that at once."""
        self._properties.relabel(label, [frame.outer for frame in self._frames.values()])
        self._maker.relabel(label, self._frames.values())
        self._icons.relabel(label)
        self._fullscreen.relabel(label)
        self._aside.relabel(label)
        self._modes.relabel(label)
        self._label = label
        if self._docks is not None:
            self._docks.relabel(label)
        if self._tint is not None:
            self._tint.relabel(label)

    def set_aside(self, aside: Aside) -> None:
        """The person hides the qube's windows or shows them again, pauses what runs in it or lets it go on."""
        self._aside.change(aside)

    def close(self) -> None:
        """Take every window off the desktop: the agent is gone, nothing more is told to it."""
        self._inputs.stop()
        self._modes.stop()
        for remote in list(self._frames):
            self._destroy(fx.DestroyWindow(remote))
        if self._docks is not None:
            self._docks.close()
        if self._tint is not None:
            self._tint.close()
        self._maker.close()
        self._fullscreen.close()
        self._presenter.close()
        self._cursors.close()
        self._icons.close()
        self.session.windows.clear()

    def _create(self, effect: fx.CreateWindow) -> None:
        frame = self._maker.create(effect.kind, effect.outer, effect.extents)
        self._frames[effect.window] = frame
        self._remote_by_local[frame.outer] = self._remote_by_local[frame.content] = effect.window
        content = self.session.windows[effect.window].asked.content
        self._properties.introduce(frame.outer, effect.window, content, effect.extents)
        self._user_times.introduce(frame)

    def _destroy(self, effect: fx.DestroyWindow) -> None:
        self._presenter.drop(effect.window)
        if self._docks is not None:
            self._docks.forget(effect.window)
        self._destroy_frame(effect.window)

    def _destroy_frame(self, remote: RemoteId) -> None:
        frame = self._frames.pop(remote)
        del self._remote_by_local[frame.outer], self._remote_by_local[frame.content]
        self._stacking.hide(frame.outer)
        self._maker.destroy(frame)
        self._aside.forget(frame)
        self._icons.forget(frame.outer)
        self._user_times.forget(frame)
        self._fullscreen.look(remote, None, time.monotonic())
        self._modes.gone(remote)
        self._inputs.gone(remote)

    def _change_kind(self, effect: fx.ChangeKind) -> None:
        self._destroy_frame(effect.window)
        self._create(fx.CreateWindow(effect.window, effect.kind, effect.outer, effect.extents))

    def _dock_icon(self, effect: fx.DockIcon) -> None:
        if not self._invisible:
            self._tray().dock(effect.window)

    def _undock_icon(self, effect: fx.UndockIcon) -> None:
        self._tray().undock(effect.window)

    def _tray(self) -> Docks:
        if self._docks is None:
            from guid.x11.docks import Docks  # noqa: PLC0415 - most qubes have no icon

            self._docks = Docks(
                self._desktop,
                self.session,
                Windows(self._frames, self._remote_by_local),
                self._presenter,
                self._source,
                label=self._label,
                options=self._options,
                renew=self._renew_icon,
                look=self._look_for_icon,
            )
        return self._docks

    def _tint_unfocused(self, percent: int) -> None:
        if self._tint is None:
            if not percent:
                return
            from guid.x11.unfocused import UnfocusedTint  # noqa: PLC0415 - few qubes have it

            windows = self.session, self._presenter, self._inputs
            self._tint = UnfocusedTint(self._desktop, *windows, qube=self._qube, label=self._label)
        self._tint.use(percent)

    def _renew_icon(self, remote: RemoteId, *, destroyed: bool) -> None:
        if destroyed:
            self._maker.lost(self._frames[remote])
        self.perform(self.session.windows.renew_icon(remote))

    def _look_for_icon(self, remote: RemoteId) -> None:
        """A panel may move with all that is in it, which nobody tells."""
        outer = self.session.windows[remote].shown.outer
        self._events.look_again(self._frames[remote].outer, outer.width, outer.height)

    def _icon_pressed(self, time_ms: int) -> None:
        """The window that a program shows for this may come forward."""
        self._summons.made(time_ms, self._desktop.manager.active, time.monotonic())

    def _map(self, effect: fx.MapWindow) -> None:
        if self._invisible:
            return
        frame = self._frames[effect.window]
        if effect.kind is Kind.POPUP:
            self._stacking.show(frame.outer)
        else:
            self._map_managed(effect.window, frame)

    def _map_managed(self, remote: RemoteId, frame: Frame) -> None:
        follows = self._follow(remote, frame)
        self._user_times.before_map(
            frame,
            active_elsewhere=follows or self._active_elsewhere(),
            summoned_ms=None if follows else self._summons.take(self._desktop.manager.active, time.monotonic()),
        )
        self._desktop.x.send(map_window(frame.outer), 1)
        self._icons.show(frame.outer, self.session.windows[remote].icon)
        if self._maker.tags.wanted:  # it takes cairo, which the first window does not wait for
            self._desktop.x.fence(lambda _reply: self._presenter.when_drawn(self._maker.tags.draw))

    def _follow(self, remote: RemoteId, frame: Frame) -> bool:
        """Take the place of a window that a crashed daemon left; whether there is one."""
        if self._predecessor is None:
            return False
        window = self.session.windows[remote]
        place = self._predecessor.take_over(remote, frame.outer, window.hints)
        if place is not None:
            outer, hints = place
            self._properties.set_size_hints(frame.outer, hints, content_of(outer, window.extents), window.extents)
        return place is not None

    def _unmap(self, effect: fx.UnmapWindow) -> None:
        """Withdraw: unmap, and for a managed window the synthetic UnmapNotify of ICCCM 4.1.4."""
        outer = self._frames[effect.window].outer
        self._fullscreen.look(effect.window, None, time.monotonic())
        if effect.kind is Kind.POPUP:
            self._stacking.hide(outer)
            self._desktop.x.send(unmap_window(outer), 1)
            return
        self._requests.withdraw(outer)
        self._modes.take_back(effect.window)

    def _move_resize(self, effect: fx.MoveResize) -> None:
        self._desktop.x.send(place(self._frames[effect.window].outer, effect.outer), 1)

    def _fit_content(self, effect: fx.FitContent) -> None:
        content = self._frames[effect.window].content
        self._desktop.x.send(configure_window(content, width=effect.width, height=effect.height), 1)

    def _set_inset(self, effect: fx.SetInset) -> None:
        self._maker.inset(self._frames[effect.window], effect.extents, effect.width, effect.height)

    def _set_transient_for(self, effect: fx.SetTransientFor) -> None:
        parent = self._frames[effect.parent].outer if effect.parent is not None else None
        self._properties.set_transient_for(self._frames[effect.window].outer, parent)

    def _set_title(self, effect: fx.SetTitle) -> None:
        self._properties.set_title(self._frames[effect.window].outer, effect.title)

    def _set_class(self, effect: fx.SetClass) -> None:
        self._properties.set_class(self._frames[effect.window].outer, effect.name)

    def _set_size_hints(self, effect: fx.SetSizeHints) -> None:
        outer = self._frames[effect.window].outer
        self._properties.set_size_hints(outer, effect.hints, effect.content, effect.extents)

    def _set_cursor(self, effect: fx.SetCursor) -> None:
        cursor = self._cursors.of(effect.cursor)
        content = self._frames[effect.window].content
        self._desktop.x.send(struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, content, X.CWCursor, cursor), 1)

    def _show_cursors(self) -> None:
        for remote, window in self.session.windows.items():
            if window.cursor is not None and window.cursor.image is not None:
                self._set_cursor(fx.SetCursor(remote, window.cursor))

    def _set_icon(self, effect: fx.SetIcon) -> None:
        """Drawn when the window is first mapped, which popups are not by a window manager."""
        outer = self._frames[effect.window].outer
        if self._icons.has(outer):
            self._icons.show(outer, effect.icon)

    def _write_states(self, effect: fx.WriteStates) -> None:
        self._properties.set_states(self._frames[effect.window].outer, effect.states)

    def _change_states(self, effect: fx.ChangeStates) -> None:
        if DesktopState.FULLSCREEN in effect.add:
            self._modes.take_back(effect.window)
        self._requests.change_states(self._frames[effect.window].outer, effect.add, effect.remove)

    def _minimize(self, effect: fx.MinimizeWindow) -> None:
        self._requests.minimize(self._frames[effect.window].outer)

    def _restore(self, effect: fx.RestoreWindow) -> None:
        """Source: ICCCM 4.1.4, from Iconic to Normal. Window managers give it the focus with that."""
        if self._active_elsewhere():
            self._change_states(fx.ChangeStates(effect.window, DesktopState.ATTENTION, NO_STATES))
        else:
            self._map_managed(effect.window, self._frames[effect.window])

    def _active_elsewhere(self) -> bool:
        """Whether another's window is active, as far as the window manager has told."""
        active = self._desktop.manager.active
        return active != 0 and active not in self._remote_by_local

    def _use_image(self, effect: fx.UseImage) -> None:
        self._presenter.use(effect.window, effect.image)
        if effect.acknowledgement:
            self._presenter.when_drawn(partial(self._send, effect.acknowledgement))

    def _drop_image(self, effect: fx.DropImage) -> None:
        self._presenter.drop(effect.window)

    def _send_message(self, effect: fx.Send) -> None:
        self._send(effect.message)

    def _send_when_drawn(self, effect: fx.SendWhenDrawn) -> None:
        self._presenter.when_drawn(partial(self._send, effect.message))

    def _give_back_when_drawn(self, effect: fx.GiveBackWhenDrawn) -> None:
        if self._punch is not None:
            self._presenter.when_drawn(partial(self._punch, *effect.run))

    def _hand_over(self, effect: fx.Clipboard) -> None:
        if self._clipboard is not None:
            self._clipboard(effect)

    def _note(self, effect: fx.Note) -> None:
        log.warning("%s: %s", self._qube, effect.line)

    # Events

    def exposed(self, local: int, rect: Rect) -> None:
        """Part of a content must be drawn again."""
        remote = self._remote_by_local.get(local)
        if remote is not None:
            self.session.damage.exposed(remote, rect)

    def has(self, local: int) -> bool:
        """Whether this is an outer or a content that is there."""
        return local in self._remote_by_local

    def configured(self, local: int, outer: Rect) -> None:
        """An outer is somewhere else or has another size."""
        remote = self._remote_by_local.get(local)
        if remote is not None:
            self.perform(self.session.windows.configured(remote, outer))
            self._fullscreen.look(remote, self.session.windows.get(remote), time.monotonic())
            self._modes.touched(remote)

    def reframed(self, local: int, *, orphaned: bool) -> None:
        """Whatever is round an outer may be another thing now."""
        self._modes.reparented(self._remote_by_local.get(local), orphaned=orphaned)

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

    def states_changed(self, local: int) -> None:
        """An outer has another _NET_WM_STATE: ask which."""
        if local in self._remote_by_local:
            self._properties.read_states(local, partial(self._states_read, local))

    def _states_read(self, local: int, states: DesktopState) -> None:
        remote = self._remote_by_local.get(local)
        if remote is not None and not self._aside.hidden:
            self.perform(self.session.windows.states_shown(remote, states))
            self._fullscreen.look(remote, self.session.windows.get(remote), time.monotonic())
            self._modes.touched(remote)

    def icon_offered(self, local: int) -> None:
        """The icon service has an icon for a window."""
        if local in self._remote_by_local:
            self._icons.take(local, partial(self._icon_taken, local))

    def _icon_taken(self, local: int, words: bytes) -> None:
        remote = self._remote_by_local.get(local)
        if remote is not None:
            self.perform(self.session.icon_offered(remote, untrusted_body=words))

    def close_requested(self, local: int) -> None:
        """The person closes a window."""
        remote = self._remote_by_local.get(local)
        if remote is not None:
            self.perform(self.session.windows.close_requested(remote))

    def answer_ping(self, event: rq.Event) -> None:
        """_NET_WM_PING goes back to the root window."""
        self._requests.answer_ping(event)

    def layout_changed(self) -> None:
        """The keyboard may have another layout."""
        self._layout.ask()

    def scale_changed(self) -> None:
        """Everything may be drawn at another size."""
        self._surroundings.scale_changed()

    def _layout_changing(self) -> None:
        if self.session.surroundings.layout.agreed:
            self._outgoing.hold()

    def _layout_told(self, layout: Layout | None) -> None:
        for effect in self.session.surroundings.layout.show(layout):
            self._outgoing.say_before(effect.message)

    def desktop_changed(self) -> None:
        """Another screen size or work area."""
        self._desktop.geometry = self._desktop.read_geometry()
        self.perform(self.session.windows.desktop_changed(self._desktop.geometry))
        self._surroundings.desktop_changed()

    def child_mapped(self, window: int) -> None:
        """A window of anybody is on the screen."""
        self._stacking.mapped(window)

    def child_gone(self, window: int) -> None:
        """A window of anybody is not on the screen any more."""
        self._stacking.gone(window)

    def child_restacked(self, window: int) -> None:
        """A window of anybody was configured."""
        self._stacking.restacked(window)

    # What is there

    def _content_of(self, remote: RemoteId) -> tuple[int, int, int] | None:
        frame, window = self._frames.get(remote), self.session.windows.get(remote)
        if frame is None or window is None:
            return None
        return frame.content, *window.content_size

    def _place_of(self, remote: RemoteId) -> tuple[int, int]:
        told = self.session.windows[remote].told
        return told.x, told.y

    def describe(self) -> list[dict[str, Any]]:
        """The windows, for the supervisor: geometry in px, X ids as integers."""
        return [
            {
                "title": window.title,
                "local_xid": self._frames[remote].outer,
                "remote_wid": remote,
                "override_redirect": window.kind is Kind.POPUP,
                "mapped": window.state is State.MAPPED,
                "docked": window.state is State.DOCKED,
                "outer": list(window.shown.outer),
                "content": list(window.content),
                "frame_px": window.extents.left,
                "tag_px": window.extents.top - window.extents.left,
            }
            for remote, window in self.session.windows.items()
        ]


PERFORM: dict[type[Any], Callable[[Shell, Any], None]] = {
    fx.CreateWindow: Shell._create,
    fx.DestroyWindow: Shell._destroy,
    fx.ChangeKind: Shell._change_kind,
    fx.DockIcon: Shell._dock_icon,
    fx.UndockIcon: Shell._undock_icon,
    fx.MapWindow: Shell._map,
    fx.UnmapWindow: Shell._unmap,
    fx.MoveResize: Shell._move_resize,
    fx.FitContent: Shell._fit_content,
    fx.SetInset: Shell._set_inset,
    fx.SetTransientFor: Shell._set_transient_for,
    fx.SetTitle: Shell._set_title,
    fx.SetClass: Shell._set_class,
    fx.SetSizeHints: Shell._set_size_hints,
    fx.SetCursor: Shell._set_cursor,
    fx.SetIcon: Shell._set_icon,
    fx.WriteStates: Shell._write_states,
    fx.ChangeStates: Shell._change_states,
    fx.MinimizeWindow: Shell._minimize,
    fx.RestoreWindow: Shell._restore,
    fx.UseImage: Shell._use_image,
    fx.DropImage: Shell._drop_image,
    fx.Send: Shell._send_message,
    fx.SendWhenDrawn: Shell._send_when_drawn,
    fx.GiveBackWhenDrawn: Shell._give_back_when_drawn,
    fx.Note: Shell._note,
    fx.Clipboard: Shell._hand_over,
}
