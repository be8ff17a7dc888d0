"""What happens in the qube, told to the daemon. It must not know events of X, only what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from guiagent.core import announce
from guiagent.core.cursorpace import Shown
from guiagent.core.effects import Effect, Log, MarkManaged, MarkWithdrawn, MoveResize, Send, WriteStates
from guiagent.core.icons import Picture
from guiagent.core.kin import elders_first, parent_of
from guiagent.core.qube import Qube
from guiagent.core.shadow import shadow_of
from guiagent.core.stage import Stage, Step
from guiagent.core.states import Change, Flag
from guiagent.core.values import Facts, Geometry, Properties, WindowId
from guiagent.core.window import Window
from protocol.codec import encode
from protocol.limits import DESTROY_ACK_SINCE_MINOR, MAX_WINDOWS_PER_QUBE
from protocol.messages import MessageType

_SAID_ONCE: dict[MessageType, announce.Describe] = {
    MessageType.WMNAME: announce.title,
    MessageType.WINDOW_HINTS: announce.size_hints,
    MessageType.WMCLASS: announce.window_class,
    MessageType.CURSOR: announce.cursor,
}
"""Descriptions that are sent again only when they have changed."""
_ONCE_BY_DESCRIBE: dict[announce.Describe, MessageType] = {
    describe: message for message, describe in _SAID_ONCE.items()
}
ATTENTION_ASKED = Change(Flag.DEMANDS_ATTENTION, Flag(0))
ATTENTION_TAKEN_BACK = Change(Flag(0), Flag.DEMANDS_ATTENTION)


class Reports:
    """Each method takes one thing that happened and returns what is to be done, in order."""

    def __init__(self, qube: Qube) -> None:
        self._qube = qube
        self._crowded = False

    # Windows come and go

    def created(self, facts: Facts) -> list[Effect]:
        """A child of the root that can have pixels is there; one that is known already is no news."""
        qube = self._qube
        if facts.window in qube.windows:
            return []
        window = Window.of(facts)
        qube.windows[facts.window] = window
        qube.stacking.changed(facts.window)
        if facts.mapped:
            qube.stacking.shown(facts.window)
        stands_alone = facts.override_redirect or facts.properties.docks
        managed: list[Effect] = [MarkManaged(facts.window)] if facts.mapped and not stands_alone else []
        return managed + self._announce(window, announce.NEW, announce.SHOWN)

    def destroyed(self, window_id: WindowId) -> list[Effect]:
        """The window is no child of the root any more."""
        qube = self._qube
        window = qube.windows.get(window_id)
        if window is None:
            return []
        effects = self._hide(window)
        del qube.windows[window_id]
        qube.settling.pop(window, None)
        qube.asking.forget(window)
        qube.pointer.forgotten(window_id)
        qube.icons.forget(window_id)
        qube.stacking.hidden(window_id)
        qube.stacking.unknown()
        window.take(Step.END)
        if window.stage is Stage.GONE:
            return effects
        effects.append(Send(encode(MessageType.DESTROY, window_id)))
        self._qube.ended[window_id] = window
        if self._qube.minor is not None and self._qube.minor < DESTROY_ACK_SINCE_MINOR:
            effects += self.echoed(window_id)
        return effects

    def echoed(self, window_id: WindowId) -> list[Effect]:
        """The daemon has let go of an id: another window may have it, or had it already and could not be announced."""
        window = self._qube.ended.pop(window_id, None)
        if window is None:
            return []
        window.take(Step.ECHO)
        self._qube.pixels.echoed(window_id)
        effects = []
        heir = self._qube.windows.get(window_id)
        if heir is not None:
            effects += self._announce(heir, announce.NEW, announce.SHOWN)
        return effects + self._announce_turned_away()

    def mapped(self, window_id: WindowId, *, override_redirect: bool) -> list[Effect]:
        """X shows the window now."""
        window = self._qube.windows.get(window_id)
        if window is None:
            return []
        window.mapped, window.override_redirect = True, override_redirect
        self._qube.stacking.shown(window_id)
        managed: list[Effect] = [] if override_redirect or window.docks else [MarkManaged(window_id)]
        if window.properties.starts_iconic and not override_redirect:
            self._qube.asking.ask(window, Change(Flag.MINIMIZE, Flag(0)))
        return managed + self._show(window, announce.SHOWN)

    def unmapped(self, window_id: WindowId) -> list[Effect]:
        """X shows the window no more."""
        window = self._qube.windows.get(window_id)
        if window is None or not window.mapped:
            return []
        window.mapped, window.unmaximized = False, None
        self._qube.asking.forget(window)
        self._qube.stacking.hidden(window_id)
        return [*self._hide(window), MarkWithdrawn(window_id)]

    def shown_again(self, window: Window) -> list[Effect]:
        """A minimised window is to come back. Our daemon restores it at a second MAP; the C daemon ignores that one,
        and its window manager takes a window that vanishes and appears for a new one."""
        if window.stage is not Stage.SHOWN:
            return []
        atoms = self._qube.atoms
        if self._qube.greeted:
            return [Send(announce.show(window, atoms))]
        states = tuple(atom for atom in window.properties.states if atom != atoms.hidden)
        window.properties = replace(window.properties, states=states)
        written: list[Effect] = [WriteStates(window.window, states), MarkManaged(window.window)]
        return [*self._hide(window), *written, *self._show(window, announce.SHOWN)]

    # Windows change

    def configured(self, window_id: WindowId, geometry: Geometry) -> list[Effect]:
        """X reports a geometry (root coordinates)."""
        window = self._qube.windows.get(window_id)
        if window is None:
            return []
        self._qube.stacking.changed(window_id)
        self._qube.pixels.seen(window_id, geometry.size)
        return self._placed(window, window.place.reported(geometry))

    def confirmed(self, window_id: WindowId, now: float) -> list[Effect]:
        """X has carried out one MoveResize."""
        window = self._qube.windows.get(window_id)
        if window is None or not window.place.unconfirmed:
            return []
        window.place.confirmed()
        return self._placed(window, window.place.due(now))

    def carried_out(self, window_id: WindowId) -> None:
        """X has carried out one PlaceWindow."""
        window = self._qube.windows.get(window_id)
        if window is not None and window.place.granting:
            window.place.carried_out()

    def described(self, window_id: WindowId, properties: Properties) -> list[Effect]:
        """The program changed what it says about its window."""
        window = self._qube.windows.get(window_id)
        if window is None:
            return []
        urgent, window.properties = window.properties.urgent, properties
        if urgent != properties.urgent:
            self._qube.asking.ask(window, ATTENTION_ASKED if properties.urgent else ATTENTION_TAKEN_BACK)
        return self._cropped(window) + self._say_changes(window)

    def _cropped(self, window: Window) -> list[Effect]:
        """The shadow round a window is told by what it leaves visible: the daemon knows no other part."""
        place = window.place
        moved: list[Effect] = []
        if place.cropped(shadow_of(window.properties, window.depth), shown=window.mapped):
            self._qube.settling[window] = None
            moved.append(MoveResize(window.window, place.whole))
        return moved + self._placed(window, place.unheard())

    def cursor_shown(self, shown: Shown, now: float) -> list[Effect]:
        """The qube shows this cursor, and so over the window that has the pointer of the desktop."""
        inside = self._qube.pointer.inside
        window = self._qube.windows.get(inside) if inside is not None else None
        if window is None:
            return []
        window.shown = shown
        return self._tell_cursor(window) if self._qube.cursors.shown(window.window, shown, now) else []

    def icons_agreed(self, *, agreed: bool) -> None:
        """Whether the daemon takes icons: those of all windows are looked at then."""
        self._qube.icons.wanted = agreed
        for window in self._qube.windows:
            self._qube.icons.changed(window)

    def icons_due(self, now: float) -> list[WindowId]:
        """The windows whose icons are to be read now: shown ones that the desktop's window manager manages."""
        due, popups = self._qube.icons.due(now), self._qube.atoms.popup_types
        found = ((window_id, self._qube.windows.get(window_id)) for window_id in due)
        shown = [(each, window) for each, window in found if window is not None and window.stage is Stage.SHOWN]
        return [window_id for window_id, window in shown if not window.is_popup(popups)]

    def icon_seen(self, window_id: WindowId, pictures: Sequence[Picture]) -> list[Effect]:
        """The icon that a program gives its window; none: it has none."""
        if self._qube.announced(window_id) is None:
            return []
        message = self._qube.icons.seen(window_id, pictures)
        return [Send(message)] if message is not None else []

    def cursor_images_agreed(self, *, agreed: bool) -> list[Effect]:
        """Whether the daemon takes cursors that no font has."""
        self._qube.cursors.images = agreed
        return [effect for window in self._qube.windows.values() for effect in self._tell_cursor(window)]

    def _tell_cursor(self, window: Window) -> list[Effect]:
        window.cursor = self._qube.cursors.tellable(window.shown)
        return self._say_changes(window)

    def _say_changes(self, window: Window) -> list[Effect]:
        if not window.announced:
            return []
        effects: list[Effect] = []
        for message_type, describe in _SAID_ONCE.items():
            message = describe(window, self._qube.atoms)
            if message is not None and window.told.get(message_type) != message:
                window.told[message_type] = message
                effects.append(Send(message))
        return effects

    # The daemon and the clock

    def daemon_came(self, minor: int, stacking: Sequence[WindowId] = ()) -> list[Effect]:
        """A daemon has shaken hands: it knows no window yet. stacking: all windows as they lie, lowest first."""
        self._qube.minor = minor
        self._crowded = False
        effects = []
        for window in elders_first(self._qube.windows, stacking):
            effects += self._announce(window, announce.AGAIN, announce.SHOWN_AGAIN)
        return effects

    def daemon_lost(self) -> list[Effect]:
        """No daemon listens: nothing is sent, no key or button is held, every id is free."""
        qube = self._qube
        qube.minor, qube.focused, qube.greeted = None, None, False
        qube.pixels.daemon_lost()
        qube.settling.clear()
        qube.waiting.clear()
        qube.asking.clear()
        qube.cursors.images = False
        qube.icons.daemon_lost()
        for window in (*qube.windows.values(), *qube.ended.values()):
            window.take(Step.SEVER)
            window.cursor = qube.cursors.tellable(window.shown)
        qube.ended.clear()
        return qube.keyboard.release_all() + qube.pointer.release_all() + qube.dragging.stop()

    def due(self, now: float) -> list[Effect]:
        """Time has passed."""
        self._qube.pixels.due(now)
        effects = self._qube.keyboard.due(now) + self._qube.asking.due(now) + self._qube.dragging.due(now)
        steady = self._qube.windows.get(self._qube.cursors.due(now) or WindowId(0))
        if steady is not None:
            effects += self._tell_cursor(steady)
        for window in list(self._qube.settling):
            effects += self._placed(window, window.place.due(now))
        return effects

    def _announce(
        self, window: Window, order: tuple[announce.Describe, ...], shown: tuple[announce.Describe, ...]
    ) -> list[Effect]:
        """CREATE and all that belongs to it, if a daemon listens and the id is free."""
        qube = self._qube
        if qube.minor is None or window.stage is not Stage.LOCAL or window.window in qube.ended:
            return []
        if self._full():
            line = f"more than {MAX_WINDOWS_PER_QUBE} windows: {window.window:#x} waits until another is gone"
            crowded, self._crowded = self._crowded, True
            return [] if crowded else [Log(line)]
        window.place.announced()
        window.take(Step.ANNOUNCE)
        return self._describe(window, order) + (self._show(window, shown) if window.mapped else [])

    def _announce_turned_away(self) -> list[Effect]:
        """Room has come for windows that wait; those for which there is none go on waiting, without another line."""
        effects: list[Effect] = []
        if not self._crowded:
            return effects
        for window in self._qube.windows.values():
            if window.stage is not Stage.LOCAL:
                continue
            if self._full():
                return effects
            effects += self._announce(window, announce.AGAIN, announce.SHOWN_AGAIN)
        self._crowded = False
        return effects

    def _full(self) -> bool:
        """Whether the daemon knows as many windows as it takes. Few windows are not even counted one by one."""
        windows, ended = self._qube.windows, len(self._qube.ended)
        if len(windows) + ended < MAX_WINDOWS_PER_QUBE:
            return False
        return sum(one.announced for one in windows.values()) + ended >= MAX_WINDOWS_PER_QUBE

    def _show(self, window: Window, order: tuple[announce.Describe, ...]) -> list[Effect]:
        if window.stage is not Stage.KNOWN:
            return []
        window.take(Step.SHOW)
        self._qube.icons.changed(window.window)
        place = window.place
        self._qube.pixels.shown(window.window, window.depth, place.real.inside_limits().size, place.crop.corner)
        self._qube.pixels.seen(window.window, (place.observed or place.whole).size)
        window.parent = parent_of(window, self._qube.windows, self._qube.focused, self._qube.atoms.modal)
        window.first_docked = window.docks
        return self._describe(window, announce.DOCKED if window.docks else order)

    def _hide(self, window: Window) -> list[Effect]:
        if self._qube.focused == window.window:
            self._qube.focused = None
            self._qube.keyboard.focus_vanished()
        if window.stage is not Stage.SHOWN:
            return []
        window.take(Step.HIDE)
        ask = self._qube.pixels.hidden(window.window)
        return [Send(encode(MessageType.UNMAP, window.window) + ask)]

    def _describe(self, window: Window, order: tuple[announce.Describe, ...]) -> list[Effect]:
        effects: list[Effect] = []
        for describe in order:
            message = describe(window, self._qube.atoms)
            if message is None:
                continue
            once = _ONCE_BY_DESCRIBE.get(describe)
            if once is not None:
                window.told[once] = message
            effects.append(Send(message))
        return effects

    def _placed(self, window: Window, news: Geometry | None) -> list[Effect]:
        """After any change of place: the picture follows the size, and the daemon hears what it must."""
        place = window.place
        self._qube.pixels.resized(window.window, place.real.inside_limits().size, place.crop.corner)
        if not place.unconfirmed:
            self._qube.pixels.seen(window.window, place.whole.size)
        if window.place.quiet_at is None:
            self._qube.settling.pop(window, None)
        if news is None or not window.announced:
            return []
        return [Send(announce.configure(window, self._qube.atoms))]
