"""GENERATED from protocol/wire.py by `python -m protocol.generate`: flat layouts of all fixed bodies.

Never edit it by hand.

Each body has a `struct.Struct` and a NamedTuple of its fields in wire order. It knows no limit and no table row.
"""

import struct
from typing import Final, NamedTuple


class Header(NamedTuple):
    """12 bytes; struct msg_hdr."""

    type: int
    window: int
    untrusted_len: int


HEADER: Final = struct.Struct("<III")


class XConf(NamedTuple):
    """16 bytes; struct msg_xconf."""

    width_px: int
    height_px: int
    depth: int
    mem_kib: int


XCONF: Final = struct.Struct("<IIII")


class Version(NamedTuple):
    """4 bytes; no struct in the C header."""

    version: int


VERSION: Final = struct.Struct("<I")


class KeyPress(NamedTuple):
    """20 bytes; struct msg_keypress."""

    type: int
    x: int
    y: int
    state: int
    keycode: int


KEYPRESS: Final = struct.Struct("<IiiII")


class Button(NamedTuple):
    """20 bytes; struct msg_button."""

    type: int
    x: int
    y: int
    state: int
    button: int


BUTTON: Final = struct.Struct("<IiiII")


class Motion(NamedTuple):
    """16 bytes; struct msg_motion."""

    x: int
    y: int
    state: int
    is_hint: int


MOTION: Final = struct.Struct("<iiII")


class Crossing(NamedTuple):
    """28 bytes; struct msg_crossing."""

    type: int
    x: int
    y: int
    state: int
    mode: int
    detail: int
    focus: int


CROSSING: Final = struct.Struct("<IiiIIII")


class Focus(NamedTuple):
    """12 bytes; struct msg_focus."""

    type: int
    mode: int
    detail: int


FOCUS: Final = struct.Struct("<III")


class Create(NamedTuple):
    """24 bytes; struct msg_create."""

    x: int
    y: int
    width: int
    height: int
    parent: int
    override_redirect: int


CREATE: Final = struct.Struct("<iiIIII")


class Map(NamedTuple):
    """8 bytes; struct msg_map_info."""

    transient_for: int
    override_redirect: int


MAP: Final = struct.Struct("<II")


class Configure(NamedTuple):
    """20 bytes; struct msg_configure."""

    x: int
    y: int
    width: int
    height: int
    override_redirect: int


CONFIGURE: Final = struct.Struct("<iiIII")


class MfnDump(NamedTuple):
    """28 bytes; struct shm_cmd."""

    shmid: int
    width: int
    height: int
    bpp: int
    off: int
    num_mfn: int
    domid: int


MFNDUMP: Final = struct.Struct("<IIIIIII")


class ShmImage(NamedTuple):
    """16 bytes; struct msg_shmimage."""

    x: int
    y: int
    width: int
    height: int


SHMIMAGE: Final = struct.Struct("<iiII")


class Execute(NamedTuple):
    """255 bytes; struct msg_execute."""

    cmd: bytes


EXECUTE: Final = struct.Struct("<255s")


class WmName(NamedTuple):
    """128 bytes; struct msg_wmname."""

    data: bytes


WMNAME: Final = struct.Struct("<128s")


class KeymapNotify(NamedTuple):
    """32 bytes; struct msg_keymap_notify."""

    keys: bytes


KEYMAP_NOTIFY: Final = struct.Struct("<32s")


class WindowHints(NamedTuple):
    """36 bytes; struct msg_window_hints."""

    flags: int
    min_width: int
    min_height: int
    max_width: int
    max_height: int
    width_inc: int
    height_inc: int
    base_width: int
    base_height: int


WINDOW_HINTS: Final = struct.Struct("<IIIIIIIII")


class WindowFlags(NamedTuple):
    """8 bytes; struct msg_window_flags."""

    flags_set: int
    flags_unset: int


WINDOW_FLAGS: Final = struct.Struct("<II")


class WmClass(NamedTuple):
    """128 bytes; struct msg_wmclass."""

    res_class: bytes
    res_name: bytes


WMCLASS: Final = struct.Struct("<64s64s")


class WindowDump(NamedTuple):
    """16 bytes; struct msg_window_dump_hdr."""

    type: int
    width: int
    height: int
    bpp: int


WINDOW_DUMP: Final = struct.Struct("<IIII")


class Cursor(NamedTuple):
    """4 bytes; struct msg_cursor."""

    cursor: int


CURSOR: Final = struct.Struct("<I")


class ExtHello(NamedTuple):
    """8 bytes; no struct in the C header."""

    version: int
    features: int


EXT_HELLO: Final = struct.Struct("<II")


class Monitors(NamedTuple):
    """32 bytes; no struct in the C header."""

    width_px: int
    height_px: int
    work_x: int
    work_y: int
    work_width: int
    work_height: int
    primary: int
    many: int


MONITORS: Final = struct.Struct("<IIIIIIII")


class Monitor(NamedTuple):
    """24 bytes; no struct in the C header."""

    x: int
    y: int
    width: int
    height: int
    width_mm: int
    height_mm: int


MONITOR: Final = struct.Struct("<IIIIII")


class Keyboard(NamedTuple):
    """900 bytes; no struct in the C header."""

    group: int
    rules: bytes
    model: bytes
    layout: bytes
    variant: bytes
    options: bytes


KEYBOARD: Final = struct.Struct("<I64s64s128s128s512s")


class CursorImage(NamedTuple):
    """16 bytes; no struct in the C header."""

    width: int
    height: int
    hot_x: int
    hot_y: int


CURSOR_IMAGE: Final = struct.Struct("<IIII")


class Scale(NamedTuple):
    """28 bytes; no struct in the C header."""

    dpi_1024: int
    factor: int
    cursor_px: int
    antialias: int
    hinting: int
    hint_style: int
    subpixels: int


SCALE: Final = struct.Struct("<IIIIIII")


class ClipboardTyped(NamedTuple):
    """28 bytes; no struct in the C header."""

    step: int
    nonce: int
    kind: int
    width_px: int
    height_px: int
    total_bytes: int
    offset_bytes: int


CLIPBOARD_TYPED: Final = struct.Struct("<IIIIIII")


class FrameAck(NamedTuple):
    """4 bytes; no struct in the C header."""

    done: int


FRAME_ACK: Final = struct.Struct("<I")


class FrameCount(NamedTuple):
    """4 bytes; no struct in the C header."""

    ref: int


FRAME_COUNT: Final = struct.Struct("<I")


# Any decoded fixed body of a message.
Body = (
    KeyPress
    | Button
    | Motion
    | Crossing
    | Focus
    | Create
    | Map
    | Configure
    | MfnDump
    | ShmImage
    | Execute
    | WmName
    | KeymapNotify
    | WindowHints
    | WindowFlags
    | WmClass
    | WindowDump
    | Cursor
    | ExtHello
    | Monitors
    | Keyboard
    | CursorImage
    | Scale
    | ClipboardTyped
    | FrameAck
    | FrameCount
)
