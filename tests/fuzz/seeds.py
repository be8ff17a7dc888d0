"""The first streams of the corpus, out of the recordings of the C agent: `python -m tests.fuzz.seeds` writes them.

A recording is a piece of a longer talk: windows that it presumes are made first, and its pictures are made small.
"""

import struct

from protocol.codec import encode
from protocol.formats import HEADER, WINDOW_DUMP
from protocol.messages import MessageType
from tests.fuzz.corpus import CORPUS, messages_of
from tests.integration.traces import BEGINNING, RECORDED, SLICES

MAX_SIDE_PX = 60
MAX_STREAM_BYTES = 4_096
POOL_PAGES = 64


def seed(name: str) -> bytes:
    """A stream that can stand alone."""
    made: set[int] = set()
    parts: list[bytes] = []
    for message in messages_of((RECORDED / f"{name}.a2d.bin").read_bytes()):
        kind, window, _length = HEADER.unpack_from(message)
        if kind == MessageType.CREATE:
            made.add(window)
        elif window not in made:
            made.add(window)
            parts.append(encode(MessageType.CREATE, window, 40, 50, 300, 200, 0, 0))
        if kind == MessageType.DESTROY:
            made.discard(window)
        parts.append(_small_dump(message) if kind == MessageType.WINDOW_DUMP else message)
    while sum(map(len, parts)) > MAX_STREAM_BYTES:
        parts.pop()
    return b"".join(parts)


def _small_dump(message: bytes) -> bytes:
    _kind, window, _length = HEADER.unpack_from(message)
    kind, width, height, depth = WINDOW_DUMP.unpack_from(message, HEADER.size)
    width, height = min(width, MAX_SIDE_PX), min(height, MAX_SIDE_PX)
    refs = [number % POOL_PAGES for number in range(-(-4 * width * height // 4096))]
    return encode(
        MessageType.WINDOW_DUMP, window, kind, width, height, depth, tail=struct.pack(f"<{len(refs)}I", *refs)
    )


def tray_icon() -> bytes:
    """A window that docks, and all that may be said of it then; no recording has one."""
    icon, mapped = 0x70, 0x71
    refs = struct.pack("<I", 1)
    return b"".join(
        (
            encode(MessageType.CREATE, icon, 0, 0, 22, 22, 0, 1),
            encode(MessageType.WINDOW_DUMP, icon, 0, 22, 22, 32, tail=refs),
            encode(MessageType.DOCK, icon),
            encode(MessageType.SHMIMAGE, icon, 0, 0, 22, 22),
            encode(MessageType.CONFIGURE, icon, 5, 5, 32, 32, 0),
            encode(MessageType.MAP, icon, 0, 1),
            encode(MessageType.DOCK, icon),
            encode(MessageType.UNMAP, icon),
            encode(MessageType.CREATE, mapped, 0, 0, 64, 64, 0, 0),
            encode(MessageType.MAP, mapped, icon, 0),
            encode(MessageType.DOCK, mapped),
            encode(MessageType.DESTROY, icon),
            encode(MessageType.DOCK, mapped),
        )
    )


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    (CORPUS / "seed-tray-icon.bin").write_bytes(tray_icon())
    for each in SLICES:
        if each != BEGINNING:
            (CORPUS / f"seed-{each}.bin").write_bytes(seed(each))
