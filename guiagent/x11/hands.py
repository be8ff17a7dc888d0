"""Carries out effects on the qube's X server. It must not know why."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from Xlib import X, Xatom
from Xlib.protocol import event

from guiagent.core import effects as fx
from guiagent.x11.atoms import ACTIONS, Atoms
from guiagent.x11.cursors import Cursors
from guiagent.x11.layouts import Layouts
from guiagent.x11.mouse import mouse_of
from guiagent.x11.outputs import Outputs
from guiagent.x11.settings import Settings
from guiagent.x11.stub import Stub
from guiagent.x11.xkb import Xkb
from shm.x11.connection import XConnection
from shm.x11.properties import NUMBER_BITS, change_property, data_of, delete_property
from shm.x11.requests import (
    configure_window,
    fake_input,
    get_input_focus,
    grab_pointer,
    map_window,
    set_input_focus,
    ungrab_pointer,
    unmap_window,
)

LOG = logging.getLogger(__name__)

NORMAL_STATE, ICONIC_STATE = 1, 3
"""WM_STATE's first word; the second is the icon window. Source: ICCCM 4.1.3.1."""
NO_WINDOW: Final = 0
NO_FRAME: Final = (0, 0, 0, 0)
"""_NET_FRAME_EXTENTS: the frame is the desktop's, outside the qube's windows (ADR 11)."""
THE_DESKTOP: Final = 0


class Hands:
    """Effects that come often are packed into one write; nothing here waits for the server."""

    def __init__(
        self,
        connection: XConnection,
        atoms: Atoms,
        stub: Stub,
        *,
        send: Callable[[bytes], None],
        confirmed: Callable[[fx.MoveResize | fx.PlaceWindow], None],
        layouts: Layouts,
        cursors: Cursors,
        xkb: Xkb,
        outputs: Outputs,
        settings: Settings,
        begin_count: Callable[[int], None],
    ) -> None:
        """send: takes messages to the daemon; confirmed: hears when X has carried one out; begin_count: gets a page."""
        self._connection = connection
        self._display: Any = connection.display
        self._atoms = atoms
        self._stub = stub
        self._send = send
        self._confirmed = confirmed
        self._root_id = int(self._display.screen().root.id)
        xtest: Any = self._display.query_extension("XTEST")
        self._xtest = int(xtest.major_opcode)
        self._xkb = xkb
        self._layouts = layouts
        self._xkb.on_repeat_enabled(self._stop_repeat)
        self._stop_repeat()
        self._packed: list[bytes] = []
        self._mouse = mouse_of(connection)
        self._pack: dict[type, Callable[[Any], bytes]] = {
            fx.RaiseWindow: lambda e: configure_window(e.window, stack_mode=X.Above),
            fx.Restack: lambda e: configure_window(e.window, sibling=e.sibling or None, stack_mode=e.mode),
            fx.FocusWindow: lambda e: set_input_focus(e.window, revert_to=X.RevertToParent, time=X.CurrentTime),
            fx.DropFocus: lambda _: set_input_focus(NO_WINDOW, revert_to=X.RevertToNone, time=X.CurrentTime),
            fx.PressKey: lambda e: fake_input(self._xtest, X.KeyPress if e.pressed else X.KeyRelease, e.keycode),
            fx.UngrabPointer: lambda _: ungrab_pointer(),
            fx.DropShield: lambda _: unmap_window(self._stub.id),
        }
        if xkb.present:  # in one write with the key that it comes before
            self._pack[fx.LockModifiers] = lambda e: xkb.lock_modifiers(*e)
        self._do: Mapping[type, Callable[[Any], None]] = {
            fx.Log: lambda e: LOG.warning("%s", e.line),
            fx.LockModifiers: lambda _: None,
            fx.SetLayout: lambda e: self._layouts.use(e.layout),
            fx.SetMonitors: lambda e: outputs.use(e.layout),
            fx.SetScale: lambda e: settings.use(e.scale),
            fx.BeginCount: lambda e: begin_count(e.page),
            fx.LookAtCursor: lambda _: cursors.look(),
            fx.RaiseShield: self._raise_shield,
            fx.GrabPointer: self._grab_pointer,
            fx.MoveResize: self._place,
            fx.PlaceWindow: self._place,
            fx.MapWindow: self._map,
            fx.OfferFocus: lambda e: self._stub.at_server_time(lambda time: self._offer_focus(e, time)),
            fx.AskToClose: lambda e: self._protocol(e.window, "WM_DELETE_WINDOW", X.CurrentTime),
            fx.KillClient: lambda e: self._window(e.window).kill_client(),
            fx.WriteStates: self._write_states,
            fx.TellPlace: self._tell_place,
            fx.MarkManaged: lambda e: self._write_state(e.window, NORMAL_STATE),
            fx.MarkIconic: lambda e: self._write_state(e.window, ICONIC_STATE),
            fx.Dress: self._dress,
            fx.MarkWithdrawn: self._mark_withdrawn,
        }

    def perform(self, effects: Iterable[fx.Effect]) -> None:
        """Carry out effects in their order. Raises TransportError from `send`, DisplayLost."""
        for effect in effects:
            if type(effect) is fx.Send:
                self._send(effect.data)
                continue
            pack = self._pack.get(type(effect))
            if pack is not None:
                self._packed.append(pack(effect))
                continue
            move = self._mouse.get(type(effect))
            if move is not None:
                self._packed += move(effect)
                continue
            self._flush()
            self._do[type(effect)](effect)
        if self._packed:
            self._flush()

    def _flush(self) -> None:
        if self._packed:
            packed, self._packed = self._packed, []
            self._connection.send(b"".join(packed), len(packed))

    def _window(self, window: int) -> Any:
        return self._display.create_resource_object("window", window)

    def _raise_shield(self, effect: fx.RaiseShield) -> None:
        place = configure_window(self._stub.id, x=effect.x, y=effect.y, stack_mode=X.Above)
        self._connection.send(place + map_window(self._stub.id), 2)

    def _grab_pointer(self, _effect: fx.GrabPointer) -> None:
        """Not to be had while a program keeps it, which it must not by EWMH: then that sees the pointer all along."""
        grab = grab_pointer(self._root_id, event_mask=X.ButtonReleaseMask)
        self._connection.send_with_reply(grab, 1, lambda _reply: None)

    def _place(self, effect: fx.MoveResize | fx.PlaceWindow) -> None:
        x, y, width, height = effect.geometry
        request = configure_window(effect.window, x=x, y=y, width=width, height=height)
        self._connection.send_with_reply(request + get_input_focus(), 2, lambda _: self._confirmed(effect))

    def _map(self, effect: fx.MapWindow) -> None:
        window = self._window(effect.window)
        window.change_attributes(override_redirect=effect.override_redirect)
        window.map()

    def _offer_focus(self, effect: fx.OfferFocus, time: int) -> None:
        self._protocol(effect.window, "WM_TAKE_FOCUS", time)

    def _protocol(self, window: int, name: str, time: int) -> None:
        message = event.ClientMessage(
            window=window, client_type=self._atoms["WM_PROTOCOLS"], data=(32, [self._atoms[name], time, 0, 0, 0])
        )
        self._window(window).send_event(message)

    def _write_states(self, effect: fx.WriteStates) -> None:
        self._connection.send(self._numbers(effect.window, "_NET_WM_STATE", Xatom.ATOM, effect.states), 1)

    def _write_state(self, window: int, number: int) -> None:
        self._connection.send(self._numbers(window, "WM_STATE", self._atoms["WM_STATE"], (number, NO_WINDOW)), 1)

    def _dress(self, effect: fx.Dress) -> None:
        window, actions = effect.window, [self._atoms[name] for name in ACTIONS]
        requests = (
            self._numbers(window, "_NET_FRAME_EXTENTS", Xatom.CARDINAL, NO_FRAME),
            self._numbers(window, "_NET_WM_DESKTOP", Xatom.CARDINAL, (THE_DESKTOP,)),
            self._numbers(window, "_NET_WM_ALLOWED_ACTIONS", Xatom.ATOM, actions),
        )
        self._connection.send(b"".join(requests), len(requests))

    def _numbers(self, window: int, name: str, kind: int, numbers: Sequence[int]) -> bytes:
        return change_property(window, self._atoms[name], kind, NUMBER_BITS, data_of(numbers))

    def _tell_place(self, effect: fx.TellPlace) -> None:
        window, place = self._window(effect.window), effect.geometry
        window.send_event(
            event.ConfigureNotify(
                event=window,
                window=window,
                x=place.x,
                y=place.y,
                width=place.width,
                height=place.height,
                border_width=0,
                above_sibling=X.NONE,
                override=False,
            ),
            event_mask=X.StructureNotifyMask,
        )

    def _mark_withdrawn(self, effect: fx.MarkWithdrawn) -> None:
        names = "WM_STATE", "_NET_WM_STATE", "_NET_WM_DESKTOP"
        self._connection.send(b"".join(delete_property(effect.window, self._atoms[n]) for n in names), len(names))

    def _stop_repeat(self) -> None:
        """The desktop repeats held keys; a repeat of our own would double every letter."""
        self._display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
