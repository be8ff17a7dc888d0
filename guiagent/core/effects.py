"""What the core wants done, as values. It must not know who carries them out or how."""

from __future__ import annotations

from typing import NamedTuple

from guiagent.core.values import Geometry, WindowId
from protocol.keyboard import Layout
from protocol.monitors import MonitorLayout
from protocol.scale import Scale


class Send(NamedTuple):
    """Give one whole message to the daemon."""

    data: bytes


class Log(NamedTuple):
    """Tell the person who reads the qube's log."""

    line: str


class MoveResize(NamedTuple):
    """Give a window this place and size, and confirm when X has done so."""

    window: WindowId
    geometry: Geometry


class PlaceWindow(NamedTuple):
    """Give a window the place and size that its program wishes; X reports it as any other change."""

    window: WindowId
    geometry: Geometry


class TellPlace(NamedTuple):
    """Tell a program where its window is, as nothing changes. Source: ICCCM 4.1.5."""

    window: WindowId
    geometry: Geometry


class MapWindow(NamedTuple):
    """Show a window in the qube, as override-redirect or not."""

    window: WindowId
    override_redirect: bool


class RaiseWindow(NamedTuple):
    """Put a window on top of the qube's stack: what lies under the person's pointer must lie under the qube's."""

    window: WindowId


class Restack(NamedTuple):
    """Put a window above or below another one, or all; mode: X's stack mode, 0 to 4; sibling: 0 for all."""

    window: WindowId
    sibling: int
    mode: int


class FocusWindow(NamedTuple):
    """Give a window the keyboard."""

    window: WindowId


class DropFocus(NamedTuple):
    """Take the keyboard from every window."""


class OfferFocus(NamedTuple):
    """Send WM_TAKE_FOCUS with a time of the server."""

    window: WindowId


class PressKey(NamedTuple):
    """A key goes down or up; X keycode, 8 to 255."""

    keycode: int
    pressed: bool


class PressButton(NamedTuple):
    """A pointer button goes down or up; 1 to 9."""

    button: int
    pressed: bool


class TurnWheel(NamedTuple):
    """A wheel button goes down or up; 4 to 7. fresh: the pointer came into a window since the wheel was last turned, so
    that programs do not know where it stands."""

    button: int
    pressed: bool
    fresh: bool


class MovePointer(NamedTuple):
    """The pointer moves to a place on the root, px."""

    x: int
    y: int


class LockModifiers(NamedTuple):
    """Of the modifiers in `affected`, exactly those in `locked` are locked from here on, and this group."""

    affected: int
    locked: int
    group: int


class SetLayout(NamedTuple):
    """The qube's keyboard gets this layout."""

    layout: Layout


class SetMonitors(NamedTuple):
    """The qube's screen gets this size and these monitors."""

    layout: MonitorLayout


class SetScale(NamedTuple):
    """The qube's programs draw as large as this from here on."""

    scale: Scale


class BeginCount(NamedTuple):
    """The counter in this page of the pool is 0."""

    page: int


class GrabPointer(NamedTuple):
    """Let programs see nothing of the pointer: a window is dragged."""


class UngrabPointer(NamedTuple):
    """Let them see it again."""


class RaiseShield(NamedTuple):
    """The pointer has left the qube's windows: put a tiny window under it, so that the program sees it leave."""

    x: int
    y: int


class DropShield(NamedTuple):
    """Take the shield away."""


class LookAtCursor(NamedTuple):
    """The pointer is over another window: say which cursor that one has."""


class AskToClose(NamedTuple):
    """Send WM_DELETE_WINDOW."""

    window: WindowId


class KillClient(NamedTuple):
    """End the program that owns a window and knows no WM_DELETE_WINDOW."""

    window: WindowId


class WriteStates(NamedTuple):
    """Write _NET_WM_STATE."""

    window: WindowId
    states: tuple[int, ...]


class MarkManaged(NamedTuple):
    """Write WM_STATE: the window is in the normal state."""

    window: WindowId


class MarkIconic(NamedTuple):
    """Write WM_STATE: the window is minimised."""

    window: WindowId


class Dress(NamedTuple):
    """Write what a window manager tells each window before it appears: its frame, desktop, and what may be asked."""

    window: WindowId


class MarkWithdrawn(NamedTuple):
    """Delete WM_STATE and _NET_WM_STATE. Source: EWMH, "_NET_WM_STATE"; ICCCM 4.1.3.1."""

    window: WindowId


Effect = (
    Send
    | Log
    | MoveResize
    | PlaceWindow
    | TellPlace
    | MapWindow
    | RaiseWindow
    | Restack
    | FocusWindow
    | DropFocus
    | OfferFocus
    | PressKey
    | PressButton
    | TurnWheel
    | MovePointer
    | LockModifiers
    | SetLayout
    | SetMonitors
    | SetScale
    | BeginCount
    | GrabPointer
    | UngrabPointer
    | RaiseShield
    | DropShield
    | LookAtCursor
    | AskToClose
    | KillClient
    | WriteStates
    | MarkManaged
    | MarkIconic
    | Dress
    | MarkWithdrawn
)
