"""The upper left corner of a picture, as bytes of ours; knows no window, and maps nothing.

What a qube writes meanwhile cannot change what was read.
"""

import os
from typing import Final

from protocol.limits import BYTES_PER_PIXEL
from shm.errors import ShmError
from shm.pages import PictureBytes

_NAME: Final = "vitrail-corner"


def corner_of(source: PictureBytes, stride_px: int, width: int, height: int) -> bytes:
    """Return width x height px, rows without padding; stride_px: width of the whole picture, at least `width`.

    Raises ShmError if they are not there.
    """
    row_bytes, stride_bytes = BYTES_PER_PIXEL * width, BYTES_PER_PIXEL * stride_px
    if source.size_bytes < stride_bytes * (height - 1) + row_bytes:
        raise ShmError("fewer pages than the picture needs")
    try:
        fd = os.memfd_create(_NAME, os.MFD_CLOEXEC)
    except OSError as error:
        raise ShmError(f"no memory for a copy: {error.strerror}") from error
    try:
        if width == stride_px:
            source.copy_to(fd, 0, row_bytes * height)
            rows = [os.pread(fd, row_bytes * height, 0)]
        else:
            rows = []
            for at in range(0, stride_bytes * height, stride_bytes):
                source.copy_to(fd, at, row_bytes)
                rows.append(os.pread(fd, row_bytes, at))
    finally:
        os.close(fd)
    return b"".join(rows)
