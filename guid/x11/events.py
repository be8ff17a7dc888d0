"""Events of the desktop's X server, decoded and handed on; must not decide anything about them.

Hot events are read as 32 raw bytes by a table on the event code; everything else comes as python-xlib objects.
Synthetic input (XSendEvent) is dropped: only the person's devices type into a qube.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from typing import Protocol

from Xlib import X
from Xlib.ext.ge import GenericEventCode
from Xlib.protocol import rq

from guid.core.geometry import Rect
from guid.x11.desktop import Desktop
from shm.x11.requests import (
    CONFIGURE_EVENT,
    EXPOSE_EVENT,
    FOCUS_EVENT,
    INPUT_EVENT,
    PROPERTY_EVENT,
    REPARENT_EVENT,
    WINDOW_EVENT,
)

SYNTHETIC = 0x80

TRANSLATE_COORDINATES = 40
KEYMAP_EVENT_BYTES = 32


class InputListener(Protocol):
    """Who is told of input. `local` is the X id of an outer (keys, focus) or of a content (the rest)."""

    def key(self, local: int, kind: int, x: int, y: int, state: int, keycode: int, time_ms: int) -> None:
        """KeyPress, KeyRelease; px, outer-relative; ms of the X server's time."""

    def button(self, local: int, kind: int, x: int, y: int, state: int, button: int, time_ms: int) -> None:
        """ButtonPress, ButtonRelease; px, content-relative; ms of the X server's time."""

    def motion(self, local: int, x: int, y: int, state: int) -> None:
        """MotionNotify; px, content-relative."""

    def crossing(self, local: int, kind: int, x: int, y: int, state: int, mode: int, detail: int, focus: int) -> None:
        """EnterNotify, LeaveNotify."""

    def focus(self, local: int, kind: int, mode: int, detail: int) -> None:
        """FocusIn, FocusOut."""

    def keymap(self, keys: bytes, *, with_focus: bool) -> None:
        """KeymapNotify: 32 bytes; with_focus: it came with the focus, not with the pointer."""


class Listener(Protocol):
    """Who is told of all else. `local` is the X id of an outer (configuring, states, closing) or of a content."""

    def exposed(self, local: int, rect: Rect) -> None:
        """Expose; px, content-relative."""

    def has(self, local: int) -> bool:
        """Whether this is an outer or a content that is there."""

    def configured(self, local: int, outer: Rect) -> None:
        """ConfigureNotify; px, root coordinates."""

    def reframed(self, local: int, *, orphaned: bool) -> None:
        """ReparentNotify or _NET_FRAME_EXTENTS of an outer. orphaned: it lies on the root window now."""

    def mapped(self, local: int) -> None:
        """MapNotify of an outer."""

    def unmapped(self, local: int) -> None:
        """UnmapNotify of an outer."""

    def reparented(self, local: int, *, to_root: bool) -> None:
        """ReparentNotify of an outer."""

    def destroyed(self, window: int) -> None:
        """DestroyNotify of a window that we look at, perhaps another program's."""

    def client_message(self, event: rq.Event) -> None:
        """A ClientMessage that is no request of the window manager's."""

    def pressed_anywhere(self, event: rq.Event) -> None:
        """A raw event of XInput, while these are asked for."""

    def states_changed(self, local: int) -> None:
        """_NET_WM_STATE of an outer."""

    def icon_offered(self, local: int) -> None:
        """Somebody has left an icon for the window on an outer, or it has been taken."""

    def close_requested(self, local: int) -> None:
        """WM_DELETE_WINDOW."""

    def answer_ping(self, event: rq.Event) -> None:
        """_NET_WM_PING."""

    def layout_changed(self) -> None:
        """The names of the keyboard's layout."""

    def scale_changed(self) -> None:
        """What the desktop says of how large it draws."""

    def desktop_changed(self) -> None:
        """The root window or its work area."""

    def child_mapped(self, window: int) -> None:
        """A child of the root window, anybody's, while these are watched."""

    def child_gone(self, window: int) -> None:
        """The same, unmapped or destroyed."""

    def child_restacked(self, window: int) -> None:
        """The same, configured."""


class Events:
    """Registers for every event that a listener needs, and tells it. inputs: who is told of input.

    echoes: how many have come that nobody needs: of properties of windows that are read by others.

    A CROSSING (enter) or FOCUS (in) is held until the KeymapNotify that the server sends directly after it, because the
    agent wants the keymap first.

    Where a reparented outer is has to be asked for, while the window manager's own ConfigureNotify says it: `_placed`
    counts the latter, and an answer that one has overtaken is dropped, because its size is the older one.
    """

    def __init__(self, desktop: Desktop, listener: Listener, inputs: InputListener) -> None:
        self._desktop = desktop
        self._listener = listener
        self._inputs = inputs
        self.on_size: Callable[[int, int, int], None] | None = None  # of a window of ours, in the server's order; px
        self._held: Callable[[], None] | None = None
        self._held_is_focus = False
        self._reparented: set[int] = set()
        self._placed: dict[int, int] = {}
        self.echoes = 0
        x = desktop.x
        for code, handler in (
            (X.KeyPress, self._key),
            (X.KeyRelease, self._key),
            (X.ButtonPress, self._button),
            (X.ButtonRelease, self._button),
            (X.MotionNotify, self._motion),
            (X.EnterNotify, self._crossing),
            (X.LeaveNotify, self._crossing),
            (X.FocusIn, self._focus),
            (X.FocusOut, self._focus),
            (X.KeymapNotify, self._keymap),
            (X.Expose, self._expose),
            (X.ConfigureNotify, self._configure),
            (X.MapNotify, self._child_mapped),
            (X.UnmapNotify, self._child_unmapped),
            (X.ReparentNotify, self._reparent),
            (X.DestroyNotify, self._destroyed),
            (X.PropertyNotify, self._property),
        ):
            x.on_event(code, handler)
        x.on_cold_event(self._cold)
        atoms = desktop.atoms
        self._of_root: dict[int, Callable[[], None]] = {
            atoms["_NET_WORKAREA"]: listener.desktop_changed,
            atoms["_NET_CURRENT_DESKTOP"]: listener.desktop_changed,
            atoms["_XKB_RULES_NAMES"]: listener.layout_changed,
            atoms["RESOURCE_MANAGER"]: listener.scale_changed,
        }
        self._of_window: dict[int, Callable[[int], None]] = {
            atoms["_NET_WM_STATE"]: listener.states_changed,
            atoms["_NET_FRAME_EXTENTS"]: partial(listener.reframed, orphaned=False),
            atoms["_VITRAIL_ICON"]: listener.icon_offered,
            atoms["_XSETTINGS_SETTINGS"]: lambda _window: listener.scale_changed(),
        }
        self._cold_handlers: dict[int, Callable[[rq.Event], None]] = {
            X.ClientMessage: self._client_message,
            GenericEventCode: self._raw,
        }

    # Hot

    def _key(self, buffer: bytes | memoryview, offset: int) -> None:
        code, keycode, _s, time_ms, _root, window, _c, _rx, _ry, x, y, state, _same, _p = INPUT_EVENT.unpack_from(
            buffer, offset
        )
        if not code & SYNTHETIC:
            if self._held is not None:
                self._flush_held()
                self.echoes -= 1  # what was held is no routine, as the key alone would be
            self._inputs.key(window, code, x, y, state, keycode, time_ms)

    def _button(self, buffer: bytes | memoryview, offset: int) -> None:
        code, button, _s, time_ms, _root, window, _c, _rx, _ry, x, y, state, _same, _p = INPUT_EVENT.unpack_from(
            buffer, offset
        )
        if not code & SYNTHETIC:
            self._flush_held()
            self._inputs.button(window, code, x, y, state, button, time_ms)

    def _motion(self, buffer: bytes | memoryview, offset: int) -> None:
        code, _hint, _s, _t, _root, window, _c, _rx, _ry, x, y, state, _same, _p = INPUT_EVENT.unpack_from(
            buffer, offset
        )
        if not code & SYNTHETIC:
            self._flush_held()
            self._inputs.motion(window, x, y, state)

    def _crossing(self, buffer: bytes | memoryview, offset: int) -> None:
        code, detail, _s, _t, _root, window, _c, _rx, _ry, x, y, state, mode, focus = INPUT_EVENT.unpack_from(
            buffer, offset
        )
        if code & SYNTHETIC:
            return
        self._flush_held()
        tell = partial(self._inputs.crossing, window, code, x, y, state, mode, detail, focus & 1)
        if code == X.EnterNotify:
            self._held, self._held_is_focus = tell, False
        else:
            tell()

    def _focus(self, buffer: bytes | memoryview, offset: int) -> None:
        code, detail, _s, window, mode = FOCUS_EVENT.unpack_from(buffer, offset)
        if code & SYNTHETIC:
            return
        self._flush_held()
        tell = partial(self._inputs.focus, window, code, mode, detail)
        if code == X.FocusIn:
            self._held, self._held_is_focus = tell, True
        else:
            tell()

    def _keymap(self, buffer: bytes | memoryview, offset: int) -> None:
        """One that follows nothing is of no interest: the pointer came over an outer's frame."""
        if buffer[offset] & SYNTHETIC or self._held is None:
            return
        keys = b"\0" + bytes(buffer[offset + 1 : offset + KEYMAP_EVENT_BYTES])
        self._inputs.keymap(keys, with_focus=self._held_is_focus)
        self._flush_held()

    def _flush_held(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held()

    def _expose(self, buffer: bytes | memoryview, offset: int) -> None:
        _code, _s, window, x, y, width, height, _following = EXPOSE_EVENT.unpack_from(buffer, offset)
        self._listener.exposed(window, Rect(x, y, width, height))

    def _configure(self, buffer: bytes | memoryview, offset: int) -> None:
        code, _s, event, window, _above, x, y, width, height, _b, _o = CONFIGURE_EVENT.unpack_from(buffer, offset)
        if event == self._desktop.root_id:
            if window == event:
                self._listener.desktop_changed()
            else:
                self._listener.child_restacked(window)
            return
        if self.on_size is not None and not code & SYNTHETIC:
            self.on_size(window, width, height)
        if code & SYNTHETIC or window not in self._reparented:
            self._placed[window] = self._placed.get(window, 0) + 1
            self._listener.configured(window, Rect(x, y, width, height))
        elif self._listener.has(window):  # else it is destroyed, and this was under way
            self._ask_for_position(window, width, height)

    def _child_mapped(self, buffer: bytes | memoryview, offset: int) -> None:
        _code, _s, event, window, _ = WINDOW_EVENT.unpack_from(buffer, offset)
        if event == self._desktop.root_id:
            self._listener.child_mapped(window)
        else:
            self._listener.mapped(window)

    def _child_unmapped(self, buffer: bytes | memoryview, offset: int) -> None:
        _code, _s, event, window, _ = WINDOW_EVENT.unpack_from(buffer, offset)
        if event == self._desktop.root_id:
            self._listener.child_gone(window)
        else:
            self._listener.unmapped(window)

    def _property(self, buffer: bytes | memoryview, offset: int) -> None:
        """Most are about what we have written ourselves: each window has two dozen of those, and each key one."""
        _code, _s, window, atom, _t, _state = PROPERTY_EVENT.unpack_from(buffer, offset)
        if window == self._desktop.root_id:
            self._desktop.manager.changed(atom)
            tell = self._of_root.get(atom)
            if tell is not None:
                tell()
            return
        told = self._of_window.get(atom)
        if told is None:
            self.echoes += 1
        else:
            told(window)

    def look_again(self, window: int, width: int, height: int) -> None:
        """An outer in another program's window may be somewhere else on the screen, without having been moved."""
        if window in self._reparented:
            self._ask_for_position(window, width, height)

    def _ask_for_position(self, window: int, width: int, height: int) -> None:
        """A real ConfigureNotify under a reparenting window manager: x and y are the frame's; ask for the root's."""
        placed = self._placed.get(window, 0)
        request = struct.pack("<BBHIIhh", TRANSLATE_COORDINATES, 0, 4, window, self._desktop.root_id, 0, 0)
        self._desktop.x.send_with_reply(request, 1, partial(self._translated, window, width, height, placed))

    def _translated(self, window: int, width: int, height: int, placed: int, reply: bytes) -> None:
        if not reply or placed != self._placed.get(window, 0):
            return  # the window is gone, or newer news came by another way
        x, y = struct.unpack_from("<hh", reply, 12)
        self._listener.configured(window, Rect(x, y, width, height))

    # Cold

    def _cold(self, event: rq.Event) -> None:
        handler = self._cold_handlers.get(event.type & 0x7F)
        if handler is not None:
            handler(event)

    def _reparent(self, buffer: bytes | memoryview, offset: int) -> None:
        _code, _s, told, window, parent = REPARENT_EVENT.unpack_from(buffer, offset)
        if told == self._desktop.root_id:
            return  # another program's window, or told by the outer itself as well
        orphaned = parent == self._desktop.root_id
        if orphaned:
            self._reparented.discard(window)
        else:
            self._reparented.add(window)
        self._listener.reframed(window, orphaned=orphaned)
        self._listener.reparented(window, to_root=orphaned)

    def _destroyed(self, buffer: bytes | memoryview, offset: int) -> None:
        _code, _s, told, window, _ = WINDOW_EVENT.unpack_from(buffer, offset)
        if told == self._desktop.root_id:
            self._listener.child_gone(window)
            return
        self._reparented.discard(window)
        self._placed.pop(window, None)
        self._listener.destroyed(window)

    def _raw(self, event: rq.Event) -> None:
        self._listener.pressed_anywhere(event)

    def _client_message(self, event: rq.Event) -> None:
        atoms = self._desktop.atoms
        format_, data = event.data
        if event.client_type == atoms["MANAGER"]:
            self._listener.scale_changed()  # perhaps whoever manages settings is another one
        if format_ != 32:
            return
        if event.client_type != atoms["WM_PROTOCOLS"]:
            self._listener.client_message(event)
            return
        if event.window.id == self._desktop.root_id:
            return  # an answer to the window manager, perhaps our own: heard while the root tells of its children
        if data[0] == atoms["WM_DELETE_WINDOW"]:
            self._listener.close_requested(event.window.id)
        elif data[0] == atoms["_NET_WM_PING"]:
            self._listener.answer_ping(event)
