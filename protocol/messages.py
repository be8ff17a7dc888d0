"""The one table of protocol facts: a row a message type; knows layouts and limits, and neither reads nor writes bytes.

Lengths, dispatch, docs/protocol.md, test vectors and fuzz strategies are derived from `TABLE`.
Source: qubes-gui-protocol.h 1.8, and what the C daemon (4.3.15) and the C agent (4.4.1) do where the header is silent.
"""

import struct
from collections.abc import Mapping
from enum import Enum, Flag, IntEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from protocol import formats, limits

# A class of `formats` whose instances are decoded bodies.
BodyClass = type[formats.Body]


class MessageType(IntEnum):
    """The number in a message header. 124 to 149 are MSG_* of the C header; EXT_HELLO and above are ours."""

    KEYPRESS = 124
    BUTTON = 125
    MOTION = 126
    CROSSING = 127
    FOCUS = 128
    RESIZE = 129
    CREATE = 130
    DESTROY = 131
    MAP = 132
    UNMAP = 133
    CONFIGURE = 134
    MFNDUMP = 135
    SHMIMAGE = 136
    CLOSE = 137
    EXECUTE = 138
    CLIPBOARD_REQ = 139
    CLIPBOARD_DATA = 140
    WMNAME = 141
    KEYMAP_NOTIFY = 142
    DOCK = 143
    WINDOW_HINTS = 144
    WINDOW_FLAGS = 145
    WMCLASS = 146
    WINDOW_DUMP = 147
    CURSOR = 148
    WINDOW_DUMP_ACK = 149
    EXT_HELLO = 0x56540001
    MONITORS = 0x56540002
    KEYBOARD = 0x56540003
    SCALE = 0x56540004
    ICON = 0x56540005
    CURSOR_IMAGE = 0x56540006
    CLIPBOARD_TYPED = 0x56540007
    FRAME_ACK = 0x56540008
    FRAME_COUNT = 0x56540009
    FRAME_ASK = 0x5654000A


class Role(Enum):
    """Which end of the channel a peer is."""

    AGENT = "agent"  # in the qube; the server of the channel
    DAEMON = "daemon"  # on the desktop side


class Direction(Flag):
    """Where a message may travel. The empty flag: a number that is taken and never sent."""

    TO_DAEMON = 1
    TO_AGENT = 2
    BOTH = 3


class WindowRule(Enum):
    """What the window id in a message to the daemon must be. Kept by the daemon's core, not by framing."""

    EXISTING = "must exist"  # created and not destroyed; anything else is a violation
    NEW = "must be new"  # must not exist; a second creation is a violation
    ANY = "any"  # ignored, never looked up
    ZERO = "zero"  # always 0: the message concerns no window


class Tail(NamedTuple):
    """What follows the fixed body of a message, up to the end that the header states.

    item_bytes: the tail is a whole number of these. max_items: source in `limits`.
    count_field: the field of the body that must equal the number of items, or "".
    max_items_before_1_8: the bound for older agents, where it differs.
    """

    name: str
    item_bytes: int
    max_items: int
    count_field: str = ""
    max_items_before_1_8: int | None = None


class MessageSpec(NamedTuple):
    """Everything that is known of one message type.

    body, layout: class and struct of the fixed part; None if it is empty. min_len, max_len: bytes of the whole body.
    since_minor: first minor version that has it. answer_since_minor: first one in which the daemon also sends it back
    as an acknowledgement.
    """

    type: MessageType
    c_name: str
    direction: Direction
    body: BodyClass | None
    layout: struct.Struct | None
    min_len: int
    max_len: int
    tail: Tail | None
    since_minor: int
    window_rule: WindowRule
    doc: str
    answer_since_minor: int = 0

    @property
    def fixed_len(self) -> int:
        """Bytes of the body before any tail."""
        return self.layout.size if self.layout else 0

    def max_len_at(self, minor: int) -> int:
        """Return the longest legal body (bytes) under the negotiated `minor` version."""
        tail = self.tail
        if tail is None or tail.max_items_before_1_8 is None or minor >= limits.BIG_CLIPBOARD_SINCE_MINOR:
            return self.max_len
        return self.fixed_len + tail.max_items_before_1_8 * tail.item_bytes

    def allows_len(self, len_bytes: int, minor: int) -> bool:
        """Tell whether a body of `len_bytes` is legal under `minor`: exact if fixed, bounded and whole items if not."""
        if not self.min_len <= len_bytes <= self.max_len_at(minor):
            return False
        return self.tail is None or (len_bytes - self.fixed_len) % self.tail.item_bytes == 0


_NOWHERE = Direction(0)
_TO_AGENT = Direction.TO_AGENT
_TO_DAEMON = Direction.TO_DAEMON
_REFS = Tail("refs", limits.REF_BYTES, limits.MAX_GRANT_REFS)
_MFNS = Tail("mfns", limits.REF_BYTES, limits.MAX_MFNS, count_field="num_mfn")
_MONITORS = Tail("monitors", limits.MONITOR_BYTES, limits.MAX_MONITORS, count_field="many")
_CURSOR_PIXELS = Tail("pixels", limits.BYTES_PER_PIXEL, limits.MAX_CURSOR_PIXELS)
_ICON_WORDS = Tail("images", limits.BYTES_PER_PIXEL, limits.MAX_ICON_WORDS)
_PART = Tail("data", 1, limits.MAX_CLIPBOARD_PART_BYTES)
_TEXT = Tail("text", 1, limits.CLIPBOARD_TOO_BIG_BYTES, max_items_before_1_8=limits.MAX_CLIPBOARD_BYTES_BEFORE_1_8)


def _row(
    message: MessageType,
    direction: Direction,
    doc: str,
    body: BodyClass | None = None,
    layout: struct.Struct | None = None,
    *,
    tail: Tail | None = None,
    rule: WindowRule = WindowRule.EXISTING,
    since_minor: int = 0,
    answer_since_minor: int = 0,
) -> MessageSpec:
    fixed = layout.size if layout else 0
    longest = fixed + (tail.item_bytes * tail.max_items if tail else 0)
    return MessageSpec(
        type=message,
        c_name=f"MSG_{message.name}" if message < MessageType.EXT_HELLO else "",
        direction=direction,
        body=body,
        layout=layout,
        min_len=fixed,
        max_len=longest,
        tail=tail,
        since_minor=since_minor,
        window_rule=rule,
        doc=doc,
        answer_since_minor=answer_since_minor,
    )


_T = MessageType
_F = formats

_ROWS: Final = (
    _row(_T.KEYPRESS, _TO_AGENT, "A key went down (type 2) or up (3).", _F.KeyPress, _F.KEYPRESS),
    _row(_T.BUTTON, _TO_AGENT, "A pointer button went down (type 4) or up (5).", _F.Button, _F.BUTTON),
    _row(_T.MOTION, _TO_AGENT, "The pointer moved; is_hint is always 0.", _F.Motion, _F.MOTION),
    _row(_T.CROSSING, _TO_AGENT, "The pointer entered (type 7) or left (8).", _F.Crossing, _F.CROSSING),
    _row(_T.FOCUS, _TO_AGENT, "The window got (type 9) or lost (10) the focus.", _F.Focus, _F.FOCUS),
    _row(_T.RESIZE, _NOWHERE, "Obsolete: never sent."),
    _row(_T.CREATE, _TO_DAEMON, "A window was created; parent is ignored.", _F.Create, _F.CREATE, rule=WindowRule.NEW),
    _row(
        _T.DESTROY,
        Direction.BOTH,
        "A window is gone; the daemon sends it back when the id may be used again.",
        answer_since_minor=limits.DESTROY_ACK_SINCE_MINOR,
    ),
    _row(
        _T.MAP,
        Direction.BOTH,
        "Show the window. The daemon sends it for a window that its side mapped.",
        _F.Map,
        _F.MAP,
    ),
    _row(_T.UNMAP, _TO_DAEMON, "Hide the window and forget its picture."),
    _row(
        _T.CONFIGURE,
        Direction.BOTH,
        "Place and size. One from the daemon is echoed with the same values as its acknowledgement.",
        _F.Configure,
        _F.CONFIGURE,
    ),
    _row(
        _T.MFNDUMP,
        _TO_DAEMON,
        "Deprecated: a window's picture by machine frame numbers.",
        _F.MfnDump,
        _F.MFNDUMP,
        tail=_MFNS,
    ),
    _row(_T.SHMIMAGE, _TO_DAEMON, "A rectangle of the window's picture changed.", _F.ShmImage, _F.SHMIMAGE),
    _row(_T.CLOSE, _TO_AGENT, "The person asked to close the window."),
    _row(_T.EXECUTE, _NOWHERE, "Obsolete: never sent.", _F.Execute, _F.EXECUTE, rule=WindowRule.ANY),
    _row(_T.CLIPBOARD_REQ, _TO_AGENT, "The person asked to copy; the window has the focus."),
    _row(
        _T.CLIPBOARD_DATA,
        Direction.BOTH,
        "Clipboard text: an answer (its window may never have existed) or a paste. 256,001 bytes say: too big to send. "
        "Before 1.2 the daemon writes the length as the window too.",
        tail=_TEXT,
        rule=WindowRule.ANY,
    ),
    _row(_T.WMNAME, _TO_DAEMON, "The title, zero padded; byte 127 is taken as zero.", _F.WmName, _F.WMNAME),
    _row(
        _T.KEYMAP_NOTIFY,
        _TO_AGENT,
        "Which keys are held, a bit each; sent before focus in and enter.",
        _F.KeymapNotify,
        _F.KEYMAP_NOTIFY,
        rule=WindowRule.ZERO,
    ),
    _row(_T.DOCK, _TO_DAEMON, "The window is a tray icon."),
    _row(_T.WINDOW_HINTS, _TO_DAEMON, "Size hints (flags of WM_NORMAL_HINTS).", _F.WindowHints, _F.WINDOW_HINTS),
    _row(
        _T.WINDOW_FLAGS,
        Direction.BOTH,
        "States set and unset: 1 fullscreen, 2 demands attention, 4 minimised.",
        _F.WindowFlags,
        _F.WINDOW_FLAGS,
    ),
    _row(_T.WMCLASS, _TO_DAEMON, "WM_CLASS, zero padded; the class comes first.", _F.WmClass, _F.WMCLASS),
    _row(
        _T.WINDOW_DUMP,
        _TO_DAEMON,
        "The window's picture: page references, in the order of its bytes. type is 0, bpp is ignored.",
        _F.WindowDump,
        _F.WINDOW_DUMP,
        tail=_REFS,
    ),
    _row(_T.CURSOR, _TO_DAEMON, "0: the default; else 0x100 + a cursor font glyph.", _F.Cursor, _F.CURSOR),
    _row(
        _T.WINDOW_DUMP_ACK,
        _TO_AGENT,
        "The answer to every WINDOW_DUMP and MFNDUMP, in order: the pages of the one before may be used again.",
        since_minor=limits.DUMP_ACK_SINCE_MINOR,
    ),
    _row(
        _T.EXT_HELLO,
        Direction.BOTH,
        "Ours: extension version and feature bits; the daemon's first message, answered only by agents that know it.",
        _F.ExtHello,
        _F.EXT_HELLO,
        rule=WindowRule.ZERO,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.MONITORS,
        _TO_AGENT,
        "Ours, if both sides named the feature: the desktop's size and work area, and its monitors.",
        _F.Monitors,
        _F.MONITORS,
        tail=_MONITORS,
        rule=WindowRule.ZERO,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.KEYBOARD,
        _TO_AGENT,
        "Ours, if both sides named the feature: the desktop's layout (words of setxkbmap, zero padded) and group.",
        _F.Keyboard,
        _F.KEYBOARD,
        rule=WindowRule.ZERO,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.SCALE,
        _TO_AGENT,
        "Ours, if both sides named the feature: how large the desktop draws text and all else, and how smooth.",
        _F.Scale,
        _F.SCALE,
        rule=WindowRule.ZERO,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.ICON,
        _TO_DAEMON,
        "Ours, if both sides named the feature: a window's icon as _NET_WM_ICON has it, up to 4 images: of each its "
        "width, its height, and B, G, R, A a pixel, not multiplied. Nothing: it has none any more.",
        tail=_ICON_WORDS,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.CURSOR_IMAGE,
        _TO_DAEMON,
        "Ours, if both sides named the feature: a cursor that no font has, as RENDER has it: B, G, R, times alpha, A.",
        _F.CursorImage,
        _F.CURSOR_IMAGE,
        tail=_CURSOR_PIXELS,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.CLIPBOARD_TYPED,
        Direction.BOTH,
        "Ours, if both sides named the feature: one step of a copy or a paste of text or of an image.",
        _F.ClipboardTyped,
        _F.CLIPBOARD_TYPED,
        tail=_PART,
        rule=WindowRule.ZERO,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.FRAME_ACK,
        _TO_AGENT,
        "Ours, if both sides named the feature: how many SHMIMAGE and UNMAP of this window since its CREATE (modulo "
        "2^32) are done with: what they name, no draw reads any more.",
        _F.FrameAck,
        _F.FRAME_ACK,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.FRAME_COUNT,
        _TO_DAEMON,
        "Ours, if both sides named the feature: a page of the pool. Its first 4 bytes say, whenever the daemon is done "
        "with all, how many SHMIMAGE and UNMAP of this session that was (modulo 2^32, little-endian). From then on "
        "FRAME_ACK comes only for FRAME_ASK.",
        _F.FrameCount,
        _F.FRAME_COUNT,
        rule=WindowRule.ZERO,
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
    _row(
        _T.FRAME_ASK,
        _TO_DAEMON,
        "Ours, if both sides named the feature: the agent waits for FRAME_ACK about all of this window so far.",
        since_minor=limits.EXTENSIONS_SINCE_MINOR,
    ),
)

TABLE: Final[Mapping[int, MessageSpec]] = MappingProxyType({int(row.type): row for row in _ROWS})
