"""Pictures of pixels as PNG, by cairo on image surfaces; must not know where the pixels come from."""

from __future__ import annotations

from pathlib import Path


def write_png(path: Path, pixels: bytes | bytearray, width: int, height: int) -> None:
    """Write `pixels` as an opaque PNG.

    pixels: BGRX, 4 bytes a pixel, rows top to bottom, stride 4 * width; the X byte is ignored.
    Raises ValueError when the length is not 4 * width * height (the caller's fault).
    """
    import cairo  # noqa: PLC0415 - heavy, and rarely wanted

    if len(pixels) != 4 * width * height:
        raise ValueError(f"{len(pixels)} bytes are not {width}x{height} pixels of 4 bytes")
    surface = cairo.ImageSurface.create_for_data(bytearray(pixels), cairo.FORMAT_RGB24, width, height, 4 * width)
    surface.write_to_png(str(path))
