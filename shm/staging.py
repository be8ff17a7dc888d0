"""Copies of rows that cannot be drawn where they are; knows no window, and maps nothing."""

import os

from protocol.limits import BYTES_PER_PIXEL, PAGE_BYTES
from shm.pages import PictureBytes
from shm.pool import sealed_memory


class Staging:
    """One picture, whole and contiguous, in a memfd of ours that an X server attaches.

    `size_bytes` counts in the budget of the qube whose picture it is. Nothing is copied until `copy_rows` is called.
    A qube that writes meanwhile spoils nothing but its own picture.
    """

    def __init__(self, source: PictureBytes, width_px: int, height_px: int) -> None:
        """Allocate (sparse) memory for the picture; `source` is ours to close, also if this raises.

        Raises ShmError if there is no memory, ValueError if the source is too short.
        """
        self._source = source
        self._stride_bytes = width_px * BYTES_PER_PIXEL
        needed_bytes = self._stride_bytes * height_px
        self.height_px = height_px
        self.copied_bytes = 0
        self.size_bytes = -(-needed_bytes // PAGE_BYTES) * PAGE_BYTES
        self.fd = -1
        try:
            if source.size_bytes < needed_bytes:
                raise ValueError("fewer pages than the picture needs")
            self.fd = sealed_memory("vitrail-staging", self.size_bytes)
        finally:
            if self.fd < 0:
                source.close()

    def copy_rows(self, first_row: int, end_row: int, *, limit_bytes: int) -> int:
        """Copy rows first_row … end_row - 1, at most `limit_bytes` of them but always one.

        Returns the first row that was not copied; call again with it in a later turn of the loop.
        Raises ShmError if the source has fewer bytes than its pages promise.
        """
        if not 0 <= first_row < end_row <= self.height_px:
            raise ValueError("rows outside the picture")
        end_row = min(end_row, first_row + max(1, limit_bytes // self._stride_bytes))
        length_bytes = (end_row - first_row) * self._stride_bytes
        self._source.copy_to(self.fd, first_row * self._stride_bytes, length_bytes)
        self.copied_bytes += length_bytes
        return end_row

    def close(self) -> None:
        """Close our fd, let go of the source. An X server that attached the fd keeps the memory until it detaches."""
        self._source.close()
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
