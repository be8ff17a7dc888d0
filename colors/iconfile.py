"""A PNG file that stands for a label, as icons; must not know who named it, nor any window.

Every number in it is looked at before a decoder sees it, which is then given the chunks that make the picture and no
others: no compressed text, profile or time ever reaches it.
Source: PNG (Third Edition), 5 "Datastream structure" and 11.2 "Critical chunks".
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from io import BytesIO
from typing import Final

from colors.iconimage import IconImage

MAX_SIDE_PX: Final = 128
"""As in the C daemon."""
MAX_FILE_BYTES: Final = 1 << 18
"""Four times what 128 by 128 px have without any compression."""
MAX_CHUNKS: Final = 256

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
HEADER: Final = struct.Struct(">II5B")
"""Width, height, bits a channel, kind of colour, compression, filter, interlacing."""
PICTURE: Final = (8, 6)
"""Eight bits a channel: red, green, blue, alpha. As in the C daemon."""
TAKEN: Final = (b"IHDR", b"IDAT", b"IEND")
OPAQUE: Final = 255


class BadIconFile(ValueError):
    """No file that can stand for a label; the message says why. The fault of who named it."""


def checked(raw: bytes) -> bytes:
    """The same picture without anything else that is in the file. Raises BadIconFile."""
    if not raw.startswith(SIGNATURE):
        raise BadIconFile("is no PNG")
    if len(raw) > MAX_FILE_BYTES:
        raise BadIconFile(f"has more than {MAX_FILE_BYTES} bytes")
    taken = [SIGNATURE]
    at, first = len(SIGNATURE), True
    for _ in range(MAX_CHUNKS):
        if len(raw) < at + 8:
            raise BadIconFile("ends too early")
        length, kind = struct.unpack_from(">I4s", raw, at)
        end = at + 12 + length
        if end > len(raw):
            raise BadIconFile("ends too early")
        if first is not (kind == b"IHDR"):
            raise BadIconFile("does not begin with its one header")
        if first:
            _check_header(raw[at + 8 : end - 4])
        if kind in TAKEN:
            taken.append(raw[at:end])
        if kind == b"IEND":
            return b"".join(taken)
        at, first = end, False
    raise BadIconFile(f"has more than {MAX_CHUNKS} parts")


def images_of(png: bytes, sides_px: Iterable[int]) -> list[IconImage]:
    """The picture, no side longer than each of `sides_px`, and never larger than it is. png: `checked`.

    Raises BadIconFile.
    """
    import cairo  # noqa: PLC0415 - heavy, and not for the first window

    try:
        surface = cairo.ImageSurface.create_from_png(BytesIO(png))
    except (cairo.Error, OSError, MemoryError) as error:
        raise BadIconFile(f"cannot be decoded: {error}") from error
    width, height = surface.get_width(), surface.get_height()
    longest = max(width, height)
    found = []
    for side in sorted({min(side, longest) for side in sides_px}):
        wide, high = max(1, width * side // longest), max(1, height * side // longest)
        target = cairo.ImageSurface(cairo.FORMAT_ARGB32, wide, high)
        context = cairo.Context(target)
        context.scale(wide / width, high / height)
        context.set_source_surface(surface)
        source = context.get_source()
        source.set_filter(cairo.FILTER_NEAREST if side == longest else cairo.FILTER_BEST)
        source.set_extend(cairo.EXTEND_PAD)  # nothing of what is around it
        context.paint()
        target.flush()
        found.append(IconImage(wide, high, _divided(bytes(target.get_data()))))
    return found


def _check_header(body: bytes) -> None:
    if len(body) != HEADER.size:
        raise BadIconFile("has a header of another length")
    width, height, *rest = HEADER.unpack(body)
    if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
        raise BadIconFile(f"is {width}x{height} px; both sides may have 1 to {MAX_SIDE_PX}")
    if tuple(rest[:2]) != PICTURE:
        raise BadIconFile("is no picture of 8 bits of red, green, blue and alpha each")


def _divided(pixels: bytes) -> bytes:
    """Without the alpha in the colours. pixels: B, G, R, A, multiplied; a whole number of rows without gaps."""
    words = list(memoryview(pixels).cast("I"))
    for at, word in enumerate(words):
        alpha = word >> 24
        if 0 < alpha < OPAQUE:
            channels = (min((word >> shift & 0xFF) * OPAQUE // alpha, OPAQUE) << shift for shift in (0, 8, 16))
            words[at] = alpha << 24 | sum(channels)
    return struct.pack(f"<{len(words)}I", *words)
