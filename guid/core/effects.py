"""What the core wants done, as values; must not know who does it.

Windows are named by the agent's ids; the shell keeps the X ids.
"""

from __future__ import annotations

from dataclasses import dataclass

from guid.core.geometry import Extents, Rect
from guid.core.handover import Handover
from guid.core.values import ClassName, Cursor, DesktopState, Image, Kind, RemoteId, SizeHints
from shm.runs import Run


@dataclass(frozen=True, slots=True)
class CreateWindow:
    """Make outer, content and strips; nothing is mapped on the desktop yet."""

    window: RemoteId
    kind: Kind
    outer: Rect
    extents: Extents


@dataclass(frozen=True, slots=True)
class DestroyWindow:
    """Destroy the outer with all that is in it."""

    window: RemoteId


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """Put an unmapped outer of another kind in the place of the one that is there.

    An outer itself never changes its kind: a window manager may be taking it into its own frame, or out of it, at any
    moment. What the old one was told by other effects follows; the picture stays.
    """

    window: RemoteId
    kind: Kind
    outer: Rect
    extents: Extents


@dataclass(frozen=True, slots=True)
class MapWindow:
    """Map the outer; a popup is raised."""

    window: RemoteId
    kind: Kind


@dataclass(frozen=True, slots=True)
class UnmapWindow:
    """Withdraw the outer."""

    window: RemoteId
    kind: Kind


@dataclass(frozen=True, slots=True)
class MoveResize:
    """Ask the display for another outer."""

    window: RemoteId
    outer: Rect


@dataclass(frozen=True, slots=True)
class FitContent:
    """The outer has another size now: give the content the size that goes with it, px."""

    window: RemoteId
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SetTransientFor:
    """Set WM_TRANSIENT_FOR, or delete it with None."""

    window: RemoteId
    parent: RemoteId | None


@dataclass(frozen=True, slots=True)
class SetTitle:
    """Set the four name properties."""

    window: RemoteId
    title: str


@dataclass(frozen=True, slots=True)
class SetClass:
    """Set WM_CLASS."""

    window: RemoteId
    name: ClassName


@dataclass(frozen=True, slots=True)
class SetSizeHints:
    """Set WM_NORMAL_HINTS from the content's hints."""

    window: RemoteId
    hints: SizeHints
    content: Rect
    extents: Extents


@dataclass(frozen=True, slots=True)
class SetCursor:
    """Define the content's cursor."""

    window: RemoteId
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class WriteStates:
    """Write _NET_WM_STATE on an outer that no window manager has seen."""

    window: RemoteId
    states: DesktopState


@dataclass(frozen=True, slots=True)
class ChangeStates:
    """Ask the window manager to change the states of a window that it has."""

    window: RemoteId
    add: DesktopState
    remove: DesktopState


@dataclass(frozen=True, slots=True)
class MinimizeWindow:
    """Ask the window manager to hide a mapped window."""

    window: RemoteId


@dataclass(frozen=True, slots=True)
class RestoreWindow:
    """Ask the window manager to show a minimised window again.

    Window managers give the focus to such a window, so while another window is active it asks for
    attention instead.
    """

    window: RemoteId


@dataclass(frozen=True, slots=True)
class UseImage:
    """From now on this is the window's picture; `acknowledgement` is sent when no draw of an older one is in flight."""

    window: RemoteId
    image: Image
    acknowledgement: bytes


@dataclass(frozen=True, slots=True)
class DropImage:
    """The window has no picture any more."""

    window: RemoteId


@dataclass(frozen=True, slots=True)
class Send:
    """Send a whole message to the agent."""

    message: bytes


@dataclass(frozen=True, slots=True)
class SendWhenDrawn:
    """Send to the agent once no draw is in flight: it may reuse pages after this."""

    message: bytes


@dataclass(frozen=True, slots=True)
class GiveBackWhenDrawn:
    """Give these pages' memory back to the system once no draw is in flight, before the next acknowledgement."""

    run: Run


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the log; printable ASCII."""

    line: str


@dataclass(frozen=True, slots=True)
class Clipboard:
    """Keep, hand over, report or send what belongs to a copy or a paste."""

    step: Handover


Effect = (
    CreateWindow
    | DestroyWindow
    | ChangeKind
    | MapWindow
    | UnmapWindow
    | MoveResize
    | FitContent
    | SetTransientFor
    | SetTitle
    | SetClass
    | SetSizeHints
    | SetCursor
    | WriteStates
    | ChangeStates
    | MinimizeWindow
    | RestoreWindow
    | UseImage
    | DropImage
    | Send
    | SendWhenDrawn
    | GiveBackWhenDrawn
    | Note
    | Clipboard
)
