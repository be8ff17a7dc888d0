"""Pixels from the pool to contents, one batch in flight; must not know why something is drawn.

No pixel passes through Python, but those of a tray icon in one of the C daemon's modes. A batch is one write of MIT-SHM
PutImage requests; the gate opens for the next one when it has been drawn.
"""

import logging
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

from guid.core.frames import Frames
from guid.core.geometry import Rect, intersection
from guid.core.painting import bands_of, puts
from guid.core.session import Session
from guid.core.values import SCREEN, Image, RemoteId
from guid.x11.desktop import Desktop
from guid.x11.gate import Gate
from guid.x11.visual import DEPTH
from guid.x11.written import Looks, Progress
from protocol.limits import (
    BYTES_PER_PIXEL,
    MAX_RUNS_DRAWN,
    MAX_STAGED_BYTES_PER_TURN,
    MAX_STAGED_PICTURES,
    MAX_TRAY_DRAWN_PX,
)
from shm.damage import Rect as DamageRect
from shm.errors import ShmError
from shm.pages import PageSource
from shm.pool import write_count
from shm.runs import Band
from shm.staging import Staging
from shm.x11.stamp import Stamp

log = logging.getLogger(__name__)

MAX_BATCH_REQUESTS = 2_048
"""Puts in one batch: 2,048 of the smallest take the X server about 2 ms; one rectangle adds 3 a run."""

MAX_PAINTED_PX = MAX_TRAY_DRAWN_PX**2
"""Of icons that are drawn anew in one batch: 45 ms of ours at the most, in which no key gets through."""


class Attached(NamedTuple):
    """Memory as the X server's segment, attached read-only, and as an fd opened for reading only."""

    segment: int
    fd: int


class PoolView(NamedTuple):
    """The qube's memory as this side sees it.

    source: what references name. attached: all of it as the X server has it, None for memory that only copies show.
    punch: gives pages (first, how many) back, for a qube that cannot; None for one that can.
    counts_fd: the same memory opened for writing, where a counter may be; None if there can be none.
    """

    source: PageSource
    attached: Attached | None
    punch: Callable[[int, int], None] | None = None
    counts_fd: int | None = None


class Painter(Protocol):
    """Draws the pictures of one window its own way."""

    def paint(self, image: Image, content: int, width: int, height: int) -> bytes:
        """Return a request that puts all of it on the content (X id; px). Raises ShmError."""


Draw = Callable[[RemoteId, list[DamageRect], list[bytes]], list[DamageRect]]
"""Appends the requests for damage of a window; returns what did not fit into this batch any more."""


class _Target(NamedTuple):
    """A content to draw on: X id; px.

    left, top: where the content lies in the picture; width, height: how far it reaches there. A picture of the window's
    own begins where the content does.
    """

    content: int
    width: int
    height: int
    left: int
    top: int


class _Staged(NamedTuple):
    """A contiguous copy of a scattered picture, and its own segment."""

    copy: Staging
    segment: int


class _Picture:
    """An image with what is known about its pages.

    written: every page has been written; until then rows are asked for. progress: how far that is known.
    painter: draws it, instead of its being put as it is; only if it is copied.
    copied: it cannot be drawn where it lies: too many runs, or memory that no X server attaches.
    staged: the copy, made when it is first drawn. lost: there can be none, and the window stays without a picture.
    """

    __slots__ = ("bands", "copied", "image", "lost", "painter", "progress", "staged", "written")

    def __init__(self, image: Image, bands: Sequence[Band], *, copied: bool, painter: Painter | None = None) -> None:
        self.image = image
        self.bands = bands
        self.copied = copied
        self.painter = painter
        self.written = self.lost = False
        self.progress = Progress()
        self.staged: _Staged | None = None


class Presenter:
    """Draws what a session says is damaged.

    gate: what is in flight. qube: its name, for the log. content_of: remote id → (content's X id, width px, height px)
    or None. place_of: remote id → where the agent has the content on the qube's screen, px.
    """

    def __init__(
        self,
        desktop: Desktop,
        pool: PoolView,
        content_of: Callable[[RemoteId], tuple[int, int, int] | None],
        place_of: Callable[[RemoteId], tuple[int, int]],
        *,
        qube: str,
    ) -> None:
        self._desktop = desktop
        self._qube = qube
        self._noted = False
        self._source = pool.source
        self._counts_fd = pool.counts_fd
        self._counter: Stamp | None = None
        self._copies_all = pool.attached is None
        self._segment, fd = pool.attached or (0, -1)
        self._looks = Looks(fd)
        self._content_of = content_of
        self._place_of = place_of
        self._pictures: dict[RemoteId, _Picture] = {}
        self._painters: dict[RemoteId, Painter] = {}
        self._staged: dict[_Picture, int] = {}  # the batch that drew each last; the one that waits longest first
        self._staged_bytes = self._batch = 0
        self._staging_left = self._painting_left = 0
        self._draw: Draw = self.draw_plainly
        self.gate = Gate(desktop)

    def use(self, remote: RemoteId, image: Image) -> None:
        """From now on this is the window's picture."""
        self.drop(remote)
        painter = self._painters.get(remote)
        if painter is not None:
            self._pictures[remote] = _Picture(image, (), copied=True, painter=painter)
            return
        copied = self._copies_all or len(image.runs) > MAX_RUNS_DRAWN
        self._pictures[remote] = _Picture(image, () if copied else bands_of(image), copied=copied)

    def paint_with(self, remote: RemoteId, painter: Painter | None) -> None:
        """From now on this draws the window's pictures; None: they are put as they are."""
        if painter is None:
            self._painters.pop(remote, None)
        else:
            self._painters[remote] = painter
        picture = self._pictures.get(remote)
        if picture is not None:
            self.use(remote, picture.image)

    def draw_with(self, draw: Draw | None) -> None:
        """From now on this appends what draws damage, by `draw_plainly` and what it adds; None: that alone."""
        self._draw = self.draw_plainly if draw is None else draw

    def drop(self, remote: RemoteId) -> None:
        """The window has no picture any more."""
        picture = self._pictures.pop(remote, None)
        if picture is not None:
            self._unstage(picture)

    def close(self) -> None:
        """Forget every picture, and what was to be done after a draw."""
        for remote in list(self._pictures):
            self.drop(remote)
        self.gate.forget()
        self._forget_counter()

    def when_drawn(self, action: Callable[[], None]) -> None:
        """Do `action` once no draw that was already sent can still read the pool; now, if none is in flight."""
        self.gate.when_open(action)

    def present(self, session: Session) -> list[bytes]:
        """Send one batch of everything that is damaged, if the gate is open.

        Returns what the agent is to be told of the batches before.
        """
        frames, damage = session.frames, session.damage
        if not (damage.pending or frames.uncounted or frames.owed or frames.drawn):
            return []
        if not self.gate.is_open():
            self.gate.wake()
            return []
        ready = session.windows if SCREEN in self._pictures else self._pictures
        told = frames.settled(_drawable(session, ready)) if frames.drawn else []
        requests: list[bytes] = []
        undrawn: Container[RemoteId] = ()
        if damage.pending or frames.owed:
            self._draw_damage(session, ready, requests)
            undrawn = _drawable(session, ready) if damage.pending else ()
        if frames.uncounted and not undrawn:
            if not requests:
                self._count(frames)
            elif self._counter is not None:  # else when the X server has said that all is drawn
                requests.append(self._counter.request(frames.count()))
        if frames.owed:
            frames.draw(undrawn)
        if requests or undrawn:  # of what is put off nothing may have been written
            self.gate.send(requests, wake=bool(undrawn or frames.uncounted or frames.drawn))
            return told
        return told + frames.settled(()) if frames.drawn else told

    def count_in(self, page: int) -> None:
        """The agent has this page for the counter. Waits for the X server, which writes it, if it can."""
        self._forget_counter()
        if self._counts_fd is not None and self._desktop.progress is not None:
            with suppress(ShmError):  # else it is written here, when the X server has said that all is drawn
                self._counter = Stamp(self._desktop.x, self._desktop.shm, self._counts_fd, page)

    def _forget_counter(self) -> None:
        if self._counter is not None:
            self._counter.close()
            self._counter = None

    def _count(self, frames: Frames) -> None:
        """All is drawn: say so where the agent looks first."""
        fd, page, count = self._counts_fd, frames.page, frames.count()
        if fd is None or page is None:
            return
        try:
            write_count(fd, page, count)
        except OSError as error:
            self._note(f"it is told by messages how far its frames are: {error.strerror}")
            frames.count_no_more()

    def _draw_damage(self, session: Session, ready: Container[RemoteId], requests: list[bytes]) -> None:
        """Append what fits into one batch."""
        self._staging_left, self._painting_left = MAX_STAGED_BYTES_PER_TURN, MAX_PAINTED_PX
        self._looks.begin()
        self._batch += 1
        for remote, rects in session.damage.take(ready).items():
            left = self._draw(remote, rects, requests)
            if left:
                session.damage.put_back(remote, left)

    def draw_plainly(self, remote: RemoteId, rects: list[DamageRect], requests: list[bytes]) -> list[DamageRect]:
        """Append the puts for `rects`; returns those that did not fit into this batch any more."""
        content = self._content_of(remote)
        if content is None:
            return []
        picture = self._pictures.get(remote)
        if picture is not None:
            target = tuple.__new__(_Target, (*content, 0, 0))
            if not picture.copied:
                return self._draw_in_place(picture, target, rects, requests)
            return self._draw_copied(picture, target, rects, requests)
        xid, width, height = content
        left, top = self._place_of(remote)
        target = _Target(xid, left + width, top + height, left, top)
        there = [(x + left, y + top, w, h) for x, y, w, h in rects]
        screen = self._pictures[SCREEN]
        draw = self._draw_copied if screen.copied else self._draw_in_place
        put_off = draw(screen, target, there, requests)
        return [(x - left, y - top, w, h) for x, y, w, h in put_off]

    def _draw_copied(
        self, picture: _Picture, target: _Target, rects: list[DamageRect], requests: list[bytes]
    ) -> list[DamageRect]:
        """Append puts of a copy, or of what is drawn anew; returns the rectangles that did not fit."""
        if picture.painter is not None:
            if self._painting_left <= 0:
                return rects
            self._draw_painted(picture.painter, picture, target, requests)
            return []
        for number, rect in enumerate(rects):
            if len(requests) >= MAX_BATCH_REQUESTS:
                return rects[number:]
            left = self._draw_staged(picture, target, rect, requests)
            if left is not None:
                return [left, *rects[number + 1 :]]
        return []

    def _draw_in_place(
        self, picture: _Picture, target: _Target, rects: list[DamageRect], requests: list[bytes]
    ) -> list[DamageRect]:
        """Append puts that read the pool itself; returns the rectangles that did not fit."""
        put_image, gc, segment = self._desktop.shm.put_image, self._desktop.gc, self._segment
        content, width, height, left, top = target
        for number, rect in enumerate(rects):
            if len(requests) >= MAX_BATCH_REQUESTS or self._looks.left <= 0:
                return rects[number:]
            for offset, total_w, total_h, src_x, src_y, w, h, x, y in puts(
                picture.image, picture.bands, width, height, rect
            ):
                if picture.written or self._has_pixels(picture, offset, total_w, src_y, h):
                    requests.append(
                        put_image(
                            content, gc, total_w, total_h, src_x, src_y, w, h, x - left, y - top, DEPTH, segment, offset
                        )
                    )
        return []

    def _draw_staged(
        self, picture: _Picture, target: _Target, rect: DamageRect, requests: list[bytes]
    ) -> DamageRect | None:
        """Copy the rows under `rect`, then put them; returns what is left for another turn."""
        if picture.lost:
            return None
        width, height = picture.image.width, picture.image.height
        reach = min(width, target.width), min(height, target.height)
        shown = intersection(Rect(*rect), Rect(0, 0, *reach))
        if shown is None:
            return None
        if self._staging_left <= 0:
            return rect
        end = shown.y + shown.height
        if picture.staged is None and not self._make_room():
            return rect
        try:
            staged = picture.staged or self._stage(picture)
            self._staged.pop(picture, None)
            self._staged[picture] = self._batch
            before = staged.copy.copied_bytes
            copied = staged.copy.copy_rows(shown.y, end, limit_bytes=self._staging_left)
        except ShmError as error:  # pages that are not there: the window has no picture, as in the C daemon
            self._note(f"a picture in {len(picture.image.runs)} runs is not shown: {error}")
            self._unstage(picture)
            picture.lost = True
            return None
        self._staging_left -= staged.copy.copied_bytes - before
        x, y, w, h = shown.x, shown.y, shown.width, copied - shown.y
        put_image, gc = self._desktop.shm.put_image, self._desktop.gc
        requests.append(
            put_image(
                target.content, gc, width, height, x, y, w, h, x - target.left, y - target.top, DEPTH, staged.segment, 0
            ),
        )
        return (shown.x, copied, shown.width, end - copied) if copied < end else None

    def _draw_painted(self, painter: Painter, picture: _Picture, target: _Target, requests: list[bytes]) -> None:
        """Append the put of a picture that is drawn anew, all of it."""
        if picture.lost:
            return
        try:
            requests.append(painter.paint(picture.image, target.content, target.width, target.height))
            self._painting_left -= target.width * target.height
        except ShmError as error:
            self._note(f"a tray icon is not shown: {error}")
            picture.lost = True

    def _stage(self, picture: _Picture) -> _Staged:
        """Make the copy of a picture; all copies together stay within the budget. Raises ShmError."""
        image = picture.image
        if self._staged_bytes + BYTES_PER_PIXEL * image.width * image.height > self._source.size_bytes:
            raise ShmError("such copies fill the budget")
        copy = Staging(self._source.picture(image.runs), image.width, image.height)
        try:
            picture.staged = _Staged(copy, self._desktop.shm.attach_fd(copy.fd, read_only=True))
        except ShmError:
            copy.close()
            raise
        self._staged_bytes += copy.size_bytes
        return picture.staged

    def _make_room(self) -> bool:
        """Whether there may be one more copy now: that of the picture that waits longest goes, if it is drawn."""
        if len(self._staged) < MAX_STAGED_PICTURES:
            return True
        oldest = next(iter(self._staged))
        if self._staged[oldest] == self._batch:
            return False
        self._unstage(oldest)
        return True

    def _note(self, line: str) -> None:
        """One line for the log, the first time only: a qube decides how often there is a reason."""
        if not self._noted:
            self._noted = True
            log.warning("%s: %s", self._qube, line)

    def _unstage(self, picture: _Picture) -> None:
        """Let go of the copy, and of the pages it was made from."""
        staged, picture.staged = picture.staged, None
        if staged is not None:
            self._staged.pop(picture, None)
            self._staged_bytes -= staged.copy.size_bytes
            self._desktop.shm.detach(staged.segment)
            staged.copy.close()

    def _has_pixels(self, picture: _Picture, offset: int, stride_px: int, row: int, rows: int) -> bool:
        """Whether any page under these rows was ever written; notes when all of the picture was."""
        if self._looks.wholly(picture.image.runs, picture.progress):
            picture.written = True
            return True
        stride = BYTES_PER_PIXEL * stride_px
        return self._looks.partly(offset + stride * row, offset + stride * (row + rows))


def _drawable(session: Session, ready: Container[RemoteId]) -> Container[RemoteId]:
    """What is damaged and has a picture."""
    return [remote for remote in session.damage.pending if remote in ready] if session.damage.pending else ()
