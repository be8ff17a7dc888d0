"""Hypothesis strategies for what a hostile agent might send, derived from the message table; knows no expectation."""

import struct
from typing import Final

from hypothesis import strategies as st

from protocol.codec import encode
from protocol.formats import HEADER
from protocol.limits import MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX
from protocol.messages import TABLE, Direction, MessageSpec, MessageType
from tests.protocol.strategies import codes

WINDOWS: Final = (0, 1, 2, 3, 4, 0xFFFFFFFF)

# Where things change: around zero, the protocol's limits, 15, 16, 31 and 32 bits; cursors; every bit of flags.
EDGES: Final = sorted(
    {
        edge + step
        for edge in (0, 50, 0x100, 0x19A, MAX_WINDOW_WIDTH_PX, MAX_WINDOW_HEIGHT_PX, 1 << 15, 1 << 16, 1 << 31, 1 << 32)
        for step in (-2, -1, 0, 1, 2)
        if 0 <= edge + step < 1 << 32
    }
    | {1 << bit for bit in range(32)}
)
edges = st.sampled_from(EDGES)
small = st.integers(0, 300)
u32 = small | edges
sizes = st.integers(1, 2000) | st.sampled_from([MAX_WINDOW_WIDTH_PX + 1, MAX_WINDOW_HEIGHT_PX, (1 << 31) - 1])
i32 = u32.map(lambda value: value - (1 << 32) if value >= 1 << 31 else value)
TEXTS: Final = (
    b"title",
    b"\x1b]0;owned\x07\x1b[31m",
    "\N{RIGHT-TO-LEFT OVERRIDE}txt.exe\N{POP DIRECTIONAL ISOLATE}".encode(),
    b"\xff\xfe\xc0\xaf\xed\xa0\x80",
    b"\r\nERROR forged",
    b"\x7f\x80\x9b\xc2\x9b31m",
    ("e" + 50 * "\N{COMBINING ACUTE ACCENT}").encode(),
)


def texts(size: int) -> st.SearchStrategy[bytes]:
    """Bytes of a fixed field: zero padded or not, with what misleads a terminal or a reader."""
    return (st.sampled_from(TEXTS) | st.binary(max_size=size)).map(lambda raw: raw[:size].ljust(size, b"\0"))


def field(code: str) -> st.SearchStrategy[int | bytes]:
    """A value for one struct code."""
    if code == "i":
        return i32
    return u32 if code == "I" else texts(int(code[:-1]))


@st.composite
def bodies(draw: st.DrawFn, spec: MessageSpec) -> bytes:
    """A body of legal length for a row of the table."""
    if spec.type is MessageType.WINDOW_DUMP and draw(st.booleans()):
        return draw(nearly_legal_dumps())
    if spec.type is MessageType.CURSOR_IMAGE and draw(st.booleans()):
        return draw(nearly_legal_cursor_images())
    if spec.type is MessageType.ICON and draw(st.booleans()):
        return draw(nearly_legal_icons())
    fields = draw(st.tuples(*map(field, codes(spec))))
    fixed = spec.layout.pack(*fields) if spec.layout else b""
    if spec.tail is None:
        return fixed
    items = draw(st.integers(0, 20))
    if spec.tail.item_bytes == 4:
        refs = draw(st.lists(small | edges, min_size=items, max_size=items))
        return fixed + struct.pack(f"<{items}I", *refs)
    return fixed + draw(st.binary(max_size=items))


@st.composite
def nearly_legal_dumps(draw: st.DrawFn) -> bytes:
    """A small picture with about as many references as it needs, of a pool of about 64 pages."""
    width, height = draw(st.integers(0, 70)), draw(st.integers(0, 70))
    needed = -(-4 * width * height // 4096)
    refs = draw(st.lists(st.integers(0, 64), min_size=max(0, needed - 1), max_size=needed + 1))
    return struct.pack(f"<4I{len(refs)}I", draw(st.sampled_from((0, 0, 0, 1))), width, height, 24, *refs)


@st.composite
def nearly_legal_cursor_images(draw: st.DrawFn) -> bytes:
    """A small image with about as many pixels as it needs, its hotspot in it or next to it."""
    width, height = draw(st.integers(0, 5) | st.just(64) | st.just(65)), draw(st.integers(0, 5))
    pixels = max(0, width * height + draw(st.sampled_from((0, 0, 0, 0, -1, 1))))
    hot_x, hot_y = draw(st.integers(0, width)), draw(st.integers(0, height))
    return struct.pack("<4I", width, height, hot_x, hot_y) + draw(st.binary(min_size=4, max_size=4)) * pixels


@st.composite
def nearly_legal_icons(draw: st.DrawFn) -> bytes:
    """A few small images with about as many pixels as they need."""
    body = b""
    for _image in range(draw(st.integers(0, 5))):
        width, height = draw(st.integers(0, 5) | st.just(128) | st.just(129)), draw(st.integers(0, 5))
        pixels = max(0, width * height + draw(st.sampled_from((0, 0, 0, 0, 0, -1, 1))))
        body += struct.pack("<2I", width, height) + draw(st.binary(min_size=4, max_size=4)) * pixels
    return body


def _specs(*, legal: bool) -> list[MessageSpec]:
    return [spec for spec in TABLE.values() if (Direction.TO_DAEMON in spec.direction) is legal]


@st.composite
def legal_messages(draw: st.DrawFn) -> bytes:
    """A message with a legal header; nothing is promised of the rest."""
    spec = draw(st.sampled_from(_specs(legal=True)))
    body = draw(bodies(spec))
    return HEADER.pack(spec.type, draw(st.sampled_from(WINDOWS)), len(body)) + body


@st.composite
def illegal_messages(draw: st.DrawFn) -> bytes:
    """A message whose header is wrong: length, direction or type."""
    window = draw(st.sampled_from(WINDOWS))
    if draw(st.booleans()):
        spec = draw(st.sampled_from(_specs(legal=True)))
        return HEADER.pack(spec.type, window, spec.max_len + draw(st.integers(1, 5)))
    known = st.sampled_from([int(spec.type) for spec in _specs(legal=False)])
    return HEADER.pack(draw(known | u32.filter(lambda number: number not in TABLE)), window, draw(u32))


@st.composite
def beginnings(draw: st.DrawFn) -> bytes:
    """Windows to do something with: without them, nearly every message would be a violation."""
    create = TABLE[MessageType.CREATE]
    chosen = draw(st.lists(st.sampled_from(WINDOWS), unique=True, max_size=len(WINDOWS)))
    made = b""
    for window in chosen:
        body = encode(create.type, window, draw(i32), draw(i32), draw(sizes), draw(sizes), 0, draw(st.integers(0, 2)))
        made += body + (
            encode(MessageType.MAP, window, draw(st.sampled_from(WINDOWS)), 0) if draw(st.booleans()) else b""
        )
    return made


def streams() -> st.SearchStrategy[bytes]:
    """Many messages, mostly with legal headers, now and then something else."""
    some = st.lists(legal_messages(), min_size=1, max_size=30).map(b"".join)
    mostly = st.tuples(beginnings(), some).map(b"".join)
    return st.one_of(
        mostly,
        mostly,
        st.tuples(mostly, illegal_messages()).map(b"".join),
        st.tuples(mostly, st.binary(min_size=1, max_size=60)).map(b"".join),
        st.binary(min_size=1, max_size=300),
    )
