"""One qube on the desktop: its parts, and which of them does each of the core's effects; must not decide."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from colors.labels import Label
from guid.core import effects as fx
from guid.core.aside import NOT_ASIDE, Aside
from guid.core.extras import NO_EXTRAS, Extras
from guid.core.giveback import GiveBack
from guid.core.input import InputForwarder
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.session import Session
from guid.core.summons import Summons
from guid.core.values import DesktopState, Kind, RemoteId
from guid.x11.aside import Ends, SetAside
from guid.x11.changes import Changes
from guid.x11.chords import Chords
from guid.x11.desktop import Desktop
from guid.x11.events import Events
from guid.x11.framemodes import Framed, FrameModes
from guid.x11.fullscreen import Fullscreen
from guid.x11.inputs import IconTouches, Inputs, OuterMaps
from guid.x11.layout import LayoutWatch
from guid.x11.outers import Outers
from guid.x11.outgoing import Outgoing
from guid.x11.popups import Popups
from guid.x11.predecessor import Predecessor
from guid.x11.presenter import PoolView, Presenter
from guid.x11.surroundings import SurroundingsWatch
from guid.x11.trayicons import TrayIcons
from guid.x11.unmanaged import ClickFocus
from protocol.keyboard import Layout

if TYPE_CHECKING:
    from guid.x11.unfocused import UnfocusedTint

log = logging.getLogger(__name__)


class Shell:
    """One qube's windows on the desktop.

    session: the core. send: queues bytes for the agent. spend: takes what else the qube costs the desktop, µs. chords:
    there it is said what the person's chords do. presenter: draws, and counts what it has drawn. The caller pumps the
    connection, then calls `present`, and `input_due` when `input_wait_s` has passed.
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
        spend: Callable[[int], None],
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
        self._desktop = desktop
        self._thickness = desktop.thickness
        self._qube = qube
        self._label = label
        self._send = send
        self._summons = summons if summons is not None else Summons()
        self.outers = outers = Outers(
            *(desktop, session),
            qube=qube,
            label=label,
            options=options,
            extras=extras,
            predecessor=predecessor,
            summons=self._summons,
            draw_tags=self._draw_tags,
        )
        self.presenter = Presenter(desktop, pool, outers.content_of, outers.place_of, qube=qube)
        self._punch = pool.punch
        self._give_back = GiveBack()
        input_ = InputForwarder(self.chords.machine)
        self._outgoing = Outgoing(send, options)
        self._aside = SetAside(
            *(desktop, session, outers.frames, Ends(self.perform, self._outgoing.say)),
            qube=qube,
            label=label,
            input_=input_,
            properties=outers.properties,
        )
        layout = LayoutWatch(desktop, self._layout_told, changing=self._layout_changing, changed=self._outgoing.go_on)
        self._surroundings = SurroundingsWatch(desktop, session.surroundings, self.perform, self._scale_drawn, options)
        self._fullscreen = Fullscreen(
            desktop,
            self.chords,
            outers.stacking,
            qube=qube,
            label=label,
            keys=options.leave_fullscreen_sequence,
            properties=outers.properties,
            end=lambda: self.perform(session.windows.end_fullscreen()),
        )
        self._modes = FrameModes(Framed(desktop, session, outers.frames, qube, self.perform, complain, spend), label)
        self._tray = TrayIcons(
            *(desktop, session, outers, self.presenter, pool.source),
            label=label,
            options=options,
            invisible=extras.invisible,
            perform=self.perform,
            look=self._look_for_icon,
        )
        self._inputs = Inputs(
            session,
            OuterMaps(outers.frames, outers.remote_by_local),
            input_,
            self.chords,
            self._aside,
            outers.user_times,
            ClickFocus(desktop),
            self._fullscreen,
            IconTouches(self._look_for_icon, self._icon_pressed),
        )
        windows = OuterMaps(outers.frames, outers.remote_by_local)
        self._popups = Popups(desktop, session, windows, self._aside, self._inputs, qube=qube)
        self._tint: UnfocusedTint | None = None
        self.changes = Changes(
            *(desktop, session, outers, self.perform),
            aside=self._aside,
            fullscreen=self._fullscreen,
            modes=self._modes,
            tray=self._tray,
            popups=self._popups,
            layout=layout,
            surroundings=self._surroundings,
        )
        self._events = Events(desktop, self.changes, self._inputs)
        self._act = self._acts()
        self._modes.use(options.frame)
        self._aside.change(aside)
        self._tint_unfocused(options.tint_unfocused)

    def _acts(self) -> dict[type[Any], Callable[[Any], None]]:
        """Effect → who does it."""
        outers = self.outers
        return {
            fx.CreateWindow: outers.create,
            fx.DestroyWindow: self._destroy,
            fx.ChangeKind: self._change_kind,
            fx.DockIcon: self._tray.dock,
            fx.UndockIcon: self._tray.undock,
            fx.MapWindow: outers.map,
            fx.UnmapWindow: self._unmap,
            fx.MoveResize: outers.move_resize,
            fx.FitContent: outers.fit_content,
            fx.SetInset: outers.set_inset,
            fx.RefitWindow: self._refit_window,
            fx.SetTransientFor: outers.set_transient_for,
            fx.SetTitle: outers.set_title,
            fx.SetClass: outers.set_class,
            fx.SetSizeHints: outers.set_size_hints,
            fx.SetCursor: outers.set_cursor,
            fx.SetIcon: outers.set_icon,
            fx.WriteStates: outers.write_states,
            fx.ChangeStates: self._change_states,
            fx.MinimizeWindow: outers.minimize,
            fx.RestoreWindow: outers.restore,
            fx.UseImage: self._use_image,
            fx.DropImage: self._drop_image,
            fx.Send: self._send_message,
            fx.SendWhenDrawn: self._send_when_drawn,
            fx.GiveBackWhenDrawn: self._give_back_when_drawn,
            fx.Note: self._note,
            fx.CountFrames: self._count_frames,
            fx.Clipboard: self._hand_over,
        }

    # Effects

    def perform(self, effects: Iterable[fx.Effect]) -> None:
        """Do them in order."""
        seen = self._aside.passed(effects)
        for effect in seen if self._punch is None else self._give_back.added_to(seen):
            self._act[type(effect)](effect)

    def present(self) -> None:
        """Draw what is damaged, if nothing is being drawn."""
        for message in self.presenter.present(self.session):
            self._send(message)

    @property
    def routine(self) -> int:
        """How many events have come that leave nothing to do but what `routine_wait_s` tells: nearly all keys."""
        return self._inputs.keys + self._events.echoes

    def routine_wait_s(self, now: float) -> float | None:
        """When `input_due` has something to do because of them, s from `now`; None: never."""
        return self.outers.user_times.wait_s(now) if self._outgoing.direct else self.input_wait_s(now)

    @property
    def behind(self) -> bool:
        """The desktop has so much of this qube to draw first that no more should be read from it."""
        return self.presenter.gate.behind

    def input_wait_s(self, now: float) -> float | None:
        """When `input_due` has something to do, s from `now`; None: nothing waits."""
        waits: tuple[float | None, ...]
        waits = (
            self.chords.machine.wait_s(now),
            self._outgoing.wait_s(now),
            self._fullscreen.wait_s(now),
            self.outers.user_times.wait_s(now),
            self._popups.wait_s(now),
        )
        if self._modes.by_manager is not None:
            waits = *waits, self._modes.by_manager.wait_s(now)
        return min((wait for wait in waits if wait is not None), default=None)

    def input_due(self, now: float) -> None:
        """Tell the qube what has waited long enough, and take down what was shown long enough."""
        self._inputs.due(now)
        self._outgoing.due(now)
        self._fullscreen.due(now)
        self.outers.user_times.due(now)
        self._popups.due(now)
        if self._modes.by_manager is not None:
            self._modes.by_manager.due(now)

    def change_options(self, options: Options) -> None:
        """Treat what comes from now on by other options."""
        self.outers.change_options(options)
        self._outgoing.change(options)
        self._tray.change_options(options)
        self.chords.use(options.sequences())
        self._fullscreen.name_keys(options.leave_fullscreen_sequence)
        self.perform(self.session.change_options(options))
        self._surroundings.change_options(options)
        self._refit()
        self._modes.use(options.frame)
        self._tint_unfocused(options.tint_unfocused)

    def relabel(self, label: Label) -> None:
        """The person gave the qube another label: everything of it on the screen wears that at once."""
        self.outers.relabel(label)
        self._fullscreen.relabel(label)
        self._aside.relabel(label)
        self._modes.relabel(label)
        self._label = label
        self._tray.relabel(label)
        if self._tint is not None:
            self._tint.relabel(label)

    def set_aside(self, aside: Aside) -> None:
        """The person hides the qube's windows or shows them again, pauses what runs in it or lets it go on."""
        self._aside.change(aside)

    def close(self) -> None:
        """Take every window off the desktop: the agent is gone, nothing more is told to it."""
        self._inputs.stop()
        self._modes.stop()
        for remote in list(self.outers.frames):
            self._destroy(fx.DestroyWindow(remote))
        self._tray.close()
        if self._tint is not None:
            self._tint.close()
        self._fullscreen.close()
        self.presenter.close()
        self.outers.close()
        self.session.windows.clear()

    def _tint_unfocused(self, percent: int) -> None:
        if self._tint is None:
            if not percent:
                return
            from guid.x11.unfocused import UnfocusedTint  # noqa: PLC0415 - few qubes have it

            windows = self.session, self.presenter, self._inputs
            self._tint = UnfocusedTint(self._desktop, *windows, qube=self._qube, label=self._label)
        self._tint.use(percent)

    def _draw_tags(self) -> None:
        """It takes cairo, which the first window does not wait for."""
        self._desktop.x.fence(lambda _reply: self.presenter.when_drawn(self.outers.maker.tags.draw))

    def _scale_drawn(self, scale: float) -> None:
        self._desktop.restyle(scale=scale)
        self._refit()

    def _refit(self) -> None:
        """Let all frames be as thick as the desktop's are now."""
        if self._desktop.thickness == self._thickness:
            return
        self._thickness = self._desktop.thickness
        self.outers.maker.refit()
        self.perform(self.session.windows.refit(self._desktop.geometry))
        self._draw_tags()

    def _refit_window(self, effect: fx.RefitWindow) -> None:
        outers = self.outers
        if outers.refits is None:
            from guid.x11.refits import Refits  # noqa: PLC0415 - few desktops change

            outers.refits = Refits(
                *(self._desktop, self.session, outers.maker, outers.frames, outers.user_times), perform=self.perform
            )
            self._events.on_size = outers.refits.resized
        outers.refits.begin(effect.window)

    def _look_for_icon(self, remote: RemoteId) -> None:
        """A panel may move with all that is in it, which nobody tells."""
        outer = self.session.windows[remote].shown.outer
        self._events.look_again(self.outers.frames[remote].outer, outer.width, outer.height)

    def _icon_pressed(self, remote: RemoteId, time_ms: int) -> None:
        """The window that a program shows for this may come forward, or its menu have the keyboard."""
        self._summons.made(time_ms, self._desktop.manager.active, time.monotonic())
        self._popups.icon_pressed(remote, time_ms)

    def _destroy(self, effect: fx.DestroyWindow) -> None:
        self.presenter.drop(effect.window)
        self._tray.forget(effect.window)
        self._destroy_outer(effect.window)

    def _destroy_outer(self, remote: RemoteId) -> None:
        self._popups.hidden(remote)
        self._aside.forget(self.outers.destroy(remote))
        self._fullscreen.look(remote, None, time.monotonic())
        self._modes.gone(remote)
        self._inputs.gone(remote)

    def _change_kind(self, effect: fx.ChangeKind) -> None:
        self._destroy_outer(effect.window)
        self.outers.create(fx.CreateWindow(effect.window, effect.kind, effect.outer, effect.extents))

    def _unmap(self, effect: fx.UnmapWindow) -> None:
        self._fullscreen.look(effect.window, None, time.monotonic())
        self._popups.hidden(effect.window)
        self.outers.unmap(effect)
        if effect.kind is not Kind.POPUP:
            self._modes.take_back(effect.window)

    def _change_states(self, effect: fx.ChangeStates) -> None:
        if DesktopState.FULLSCREEN in effect.add:
            self._modes.take_back(effect.window)
        self.outers.change_states(effect)

    def _use_image(self, effect: fx.UseImage) -> None:
        self.presenter.use(effect.window, effect.image)
        if effect.acknowledgement:
            self.presenter.when_drawn(partial(self._send, effect.acknowledgement))

    def _drop_image(self, effect: fx.DropImage) -> None:
        self.presenter.drop(effect.window)

    def _send_message(self, effect: fx.Send) -> None:
        self._send(effect.message)

    def _send_when_drawn(self, effect: fx.SendWhenDrawn) -> None:
        self.presenter.when_drawn(partial(self._send, effect.message))

    def _give_back_when_drawn(self, effect: fx.GiveBackWhenDrawn) -> None:
        if self._punch is not None:
            self.presenter.when_drawn(partial(self._punch, *effect.run))

    def _count_frames(self, effect: fx.CountFrames) -> None:
        self.presenter.count_in(effect.page)

    def _hand_over(self, effect: fx.Clipboard) -> None:
        if self._clipboard is not None:
            self._clipboard(effect)

    def _note(self, effect: fx.Note) -> None:
        log.warning("%s: %s", self._qube, effect.line)

    def _layout_changing(self) -> None:
        if self.session.surroundings.layout.agreed:
            self._outgoing.hold()

    def _layout_told(self, layout: Layout | None) -> None:
        for effect in self.session.surroundings.layout.show(layout):
            self._outgoing.say_before(effect.message)
