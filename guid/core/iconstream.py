"""The stream in which Qubes OS sends icons of a qube's windows, cut into icons; must not know what becomes of them.

Again and again: a line with the window's number in the qube, a line with width and height, then 4 bytes a pixel (R, G,
B, A, rows from top to bottom). Every number is looked at before it is used, and of an image only the rows that will be
shown are kept: whatever the sender says, no more than 73 KiB.
Source: qubes.WindowIconUpdater, as the sender in a qube and the receiver of Qubes OS 4.3 have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from colors.iconimage import IconImage
from guid.core.values import RemoteId
from protocol.errors import RemoteProtocolError, Violation
from protocol.limits import BYTES_PER_PIXEL, MAX_ICON_SIDE_PX, MAX_STREAMED_ICON_SIDE_PX

MAX_LINE_BYTES: Final = 32
"""Of a window's number, with its end. A size is shorter."""
MAX_ID: Final = 0xFFFFFFFF

_NUMBER: Final = re.compile(rb"[0-9]{1,10}")
_SIZE: Final = re.compile(rb"([0-9]{1,4}) ([0-9]{1,4})")


class StreamedIcon(NamedTuple):
    """An icon for one window of the qube."""

    window: RemoteId
    image: IconImage


class _Rows:
    """An image on its way: each row is taken as it comes, or left out where the image is made smaller."""

    def __init__(self, width: int, height: int) -> None:
        longest = max(width, height, MAX_ICON_SIDE_PX)
        self.width, self.height = (max(1, side * MAX_ICON_SIDE_PX // longest) for side in (width, height))
        self.row_bytes = BYTES_PER_PIXEL * width
        self._columns = [column * width // self.width for column in range(self.width)]
        self._wanted = {row * height // self.height for row in range(self.height)}
        self._left, self._row = height, 0
        self._pixels = bytearray()

    def take(self, row: bytes) -> IconImage | None:
        """The next row, R, G, B, A; the image once this was its last."""
        if self._row in self._wanted:
            self._pixels += self._fitted(row)
        self._row += 1
        self._left -= 1
        return None if self._left else IconImage(self.width, self.height, bytes(self._pixels))

    def _fitted(self, row: bytes) -> bytes:
        if BYTES_PER_PIXEL * self.width != self.row_bytes:
            row = b"".join(row[BYTES_PER_PIXEL * at : BYTES_PER_PIXEL * (at + 1)] for at in self._columns)
        turned = bytearray(row)
        turned[0::4], turned[2::4] = row[2::4], row[0::4]
        return bytes(turned)


class IconStream:
    """One connection. The first thing that makes no sense ends it: RemoteProtocolError, whatever comes after it too."""

    def __init__(self) -> None:
        self._unread = bytearray()
        self._window: RemoteId | None = None
        self._rows: _Rows | None = None

    @property
    def between_icons(self) -> bool:
        """Whether the sender may end here."""
        return not self._unread and self._window is None

    def receive(self, *, untrusted_data: bytes) -> Iterator[StreamedIcon]:
        """The icons that are whole with these bytes. Raises RemoteProtocolError."""
        self._unread += untrusted_data
        at = 0
        try:
            while (end := self._end_of_piece(at)) is not None:
                icon = self._take(untrusted_piece=bytes(self._unread[at:end]))
                at = end
                if icon is not None:
                    yield icon
        finally:
            del self._unread[:at]

    def _end_of_piece(self, at: int) -> int | None:
        """Where the line or row that begins at `at` ends; None while it is not there."""
        if self._rows is not None:
            end = at + self._rows.row_bytes
            return end if end <= len(self._unread) else None
        found = self._unread.find(b"\n", at, at + MAX_LINE_BYTES)
        if found < 0 and len(self._unread) - at >= MAX_LINE_BYTES:
            raise RemoteProtocolError(Violation.TOO_LONG, detail=f"a line of more than {MAX_LINE_BYTES} bytes")
        return None if found < 0 else found + 1

    def _take(self, *, untrusted_piece: bytes) -> StreamedIcon | None:
        if self._window is None:
            self._window = _window(untrusted_line=untrusted_piece[:-1])
            return None
        if self._rows is None:
            self._rows = _size(untrusted_line=untrusted_piece[:-1])
            return None
        image = self._rows.take(untrusted_piece)
        if image is None:
            return None
        icon = StreamedIcon(self._window, image)
        self._window = self._rows = None
        return icon


def _window(*, untrusted_line: bytes) -> RemoteId:
    if _NUMBER.fullmatch(untrusted_line) is None or int(untrusted_line) > MAX_ID:
        raise RemoteProtocolError(Violation.BAD_VALUE, detail="a line that is no window's number")
    return RemoteId(int(untrusted_line))


def _size(*, untrusted_line: bytes) -> _Rows:
    untrusted_found = _SIZE.fullmatch(untrusted_line)
    if untrusted_found is None:
        raise RemoteProtocolError(Violation.BAD_VALUE, detail="a line that is no size")
    untrusted_width, untrusted_height = int(untrusted_found[1]), int(untrusted_found[2])
    longest = MAX_STREAMED_ICON_SIDE_PX
    if not (0 < untrusted_width <= longest and 0 < untrusted_height <= longest):
        raise RemoteProtocolError(Violation.BAD_VALUE, detail=f"size {untrusted_width:d}x{untrusted_height:d}")
    return _Rows(untrusted_width, untrusted_height)
