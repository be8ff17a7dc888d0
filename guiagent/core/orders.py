"""What the daemon says, turned into what is to be done in the qube. It must not know how X is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from guiagent.core import announce
from guiagent.core.effects import (
    AskToClose,
    BeginCount,
    DropFocus,
    Effect,
    FocusWindow,
    KillClient,
    Log,
    LookAtCursor,
    MapWindow,
    MarkIconic,
    MarkManaged,
    MoveResize,
    OfferFocus,
    Send,
    SetMonitors,
    SetScale,
    WriteStates,
)
from guiagent.core.qube import Qube
from guiagent.core.reports import Reports
from guiagent.core.states import Action, Flag, kept_states, merged_states
from guiagent.core.values import Geometry, WindowId
from guiagent.core.waiting import Order
from guiagent.core.window import Window
from protocol import formats
from protocol.codec import decode, encode, tail_of
from protocol.extensions import EXT_VERSION, SUPPORTED, Feature, agreed
from protocol.framing import Frame
from protocol.keyboard import layout_of
from protocol.messages import MessageType, Role
from protocol.monitors import layout_of as monitors_of
from protocol.scale import scale_of

KEY_PRESS, BUTTON_PRESS = 2, 4
ENTER_NOTIFY, LEAVE_NOTIFY = 7, 8
FOCUS_IN, FOCUS_OUT = 9, 10
NOTIFY_NORMAL, NOTIFY_GRAB = 0, 1
"""Event codes and modes of X11, which the wire repeats. Source: X11 protocol, section 11."""

_AboutWindow = Callable[[Window, Any, float], list[Effect]]
_AboutId = Callable[[WindowId, Any, float], list[Effect]]


COUNTING = Feature.FRAME_COUNT | Feature.FRAME_ASK
"""What a counter needs: a daemon that is done with some windows only must be asked."""


class Orders:
    """The daemon is trusted, but may be old, and may speak of windows that are gone by now: those are passed over."""

    def __init__(self, qube: Qube, reports: Reports) -> None:
        self._qube = qube
        self._reports = reports
        self._about_window: Mapping[int, _AboutWindow] = {
            MessageType.MOTION: self._motion,
            MessageType.CROSSING: self._crossing,
            MessageType.FOCUS: self._focus,
            MessageType.CONFIGURE: self._configure,
            MessageType.MAP: self._map,
            MessageType.CLOSE: self._close,
            MessageType.WINDOW_FLAGS: self._flags,
        }
        self._about_id: Mapping[int, _AboutId] = {
            MessageType.KEYPRESS: self._key,
            MessageType.BUTTON: self._button,
            MessageType.KEYMAP_NOTIFY: self._keymap,
            MessageType.KEYBOARD: self._layout,
            MessageType.SCALE: self._scale,
            MessageType.DESTROY: lambda window, _body, _now: self._reports.echoed(window),
            MessageType.WINDOW_DUMP_ACK: self._dump_ack,
            MessageType.FRAME_ACK: self._frame_ack,
            MessageType.EXT_HELLO: self._hello,
        }

        self._about_tail: Mapping[int, Callable[[Any, memoryview], list[Effect]]] = {
            MessageType.MONITORS: self._monitors,
        }

    def obey(self, frames: Iterable[Frame], now: float) -> list[Effect]:
        """All messages of one reading. Of several CONFIGURE for a window, only the newest counts.

        Raises RemoteProtocolError if a body is too short, which framing has ruled out.
        """
        batch = list(frames)
        if len(batch) == 1:  # as a key comes
            return self._obey_or_keep(Order(*batch[0]), now)
        newest = {window: at for at, (message, window, _) in enumerate(batch) if message == MessageType.CONFIGURE}
        effects: list[Effect] = []
        for at, (message, window, body) in enumerate(batch):
            if message != MessageType.CONFIGURE or newest[window] == at:
                effects += self._obey_or_keep(Order(message, window, body), now)
        return effects

    def frames_done(self, frames: Iterable[Frame]) -> None:
        """Nothing but FRAME_ACK: with every picture. The hot path."""
        acknowledged = self._qube.pixels.frame_acknowledged
        for message, window, body in frames:
            done: Any = decode(message, body)
            acknowledged(WindowId(window), done.done)

    def laid(self, now: float) -> list[Effect]:
        """The keyboard has the layout that it was to have, or never will: what waited for it goes on."""
        waiting = self._qube.waiting
        waiting.open()
        effects: list[Effect] = []
        while (order := waiting.next()) is not None:
            effects += self._obey(*order, now)
        return effects

    def due(self, now: float) -> list[Effect]:
        """Time has passed."""
        until = self._qube.waiting.until
        if until is None or now < until:
            return []
        return [Log("the keyboard's layout takes too long: keys go on with the one that is there"), *self.laid(now)]

    def _obey_or_keep(self, order: Order, now: float) -> list[Effect]:
        waiting = self._qube.waiting
        if not waiting.keeps(order):
            return self._obey(*order, now)
        return self.laid(now) if waiting.full else []

    def _obey(self, message: int, window_id: int, body: bytes, now: float) -> list[Effect]:
        handle_tail = self._about_tail.get(message)
        if handle_tail is not None:
            return handle_tail(decode(message, body), tail_of(message, body))
        handle_id = self._about_id.get(message)
        if handle_id is not None:
            return handle_id(WindowId(window_id), decode(message, body), now)
        handle = self._about_window.get(message)
        window = self._qube.announced(window_id)
        if handle is None or window is None:
            return []
        return handle(window, decode(message, body), now)

    # Input

    def _key(self, _window: WindowId, body: formats.KeyPress, _now: float) -> list[Effect]:
        """The key goes wherever the qube's focus is: the window in the message is not looked at, as in the C agent."""
        return self._qube.keyboard.key(body.keycode, body.state, pressed=body.type == KEY_PRESS)

    def _layout(self, _window: WindowId, body: formats.Keyboard, now: float) -> list[Effect]:
        layout = layout_of(*body)
        if layout is None:
            return []
        self._qube.waiting.close(now)
        return self._qube.keyboard.relaid(layout)

    def _button(self, window_id: WindowId, body: formats.Button, now: float) -> list[Effect]:
        """Over a window that is gone, a button can only go up: a menu vanishes between press and release."""
        pressed = body.type == BUTTON_PRESS
        window = self._qube.announced(window_id)
        if window is None:
            return [] if pressed else self._qube.pointer.released(body.button)
        pointer, dragging = self._qube.pointer, self._qube.dragging
        if window is dragging.window:
            return self._drop(window, body, now) if body.button == dragging.button and not pressed else []
        modifiers = self._qube.keyboard.synchronised(body.state) if pressed else []
        if window.override_redirect and pointer.beside(window.place.real, body.x, body.y, body.button, pressed=pressed):
            return modifiers + pointer.pressed_beside(window.place.real, body.x, body.y, body.button, pressed=pressed)
        return modifiers + pointer.pressed(
            window.window, window.place.real, body.x, body.y, body.button, pressed=pressed
        )

    def _drop(self, window: Window, body: formats.Button, now: float) -> list[Effect]:
        """The button goes up while programs do not see the pointer: as far as they know, the window manager had it."""
        dragging, place = self._qube.dragging, window.place.told
        moved = dragging.released(body.x, body.y, now)
        up = self._qube.pointer.pressed(window.window, place, body.x, body.y, body.button, pressed=False)
        return moved + up + dragging.stop()

    def _motion(self, window: Window, body: formats.Motion, now: float) -> list[Effect]:
        pointer, dragging = self._qube.pointer, self._qube.dragging
        if window is dragging.window:
            return pointer.synchronised(body.state) + dragging.moved(body.x, body.y, body.state, now)
        return pointer.synchronised(body.state) + pointer.moved(window.window, window.place.real, body.x, body.y)

    def _crossing(self, window: Window, body: formats.Crossing, _now: float) -> list[Effect]:
        if body.mode != NOTIFY_NORMAL or self._qube.dragging.window is not None:
            return []
        if body.type == ENTER_NOTIFY:
            pointer = self._qube.pointer
            place = window.place.real
            entered = pointer.entered(window.window, place, body.x, body.y)
            return [*pointer.synchronised(body.state), *entered, LookAtCursor()]
        return self._qube.pointer.left(window.window)

    def _keymap(self, _window: WindowId, body: formats.KeymapNotify, _now: float) -> list[Effect]:
        return self._qube.keyboard.only_held(body.keys)

    def _focus(self, window: Window, body: formats.Focus, now: float) -> list[Effect]:
        if body.mode == NOTIFY_GRAB:
            return []
        if body.type == FOCUS_IN:
            return self._focus_in(window)
        if self._qube.focused != window.window:
            return []
        self._qube.focused = None
        self._qube.keyboard.focus_left(now)
        return [DropFocus()] if window.properties.accepts_focus else []

    def _focus_in(self, window: Window) -> list[Effect]:
        self._qube.keyboard.focus_came()
        self._qube.focused = window.window
        effects = self._qube.stacking.raised(window.window)
        if window.properties.accepts_focus:
            effects.append(FocusWindow(window.window))
        if window.properties.takes_focus:
            effects.append(OfferFocus(window.window))
        return effects

    # Windows

    def _configure(self, window: Window, body: formats.Configure, now: float) -> list[Effect]:
        """Echo the daemon's own numbers at once, whatever X makes of them: see `settle`."""
        asked = Geometry(body.x, body.y, body.width, body.height)
        resized = asked.size != window.place.told.size
        window.place.ordered(asked, now)
        self._qube.settling[window] = None
        place = window.place
        self._qube.pixels.resized(window.window, place.real.size, place.crop.corner)
        echo = Send(announce.configure(window, self._qube.atoms))
        ended = self._no_longer_maximized(window, now) if resized else []
        return [MoveResize(window.window, place.whole), echo, *ended]

    def _no_longer_maximized(self, window: Window, now: float) -> list[Effect]:
        """The person gave a maximised window another size: it is an ordinary one again, and its program is told so."""
        if window.unmaximized is None or window.unmaximized.is_answer(now):
            return []
        window.unmaximized = None
        states = kept_states(window.properties.states, Action.REMOVE, self._qube.atoms.maximized, self._qube.atoms)
        window.properties = replace(window.properties, states=states)
        return [WriteStates(window.window, states)]

    def _map(self, window: Window, body: formats.Map, _now: float) -> list[Effect]:
        if window.docks:
            return []  # shown in the tray now: the C daemon says so, with a flag that it has never set
        return [MapWindow(window.window, bool(body.override_redirect))]

    def _close(self, window: Window, _body: None, _now: float) -> list[Effect]:
        return [AskToClose(window.window) if window.properties.deletes_itself else KillClient(window.window)]

    def _flags(self, window: Window, body: formats.WindowFlags, _now: float) -> list[Effect]:
        if body.flags_set & Flag.MINIMIZE:
            self._qube.pixels.iconified(window.window)
        elif body.flags_unset & Flag.MINIMIZE:
            self._qube.pixels.restored(window.window)
        before = window.properties.states
        states = merged_states(before, body.flags_set, body.flags_unset, self._qube.atoms)
        if states == before:
            return []
        window.properties = replace(window.properties, states=states)
        effects: list[Effect] = [WriteStates(window.window, states)]
        hidden = self._qube.atoms.hidden
        if (hidden in states) != (hidden in before) and not window.override_redirect:
            effects.append(MarkIconic(window.window) if hidden in states else MarkManaged(window.window))
        return effects

    def _dump_ack(self, window: WindowId, _body: None, _now: float) -> list[Effect]:
        self._qube.pixels.acknowledged(window)
        return []

    def _frame_ack(self, window: WindowId, body: formats.FrameAck, _now: float) -> list[Effect]:
        self._qube.pixels.frame_acknowledged(window, body.done)
        return []

    # The desktop around the windows

    def _monitors(self, body: formats.Monitors, tail: memoryview) -> list[Effect]:
        layout = monitors_of(body, tail)
        if layout is None:
            return []
        self._qube.work_area = Geometry(*layout.work_area)
        self._qube.monitors = tuple(Geometry(*monitor[:4]) for monitor in layout.monitors)
        return [SetMonitors(layout)]

    def _scale(self, _window: WindowId, body: formats.Scale, _now: float) -> list[Effect]:
        scale = scale_of(*body)
        if scale is None:
            return []
        self._qube.scaling.told(scale)
        return [SetScale(scale)]

    def _hello(self, _window: WindowId, body: formats.ExtHello, _now: float) -> list[Effect]:
        self._qube.greeted = True
        both = agreed(Role.AGENT, body.features)
        self._qube.scaling.agreed(both)
        page = None
        if Feature.FRAME_ACK in both:
            page = self._qube.pixels.agreed(counts=both & COUNTING == COUNTING)
        self._reports.icons_agreed(agreed=Feature.ICON in both)
        images = self._reports.cursor_images_agreed(agreed=Feature.CURSOR_IMAGE in both)
        told: list[Effect] = [Send(encode(MessageType.EXT_HELLO, 0, EXT_VERSION, SUPPORTED[Role.AGENT])), *images]
        return told if page is None else [*told, BeginCount(page), Send(self._qube.pixels.count_message(page))]
