"""Copies of rows whose pages lie too scattered to be drawn where they are; knows no window, and maps nothing."""

import os
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from protocol.limits import BYTES_PER_PIXEL, PAGE_BYTES
from shm.errors import ShmError
from shm.pool import sealed_memory
from shm.runs import Run


class Staging:
    """One picture, whole and contiguous, in a memfd of ours that an X server attaches.

    `size_bytes` counts in the budget of the qube whose picture it is. Nothing is copied until `copy_rows` is called.
    The rows are read by pread: pages that are not there are zeros or an error, never a signal, and a qube that writes
    meanwhile spoils nothing but its own picture.
    """

    def __init__(self, source_fd: int, runs: Sequence[Run], width_px: int, height_px: int) -> None:
        """Allocate (sparse) memory for the picture. ShmError if there is none; ValueError if the runs are too short."""
        self._source_fd = source_fd
        self._stride_bytes = width_px * BYTES_PER_PIXEL
        self._runs = list(runs)
        # _ends[i] is where run i ends, in bytes of the picture.
        self._ends = list(accumulate(run.pages * PAGE_BYTES for run in self._runs))
        needed_bytes = self._stride_bytes * height_px
        if not self._ends or self._ends[-1] < needed_bytes:
            raise ValueError("fewer pages than the picture needs")
        self.height_px = height_px
        self.copied_bytes = 0
        self.size_bytes = -(-needed_bytes // PAGE_BYTES) * PAGE_BYTES
        self.fd = sealed_memory("vitrail-staging", self.size_bytes)

    def copy_rows(self, first_row: int, end_row: int, *, limit_bytes: int) -> int:
        """Copy rows first_row … end_row - 1, at most `limit_bytes` of them but always one.

        Returns the first row that was not copied; call again with it in a later turn of the loop.
        Raises ShmError if the source has fewer bytes than its pages promise.
        """
        if not 0 <= first_row < end_row <= self.height_px:
            raise ValueError("rows outside the picture")
        end_row = min(end_row, first_row + max(1, limit_bytes // self._stride_bytes))
        at, end = first_row * self._stride_bytes, end_row * self._stride_bytes
        index = bisect_right(self._ends, at)
        while at < end:
            part_end = min(end, self._ends[index])
            run = self._runs[index]
            run_start = self._ends[index] - run.pages * PAGE_BYTES
            self._copy(run.first_page * PAGE_BYTES + at - run_start, at, part_end - at)
            at = part_end
            index += 1
        return end_row

    def _copy(self, source_offset: int, offset: int, length_bytes: int) -> None:
        data = os.pread(self._source_fd, length_bytes, source_offset)
        if len(data) != length_bytes or os.pwrite(self.fd, data, offset) != length_bytes:
            raise ShmError("a picture's pages could not be copied whole")
        self.copied_bytes += length_bytes

    def close(self) -> None:
        """Close our fd; an X server that attached it keeps the memory until it detaches."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
