"""The qube's screen: a minimal window manager that turns what X says into reports. It must not know the daemon."""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from Xlib import X
from Xlib.error import BadAccess, BadWindow, CatchError, XError
from Xlib.ext import composite
from Xlib.protocol import event as xevent
from Xlib.protocol import request, rq

from guiagent.core.effects import Effect
from guiagent.core.icons import Picture
from guiagent.core.keyboard import MAX_KEYCODE, MIN_KEYCODE
from guiagent.core.qube import Qube
from guiagent.core.reports import Reports
from guiagent.core.rereading import Rereading
from guiagent.core.shadow import ARGB_DEPTH
from guiagent.core.states import StateAtoms
from guiagent.core.values import Facts, Geometry, Properties, WindowId
from guiagent.core.wishes import Wishes
from guiagent.x11.atoms import MAXIMIZED, OWN_STATES, POPUP_TYPES, Atoms
from guiagent.x11.capture import Capture
from guiagent.x11.icons import Icons
from guiagent.x11.manager import Manager
from guiagent.x11.messages import CONFIGURE_BITS, Messages
from guiagent.x11.properties import ICONIC_STATE, PropertyReader
from guiagent.x11.shapes import SENT_BY_CLIENT
from guiagent.x11.stub import Stub
from shm.errors import DisplayLost
from shm.x11.connection import XConnection
from shm.x11.requests import (
    CONFIGURE_EVENT,
    CREATE_EVENT,
    PROPERTY_EVENT,
    WINDOW_CLASS,
    WINDOW_EVENT,
    get_geometry,
    get_window_attributes,
    select_input,
)

LOG = logging.getLogger(__name__)

NO_ATOM: Final = 0
"""Stands for a window's input shape among its properties: it is told with them, and as often."""
NUM_LOCK_KEYSYM: Final = 0xFF7F
NEEDED_EXTENSIONS: Final = ("Composite", "DAMAGE", "XTEST")


def check_extensions(connection: XConnection) -> None:
    """Raises DisplayLost, with the names, if the server lacks what the agent cannot do without."""
    missing = [name for name in NEEDED_EXTENSIONS if not connection.display.has_extension(name)]
    if missing:
        raise DisplayLost(f"the X server lacks {', '.join(missing)}")


def state_atoms(atoms: Atoms) -> StateAtoms:
    """The states and types that the core tells apart."""
    return StateAtoms(
        atoms["_NET_WM_STATE_FULLSCREEN"],
        atoms["_NET_WM_STATE_DEMANDS_ATTENTION"],
        atoms["_NET_WM_STATE_HIDDEN"],
        maximized=tuple(atoms[name] for name in MAXIMIZED),
        own=frozenset(atoms[name] for name in OWN_STATES),
        modal=atoms["_NET_WM_STATE_MODAL"],
        popup_types=frozenset(atoms[name] for name in POPUP_TYPES),
    )


class Screen:
    """Redirects every window, grants what programs ask of a window manager, and reports what becomes of it."""

    def __init__(
        self,
        connection: XConnection,
        atoms: Atoms,
        stub: Stub,
        capture: Capture,
        *,
        qube: Qube,
        reports: Reports,
        perform: Callable[[list[Effect]], None],
        clock: Callable[[], float],
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._display: Any = connection.display
        self._root: Any = self._display.screen().root
        self._atoms = atoms
        self._stub = stub
        self._capture = capture
        self._qube = qube
        self._reports = reports
        self._perform = perform
        self._wishes = Wishes(qube, reports)
        self._messages = Messages(atoms, self._wishes)
        self._manager = Manager(connection, atoms, qube)
        self._reader = PropertyReader(connection, atoms)
        self._rereading = Rereading()
        self._icons = Icons(connection, atoms["_NET_WM_ICON"], seen=self._icon_seen)
        self._keymap_changed = True
        self._handlers: Mapping[int, Callable[[Any], None]] = {
            X.ReparentNotify: self._reparented,
            X.ConfigureRequest: self._configure_requested,
            X.CirculateRequest: self._circulate_requested,
            X.ClientMessage: self._message,
            X.MappingNotify: lambda _event: self.keymap_changed(),
        }
        for code, layout, hear in (
            (X.CreateNotify, CREATE_EVENT, self._created),
            (X.DestroyNotify, WINDOW_EVENT, self._destroyed),
            (X.MapRequest, WINDOW_EVENT, self._map_requested),
            (X.MapNotify, WINDOW_EVENT, self._mapped),
            (X.UnmapNotify, WINDOW_EVENT, self._unmapped),
            (X.ConfigureNotify, CONFIGURE_EVENT, self._configured),
            (X.PropertyNotify, PROPERTY_EVENT, self._property_changed),
        ):
            connection.on_event(code, partial(self._hot_event, layout, hear))
        connection.on_cold_event(self._event)
        capture.shapes.on_input_changed(lambda window: self._rereading.changed(window, NO_ATOM))
        connection.on_error(lambda error: LOG.debug("X error: %s", error))

    def open(self) -> None:
        """Become the window manager and report the windows that are there already.

        Raises DisplayLost if another window manager runs.
        """
        refused = CatchError(BadAccess)
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask | X.StructureNotifyMask
        self._root.change_attributes(event_mask=mask, onerror=refused)
        self._root.composite_redirect_subwindows(composite.RedirectManual)
        # The windows are listed after the events were asked for, so that none can slip through between.
        children = self._root.query_tree().children
        if refused.get_error() is not None:
            raise DisplayLost("another window manager runs on this X server")
        for child in children:
            self._found(WindowId(int(child.id)))
            self._restore_iconic(WindowId(int(child.id)))
        self._connection.drain()

    def stacking(self) -> list[WindowId]:
        """All children of the root, lowest first."""
        return [WindowId(int(child.id)) for child in self._root.query_tree().children]

    def settle(self) -> None:
        """Read what has changed since the last call, once however often it changed. Call it when events are drained."""
        for window in self._rereading.due(self._clock()):
            self._reread(window)
        if self._keymap_changed:
            self._read_keymap()
        self._icons.look(self._reports.icons_due(self._clock()))
        self._connection.drain()
        self._manager.settle()

    def deadline(self) -> float | None:
        """When `settle` must be called next: changes may have come while others were read."""
        return float("-inf") if self._keymap_changed else self._rereading.deadline()

    def _event(self, event: rq.Event) -> None:
        handler = self._handlers.get(event.type & 0x7F)
        if handler is None:
            return
        try:
            handler(event)
        except XError as error:
            # Windows vanish while we ask about them; whatever else X refuses concerns one window of an odd program.
            LOG.debug("X error in %s: %s", type(event).__name__, error)

    def _hot_event(
        self, layout: struct.Struct, handler: Callable[..., None], buffer: bytes | memoryview, offset: int
    ) -> None:
        """handler: gets the fields of the event, but for its serial."""
        code, _serial, *fields = layout.unpack_from(buffer, offset)
        try:
            handler(code, *fields)
        except XError as error:  # as above
            LOG.debug("X error in an event of code %d: %s", code, error)

    # Windows come and go

    def _found(self, window: WindowId) -> None:
        try:
            geometry = request.GetGeometry(display=self._display.display, drawable=window)
            attributes = request.GetWindowAttributes(display=self._display.display, window=window)
            self._track(
                window,
                Geometry(geometry.x, geometry.y, geometry.width, geometry.height),
                border_width=geometry.border_width,
                mapped=attributes.map_state != X.IsUnmapped,
                override_redirect=bool(attributes.override_redirect),
            )
        except XError as error:
            LOG.debug("window %#x vanished: %s", window, error)

    def _restore_iconic(self, window: WindowId) -> None:
        """A window that an earlier window manager minimised by unmapping it is minimised as the desktop does it."""
        known = self._qube.windows.get(window)
        if known is None or known.mapped or known.override_redirect:
            return
        state = self._atoms["WM_STATE"]
        try:
            found = self._window(window).get_full_property(state, state)
        except XError as error:
            LOG.debug("window %#x vanished: %s", window, error)
            return
        if found is not None and len(found.value) and found.value[0] == ICONIC_STATE:
            self._perform(self._wishes.iconify(window))
            self._perform(self._wishes.map(window, self._clock()))

    def _created(
        self,
        _code: int,
        parent: int,
        window: int,
        x: int,
        y: int,
        width: int,
        height: int,
        border_width: int,
        override: int,
    ) -> None:
        if parent == self._root.id:
            self._track(
                WindowId(window),
                Geometry(x, y, width, height),
                border_width=border_width,
                mapped=False,
                override_redirect=bool(override),
            )

    def _track(
        self, window: WindowId, geometry: Geometry, *, border_width: int, mapped: bool, override_redirect: bool
    ) -> None:
        """Report a window that can have pixels. Raises XError if it is gone."""
        if window == self._stub.id or window in self._qube.windows:
            return
        self._connection.send(select_input(window, X.PropertyChangeMask), 1)
        attributes, shape = self._connection.ask([get_window_attributes(window), get_geometry(window)])
        (win_class,), depth = WINDOW_CLASS.unpack_from(attributes), shape[1]
        if win_class == X.InputOnly:
            return
        if border_width:
            self._window(window).configure(border_width=0)
        properties = self._reader.read(window, Properties())
        self._capture.track(window)
        if depth == ARGB_DEPTH:
            properties = self._capture.shapes.found(window, properties)
        self._perform(self._reports.created(Facts(window, geometry, depth, override_redirect, mapped, properties)))

    def _destroyed(self, _code: int, _told: int, window: int, _: int) -> None:
        self._forget(WindowId(window), destroyed=True)

    def _reparented(self, event: xevent.ReparentNotify) -> None:
        if event.parent.id == self._root.id:
            self._found(WindowId(event.window.id))
        else:
            self._forget(WindowId(event.window.id), destroyed=False)

    def _forget(self, window: WindowId, *, destroyed: bool) -> None:
        self._rereading.forget(window)
        self._capture.forget(window, destroyed=destroyed)
        self._perform(self._reports.destroyed(window))
        self._manager.changed()

    def _map_requested(self, _code: int, _parent: int, asked: int, _: int) -> None:
        window = WindowId(asked)
        self._reread(window)
        self._perform(self._wishes.map(window, self._clock()))

    def _mapped(self, _code: int, _told: int, mapped: int, override: int) -> None:
        window = WindowId(mapped)
        self._reread(window)
        self._perform(self._reports.mapped(window, override_redirect=bool(override)))
        self._manager.changed()

    def _unmapped(self, code: int, _told: int, unmapped: int, _: int) -> None:
        """Gone from the screen; or a program says that it shall be withdrawn, mapped or not. Source: ICCCM 4.1.4."""
        window = WindowId(unmapped)
        known = self._qube.windows.get(window)
        if code & SENT_BY_CLIENT and known is not None and known.mapped:
            self._window(window).unmap()
            return
        self._perform(self._reports.unmapped(window))
        self._manager.changed()

    # Windows change

    def _configure_requested(self, event: xevent.ConfigureRequest) -> None:
        """Its place is granted as far as it can be, and its place in the stack as it is."""
        window = WindowId(event.window.id)
        self._reread(window)
        mask = event.value_mask
        if window not in self._qube.windows:
            event.window.configure(**{name: getattr(event, name) for name, bit in CONFIGURE_BITS if mask & bit})
        elif mask & ~X.CWStackMode & ~X.CWSibling or not mask:
            self._perform(self._messages.configure(event))
        if mask & X.CWStackMode:
            sibling = {"sibling": event.above_sibling} if mask & X.CWSibling else {}
            event.window.configure(stack_mode=event.stack_mode, **sibling)

    def _configured(
        self,
        _code: int,
        _told: int,
        window: int,
        _above: int,
        x: int,
        y: int,
        width: int,
        height: int,
        border_width: int,
        _override: int,
    ) -> None:
        if window == self._root.id:
            self._manager.resized(width, height)
            return
        if border_width:
            self._window(window).configure(border_width=0)
        self._perform(self._reports.configured(WindowId(window), Geometry(x, y, width, height)))

    def _circulate_requested(self, event: xevent.CirculateRequest) -> None:
        event.window.configure(stack_mode=X.Above if event.place == X.PlaceOnTop else X.Below)

    def _property_changed(self, _code: int, changed: int, atom: int, time: int, _state: int) -> None:
        window = WindowId(changed)
        if window == self._stub.id:
            self._stub.property_changed(time)
        elif window in self._qube.windows:
            if self._reader.concerns(atom):
                self._rereading.changed(window, atom)
            if self._icons.concerned_by(atom):
                self._qube.icons.changed(window)

    def _reread(self, window: WindowId) -> None:
        changed = self._rereading.take(window, self._clock())
        known = self._qube.windows.get(window)
        if known is None or not changed:
            return
        try:
            described = self._capture.shapes.described(window, known.properties)
            properties = self._reader.read(window, described, changed)
        except BadWindow:
            return
        self._perform(self._reports.described(window, properties))

    def _icon_seen(self, window: WindowId, pictures: Sequence[Picture]) -> None:
        self._perform(self._reports.icon_seen(window, pictures))

    def _message(self, event: xevent.ClientMessage) -> None:
        self._perform(self._messages.take(event, self._clock()))

    # The keyboard

    def keymap_changed(self) -> None:
        """Keys mean something else: read which of them are modifiers, at the next `settle`."""
        self._keymap_changed = True

    def _read_keymap(self) -> None:
        self._keymap_changed = False
        modifiers = [tuple(codes) for codes in self._display.get_modifier_mapping()]
        keysyms = self._display.get_keyboard_mapping(MIN_KEYCODE, MAX_KEYCODE - MIN_KEYCODE + 1)
        num_lock = {code for code, row in enumerate(keysyms, MIN_KEYCODE) if NUM_LOCK_KEYSYM in row}
        mask = 0
        for bit, codes in enumerate(modifiers):
            if num_lock.intersection(codes):
                mask |= 1 << bit
        self._qube.keyboard.remapped(modifiers, mask)

    def _window(self, window: int) -> Any:
        return self._display.create_resource_object("window", window)
