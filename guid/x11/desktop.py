"""The desktop's X server: connection, visual, atoms, screen geometry; must not know qubes or windows.

Refuses a display on which a frame could not be drawn or pixels could not be shared.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections import deque
from collections.abc import Iterable

from Xlib import X, Xatom
from Xlib.error import BadDrawable, BadWindow, XError

from guid.core.geometry import Rect, intersection
from guid.core.monitors import SeenMonitor
from guid.core.policy import Desktop as DesktopGeometry
from guid.core.text import escaped
from guid.core.thickness import BARE, Style, thickness_at
from guid.x11.keyboard import Keyboard
from guid.x11.manager import Manager
from guid.x11.monitors import Monitors
from guid.x11.scalenow import scale_now
from guid.x11.visual import DEPTH, Visual, keeps_pixels, true_color_visual
from shm.errors import ShmError
from shm.x11.connection import XConnection
from shm.x11.mitshm import MitShm
from shm.x11.properties import get_property, numbers_in
from shm.x11.stamp import Progress

log = logging.getLogger(__name__)

ATOM_NAMES = (
    "MANAGER",
    "RESOURCE_MANAGER",
    "UTF8_STRING",
    "WM_PROTOCOLS",
    "WM_DELETE_WINDOW",
    "WM_CHANGE_STATE",
    "_NET_ACTIVE_WINDOW",
    "_NET_CLIENT_LIST",
    "_NET_CLIENT_LIST_STACKING",
    "_NET_CURRENT_DESKTOP",
    "_NET_FRAME_EXTENTS",
    "_NET_SUPPORTED",
    "_NET_WORKAREA",
    "_NET_WM_ICON",
    "_NET_WM_ICON_NAME",
    "_NET_WM_NAME",
    "_NET_WM_PID",
    "_NET_WM_PING",
    "_NET_WM_STATE",
    "_NET_WM_STATE_DEMANDS_ATTENTION",
    "_NET_WM_STATE_FULLSCREEN",
    "_NET_WM_STATE_HIDDEN",
    "_NET_WM_STATE_MAXIMIZED_HORZ",
    "_NET_WM_STATE_MAXIMIZED_VERT",
    "_NET_WM_USER_TIME",
    "_NET_WM_USER_TIME_WINDOW",
    "_QUBES_LABEL",
    "_QUBES_LABEL_COLOR",
    "_QUBES_VMNAME",
    "_QUBES_VMWINDOWID",
    "_VITRAIL_ICON",
    "_VITRAIL_POPUP",
    "_XKB_RULES_NAMES",
    "_XSETTINGS_S0",
    "_XSETTINGS_SETTINGS",
)

MAX_COORDINATE_PX = 1 << 20
"""A work area with a larger number is not believed, as in the C daemon."""

MAX_NUMBERS = 4_096
"""Numbers of _NET_WORKAREA that are looked at: four for each of a thousand desktops."""

MAX_ERRORS_LOGGED = 20
"""Errors of the X server that are logged: a qube may cause any number of them."""

MAX_GONE = 64
"""Windows whose errors are expected: outers and contents of two panels full of tray icons."""

ROOT_EVENTS = X.PropertyChangeMask | X.StructureNotifyMask

CHANGE_WINDOW_ATTRIBUTES = 2
INTERN_ATOM, CREATE_GC, CREATE_PIXMAP, CREATE_COLORMAP = 16, 55, 53, 78


class UnsuitableDisplay(Exception):
    """The desktop's X server cannot carry Vitrail; the message says what is missing."""


class Desktop:
    """The connection to the desktop with what every window needs.

    qube: whose windows it carries, for the log. x: the connection. shm: MIT-SHM on it. visual: id of a depth-24
    TrueColor visual with a colormap of its own. gc: a graphics context for depth 24 without graphics exposures.
    progress: how far the server is, None if it cannot say so by itself. atoms: name → id, of ATOM_NAMES and
    `more_atoms`. manager: what the window manager says of itself. keyboard: what the person types on.
    geometry, monitors: as they were when last asked for; monitors with what they say of themselves.
    thickness: of frames that are made now, by scale and style.
    """

    def __init__(
        self, display_name: str | None, *, qube: str, more_atoms: Iterable[str] = (), style: Style = BARE
    ) -> None:
        self.x = XConnection(display_name, extensions=(), expected=("MIT-SHM", "XKEYBOARD", "RANDR"))
        self._qube = qube
        self._errors = 0
        self._gone: deque[int] = deque(maxlen=MAX_GONE)
        self.x.on_error(self._refused)
        self._outdated = False
        self.x.on_cold_event(self._unheard)
        self._screen = self.x.display.screen()
        self.root_id: int = self._screen.root.id
        try:
            self.shm = self._shared_memory()
            self.visual, self._masks = self._true_color_visual()
        except UnsuitableDisplay:
            self.x.close()
            raise
        self.progress = self._stamps()
        self.colormap, self.gc = self._resources()
        self.atoms = self._intern((*ATOM_NAMES, *more_atoms))
        self.watch_children(wanted=False)
        self.keyboard = Keyboard(self.x)
        self.manager = Manager(self.x, self.root_id, self.atoms)
        self._randr = Monitors(self.x.display, self.root_id)
        self.monitors: tuple[SeenMonitor, ...] = self._randr.read()
        self._scale, self._style = scale_now(self.x.display, self.monitors, self.atoms), style
        self.thickness = thickness_at(self._scale, style)
        self.geometry = self._geometry(Rect(0, 0, self._screen.width_in_pixels, self._screen.height_in_pixels))

    @property
    def descriptors(self) -> set[int]:
        """All that it needs."""
        return {self.x.fileno()} | ({self.progress.fileno()} if self.progress is not None else set())

    def serve(self, qube: str, style: Style) -> None:
        """From now on it carries this qube's windows, in this style: it was opened before that was known."""
        self._qube = qube
        self.restyle(style=style)

    def _unheard(self, _event: object) -> None:
        """The desktop says something before anybody listens."""
        self._outdated = True

    def look_again(self) -> None:
        """Where something may have changed before anybody listened, ask for everything again (round trips)."""
        self.x.drain()
        if not self._outdated:
            return
        self._outdated = False
        self.manager.look_again()
        self.geometry = self.read_geometry()
        self.restyle(scale=scale_now(self.x.display, self.monitors, self.atoms))
        self.x.drain()

    def restyle(self, *, scale: float | None = None, style: Style | None = None) -> None:
        """Frames are to be made for this scale and in this style from now on, or as before."""
        self._scale = self._scale if scale is None else scale
        self._style = self._style if style is None else style
        self.thickness = thickness_at(self._scale, self._style)
        self.geometry = self.geometry._replace(thickness=self.thickness)

    def watch_children(self, *, wanted: bool) -> None:
        """Let the root window tell of its children too: every program's windows, so only while it matters."""
        mask = ROOT_EVENTS | (X.SubstructureNotifyMask if wanted else 0)
        self.x.send(struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, self.root_id, X.CWEventMask, mask), 1)

    def _refused(self, error: XError) -> None:
        """A request of ours failed: a bug of ours, or a window that went meanwhile. Nothing depends on it."""
        if isinstance(error, BadWindow | BadDrawable) and not self._is_ours(error.resource_id.id):
            return  # another program's windows go when they like
        if isinstance(error, BadWindow | BadDrawable) and error.resource_id.id in self._gone:
            return
        self._errors += 1
        if self._errors <= MAX_ERRORS_LOGGED:
            log.warning("%s: the X server refused a request: %s", self._qube, escaped(str(error)))

    def expect_errors(self, *windows: int) -> None:
        """Another program destroyed these windows of ours: that requests for them are refused is nobody's fault."""
        self._gone.extend(windows)

    def _is_ours(self, resource: int) -> bool:
        info = self.x.display.display.info
        return bool(resource & ~info.resource_id_mask == info.resource_id_base)

    def pixel(self, rgb: int) -> int:
        """The pixel value of 0xRRGGBB in our visual."""
        value = 0
        for mask, channel in zip(self._masks, (rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF), strict=True):
            low = (mask & -mask).bit_length() - 1
            value |= channel * (mask >> low) // 255 << low
        return value

    def read_geometry(self) -> DesktopGeometry:
        """Ask for screen size, work area and monitors (round trips; when one of them changed)."""
        size = self._screen.root.get_geometry()
        self.monitors = self._randr.read()
        return self._geometry(Rect(0, 0, size.width, size.height))

    def _geometry(self, root: Rect) -> DesktopGeometry:
        monitors = (intersection(monitor.rect, root) for monitor in self.monitors)
        on_screen = tuple(monitor for monitor in monitors if monitor is not None)
        self.x.drain()
        return DesktopGeometry(root, self._work_area(root), on_screen, self.thickness)

    def _work_area(self, root: Rect) -> Rect:
        current, areas = self._cardinals("_NET_CURRENT_DESKTOP", "_NET_WORKAREA")
        first = 4 * (current[0] if current else 0)
        four = areas[first : first + 4]
        if len(four) != 4 or max(four) > MAX_COORDINATE_PX or min(four[2:]) < 1:
            return root
        return intersection(Rect(*four), root) or root

    def _cardinals(self, *names: str) -> list[tuple[int, ...]]:
        """The numbers in these properties of the root window, in one round trip."""
        asked = [get_property(self.root_id, self.atoms[name], MAX_NUMBERS, kind=Xatom.CARDINAL) for name in names]
        replies = self.x.ask(asked)
        self.x.drain()
        return [numbers_in(reply) for reply in replies]

    def _shared_memory(self) -> MitShm:
        if self.x.display.display.socket.family != socket.AF_UNIX:
            raise UnsuitableDisplay("the display is remote: pixels can be shared only with a local X server")
        try:
            return MitShm(self.x)
        except ShmError as error:
            raise UnsuitableDisplay(f"the X server cannot share memory by file descriptor: {error}") from error

    def _stamps(self) -> Progress | None:
        """What says how far the server is, if it has been seen to."""
        try:
            return Progress(self.x, self.shm)
        except ShmError as error:
            log.debug("%s: each batch of draws is asked for: %s", self._qube, error)
            return None

    def _true_color_visual(self) -> Visual:
        if not keeps_pixels(self.x.display):
            raise UnsuitableDisplay("the X server does not keep depth-24 pixels as little-endian 32 bits")
        found = true_color_visual(self.x.display, self._screen)
        if found is None:
            raise UnsuitableDisplay("the X server has no depth-24 TrueColor visual")
        return found

    def _resources(self) -> tuple[int, int]:
        colormap, pixmap, gc = (self.x.allocate_id() for _ in range(3))
        graphics_exposures = 1 << 16
        requests = (
            struct.pack("<BBHIII", CREATE_COLORMAP, X.AllocNone, 4, colormap, self.root_id, self.visual)
            + struct.pack("<BBHIIHH", CREATE_PIXMAP, DEPTH, 4, pixmap, self.root_id, 1, 1)
            + struct.pack("<BBHIIII", CREATE_GC, 0, 5, gc, pixmap, graphics_exposures, 0)
        )
        self.x.send(requests, 3)
        return colormap, gc

    def _intern(self, names: Iterable[str]) -> dict[str, int]:
        """All atoms in one round trip."""
        wanted = list(names)
        replies = self.x.ask([_intern_atom(name) for name in wanted])
        return {name: struct.unpack_from("<I", reply, 8)[0] for name, reply in zip(wanted, replies, strict=True)}


def _intern_atom(name: str) -> bytes:
    raw = name.encode("ascii")
    padding = -len(raw) % 4
    return struct.pack("<BBHHH", INTERN_ATOM, 0, 2 + (len(raw) + padding) // 4, len(raw), 0) + raw + bytes(padding)
