"""Pixels from the pool to contents, one batch in flight; must not know why something is drawn.

No pixel passes through Python: a batch is one write of MIT-SHM PutImage requests, closed by GetInputFocus, whose reply
opens the gate for the next one (a put to a destroyed window never completes, so ShmCompletion would not do).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from guid.core.painting import bands_of, puts
from guid.core.session import Session
from guid.core.values import Image, RemoteId
from guid.x11.desktop import DEPTH, Desktop
from protocol.limits import BYTES_PER_PIXEL, MAX_RUNS_DRAWN, PAGE_BYTES
from shm.damage import Rect as DamageRect
from shm.pool import holds_data
from shm.runs import Band
from shm.x11.requests import get_input_focus

MAX_BATCH_REQUESTS = 2_048
"""Puts in one batch: 2,048 of the smallest take the X server about 2 ms; a rectangle adds at most 3 * MAX_RUNS_DRAWN."""


class PoolView(NamedTuple):
    """The qube's pool as this side sees it: attached to the X server once, and an fd opened for reading only."""

    segment: int
    fd: int


@dataclass(slots=True)
class _Picture:
    """An image with what is known about its pages.

    written: every page has been written; until then rows are asked for with SEEK_DATA, because reading a hole would
    allocate memory in the X server's account.
    """

    image: Image
    bands: Sequence[Band]
    written: bool = False


class Presenter:
    """Draws what a session says is damaged.

    content_of: remote id → (content's X id, width px, height px) or None.
    """

    def __init__(
        self, desktop: Desktop, pool: PoolView, content_of: Callable[[RemoteId], tuple[int, int, int] | None]
    ) -> None:
        self._desktop = desktop
        self._pool = pool
        self._content_of = content_of
        self._pictures: dict[RemoteId, _Picture] = {}
        self._in_flight = False
        self._after: list[Callable[[], None]] = []

    def use(self, remote: RemoteId, image: Image) -> None:
        """From now on this is the window's picture."""
        self._pictures[remote] = _Picture(image, bands_of(image))

    def drop(self, remote: RemoteId) -> None:
        """The window has no picture any more."""
        self._pictures.pop(remote, None)

    def close(self) -> None:
        """Forget every picture, and what was to be done after a draw."""
        self._pictures.clear()
        self._after.clear()

    def when_drawn(self, action: Callable[[], None]) -> None:
        """Do `action` once no draw that was already sent can still read the pool; now, if none is in flight."""
        if self._in_flight:
            self._after.append(action)
        else:
            action()

    def present(self, session: Session) -> None:
        """Send one batch of everything that is damaged, if the gate is open."""
        if self._in_flight or not session.damaged:
            return
        requests: list[bytes] = []
        for remote, rects in session.take_damage(self._pictures).items():
            left = self._draw(remote, rects, requests)
            if left:
                session.put_back(remote, left)
        if not requests:
            return
        requests.append(get_input_focus())
        self._in_flight = True
        self._desktop.x.send_with_reply(b"".join(requests), len(requests), self._gate_opens)

    def _draw(self, remote: RemoteId, rects: list[DamageRect], requests: list[bytes]) -> list[DamageRect]:
        """Append the puts for `rects`; returns those that did not fit into this batch any more."""
        picture, target = self._pictures[remote], self._content_of(remote)
        if target is None:
            return []
        content, width, height = target
        put_image, gc, segment = self._desktop.shm.put_image, self._desktop.gc, self._pool.segment
        for number, rect in enumerate(rects):
            if len(requests) >= MAX_BATCH_REQUESTS:
                return rects[number:]
            for piece in puts(picture.image, picture.bands, width, height, rect):
                offset, total_width, total_height, src_x, src_y, w, h, x, y = piece
                if picture.written or self._has_pixels(picture, offset, total_width, src_y, h):
                    requests.append(
                        put_image(
                            content, gc, total_width, total_height, src_x, src_y, w, h, x, y, DEPTH, segment, offset
                        )
                    )
        return []

    def _has_pixels(self, picture: _Picture, offset: int, stride_px: int, row: int, rows: int) -> bool:
        """Whether any page under these rows was ever written; notes when all of the picture was."""
        if all(_fully_written(self._pool.fd, run.first_page, run.pages) for run in picture.image.runs):
            picture.written = True
            return True
        first = (offset + BYTES_PER_PIXEL * stride_px * row) // PAGE_BYTES
        last = (offset + BYTES_PER_PIXEL * stride_px * (row + rows) - 1) // PAGE_BYTES
        return holds_data(self._pool.fd, first, last - first + 1)

    def _gate_opens(self, _reply: bytes) -> None:
        self._in_flight = False
        waiting, self._after = self._after, []
        for action in waiting:
            action()


def _fully_written(fd: int, first_page: int, pages: int) -> bool:
    return os.lseek(fd, first_page * PAGE_BYTES, os.SEEK_HOLE) >= (first_page + pages) * PAGE_BYTES


__all__ = ["MAX_RUNS_DRAWN", "PoolView", "Presenter"]
