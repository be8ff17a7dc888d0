"""The qube's screen: a minimal window manager that turns what X says into reports. It must not know the daemon."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from Xlib import X
from Xlib.error import BadAccess, BadWindow, CatchError, XError
from Xlib.ext import composite
from Xlib.protocol import event as xevent
from Xlib.protocol import request, rq

from guiagent.core.effects import Effect
from guiagent.core.keyboard import MAX_KEYCODE, MIN_KEYCODE
from guiagent.core.qube import Qube
from guiagent.core.reports import Reports
from guiagent.core.states import StateAtoms
from guiagent.core.values import Facts, Geometry, Properties, WindowId
from guiagent.x11.atoms import Atoms
from guiagent.x11.capture import Capture
from guiagent.x11.properties import PropertyReader
from guiagent.x11.stub import Stub
from shm.errors import DisplayLost
from shm.x11.connection import XConnection

LOG = logging.getLogger(__name__)

NUM_LOCK_KEYSYM: Final = 0xFF7F
ICONIC_STATE: Final = 3
"""Source: ICCCM 4.1.4."""
NEEDED_EXTENSIONS: Final = ("Composite", "DAMAGE", "XTEST")


def check_extensions(connection: XConnection) -> None:
    """Raises DisplayLost, with the names, if the server lacks what the agent cannot do without."""
    missing = [name for name in NEEDED_EXTENSIONS if not connection.display.has_extension(name)]
    if missing:
        raise DisplayLost(f"the X server lacks {', '.join(missing)}")


def state_atoms(atoms: Atoms) -> StateAtoms:
    """The three states that the wire knows."""
    return StateAtoms(
        atoms["_NET_WM_STATE_FULLSCREEN"],
        atoms["_NET_WM_STATE_DEMANDS_ATTENTION"],
        atoms["_NET_WM_STATE_HIDDEN"],
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
    ) -> None:
        self._connection = connection
        self._display: Any = connection.display
        self._root: Any = self._display.screen().root
        self._atoms = atoms
        self._stub = stub
        self._capture = capture
        self._qube = qube
        self._reports = reports
        self._perform = perform
        self._reader = PropertyReader(connection, atoms)
        self._changed: dict[WindowId, dict[int, None]] = {}
        self._keymap_changed = True
        self._handlers: Mapping[int, Callable[[Any], None]] = {
            X.CreateNotify: self._created,
            X.DestroyNotify: self._destroyed,
            X.ReparentNotify: self._reparented,
            X.MapRequest: self._map_requested,
            X.MapNotify: self._mapped,
            X.UnmapNotify: self._unmapped,
            X.ConfigureRequest: self._configure_requested,
            X.ConfigureNotify: self._configured,
            X.CirculateRequest: self._circulate_requested,
            X.PropertyNotify: self._property_changed,
            X.ClientMessage: self._message,
            X.MappingNotify: lambda _event: self.keymap_changed(),
        }
        connection.on_cold_event(self._event)
        connection.on_error(lambda error: LOG.debug("X error: %s", error))

    def open(self) -> None:
        """Become the window manager and report the windows that are there already.

        Raises DisplayLost if another window manager runs.
        """
        refused = CatchError(BadAccess)
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root.change_attributes(event_mask=mask, onerror=refused)
        self._root.composite_redirect_subwindows(composite.RedirectManual)
        # The windows are listed after the events were asked for, so that none can slip through between.
        children = self._root.query_tree().children
        if refused.get_error() is not None:
            raise DisplayLost("another window manager runs on this X server")
        for child in children:
            self._found(WindowId(int(child.id)))
        self._connection.drain()

    def settle(self) -> None:
        """Read what has changed since the last call, once however often it changed. Call it when events are drained."""
        while self._changed:
            window = next(iter(self._changed))
            self._reread(window)
        if self._keymap_changed:
            self._read_keymap()
        self._connection.drain()

    def _event(self, event: rq.Event) -> None:
        handler = self._handlers.get(event.type & 0x7F)
        if handler is None:
            return
        try:
            handler(event)
        except XError as error:
            # Windows vanish while we ask about them; whatever else X refuses concerns one window of an odd program.
            LOG.debug("X error in %s: %s", type(event).__name__, error)

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

    def _created(self, event: xevent.CreateNotify) -> None:
        if event.parent.id == self._root.id:
            self._track(
                WindowId(event.window.id),
                Geometry(event.x, event.y, event.width, event.height),
                border_width=event.border_width,
                mapped=False,
                override_redirect=bool(event.override),
            )

    def _track(
        self, window: WindowId, geometry: Geometry, *, border_width: int, mapped: bool, override_redirect: bool
    ) -> None:
        """Report a window that can have pixels. Raises XError if it is gone."""
        if window == self._stub.id or window in self._qube.windows:
            return
        lower = self._display.display
        attributes = request.GetWindowAttributes(display=lower, defer=True, window=window)
        shape = request.GetGeometry(display=lower, defer=True, drawable=window)
        handle = self._window(window)
        handle.change_attributes(event_mask=X.PropertyChangeMask)
        attributes.reply()
        shape.reply()
        if attributes.win_class == X.InputOnly:
            return
        if border_width:
            handle.configure(border_width=0)
        properties = self._reader.read(window, Properties())
        self._capture.track(window)
        self._perform(
            self._reports.created(Facts(window, geometry, shape.depth, override_redirect, mapped, properties))
        )

    def _destroyed(self, event: xevent.DestroyNotify) -> None:
        self._forget(WindowId(event.window.id), destroyed=True)

    def _reparented(self, event: xevent.ReparentNotify) -> None:
        if event.parent.id == self._root.id:
            self._found(WindowId(event.window.id))
        else:
            self._forget(WindowId(event.window.id), destroyed=False)

    def _forget(self, window: WindowId, *, destroyed: bool) -> None:
        self._changed.pop(window, None)
        self._capture.forget(window, destroyed=destroyed)
        self._perform(self._reports.destroyed(window))

    def _map_requested(self, event: xevent.MapRequest) -> None:
        event.window.map()

    def _mapped(self, event: xevent.MapNotify) -> None:
        window = WindowId(event.window.id)
        if window in self._changed:
            self._reread(window)
        self._perform(self._reports.mapped(window, override_redirect=bool(event.override)))

    def _unmapped(self, event: xevent.UnmapNotify) -> None:
        self._perform(self._reports.unmapped(WindowId(event.window.id)))

    # Windows change

    def _configure_requested(self, event: xevent.ConfigureRequest) -> None:
        """Grant it. A program whose request changes nothing is told so by a synthetic event: ICCCM 4.1.5."""
        mask = event.value_mask
        wanted = {
            name: getattr(event, name)
            for bit, name in ((X.CWX, "x"), (X.CWY, "y"), (X.CWWidth, "width"), (X.CWHeight, "height"))
            if mask & bit
        }
        known = self._qube.windows.get(WindowId(event.window.id))
        if known is not None and not mask & X.CWStackMode:
            whole = known.place.whole
            if all(getattr(whole, name) == value for name, value in wanted.items()):
                self._tell_geometry(event.window, whole)
                return
        if mask & X.CWStackMode:
            wanted["stack_mode"] = event.stack_mode
            if mask & X.CWSibling:
                wanted["sibling"] = event.above_sibling
        event.window.configure(border_width=0, **wanted)

    def _tell_geometry(self, window: Any, geometry: Geometry) -> None:
        window.send_event(
            xevent.ConfigureNotify(
                event=window,
                window=window,
                x=geometry.x,
                y=geometry.y,
                width=geometry.width,
                height=geometry.height,
                border_width=0,
                above_sibling=X.NONE,
                override=False,
            ),
            event_mask=X.StructureNotifyMask,
        )

    def _configured(self, event: xevent.ConfigureNotify) -> None:
        if event.border_width:
            event.window.configure(border_width=0)
        geometry = Geometry(event.x, event.y, event.width, event.height)
        self._perform(self._reports.configured(WindowId(event.window.id), geometry))

    def _circulate_requested(self, event: xevent.CirculateRequest) -> None:
        event.window.configure(stack_mode=X.Above if event.place == X.PlaceOnTop else X.Below)

    def _property_changed(self, event: xevent.PropertyNotify) -> None:
        window = WindowId(event.window.id)
        if window == self._stub.id:
            self._stub.property_changed(event.time)
        elif window in self._qube.windows and self._reader.concerns(event.atom):
            self._changed.setdefault(window, {})[event.atom] = None

    def _reread(self, window: WindowId) -> None:
        changed = self._changed.pop(window)
        known = self._qube.windows.get(window)
        if known is None:
            return
        try:
            properties = self._reader.read(window, known.properties, changed)
        except BadWindow:
            return
        self._perform(self._reports.described(window, properties))

    def _message(self, event: xevent.ClientMessage) -> None:
        bits, words = event.data
        if bits != 32:
            return
        window = WindowId(event.window.id)
        if event.client_type == self._atoms["_NET_WM_STATE"]:
            self._perform(self._reports.states_asked(window, words[0], (words[1], words[2])))
        elif event.client_type == self._atoms["WM_CHANGE_STATE"] and words[0] == ICONIC_STATE:
            self._perform(self._reports.iconify_asked(window))

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
