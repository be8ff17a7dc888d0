"""Gives a tray icon's popup the keyboard, and tells the qube of clicks beside its popups; must not decide either.

The popup gets the focus, and nothing is grabbed: the attention chord, a window manager's keys and a screen locker work
as ever. What the person presses elsewhere is heard by XInput's raw events, which stop nothing.
Source: XI2proc.txt, "Raw events"; X11 protocol, SetInputFocus: a time before the last change of the focus is ignored.
"""

from __future__ import annotations

import logging
import struct
import time
from functools import partial
from typing import Any, Final

from Xlib import X
from Xlib.ext import ge
from Xlib.protocol import rq

from guid.core.geometry import Rect
from guid.core.popupkeys import PopupKeys, Watch
from guid.core.session import Session
from guid.core.values import Kind, RemoteId
from guid.core.window import State
from guid.x11.aside import SetAside
from guid.x11.desktop import Desktop
from guid.x11.inputs import LAST_CLICK, Inputs, OuterMaps
from protocol.codec import encode
from protocol.messages import MessageType
from shm.x11.properties import change_property, delete_property
from shm.x11.requests import set_input_focus

log = logging.getLogger(__name__)

EXTENSION: Final = "XInputExtension"
SELECT_EVENTS, QUERY_VERSION = 46, 47
VERSION: Final = (2, 1)
"""From it on raw events come whoever has grabbed."""
ALL_MASTER_DEVICES: Final = 1
RAW_KEY_PRESS, RAW_BUTTON_PRESS = 13, 15
RAW_EVENT: Final = struct.Struct("<xxII")
"""After the head of a generic event: the device, the time (ms), the keycode or button. Source: XI2proto.h."""
MASKS: Final = {
    Watch.NOTHING: 0,
    Watch.BUTTONS: 1 << RAW_BUTTON_PRESS,
    Watch.KEYS | Watch.BUTTONS: 1 << RAW_KEY_PRESS | 1 << RAW_BUTTON_PRESS,
}

QUERY_POINTER, GET_INPUT_FOCUS = 38, 43
POINTER: Final = struct.Struct("<8xIIhh")
"""Root, child of the root, place on the root."""
MAX_DEPTH: Final = 4
"""Of windows between the root and an outer: a window manager has one to three there, its frame and what is in it."""
WINDOW = 33
"""The predefined atom. Source: Xatom.h."""
ESCAPE_KEYSYM: Final = 0xFF1B


class PopupKeyboard:
    """The popups of one session."""

    def __init__(
        self, desktop: Desktop, session: Session, windows: OuterMaps, aside: SetAside, inputs: Inputs, *, qube: str
    ) -> None:
        self._desktop = desktop
        self._session = session
        self._windows = windows
        self._aside = aside
        self._inputs = inputs
        self._keys = PopupKeys()
        self._watching = Watch.NOTHING
        self._before = X.PointerRoot
        self._typing_ms: int | None = None
        self._property = desktop.atoms["_VITRAIL_POPUP"]
        found = desktop.x.display.query_extension(EXTENSION)
        self._opcode = int(found.major_opcode) if found is not None and found.present else None
        if self._opcode is None:
            log.warning("%s: the X server has no %s: menus of tray icons have no keys", qube, EXTENSION)
            return
        desktop.x.display.extension_add_event(ge.GenericEventCode, ge.GenericEvent)
        query = struct.pack("<BBHHH", self._opcode, QUERY_VERSION, 2, *VERSION)
        desktop.x.send_with_reply(query, 1, lambda _reply: None)

    # What the qube's windows do

    def icon_pressed(self, remote: RemoteId, time_ms: int) -> None:
        """A button on a tray icon."""
        self._keys.icon_clicked(self._session.windows[remote].shown.outer, time_ms, time.monotonic())
        self._settle()

    def shown(self, remote: RemoteId) -> None:
        """A popup is on the screen."""
        outer = self._session.windows[remote].shown.outer
        entitled = self._keys.shown(remote, outer, self._unit, time.monotonic())
        if entitled and self._inputs.focused is None:  # else the qube has the keyboard
            request = struct.pack("<BBH", GET_INPUT_FOCUS, 0, 1)
            self._desktop.x.send_with_reply(request, 1, partial(self._focus_read, remote))
        self._settle()

    def placed(self, remote: RemoteId, outer: Rect) -> None:
        """An outer is elsewhere."""
        self._keys.placed(remote, outer, self._unit)
        self._settle()

    def hidden(self, remote: RemoteId) -> None:
        """A window is about to go: whoever had the keyboard gets it before the X server looks for somebody."""
        self._keys.hidden(remote)
        self._settle()

    # What the person does

    def heard(self, event: rq.Event) -> None:
        """A key or a button somewhere on the desktop."""
        if event.extension != self._opcode:
            return
        _time_ms, detail = RAW_EVENT.unpack_from(event.data)
        if event.evtype == RAW_KEY_PRESS:
            self._keys.key_pressed(time.monotonic(), escape=self._is_escape(detail))
            self._settle()
        elif event.evtype == RAW_BUTTON_PRESS and detail <= LAST_CLICK:
            self._ask_pointer(self._desktop.root_id, MAX_DEPTH)

    def _is_escape(self, keycode: int) -> bool:
        keyboard = self._desktop.keyboard
        return keycode in keyboard.keymap.keycodes_of(ESCAPE_KEYSYM)

    def _ask_pointer(self, window: int, left: int) -> None:
        """In which child of a window the pointer is. left: how many more may be asked about."""
        request = struct.pack("<BBHI", QUERY_POINTER, 0, 2, window)
        self._desktop.x.send_with_reply(request, 1, partial(self._pointed, left))

    def _pointed(self, left: int, reply: bytes) -> None:
        if not reply:
            return
        _root, child, x, y = POINTER.unpack_from(reply)
        if child in self._windows.remote_by_local or self._has(x, y, State.DOCKED):
            return
        if child and left and self._has(x, y, State.MAPPED):  # there, or under what somebody else has there
            self._ask_pointer(child, left - 1)
            return
        newest = self._keys.newest
        self._keys.clicked_elsewhere()
        if newest is not None:
            content = self._session.windows[newest].content
            left_px, top_px = self._keys.beside(self._desktop.geometry.root)
            for kind in (X.ButtonPress, X.ButtonRelease):
                told = encode(MessageType.BUTTON, newest, kind, left_px - content.x, top_px - content.y, 0, 1)
                self._aside.say_button(kind, 1, told)
        self._settle()

    def _has(self, x: int, y: int, state: State) -> bool:
        """Whether a window of the qube in this state, but for popups, reaches over that place."""
        return any(
            window.kind is not Kind.POPUP and window.state is state and _has(window.shown.outer, x, y)
            for window in self._session.windows.values()
        )

    # Time

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to do, s from `now`; None: nothing waits."""
        return self._keys.wait_s(now)

    def due(self, now: float) -> None:
        """Time has passed."""
        self._keys.due(now)
        self._settle()

    # The focus

    @property
    def _unit(self) -> int:
        return self._desktop.thickness.unit

    def _focus_read(self, remote: RemoteId, reply: bytes) -> None:
        """Who has it before, to have it again. What is given back or taken later than the click is left as it is."""
        typing = self._keys.begins(remote, self._unit, time.monotonic()) if reply else None
        if typing is None:
            return
        (self._before,) = struct.unpack_from("<I", reply, 8)
        self._typing_ms = typing.time_ms
        outer = self._windows.frames[remote].outer
        told = change_property(self._desktop.root_id, self._property, WINDOW, 32, struct.pack("<I", outer))
        focus = set_input_focus(outer, revert_to=X.RevertToParent, time=typing.time_ms)
        self._desktop.x.send(told + focus, 2)

    def _settle(self) -> None:
        if self._typing_ms is not None and self._keys.typing is None:
            self._give_back(self._typing_ms)
        watch = self._keys.watch
        if watch is not self._watching and self._opcode is not None:
            self._watching = watch
            words = self._desktop.root_id, 1, 0, ALL_MASTER_DEVICES, 1, MASKS[watch]
            self._desktop.x.send(struct.pack("<BBHIHHHHI", self._opcode, SELECT_EVENTS, 5, *words), 1)

    def _give_back(self, time_ms: int) -> None:
        """Nothing happens if somebody else has taken it since: that was later than the click."""
        self._typing_ms = None
        self._desktop.x.send(delete_property(self._desktop.root_id, self._property), 1)

        def refused(_error: Any, _request: Any) -> int:
            nobody = set_input_focus(X.PointerRoot, revert_to=X.RevertToPointerRoot, time=time_ms)
            self._desktop.x.send(nobody, 1)
            return 1

        self._desktop.x.display.set_input_focus(self._before, X.RevertToPointerRoot, time_ms, onerror=refused)


def _has(rect: Rect, x: int, y: int) -> bool:
    return rect.x <= x < rect.x + rect.width and rect.y <= y < rect.y + rect.height
