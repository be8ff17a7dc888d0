"""What an agent may ask for, as types that cannot hold a bad value; must not know the wire they came from."""

from enum import Enum, Flag, IntFlag
from typing import NamedTuple, NewType

from colors.iconimage import IconImage
from guid.core.geometry import Rect
from shm.runs import Run

RemoteId = NewType("RemoteId", int)
"""The agent's name for a window, u32. Meaningless on the desktop side but as a key."""


SCREEN = RemoteId(0)
"""The window that is the qube's whole screen: windows without a picture of their own are shown out of its."""


class Kind(Enum):
    """Who decides place and stacking of a window."""

    MANAGED = "managed"
    """the window manager, as for any application window"""
    POPUP = "popup"
    """the daemon: menus, tooltips (override-redirect)"""
    ICON = "icon"
    """a tray of the desktop"""


class HintFlag(IntFlag):
    """The bits of WM_NORMAL_HINTS that an agent may set. Source: ICCCM 4.1.2.3."""

    US_POSITION = 1
    P_POSITION = 4
    P_MIN_SIZE = 16
    P_MAX_SIZE = 32
    P_RESIZE_INC = 64
    P_BASE_SIZE = 256


NO_HINTS = HintFlag(0)


class WindowFlag(IntFlag):
    """The bits of MSG_WINDOW_FLAGS."""

    FULLSCREEN = 1
    DEMANDS_ATTENTION = 2
    MINIMIZE = 4


class DesktopState(Flag):
    """The states of _NET_WM_STATE that matter here. Source: EWMH 1.5."""

    FULLSCREEN = 1
    ATTENTION = 2
    HIDDEN = 4
    """minimised"""
    MAXIMIZED = 8
    """in both directions"""


class NewWindow(NamedTuple):
    """MSG_CREATE: a content rectangle inside the protocol's limits."""

    content: Rect
    override_redirect: bool


class MapRequest(NamedTuple):
    """MSG_MAP; `transient_for` is None when the agent named none."""

    transient_for: RemoteId | None
    override_redirect: bool


class SizeHints(NamedTuple):
    """MSG_WINDOW_HINTS; px, of the content; a pair is meaningful only with its flag."""

    flags: HintFlag = NO_HINTS
    min_size: tuple[int, int] = (0, 0)
    max_size: tuple[int, int] = (0, 0)
    increment: tuple[int, int] = (0, 0)
    base_size: tuple[int, int] = (0, 0)


class FlagChange(NamedTuple):
    """MSG_WINDOW_FLAGS; the two never overlap."""

    to_set: WindowFlag
    to_clear: WindowFlag


class ClassName(NamedTuple):
    """MSG_WMCLASS, printable ASCII."""

    instance: str
    class_: str


class Image(NamedTuple):
    """MSG_WINDOW_DUMP: pages of the pool that hold a picture.

    width, height: px. Stride is 4 * width bytes, rows top to bottom, BGRX; pixel (0, 0) is at the first byte of the
    first run. runs: inside the pool, together at least 4 * width * height bytes.
    """

    width: int
    height: int
    runs: tuple[Run, ...]


class Damage(Rect):
    """MSG_SHMIMAGE: content-relative, no negative numbers, at least 1x1; may reach beyond image and content."""

    __slots__ = ()


class CursorImage(NamedTuple):
    """CURSOR_IMAGE: a picture of at most 64x64 px, of which enough can be seen, with its hotspot inside.

    pixels: 4 bytes each, BGRA with premultiplied alpha, rows top to bottom, stride 4 * width.
    """

    width: int
    height: int
    hot_x: int
    hot_y: int
    pixels: bytes


Icon = tuple[IconImage, ...]
"""ICON: up to MAX_ICON_IMAGES pictures, each from 1x1 to 128x128 px; none: the window has no icon of its own."""


class Cursor(NamedTuple):
    """MSG_CURSOR: a glyph of the X cursor font, or an image, or, with both None, the default."""

    glyph: int | None
    image: CursorImage | None = None


class ProgramReport(NamedTuple):
    """What a qube says of a program it was asked to run: kind is started, failed or exited; status 0 to 255."""

    kind: str
    program: int
    status: int
    error: str
