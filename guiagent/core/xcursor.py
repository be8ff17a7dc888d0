"""Reads the pictures in a file of a cursor theme. It must not know which file, nor what the cursor means.

Source: Xcursor(3), "Cursor files".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from guiagent.core.cursors import Look

MAGIC: Final = b"Xcur"
IMAGE_CHUNK: Final = 0xFFFD0002
MAX_CHUNKS: Final = 1024
MAX_SIDE_PX: Final = 256
"""Larger pictures are passed over; themes have cursors of 24 to 96 px."""

_HEADER: Final = struct.Struct("<4s3I")
_ENTRY: Final = struct.Struct("<3I")
_IMAGE: Final = struct.Struct("<9I")


def looks(data: bytes) -> Iterator[Look]:
    """Every picture in the file; ends where the file makes no sense."""
    if len(data) < _HEADER.size:
        return
    magic, header_bytes, _version, chunks = _HEADER.unpack_from(data)
    if magic != MAGIC:
        return
    for number in range(min(chunks, MAX_CHUNKS)):
        at = header_bytes + number * _ENTRY.size
        if at + _ENTRY.size > len(data):
            return
        kind, _size, position = _ENTRY.unpack_from(data, at)
        if kind != IMAGE_CHUNK or position + _IMAGE.size > len(data):
            continue
        chunk_header, _kind, _nominal, _v, width, height, hot_x, hot_y, _delay = _IMAGE.unpack_from(data, position)
        begin = position + chunk_header
        if max(width, height) > MAX_SIDE_PX or begin + 4 * width * height > len(data):
            continue
        yield Look(width, height, hot_x, hot_y, data[begin : begin + 4 * width * height])
