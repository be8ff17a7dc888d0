"""The messages that describe a window, in the order the daemon hears them. It must not know when."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guiagent.core.cursors import Look, on_the_wire
from guiagent.core.hints import wire_hints
from guiagent.core.states import Flag, StateAtoms
from guiagent.core.text import class_field, title_field
from guiagent.core.values import SizeHints
from guiagent.core.window import Window
from protocol.codec import encode
from protocol.messages import MessageType

Describe = Callable[[Window, StateAtoms], bytes | None]
"""Returns a whole message, or None if there is nothing to say."""


def create(window: Window, _: StateAtoms) -> bytes:
    """MSG_CREATE; the parent is always the root, which has no number on the wire."""
    return encode(MessageType.CREATE, window.window, *window.place.told, 0, int(window.override_redirect))


def configure(window: Window, _: StateAtoms) -> bytes:
    """MSG_CONFIGURE with the geometry that the daemon is told last."""
    return encode(MessageType.CONFIGURE, window.window, *window.place.told, int(window.override_redirect))


def size_hints(window: Window, _: StateAtoms) -> bytes | None:
    """MSG_WINDOW_HINTS; hints that a program took back are told as none."""
    hints = window.properties.size_hints
    if hints is None and MessageType.WINDOW_HINTS not in window.told:
        return None
    return encode(MessageType.WINDOW_HINTS, window.window, *wire_hints(window.place.crop.hints(hints or SizeHints())))


def title(window: Window, _: StateAtoms) -> bytes | None:
    """MSG_WMNAME; a title that a program took back is told as empty."""
    text = window.properties.title
    if text is None and MessageType.WMNAME not in window.told:
        return None
    return encode(MessageType.WMNAME, window.window, title_field(text or ""))


def window_class(window: Window, _: StateAtoms) -> bytes | None:
    """MSG_WMCLASS."""
    name = window.properties.window_class
    if name is None:
        return None
    return encode(MessageType.WMCLASS, window.window, class_field(name.res_class), class_field(name.res_name))


def cursor(window: Window, _: StateAtoms) -> bytes | None:
    """MSG_CURSOR, or CURSOR_IMAGE for one that no font has; a window that never had one needs none."""
    if window.cursor is None and MessageType.CURSOR not in window.told:
        return None
    if isinstance(window.cursor, Look):
        width, height, hot_x, hot_y, pixels, _name = window.cursor
        return encode(MessageType.CURSOR_IMAGE, window.window, width, height, hot_x, hot_y, tail=pixels)
    return encode(MessageType.CURSOR, window.window, on_the_wire(window.cursor))


def flags(window: Window, atoms: StateAtoms) -> bytes:
    """MSG_WINDOW_FLAGS with the states that hold; sent even if there are none, as the C agent does."""
    states = atoms.flags_of(window.properties.states)
    if window.properties.urgent:
        states |= Flag.DEMANDS_ATTENTION
    return encode(MessageType.WINDOW_FLAGS, window.window, int(states), 0)


def show(window: Window, atoms: StateAtoms) -> bytes:
    """MSG_MAP; the daemon reads here alone which window it belongs to, and whether it is a popup."""
    return encode(MessageType.MAP, window.window, window.parent or 0, int(window.is_popup(atoms.popup_types)))


def dock(window: Window, _: StateAtoms) -> bytes:
    """MSG_DOCK; after it the daemon alone says where the window is and how large, and knows neither MAP nor UNMAP."""
    return encode(MessageType.DOCK, window.window)


NEW: tuple[Describe, ...] = (create, size_hints, title, window_class)
"""A window that the daemon hears of for the first time. Source: the C agent."""
SHOWN: tuple[Describe, ...] = (flags, show, title)
"""A window that appears; its picture follows at the first copy. Source: the C agent."""
DOCKED: tuple[Describe, ...] = (configure, dock, title)
"""A window that appears in the tray, to any daemon. Its size comes first: the C daemon keeps the one that it knows."""
AGAIN: tuple[Describe, ...] = (create, configure, window_class, size_hints)
"""A window that a new daemon must hear of. Source: the C agent, which also sends the picture here."""
SHOWN_AGAIN: tuple[Describe, ...] = (show, title, flags, cursor)


def describe(window: Window, atoms: StateAtoms, order: tuple[Describe, ...]) -> Iterator[bytes]:
    """The messages of `order` that have something to say."""
    for step in order:
        message = step(window, atoms)
        if message is not None:
            yield message
