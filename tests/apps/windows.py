"""The windows of qubes as the desktop's X server shows them; knows no daemon and no qube's inside."""

from typing import Any, NamedTuple

from Xlib import X
from Xlib import display as xdisplay
from Xlib.error import BadDrawable, BadMatch, BadWindow

from tests.harness.wm import clients

Rect = tuple[int, int, int, int]


class Window(NamedTuple):
    """One visible window of a qube. outer, content: px on the root. extents: what the window manager puts around it,
    px, left, right, top, bottom. popup: the window manager leaves it alone. remote: its number in the qube.
    """

    xid: int
    qube: str
    title: str
    rgb: int
    remote: int
    popup: bool
    transient_for: int
    outer: Rect
    content: Rect
    extents: tuple[int, int, int, int]

    @property
    def size(self) -> tuple[int, int]:
        """Of the content, px."""
        return self.content[2:]


def windows(x: xdisplay.Display, qube: str) -> list[Window]:
    """The visible windows of a qube: those that the window manager lists, then the popups, lowest first."""
    root: Any = x.screen().root
    candidates = [(xid, False) for xid in clients(x)]
    candidates += [(child.id, True) for child in root.query_tree().children]
    found = []
    for xid, popup in candidates:
        try:
            window = _look(x, xid, qube, popup=popup)
        except (BadWindow, BadDrawable, BadMatch):  # it went while we looked
            continue
        if window is not None:
            found.append(window)
    return found


def _look(x: xdisplay.Display, xid: int, qube: str, *, popup: bool) -> Window | None:
    outer: Any = x.create_resource_object("window", xid)
    owner = _bytes(x, outer, "_QUBES_VMNAME")
    if owner != qube.encode():
        return None
    attributes = outer.get_attributes()
    if attributes.map_state != X.IsViewable or bool(attributes.override_redirect) != popup:
        return None
    outer_rect = rect_of(x, xid)
    remote = _numbers(x, outer, "_QUBES_VMWINDOWID")
    if not remote:  # a banner or another helper of the daemon
        return None
    children = outer.query_tree().children
    return Window(
        xid,
        qube,
        _bytes(x, outer, "_NET_WM_NAME").decode(),
        (_numbers(x, outer, "_QUBES_LABEL_COLOR") or [0])[0],
        remote[0],
        popup,
        (_numbers(x, outer, "WM_TRANSIENT_FOR") or [0])[0],
        outer_rect,
        rect_of(x, children[0].id) if children else outer_rect,
        tuple((_numbers(x, outer, "_NET_FRAME_EXTENTS") or [0] * 4)[:4]),  # type: ignore[arg-type]
    )


def rect_of(x: xdisplay.Display, xid: int) -> Rect:
    """Where a window is on the root, px. Raises BadWindow."""
    window: Any = x.create_resource_object("window", xid)
    size = window.get_geometry()
    at = x.screen().root.translate_coords(window, 0, 0)
    return at.x, at.y, size.width, size.height


def _bytes(x: xdisplay.Display, window: Any, name: str) -> bytes:
    found = window.get_full_property(x.intern_atom(name), X.AnyPropertyType)
    value = b"" if found is None else found.value
    return value if isinstance(value, bytes) else bytes(value) if name == "_QUBES_VMNAME" else str(value).encode()


def _numbers(x: xdisplay.Display, window: Any, name: str) -> list[int]:
    found = window.get_full_property(x.intern_atom(name), X.AnyPropertyType)
    return [] if found is None or found.format != 32 else [int(value) for value in found.value]
