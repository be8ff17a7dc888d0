"""One open menu: where its lines are, and which one is chosen. It must not know X, fonts or programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from guiagent.core.dbusmenu import Entry, Toggle
from guiagent.core.values import Geometry

PADDING_EM: Final = 0.5
"""Of everything, in heights of a line of text."""
MIN_WIDTH_EM: Final = 5

FACE, INK, GREY, EDGE, CHOSEN, CHOSEN_INK = 0xF6F6F6, 0x202020, 0x8C8C8C, 0xB0B0B0, 0x3465A4, 0xFFFFFF


class Box(NamedTuple):
    """A filled rectangle."""

    x: int
    y: int
    width: int
    height: int
    colour: int


class Disc(NamedTuple):
    """A filled circle in a square of `side` px."""

    x: int
    y: int
    side: int
    colour: int


class Words(NamedTuple):
    """A line of text, its upper left corner."""

    x: int
    y: int
    text: str
    colour: int


Shape = Box | Disc | Words


@dataclass(slots=True)
class Panel:
    """entries: of this menu. line: px of a line of text. chosen: an index, -1 for none. first: the first line seen."""

    entries: tuple[Entry, ...]
    widest: int
    line: int
    room: int
    chosen: int = -1
    first: int = 0

    @property
    def row(self) -> int:
        """Height of a line with what is around it, px."""
        return self.line + 2 * (self.pad // 2)

    @property
    def pad(self) -> int:
        """Space beside things, px."""
        return max(4, int(self.line * PADDING_EM))

    @property
    def width(self) -> int:
        """Of the menu: sign, words, arrow."""
        return max(int(MIN_WIDTH_EM * self.line), self.widest + 2 * self.line + 4 * self.pad)

    @property
    def height(self) -> int:
        """Of the menu, px; no more than there is room for: the wheel and the arrow keys move on."""
        return min(self._bottom(0, len(self.entries)) + 2, max(self.room, 3 * self.row))

    def at(self, x: int, y: int) -> int:
        """The index of the entry at this place, -1 for none."""
        if not 0 <= x < self.width or not 0 <= y < self.height:
            return -1
        return next((index for index, top, height in self._rows() if top <= y < top + height), -1)

    def top_of(self, index: int) -> int:
        """Where an entry begins, px."""
        return next((top for each, top, _height in self._rows() if each == index), 0)

    def move(self, step: int) -> bool:
        """Choose the next entry that can be, round and round. Returns whether there is one."""
        count = len(self.entries)
        start = self.chosen if self.chosen >= 0 else (-1 if step > 0 else count)
        for far in range(1, count + 1):
            index = (start + step * far) % count
            if self.entries[index].selectable:
                self.choose(index)
                return True
        return False

    def choose(self, index: int) -> None:
        """Choose an entry, and bring it into sight."""
        self.chosen = index
        while 0 <= index < self.first:
            self.first -= 1
        while index > self.first and self._bottom(self.first, index + 1) + 2 > self.height:
            self.first += 1

    def scroll(self, step: int) -> None:
        """Move what is in sight by some lines."""
        last = len(self.entries)
        while last > 0 and self._bottom(last - 1, len(self.entries)) + 2 <= self.height:
            last -= 1
        self.first = min(max(self.first + step, 0), last)

    def named(self, letter: str) -> int:
        """The index of the entry with this mnemonic, -1 for none."""
        return next((at for at, one in enumerate(self.entries) if one.selectable and one.mnemonic == letter), -1)

    def shapes(self) -> Iterator[Shape]:
        """What it looks like, in the order of drawing."""
        yield Box(0, 0, self.width, self.height, EDGE)
        yield Box(1, 1, self.width - 2, self.height - 2, FACE)
        for index, top, height in self._rows():
            yield from self._entry(self.entries[index], top, height, chosen=index == self.chosen)

    def _entry(self, entry: Entry, top: int, height: int, *, chosen: bool) -> Iterator[Shape]:
        if entry.separator:
            yield Box(self.pad, top + height // 2, self.width - 2 * self.pad, 1, EDGE)
            return
        chosen = chosen and entry.selectable
        face = CHOSEN if chosen else FACE
        ink = CHOSEN_INK if chosen else INK if entry.enabled else GREY
        if chosen:
            yield Box(1, top, self.width - 2, height, CHOSEN)
        side = self.line * 2 // 3
        middle = top + (height - side) // 2
        if entry.toggle is not Toggle.NONE:
            yield from _sign(entry, self.pad, middle, side, ink, face)
        yield Words(2 * self.pad + side, top + (height - self.line) // 2, entry.label, ink)
        if entry.submenu:
            left = self.width - self.pad - side // 2
            yield from (Box(left, middle + at, _slope(at, side), 1, ink) for at in range(side))

    def _rows(self) -> Iterator[tuple[int, int, int]]:
        """Index, top and height of each entry in sight."""
        top = 1
        for index in range(self.first, len(self.entries)):
            height = self._height(index)
            if top + height > self.height:
                return
            yield index, top, height
            top += height

    def _bottom(self, first: int, end: int) -> int:
        return sum(self._height(index) for index in range(first, end))

    def _height(self, index: int) -> int:
        return self.pad if self.entries[index].separator else self.row


def _sign(entry: Entry, x: int, y: int, side: int, ink: int, face: int) -> Iterator[Shape]:
    thin = max(1, side // 8)
    shape: Callable[[int, int, int, int], Shape]
    shape = Disc if entry.toggle is Toggle.RADIO else (lambda x, y, side, colour: Box(x, y, side, side, colour))
    yield shape(x, y, side, ink)
    yield shape(x + thin, y + thin, side - 2 * thin, face)
    if entry.on:
        yield shape(x + 2 * thin + 1, y + 2 * thin + 1, side - 4 * thin - 2, ink)


def _slope(at: int, side: int) -> int:
    return max(1, min(at, side - 1 - at) + 1)


def place(size: tuple[int, int], beside: Geometry, area: Geometry, *, submenu: bool) -> tuple[int, int]:
    """Where a menu of this size goes: below what it belongs to, else above; a submenu to the right, else to the left.

    beside: the icon, or the line of the menu above; area: where it may be.
    """
    width, height = size
    right, bottom = area.x + area.width, area.y + area.height
    if submenu:
        x = beside.x + beside.width
        x = x if x + width <= right else beside.x - width
        y = beside.y
    else:
        x = beside.x
        y = beside.y + beside.height
        y = y if y + height <= bottom else beside.y - height
    return min(max(x, area.x), max(right - width, area.x)), min(max(y, area.y), max(bottom - height, area.y))
