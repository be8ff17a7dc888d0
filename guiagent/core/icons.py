"""Which images of a program's icon go to the daemon, and when they are looked for. It must not know where they lie.

Source: EWMH 1.5, _NET_WM_ICON: of each image its width, its height, and its ARGB words, one after the other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from math import inf
from typing import Final, NamedTuple

from guiagent.core.shrinking import shrunk
from guiagent.core.values import WindowId
from protocol.codec import encode
from protocol.limits import BYTES_PER_PIXEL, ICON_HEAD_WORDS, MAX_ICON_IMAGES, MAX_ICON_SIDE_PX, MAX_ICON_WORDS
from protocol.messages import MessageType

WANTED_SIDES_PX: Final = (128, 48, 32, 16)
"""What the desktop shows: docks, switchers, task bars; each is made of the next larger one there is."""
MAX_READ_SIDE_PX: Final = 512
"""A larger image is not looked at."""
MAX_READ_WORDS: Final = 360_000
"""What is read of an icon: squares of 16, 24, 32, 48, 64, 128, 256 and 512 px are 352,816 words."""

SETTLE_S: Final = 0.1
"""Between a change and the look at it: the window's first picture goes first, and toolkits write icons in steps."""
PACE_S: Final = 0.25
"""Between two looks at one window's: an animated icon is told four times a second."""
MAX_AT_ONCE: Final = 1
"""Windows that are looked at in one turn: 1.4 MB at the worst, and 10 ms of the processor to make it smaller."""

_HEAD: Final = struct.Struct("<II")


class Picture(NamedTuple):
    """One image. pixels: 4 bytes each, B, G, R, A, not multiplied; rows from top to bottom."""

    width: int
    height: int
    pixels: bytes

    @property
    def words(self) -> int:
        """On the wire."""
        return ICON_HEAD_WORDS + self.width * self.height

    @property
    def side(self) -> int:
        """The longer one, px."""
        return max(self.width, self.height)


def pictures_in(value: bytes) -> list[Picture]:
    """The images of a property, up to the first that makes no sense or was not read whole."""
    found: list[Picture] = []
    at = 0
    while len(value) - at >= _HEAD.size:
        width, height = _HEAD.unpack_from(value, at)
        at += _HEAD.size
        if not (0 < width <= MAX_READ_SIDE_PX and 0 < height <= MAX_READ_SIDE_PX):
            return found
        end = at + BYTES_PER_PIXEL * width * height
        if end > len(value):
            return found
        found.append(Picture(width, height, value[at:end]))
        at = end
    return found


def fitting(pictures: Sequence[Picture]) -> tuple[Picture, ...]:
    """The images that are told: few, no larger than the wire takes, the largest first."""
    small = [picture for picture in pictures if picture.side <= MAX_ICON_SIDE_PX]
    if not small:
        return tuple(_smaller(picture) for picture in sorted(pictures, key=lambda each: each.side)[:1])
    small.sort(key=lambda each: each.side)
    chosen: dict[int, Picture] = {}
    room = MAX_ICON_WORDS
    for wanted in WANTED_SIDES_PX[:MAX_ICON_IMAGES]:
        picture = next((each for each in small if each.side >= wanted), small[-1])
        if id(picture) not in chosen and picture.words <= room:
            chosen[id(picture)] = picture
            room -= picture.words
    return tuple(chosen.values())


def _smaller(picture: Picture) -> Picture:
    longest = picture.side
    width, height = (max(1, each * MAX_ICON_SIDE_PX // longest) for each in (picture.width, picture.height))
    return Picture(width, height, shrunk(picture.pixels, (picture.width, picture.height), (width, height)))


def property_of(pictures: Iterable[Picture]) -> bytes:
    """As the property has them, and the tail of ICON."""
    return b"".join(_HEAD.pack(each.width, each.height) + each.pixels for each in pictures)


class Icons:
    """Which windows' icons are to be looked at, and what the daemon knows of them. wanted: the daemon takes icons."""

    def __init__(self) -> None:
        self.wanted = False
        self._changed: dict[WindowId, None] = {}
        self._due_at: dict[WindowId, float] = {}
        self._looked_at: dict[WindowId, float] = {}
        self._told: dict[WindowId, int] = {}

    def changed(self, window: WindowId) -> None:
        """The window is shown, or its program has given it another icon, or perhaps has."""
        if self.wanted and window not in self._due_at:
            self._changed[window] = None

    def due(self, now: float) -> list[WindowId]:
        """The windows to look at now, which are then looked at."""
        for window in self._changed:
            self._due_at[window] = max(now + SETTLE_S, self._looked_at.get(window, -inf) + PACE_S)
        self._changed.clear()
        windows = [window for window, at in self._due_at.items() if at <= now][:MAX_AT_ONCE]
        for window in windows:
            del self._due_at[window]
            self._looked_at[window] = now
        return windows

    def deadline(self) -> float | None:
        """When `due` must be asked; None: nothing waits."""
        return -inf if self._changed else min(self._due_at.values(), default=None)

    def seen(self, window: WindowId, pictures: Sequence[Picture]) -> bytes | None:
        """The message that tells it; None if the daemon knows it already."""
        message = encode(MessageType.ICON, window, tail=property_of(fitting(pictures)))
        number = hash(message)
        if not self.wanted or self._told.get(window) == number or (not pictures and window not in self._told):
            return None
        self._told[window] = number
        return message

    def forget(self, window: WindowId) -> None:
        """The window is gone."""
        self._changed.pop(window, None)
        self._due_at.pop(window, None)
        self._looked_at.pop(window, None)
        self._told.pop(window, None)

    def daemon_lost(self) -> None:
        """The next one knows nothing of it."""
        self.wanted = False
        self._changed.clear()
        self._due_at.clear()
        self._looked_at.clear()
        self._told.clear()
