"""What a recording has put on the screen: the parts of the pool's pictures that it called damaged; knows no daemon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from protocol.messages import MessageType
from tests.harness.pixels import Pixels
from tests.integration.daemon_desk import Four
from tests.integration.trace_scenes import Presumed
from tests.integration.traces import Line, picture_at

TITLE_BAR_PX = 30
"""What a window manager adds around an outer, with room to spare."""


@dataclass(slots=True)
class Picture:
    """What a window shows: where it lies in the pool, its size in px, and which parts of it were ever drawn."""

    first_page: int = 0
    size: tuple[int, int] = (0, 0)
    drawn: list[Four] = field(default_factory=list)


def pictures_after(presumed: Iterable[Presumed], lines: Sequence[Line]) -> dict[int, Picture]:
    """The pictures of the windows that are mapped at the end."""
    found = {each.window: _whole(each) for each in presumed if each.first_page}
    for line in lines:
        kind, window, fields = line.said
        if line.to_agent:
            continue
        if kind == MessageType.MAP:
            found.setdefault(window, Picture())
        elif kind in {MessageType.UNMAP, MessageType.DESTROY}:
            found.pop(window, None)
        elif kind == MessageType.WINDOW_DUMP:
            _type, width, height, _bpp = map(int, fields)
            picture = found[window]
            if (picture.first_page, picture.size) != (line.refs[0], (width, height)):
                found[window] = Picture(line.refs[0], (width, height))
        elif kind == MessageType.SHMIMAGE and window in found:
            x, y, width, height = map(int, fields)
            found[window].drawn.append((x, y, width, height))
    return found


def _whole(presumed: Presumed) -> Picture:
    _, _, width, height = presumed.content
    return Picture(presumed.first_page, (width, height), [(0, 0, width, height)])


def wrong_pixels(screen: Pixels, pictures: Mapping[int, Picture], contents: Mapping[int, Four]) -> dict[int, int]:
    """How many drawn pixels of each window are not on the screen; where another window may cover it, nothing counts.

    contents: px, root coordinates, for every window of `pictures`.
    """
    found: dict[int, int] = {}
    for window, picture in pictures.items():
        x, y, width, height = contents[window]
        width, height = min(width, picture.size[0]), min(height, picture.size[1])
        drawn: npt.NDArray[np.bool_] = np.zeros((height, width), dtype=np.bool_)
        for left, top, wide, high in picture.drawn:
            drawn[top : top + high, left : left + wide] = True
        for other in pictures.keys() - {window}:
            left, top, wide, high = contents[other]
            first_x, first_y = max(0, left - x - TITLE_BAR_PX), max(0, top - y - TITLE_BAR_PX)
            drawn[first_y : max(0, top + high - y + TITLE_BAR_PX), first_x : max(0, left + wide - x + TITLE_BAR_PX)] = (
                False
            )
        assert drawn.any(), f"nothing to see of {window:#x}"
        should = picture_at(picture.first_page, *picture.size)[:height, :width]
        found[window] = int((drawn & (screen[y : y + height, x : x + width] != should)).sum())
    return found
