"""X requests packed ahead of time, and the layouts of hot events; knows the wire of X, no connection.

Everything is in the machine's own byte order, which is the order in which python-xlib opens a connection.
Source: X Window System Protocol, appendix B; the DAMAGE, XTEST and MIT-SHM extensions' protocol pages.
"""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

EVENT_BYTES: Final = 32

# --- Requests. First the opcode, then a detail or a minor opcode, then the length in words.
_HEADER = struct.Struct("=BBH")
_ONE_ID = struct.Struct("=BBHI")
_COPY_AREA = struct.Struct("=BBHIIIhhhhHH")
_CONFIGURE_WINDOW = struct.Struct("=BBHIHxx")
# x, y, width, height, border width, sibling, stack mode: each in 32 bits, of which the server looks at these.
_CONFIGURE_VALUES = [struct.Struct(f"={layout}") for layout in ("hxx", "hxx", "Hxx", "Hxx", "Hxx", "I", "Bxxx")]
_SELECT_INPUT = struct.Struct("=BBHIII")
_DAMAGE_CREATE = struct.Struct("=BBHIIB3x")
_SET_INPUT_FOCUS = struct.Struct("=BBHII")
_GRAB_POINTER = struct.Struct("=BBHIHBBIII")
_SEND_EVENT = struct.Struct("=BBHII32s")
_DAMAGE_SUBTRACT = struct.Struct("=BBHIII")
_POLY_FILL_RECTANGLE = struct.Struct("=BBHIIhhHH")
_SHAPE_SELECT_INPUT = struct.Struct("=BBHIB3x")
_FAKE_INPUT = struct.Struct("=BBHBBxxII8xhh7xB")
_DEVICE_VALUATOR = struct.Struct("=BBxxxxBB6i")
_VALUATORS = 6

_GET_INPUT_FOCUS = _HEADER.pack(43, 0, 1)
_NO_OPERATION = _HEADER.pack(127, 0, 1)


def get_input_focus() -> bytes:
    """GetInputFocus: the cheapest request with a reply (32 bytes); a fence when nobody looks at the answer."""
    return _GET_INPUT_FOCUS


def no_operation() -> bytes:
    """NoOperation."""
    return _NO_OPERATION


def map_window(window: int) -> bytes:
    """MapWindow."""
    return _ONE_ID.pack(8, 0, 2, window)


def unmap_window(window: int) -> bytes:
    """UnmapWindow."""
    return _ONE_ID.pack(10, 0, 2, window)


def select_input(window: int, mask: int) -> bytes:
    """ChangeWindowAttributes of the event mask alone."""
    return _SELECT_INPUT.pack(2, 0, 4, window, 1 << 11, mask)


def get_window_attributes(window: int) -> bytes:
    """GetWindowAttributes, which has a reply (see WINDOW_CLASS)."""
    return _ONE_ID.pack(3, 0, 2, window)


def get_geometry(drawable: int) -> bytes:
    """GetGeometry, which has a reply; its second byte is the depth."""
    return _ONE_ID.pack(14, 0, 2, drawable)


def configure_window(
    window: int,
    *,
    x: int | None = None,
    y: int | None = None,
    width: int | None = None,
    height: int | None = None,
    border_width: int | None = None,
    sibling: int | None = None,
    stack_mode: int | None = None,
) -> bytes:
    """ConfigureWindow with the values that are not None; px. struct.error for one that X's 16 bits cannot hold."""
    mask = 0
    values: list[bytes] = []
    given = (x, y, width, height, border_width, sibling, stack_mode)
    for bit, (layout, value) in enumerate(zip(_CONFIGURE_VALUES, given, strict=True)):
        if value is not None:
            mask |= 1 << bit
            values.append(layout.pack(value))
    return _CONFIGURE_WINDOW.pack(12, 0, 3 + len(values), window, mask) + b"".join(values)


def set_input_focus(window: int, *, revert_to: int, time: int) -> bytes:
    """SetInputFocus; time in the server's ms, 0 for now."""
    return _SET_INPUT_FOCUS.pack(42, revert_to, 3, window, time)


def grab_pointer(window: int, *, event_mask: int) -> bytes:
    """GrabPointer, asynchronous, from now on, with no cursor of its own; its reply has 32 bytes."""
    return _GRAB_POINTER.pack(26, 0, 6, window, event_mask, 1, 1, 0, 0, 0)


def ungrab_pointer() -> bytes:
    """UngrabPointer, now."""
    return _ONE_ID.pack(27, 0, 2, 0)


def copy_area(
    source: int,
    target: int,
    gc: int,
    source_x: int,
    source_y: int,
    target_x: int,
    target_y: int,
    width: int,
    height: int,
) -> bytes:
    """CopyArea between drawables of one depth; px."""
    return _COPY_AREA.pack(62, 0, 7, source, target, gc, source_x, source_y, target_x, target_y, width, height)


def poly_fill_rectangle(target: int, gc: int, x: int, y: int, width: int, height: int) -> bytes:
    """PolyFillRectangle of one rectangle, in the foreground of `gc`; px."""
    return _POLY_FILL_RECTANGLE.pack(70, 0, 5, target, gc, x, y, width, height)


def send_event(window: int, event: bytes, *, propagate: bool = False, event_mask: int = 0) -> bytes:
    """SendEvent; event: 32 bytes. With an empty mask it goes to the client that made the window."""
    return _SEND_EVENT.pack(25, propagate, 11, window, event_mask, event)


def damage_create(opcode: int, damage: int, drawable: int, level: int) -> bytes:
    """DamageCreate; opcode: DAMAGE's major opcode."""
    return _DAMAGE_CREATE.pack(opcode, 1, 4, damage, drawable, level)


def damage_subtract(opcode: int, damage: int, repair: int = 0, parts: int = 0) -> bytes:
    """DamageSubtract; opcode: DAMAGE's major opcode; repair and parts: XFixes regions, 0 for all and nowhere."""
    return _DAMAGE_SUBTRACT.pack(opcode, 3, 4, damage, repair, parts)


def shape_select_input(opcode: int, window: int, *, selected: bool) -> bytes:
    """ShapeSelectInput; opcode: SHAPE's major opcode."""
    return _SHAPE_SELECT_INPUT.pack(opcode, 6, 3, window, selected)


def shape_query_extents(opcode: int, window: int) -> bytes:
    """ShapeQueryExtents, which has a reply (see ShapeExtents); opcode: SHAPE's major opcode."""
    return _ONE_ID.pack(opcode, 5, 2, window)


def fake_input(opcode: int, kind: int, detail: int, *, root: int = 0, x: int = 0, y: int = 0) -> bytes:
    """XTEST FakeInput, at once; opcode: XTEST's major opcode; kind: KeyPress … MotionNotify; x, y: px, for motion."""
    return _FAKE_INPUT.pack(opcode, 2, 9, kind, detail, 0, root, x, y, 0)


def fake_device_button(opcode: int, first_event: int, device: int, button: int, *, pressed: bool) -> bytes:
    """XTEST FakeInput of a button of one device; first_event: that of the X Input extension."""
    return _FAKE_INPUT.pack(opcode, 2, 9, first_event + (3 if pressed else 4), button, 0, 0, 0, 0, device)


def fake_device_motion(opcode: int, first_event: int, device: int, axes: Sequence[int]) -> bytes:
    """XTEST FakeInput of a device's axes from its first one on, absolute; 1 to 6 of them.

    Without its first axis the server takes the others for 0. Source: measured, Xorg 21.1.7.
    """
    values = [*axes, *[0] * (_VALUATORS - len(axes))]
    motion = _FAKE_INPUT.pack(opcode, 2, 17, first_event + 5, 0, 0, 0, 0, 0, device)
    return motion + _DEVICE_VALUATOR.pack(first_event, device, len(axes), 0, *values)


WINDOW_CLASS: Final = struct.Struct("=12xH")
"""Of the reply to GetWindowAttributes: InputOutput or InputOnly."""


# --- Events: 32 bytes each, the first two fields are the code (bit 7: sent by a client) and a detail.


class InputEvent(NamedTuple):
    """KeyPress, KeyRelease, ButtonPress, ButtonRelease, MotionNotify, EnterNotify, LeaveNotify.

    mode, flags: the last two bytes. Keys, buttons and motion have same_screen in `mode` and nothing in `flags`;
    crossings have their notify mode, and same_screen (2) and focus (1) in `flags`.
    """

    code: int
    detail: int
    sequence: int
    time: int
    root: int
    event: int
    child: int
    root_x: int
    root_y: int
    event_x: int
    event_y: int
    state: int
    mode: int
    flags: int


INPUT_EVENT: Final = struct.Struct("=BBHIIIIhhhhHBB")


class FocusEvent(NamedTuple):
    """FocusIn, FocusOut."""

    code: int
    detail: int
    sequence: int
    event: int
    mode: int


FOCUS_EVENT: Final = struct.Struct("=BBHIB23x")


class ExposeEvent(NamedTuple):
    """Expose; following: how many more come at least."""

    code: int
    sequence: int
    window: int
    x: int
    y: int
    width: int
    height: int
    following: int


EXPOSE_EVENT: Final = struct.Struct("=BxHIHHHHH14x")


CREATE_EVENT: Final = struct.Struct("=BxHIIhhHHHB9x")
"""CreateNotify: code, serial, parent, window, x, y, width, height, border width, override-redirect."""

WINDOW_EVENT: Final = struct.Struct("=BxHIIB19x")
"""DestroyNotify, UnmapNotify, MapNotify (whom it is told), MapRequest (parent): code, serial, that, window; and of
MapNotify whether it is override-redirect."""

REPARENT_EVENT: Final = struct.Struct("=BxHIII16x")
"""ReparentNotify: code, serial, whom it is told, window, parent; its place there follows."""

PROPERTY_EVENT: Final = struct.Struct("=BxHIIIB15x")
"""PropertyNotify: code, serial, window, atom, time, state."""


class ConfigureEvent(NamedTuple):
    """ConfigureNotify."""

    code: int
    sequence: int
    event: int
    window: int
    above_sibling: int
    x: int
    y: int
    width: int
    height: int
    border_width: int
    override_redirect: int


CONFIGURE_EVENT: Final = struct.Struct("=BxHIIIhhHHHB5x")


class DamageEvent(NamedTuple):
    """DamageNotify; level: bit 7 says that more follow. The area lies inside the drawable; px."""

    code: int
    level: int
    sequence: int
    drawable: int
    damage: int
    time: int
    x: int
    y: int
    width: int
    height: int
    drawable_x: int
    drawable_y: int
    drawable_width: int
    drawable_height: int


DAMAGE_EVENT: Final = struct.Struct("=BBHIIIhhHHhhHH")


class ShapeEvent(NamedTuple):
    """ShapeNotify; kind: bounding (0), clip (1) or input (2); shaped: whether there is a shape of that kind now.

    x, y, width, height: the bounding box of the shape, px.
    """

    code: int
    kind: int
    sequence: int
    window: int
    x: int
    y: int
    width: int
    height: int
    shaped: int


SHAPE_EVENT: Final = struct.Struct("=BBHIhhHH4xB11x")


class ShapeExtents(NamedTuple):
    """What of the reply to ShapeQueryExtents says whether a window has a shape."""

    bounding: int
    clip: int


SHAPE_EXTENTS_REPLY: Final = struct.Struct("=8xBB22x")


class CompletionEvent(NamedTuple):
    """ShmCompletion."""

    code: int
    sequence: int
    drawable: int
    minor_opcode: int
    major_opcode: int
    segment: int
    offset: int


COMPLETION_EVENT: Final = struct.Struct("=BxHIHBxII12x")
