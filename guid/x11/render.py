"""What an X server has of RENDER, asked for without waiting; must not know what it is used for.

Source: X Rendering Extension 0.11, QueryPictFormats.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from shm.x11.connection import XConnection

QUERY_EXTENSION: Final = 98
QUERY_VERSION, QUERY_PICT_FORMATS = 0, 1
NAME: Final = b"RENDER"
FORMATS_AT: Final = 32
FORMAT: Final = struct.Struct("<IBBxx8HI")
"""A picture format: id, type, depth, shift and mask of red, green, blue and alpha, colormap."""
_COUNTS, _COUNTS_AT = struct.Struct("<4I"), 8
_PAIR: Final = struct.Struct("<II")
_DEPTH: Final = struct.Struct("<BxHxxxx")

Told = Callable[[int, bytes], None]
"""Takes RENDER's major opcode and the reply of QueryPictFormats; 0 and b"" if the X server has no RENDER."""


def ask(x: XConnection, told: Told) -> None:
    """Ask once; `told` is called when the answer is there."""
    name = NAME + bytes(-len(NAME) % 4)
    head = struct.pack("<BBHHxx", QUERY_EXTENSION, 0, 2 + len(name) // 4, len(NAME))

    def extension(reply: bytes) -> None:
        if not reply or not reply[8]:
            told(0, b"")
            return
        opcode = reply[9]
        x.send_with_reply(struct.pack("<BBHII", opcode, QUERY_VERSION, 3, 0, 11), 1, lambda _reply: None)
        formats = struct.pack("<BBH", opcode, QUERY_PICT_FORMATS, 1)
        x.send_with_reply(formats, 1, lambda reply: told(opcode if reply else 0, reply))

    x.send_with_reply(head + name, 1, extension)


def format_of_pixels(reply: bytes, kind: int, depth: int, masks: tuple[int, ...]) -> int:
    """The picture format of that type, depth, and shifts and masks; 0 if the reply names none."""
    (formats,) = struct.unpack_from("<I", reply, _COUNTS_AT)
    for number in range(formats):
        found, *said, _colormap = FORMAT.unpack_from(reply, FORMATS_AT + number * FORMAT.size)
        if said == [kind, depth, *masks]:
            return int(found)
    return 0


def format_of_visual(reply: bytes, visual: int) -> int:
    """The picture format of windows of a visual; 0 if the reply names none."""
    formats, screens, _depths, _visuals = _COUNTS.unpack_from(reply, _COUNTS_AT)
    at = FORMATS_AT + formats * FORMAT.size
    for _ in range(screens):
        depths, _fallback = _PAIR.unpack_from(reply, at)
        at += _PAIR.size
        for _ in range(depths):
            _depth, visuals = _DEPTH.unpack_from(reply, at)
            at += _DEPTH.size
            for _ in range(visuals):
                each, found = _PAIR.unpack_from(reply, at)
                at += _PAIR.size
                if each == visual:
                    return int(found)
    return 0
