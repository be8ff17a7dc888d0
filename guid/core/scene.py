"""A desktop as somebody sees it who does not believe it, and what may be found wrong there; must not judge.

Who made a window is told by the process behind its X client, never by what the window says of itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from colors.patterns import PLAIN, Pattern
from guid.core.geometry import Rect
from guid.core.marks import Tag
from guid.core.policy import Desktop
from guid.core.thickness import BARE, Style, Thickness


class Fault(Enum):
    """What can be wrong, in words for the person."""

    UNNAMED = "does not carry its qube's name or colour"
    MISNAMED = "carries the name or colour of something else than its qube"
    FOREIGN = "says that it is a qube's, but another program made it"
    INTRUDED = "has a window of another program in it"
    TORN_KIND = "is a popup for the X server and not for the window manager, or the other way round"
    REACHES_OUT = "has its content reach into the frame"
    COVERED = "has part of its frame over its content"
    EDGE_COLOUR = "has another colour in its outermost row"
    FRAME_COLOUR = "has another colour in its frame"
    MANAGER_FRAME = "is left to the window manager's frame, which lacks a line in its qube's colour"
    MARKS = "has the marks of its frame in other places"
    NO_TAG = "has no name on its tag"
    TAG = "has something else on its tag than its qube's name and marks"
    OTHER_LABEL = "has a frame in the colour of another qube"
    OFF_WORK_AREA = "is a popup that reaches out of the work area"
    OFF_MONITORS = "is a popup that no single monitor shows whole"
    OVER_LOCKER = "is a popup that lies above a screen locker"
    OVER_BANNER = "is a popup that lies above the banner of its qube"
    TOO_LARGE = "is one of popups that cover more of the work area than popups may"


class Finding(NamedTuple):
    """One thing that is wrong.

    window: X id. qube: whose it is, or "" of no qube. where: px, root coordinates. detail: numbers for whoever looks.
    """

    window: int
    qube: str
    what: Fault
    where: Rect
    detail: str = ""

    def __str__(self) -> str:
        owner = f" of qube {self.qube}" if self.qube else ""
        x, y, width, height = self.where
        detail = f" ({self.detail})" if self.detail else ""
        return f"window {self.window:#x}{owner} {self.what.value}, at {x},{y} {width}x{height}{detail}"


class Report(NamedTuple):
    """What was found, and on how much: nothing found on nothing seen says nothing.

    windows: a qube's own outers that were looked at. visible_px: pixels of frames that were visible and compared.
    """

    findings: tuple[Finding, ...]
    windows: int
    visible_px: int


class Owner(NamedTuple):
    """A qube as the supervisor knows it.

    rgb: 0xRRGGBB. pid: of its daemon. pattern: the marks on its frames. by_manager: the window manager may frame it.
    style: of its frames.
    """

    qube: str
    rgb: int
    pid: int
    pattern: Pattern = PLAIN
    by_manager: bool = False
    style: Style = BARE


class Claims(NamedTuple):
    """What a window says of itself; None where it says nothing. other: it carries other properties of that family."""

    qube: str | None = None
    rgb: int | None = None
    other: bool = False

    @property
    def any(self) -> bool:
        """Whether it says anything."""
        return self != NOTHING


NOTHING = Claims()


class Node(NamedTuple):
    """One viewable window in the tree.

    pid: the process whose X client made it; 0 unknown. rect: without border; whole: with it; px, root coordinates.
    shape: what of `whole` there is, disjoint. hides: what is below it cannot be seen. takes_input: events of it go to
    a qube, so it is a content. children: bottom to top, viewable ones only.
    """

    window: int
    pid: int
    rect: Rect
    whole: Rect
    shape: tuple[Rect, ...]
    hides: bool = True
    override_redirect: bool = False
    takes_input: bool = False
    claims: Claims = NOTHING
    children: tuple[Node, ...] = ()


class Picture(NamedTuple):
    """A screen. data: BGRX with X zero, rows top to bottom, 4 * width bytes a row."""

    width: int
    height: int
    data: bytes

    def row(self, x: int, y: int, width: int) -> bytes:
        """`width` pixels from (x, y) on, which lie inside."""
        start = 4 * (y * self.width + x)
        return self.data[start : start + 4 * width]


class Scene(NamedTuple):
    """A desktop at one moment.

    managed: the windows that the window manager says it manages; None when none runs. composited: a compositor paints
    the screen, so a window's shadow may fall on a frame below it. lockers: windows of screen lockers, X ids. tray: the
    process that has the tray, 0 if there is none. scale: how large the desktop draws, as a multiple of 96 dots an inch.
    tags: by the names of the qubes that have them.
    """

    root: Node
    picture: Picture
    desktop: Desktop
    owners: tuple[Owner, ...]
    managed: frozenset[int] | None
    composited: bool = False
    lockers: frozenset[int] = frozenset()
    tray: int = 0
    scale: float = 1.0
    tags: Mapping[str, Tag] = MappingProxyType({})


class Outer(NamedTuple):
    """The highest window of its tree that a qube's daemon made. path: from the root to it. thickness: of frames.

    docked: it hangs in a window of the tray's. tag: of managed ones.
    """

    node: Node
    owner: Owner
    path: tuple[Node, ...]
    thickness: Thickness
    docked: bool = False
    tag: Tag | None = None

    def finding(self, what: Fault, where: Rect, detail: str = "") -> Finding:
        """Something that is wrong with it."""
        return Finding(self.node.window, self.owner.qube, what, where, detail)
