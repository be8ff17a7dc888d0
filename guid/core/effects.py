"""What the core wants done, as values; must not know who does it.

Windows are named by the agent's ids; the shell keeps the X ids.
"""

from typing import NamedTuple

from guid.core.geometry import Extents, Rect
from guid.core.handover import Handover
from guid.core.values import ClassName, Cursor, DesktopState, Icon, Image, Kind, RemoteId, SizeHints
from shm.runs import Run


class CreateWindow(NamedTuple):
    """Make outer, content and strips; nothing is mapped on the desktop yet."""

    window: RemoteId
    kind: Kind
    outer: Rect
    extents: Extents


class DestroyWindow(NamedTuple):
    """Destroy the outer with all that is in it."""

    window: RemoteId


class ChangeKind(NamedTuple):
    """Put an unmapped outer of another kind in the place of the one that is there.

    An outer itself never changes its kind: a window manager may be taking it into its own frame, or out of it, at any
    moment. What the old one was told by other effects follows; the picture stays.
    """

    window: RemoteId
    kind: Kind
    outer: Rect
    extents: Extents


class MapWindow(NamedTuple):
    """Map the outer; a popup is raised."""

    window: RemoteId
    kind: Kind


class UnmapWindow(NamedTuple):
    """Withdraw the outer."""

    window: RemoteId
    kind: Kind


class DockIcon(NamedTuple):
    """Ask the tray for a place for an outer that was never mapped; if there is no tray, as soon as there is one."""

    window: RemoteId


class UndockIcon(NamedTuple):
    """Take the icon out of the tray; it is not asked for a place before the next DockIcon."""

    window: RemoteId


class MoveResize(NamedTuple):
    """Ask the display for another outer."""

    window: RemoteId
    outer: Rect


class FitContent(NamedTuple):
    """The outer has another size now: give the content the size that goes with it, px."""

    window: RemoteId
    width: int
    height: int


class SetInset(NamedTuple):
    """Let the content cover the outer but for these extents, all of it if they are 0; size: the outer's, px."""

    window: RemoteId
    extents: Extents
    width: int
    height: int


class RefitWindow(NamedTuple):
    """Give a window that is on the screen a frame of the thickness that frames have now; `refitted` says when."""

    window: RemoteId


class SetTransientFor(NamedTuple):
    """Set WM_TRANSIENT_FOR, or delete it with None."""

    window: RemoteId
    parent: RemoteId | None


class SetTitle(NamedTuple):
    """Set the four name properties."""

    window: RemoteId
    title: str


class SetClass(NamedTuple):
    """Set WM_CLASS."""

    window: RemoteId
    name: ClassName


class SetSizeHints(NamedTuple):
    """Set WM_NORMAL_HINTS from the content's hints."""

    window: RemoteId
    hints: SizeHints
    content: Rect
    extents: Extents


class SetCursor(NamedTuple):
    """Define the content's cursor."""

    window: RemoteId
    cursor: Cursor


class SetIcon(NamedTuple):
    """The window has this icon of a program now, or none: then it has the label's."""

    window: RemoteId
    icon: Icon


class WriteStates(NamedTuple):
    """Write _NET_WM_STATE on an outer that no window manager has seen."""

    window: RemoteId
    states: DesktopState


class ChangeStates(NamedTuple):
    """Ask the window manager to change the states of a window that it has."""

    window: RemoteId
    add: DesktopState
    remove: DesktopState


class MinimizeWindow(NamedTuple):
    """Ask the window manager to hide a mapped window."""

    window: RemoteId


class RestoreWindow(NamedTuple):
    """Ask the window manager to show a minimised window again.

    Window managers give the focus to such a window, so while another window is active it asks for
    attention instead.
    """

    window: RemoteId


class UseImage(NamedTuple):
    """From now on this is the window's picture; `acknowledgement` is sent when no draw of an older one is in flight."""

    window: RemoteId
    image: Image
    acknowledgement: bytes


class DropImage(NamedTuple):
    """The window has no picture any more."""

    window: RemoteId


class Send(NamedTuple):
    """Send a whole message to the agent."""

    message: bytes


class SendWhenDrawn(NamedTuple):
    """Send to the agent once no draw is in flight: it may reuse pages after this."""

    message: bytes


class GiveBackWhenDrawn(NamedTuple):
    """Give these pages' memory back to the system once no draw is in flight, before the next acknowledgement."""

    run: Run


class Note(NamedTuple):
    """One line for the log; printable ASCII."""

    line: str


class CountFrames(NamedTuple):
    """Let the agent find at the beginning of this page of its pool how many of its frames are done with."""

    page: int


class Clipboard(NamedTuple):
    """Keep, hand over, report or send what belongs to a copy or a paste."""

    step: Handover


Effect = (
    CreateWindow
    | DestroyWindow
    | ChangeKind
    | MapWindow
    | UnmapWindow
    | DockIcon
    | UndockIcon
    | MoveResize
    | FitContent
    | SetInset
    | RefitWindow
    | SetTransientFor
    | SetTitle
    | SetClass
    | SetSizeHints
    | SetCursor
    | SetIcon
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
    | CountFrames
    | Clipboard
)

Effects = list[Effect]
