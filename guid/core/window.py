"""One window of a qube: what was asked, granted and shown, and the states between; must not know X or the wire.

The state changes only through TRANSITIONS; a missing key means that the event is ignored in that state, which is what
the C daemon does with a MAP of a mapped window or an UNMAP of an unmapped one.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from guid.core.flags import Flags
from guid.core.geometry import NO_EXTENTS, Extents, Rect, content_of, outer_of
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.policy import Desktop, extents_of, granted_kind, granted_outer
from guid.core.thickness import THIN, Thickness
from guid.core.values import SCREEN, ClassName, Cursor, Icon, Image, Kind, RemoteId, SizeHints


class State(Enum):
    """Where a window is in its life."""

    NEW = "new"
    """created, and never mapped"""
    WITHDRAWN = "withdrawn"
    """unmapped by the agent: not on the desktop"""
    MAPPED = "mapped"
    """the agent wants it shown; the window manager may hide it"""
    DOCKED = "docked"
    """a tray icon for the rest of its life; whether a tray shows it is the tray's"""


class Event(Enum):
    """What may happen to it."""

    MAP = "map"
    UNMAP = "unmap"
    DOCK = "dock"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.NEW, Event.MAP): State.MAPPED,
    (State.NEW, Event.DOCK): State.DOCKED,
    (State.WITHDRAWN, Event.MAP): State.MAPPED,
    (State.MAPPED, Event.UNMAP): State.WITHDRAWN,
}


_POPUP = Kind.POPUP
"""For each draw: in Python 3.11 a member of an Enum's class takes a call."""

ECHOES_KNOWN = 4
"""CONFIGUREs of which an echo is known as such: an agent is told of one at a time, and may echo each again when it has
come true."""


class Asked:
    """What the agent wants, after sanitizing; content geometry."""

    __slots__ = ("content", "override_redirect")

    def __init__(self, content: Rect, *, override_redirect: bool) -> None:
        self.content = content
        self.override_redirect = override_redirect


class Granted:
    """What policy made of it."""

    __slots__ = ("kind", "outer")

    def __init__(self, kind: Kind, outer: Rect) -> None:
        self.kind = kind
        self.outer = outer


class Shown:
    """What the display last said."""

    __slots__ = ("outer",)

    def __init__(self, outer: Rect) -> None:
        self.outer = outer


class Window:
    """One window; `told` and `unanswered` are the CONFIGURE handshake of the C daemon.

    told: the content geometry that daemon and agent agree on, or that the daemon sent last.
    heard: what the agent last said or was last sent: it may insist on another place for a popup than `told`.
    unanswered: a CONFIGURE was sent and its echo has not come: until then nothing more is sent, and any other geometry
    from the agent is answered with `told`, unless that is on its way: then only what the agent wants itself is.
    sent: the content geometries of the last CONFIGUREs, newest last.
    thickness: of its frame, by its kind; for a tray icon, `guid.core.trayicon` decides.
    awaited: outers that the display was asked for while the window was off the screen, and has not reported, in order.
    fresh: its outer was never mapped, so no window manager writes on it.
    bare: the window manager's frame was seen round it, and ours is off.
    """

    # Not a dataclass: a daemon would start 13 ms later for the modules that those need (ADR 64).
    def __init__(self, remote_id: RemoteId, asked: Asked, granted: Granted, thickness: Thickness = THIN) -> None:
        self.remote_id = remote_id
        self.asked = asked
        self.granted = granted
        self.shown = Shown(granted.outer)
        self.told = self.heard = asked.content
        self.state = State.NEW
        self.unanswered = False
        self.sent: tuple[Rect, ...] = ()
        self.awaited: tuple[Rect, ...] = ()
        self.fresh = True
        self.flags = Flags()
        self.title = ""
        self.class_name: ClassName | None = None
        self.cursor: Cursor | None = None
        self.icon: Icon = ()
        self.transient_for: RemoteId | None = None
        self.image: Image | None = None
        self.hints = SizeHints()
        self.thickness = thickness
        self.bare = False

    @property
    def kind(self) -> Kind:
        """Who has its outer, as granted."""
        return self.granted.kind

    @property
    def extents(self) -> Extents:
        """Its frame."""
        return NO_EXTENTS if self.bare else extents_of(self.granted.kind, self.thickness)

    @property
    def content(self) -> Rect:
        """The content inside the outer that the display shows."""
        return content_of(self.shown.outer, self.extents)

    @property
    def content_size(self) -> tuple[int, int]:
        """Width and height of the content, px. For each draw: as `content` says, in a third of the time."""
        _x, _y, width, height = self.shown.outer
        if self.bare:
            return width, height
        left, right, top, bottom = self.thickness.popup if self.granted.kind is _POPUP else self.thickness.managed
        width -= left + right
        height -= top + bottom
        return width if width > 0 else 1, height if height > 0 else 1

    def is_late_echo(self, content: Rect) -> bool:
        """Whether an agent that says `content` echoes an older CONFIGURE, and the newest is on its way to it."""
        return self.sent[-1:] == (self.told,) and content in self.sent

    def advance(self, event: Event) -> bool:
        """Change the state by the table; False when the event means nothing now."""
        following = TRANSITIONS.get((self.state, event))
        if following is None:
            return False
        self.state = following
        return True


def new_window(remote_id: RemoteId, asked: Asked, desktop: Desktop, options: Options = DEFAULT_OPTIONS) -> Window:
    """A withdrawn window as policy grants it."""
    popup = asked.override_redirect and remote_id != SCREEN
    kind = granted_kind(asked.content, desktop, override_redirect=popup, options=options)
    return Window(remote_id, asked, Granted(kind, granted_outer(asked.content, kind, desktop)), desktop.thickness)


def regrant(
    window: Window,
    desktop: Desktop,
    *,
    may_become_popup: bool,
    beside: Sequence[Rect] = (),
    options: Options = DEFAULT_OPTIONS,
) -> bool:
    """Apply policy to what is asked now; True when the kind changed.

    may_become_popup: only a withdrawn window may; a mapped one can lose override-redirect, never gain it.
    beside: outers of popups that are there already.
    """
    before, asked, now = window.granted.kind, window.asked, desktop.thickness
    desktop = desktop._replace(thickness=window.thickness)
    popup = asked.override_redirect and window.remote_id != SCREEN
    kind = granted_kind(asked.content, desktop, override_redirect=popup, beside=beside, options=options)
    if kind is Kind.POPUP and before is Kind.MANAGED and not may_become_popup:
        kind = before
    window.bare = window.bare and kind is before
    if kind is not before:  # it gets another outer, with a frame of today
        window.thickness, desktop = now, desktop._replace(thickness=now)
    outer = outer_of(asked.content, NO_EXTENTS) if window.bare else granted_outer(asked.content, kind, desktop)
    window.granted = Granted(kind, outer)
    return kind is not before


def refused_for_its_size(window: Window, options: Options) -> bool:
    """Whether it would be a popup, but for what it would cover."""
    asked = window.asked.override_redirect and window.remote_id != SCREEN
    return asked and options.override_redirect and window.granted.kind is Kind.MANAGED


__all__ = [
    "TRANSITIONS",
    "Asked",
    "Event",
    "Granted",
    "Shown",
    "State",
    "Window",
    "new_window",
    "outer_of",
    "refused_for_its_size",
    "regrant",
]
