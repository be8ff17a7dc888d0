"""Takes the picture of a desktop that `guid.core.oracle` judges; must not judge, and must not know a daemon's inside.

Everything is read while the X server is grabbed, so that tree and pixels belong together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from Xlib import X, Xatom, error
from Xlib import display as xdisplay

from colors.labels import ink_on
from colors.patterns import Pattern
from colors.tag import draw
from guid.core.geometry import Rect, intersection
from guid.core.marks import Tag
from guid.core.monitors import SeenMonitor
from guid.core.options import DEFAULT_OPTIONS
from guid.core.oracle import NOTHING, Claims, Node, Owner, Picture, Scene
from guid.core.policy import Desktop
from guid.core.thickness import thickness_at
from guid.x11.monitors import Monitors
from guid.x11.scalenow import scale_now

BAND_ROWS = 256
"""Rows asked for at once: a reply stays at a few MiB."""

LOCAL_CLIENT_PID = 2
"""LocalClientPIDMask. Source: X Resource Extension 1.2, QueryClientIds."""

SHAPE_BOUNDING = 0
QUBE_PROPERTIES = ("_QUBES_LABEL", "_QUBES_LABEL_COLOR", "_QUBES_VMNAME", "_QUBES_VMWINDOWID")
INPUT_EVENTS = X.ButtonPressMask | X.ExposureMask
"""Events that a content has and a frame has not. Source: DESIGN, "The frame cannot be missing"."""

GONE = (error.BadWindow, error.BadDrawable)
"""A grab keeps programs waiting, but one that is killed loses its windows all the same: then we look again."""
MAX_LOOKS = 10

PIXEL_MASK = 0xFFFFFFFF
NAME_LONGS = 64
CLIENTS_LONGS = 4096


class CannotLook(Exception):
    """The desktop cannot be looked at; the message says why."""


def look(
    display_name: str | None,
    owners: tuple[Owner, ...],
    lockers: tuple[str, ...] = DEFAULT_OPTIONS.screensaver_name,
) -> Scene:
    """The desktop as it is now, for `guid.core.oracle.examine`. lockers: instances of WM_CLASS. Raises CannotLook."""
    try:
        connection: Any = xdisplay.Display(display_name)
    except (error.DisplayError, OSError) as refused:
        raise CannotLook(f"no X server answers: {refused}") from refused
    try:
        for _ in range(MAX_LOOKS):
            try:
                return _Looker(connection).scene(owners, lockers)
            except GONE:
                continue
    finally:
        connection.close()
    raise CannotLook("programs ended during every look")


class _Looker:
    """One look through one connection."""

    def __init__(self, connection: Any) -> None:
        self._display = connection
        screen = connection.screen()
        self._root = screen.root
        if screen.root_depth != 24 or connection.display.info.image_byte_order != X.LSBFirst:
            raise CannotLook(f"the screen is {screen.root_depth} bits deep; only little-endian 24 are read")
        if not connection.has_extension("X-Resource"):
            raise CannotLook("the X server does not tell which program made a window (no X-Resource extension)")
        version = connection.res_query_version()
        if (version.server_major, version.server_minor) < (1, 2):
            raise CannotLook("the X server does not tell which process made a window (X-Resource before 1.2)")
        self._shapes = connection.has_extension("SHAPE")
        self._atoms = {name: connection.intern_atom(name) for name in QUBE_PROPERTIES}
        self._pids: dict[int, int] = {}
        self._mask = 0
        self._composited = False

    def scene(self, owners: tuple[Owner, ...], lockers: tuple[str, ...]) -> Scene:
        """Everything, while nothing can move."""
        with self._grabbed():
            self._read_clients()
            manager = self._display.get_selection_owner(self._display.intern_atom("_NET_WM_CM_S0"))
            self._composited = manager != X.NONE
            size = self._root.get_geometry()
            screen = Rect(0, 0, size.width, size.height)
            monitors = Monitors(self._display, self._root.id).read()
            return Scene(
                self._node(self._root, screen),
                self._picture(size.width, size.height),
                self._desktop(screen, monitors),
                owners,
                self._managed(),
                self._composited,
                self._lockers(lockers),
                self._tray(),
                scale := scale_now(self._display, monitors),
                tags_of(owners, scale),
            )

    @contextmanager
    def _grabbed(self) -> Iterator[None]:
        self._display.grab_server()
        try:
            yield
        finally:
            self._display.ungrab_server()
            self._display.flush()

    # Who made a window

    def _read_clients(self) -> None:
        """A window's id begins with its client's resource base; the server knows the process behind each client."""
        clients = self._display.res_query_clients().clients
        self._mask = max((client.resource_mask for client in clients), default=0)
        for answer in self._display.res_query_client_ids([(X.NONE, LOCAL_CLIENT_PID)]).ids:
            if answer.value:
                self._pids[answer.spec.client] = answer.value[0]

    def _base(self, window: int) -> int:
        return int(window) & ~int(self._mask)

    # The tree

    def _node(self, window: Any, rect: Rect) -> Node:
        children = []
        for child in window.query_tree().children:
            its = child.get_attributes()
            if its.map_state == X.IsViewable:
                place = child.get_geometry()
                border = place.border_width
                left, top = rect.x + place.x + border, rect.y + place.y + border
                children.append(self._child(child, Rect(left, top, place.width, place.height), border, its))
        return Node(window.id, self._pids.get(self._base(window.id), 0), rect, rect, (rect,), children=tuple(children))

    def _child(self, window: Any, rect: Rect, border: int, attributes: Any) -> Node:
        below = self._node(window, rect)
        whole = Rect(rect.x - border, rect.y - border, rect.width + 2 * border, rect.height + 2 * border)
        overlay = self._composited and self._base(window.id) == 0
        return Node(
            below.window,
            below.pid,
            rect,
            whole,
            self._shape(window, rect, whole),
            hides=attributes.win_class == X.InputOutput and not overlay,
            override_redirect=bool(attributes.override_redirect),
            takes_input=bool(attributes.all_event_masks & INPUT_EVENTS),
            claims=self._claims(window),
            children=below.children,
        )

    def _shape(self, window: Any, rect: Rect, whole: Rect) -> tuple[Rect, ...]:
        if not self._shapes or not window.shape_query_extents().bounding_shaped:
            return (whole,)
        pieces = window.shape_get_rectangles(SHAPE_BOUNDING).rectangles
        placed = (Rect(rect.x + piece.x, rect.y + piece.y, piece.width, piece.height) for piece in pieces)
        return tuple(piece for each in placed if (piece := intersection(each, whole)) is not None)

    def _claims(self, window: Any) -> Claims:
        there = set(window.list_properties())
        if not there.intersection(self._atoms.values()):
            return NOTHING
        name = window.get_property(self._atoms["_QUBES_VMNAME"], X.AnyPropertyType, 0, NAME_LONGS)
        colour = window.get_property(self._atoms["_QUBES_LABEL_COLOR"], X.AnyPropertyType, 0, 1)
        return Claims(
            _text(name.value) if name is not None else None,
            int(colour.value[0]) if colour is not None and colour.format == 32 and len(colour.value) == 1 else None,
            other=True,
        )

    # The screen

    def _picture(self, width: int, height: int) -> Picture:
        data = bytearray()
        for top in range(0, height, BAND_ROWS):
            rows = min(BAND_ROWS, height - top)
            band = self._root.get_image(0, top, width, rows, X.ZPixmap, PIXEL_MASK).data
            data += band if isinstance(band, bytes) else band.encode("latin-1")
        data[3::4] = bytes(width * height)
        return Picture(width, height, bytes(data))

    def _desktop(self, screen: Rect, monitors: Sequence[SeenMonitor]) -> Desktop:
        on_screen = (intersection(each.rect, screen) for each in monitors)
        return Desktop(screen, self._work_area(screen), tuple(each for each in on_screen if each is not None))

    def _work_area(self, screen: Rect) -> Rect:
        current = self._numbers("_NET_CURRENT_DESKTOP", Xatom.CARDINAL)
        first = 4 * (current[0] if current else 0)
        four = self._numbers("_NET_WORKAREA", Xatom.CARDINAL)[first : first + 4]
        return (intersection(Rect(*four), screen) or screen) if len(four) == 4 else screen

    def _lockers(self, names: tuple[str, ...]) -> frozenset[int]:
        """Windows of screen lockers among the root window's children; those of daemons name their qube first."""
        found: set[int] = set()
        for child in self._root.query_tree().children:
            told = child.get_property(Xatom.WM_CLASS, Xatom.STRING, 0, NAME_LONGS)
            if told is not None and _text(told.value).split("\0")[0] in names:
                found.add(child.id)
        return frozenset(found)

    def _tray(self) -> int:
        number = self._display.get_default_screen()
        owner = self._display.get_selection_owner(self._display.intern_atom(f"_NET_SYSTEM_TRAY_S{number}"))
        return self._pids.get(self._base(owner.id), 0) if owner != X.NONE else 0

    def _managed(self) -> frozenset[int] | None:
        checks = self._numbers("_NET_SUPPORTING_WM_CHECK", Xatom.WINDOW)
        return frozenset(self._numbers("_NET_CLIENT_LIST", Xatom.WINDOW)) if checks else None

    def _numbers(self, name: str, kind: int) -> list[int]:
        found = self._root.get_property(self._display.intern_atom(name), kind, 0, CLIENTS_LONGS)
        return [int(value) for value in found.value] if found is not None and found.format == 32 else []


def tags_of(owners: tuple[Owner, ...], scale: float) -> dict[str, Tag]:
    """The name tags of those qubes that have them, drawn here."""
    found: dict[str, Tag] = {}
    for owner in owners:
        thickness = thickness_at(scale, owner.style)
        if thickness.tag_px:
            found[owner.qube] = _tag(owner.qube, owner.rgb, owner.pattern, thickness.tag_px, thickness.unit)
    return found


@cache  # a few qubes, each of one label
def _tag(qube: str, rgb: int, pattern: Pattern, height: int, unit: int) -> Tag:
    picture = draw(qube, rgb, ink_on(rgb), pattern, height=height, unit=unit)
    return Tag(picture.width, picture.height, picture.pixels)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
