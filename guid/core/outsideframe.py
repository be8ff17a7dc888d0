"""Whether a picture of the desktop shows a window in the window manager's frame; must not know how it was taken.

A part of the oracle, and as little as it shares this with what the daemon goes by: here all that a person can see of
each side counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from guid.core.geometry import Rect, intersection
from guid.core.region import Region, area_of, inside, without
from guid.core.scene import Fault, Finding, Outer, Picture, Scene
from guid.core.shadows import darkened


def is_left_to_manager(outer: Outer) -> bool:
    """Whether its content covers all of it, as the daemon has it where the window manager paints the frame."""
    node = outer.node
    if not outer.owner.by_manager or node.override_redirect:
        return False
    return any(child.takes_input and intersection(child.rect, node.rect) == node.rect for child in node.children[-1:])


def outside_frame(outer: Outer, scene: Scene, shaded: Sequence[Rect]) -> tuple[int, list[Finding]]:
    """How many pixels make a line in the label's colour, and which of the four sides have none.

    shaded: where shadows fall, and a darker shade of the colour is right.
    """
    top, above = outer.path[1], outer.path[0].children
    seen: Region = list(top.shape)
    for sibling in above[above.index(top) + 1 :]:
        for part in sibling.shape if sibling.hides else ():
            seen = without(seen, part)
    seen = inside(seen, scene.desktop.monitors or (scene.desktop.root,))
    compared, findings = 0, []
    for name, where, lines in _sides(outer.node.rect, top.whole):
        region = inside(seen, [where]) if where is not None else None
        if region == [] or (region is None and not inside(seen, [outer.node.rect])):
            continue  # nobody sees this side, or the window
        line = _right_line(scene.picture, region or [], lines, outer.owner.rgb, shaded)
        compared += line
        if not line:
            findings.append(
                outer.finding(Fault.MANAGER_FRAME, where or outer.node.rect, f"{name}: no whole line of it")
            )
    return compared, findings


def _sides(inner: Rect, whole: Rect) -> Iterator[tuple[str, Rect | None, Iterable[Rect]]]:
    """Name, where it is (None: there is no such side) and its lines along the window."""
    x, y, width, height = inner
    left, top = x - whole.x, y - whole.y
    right, bottom = whole.x + whole.width - x - width, whole.y + whole.height - y - height
    yield "left", _part(x - left, y, left, height), (Rect(x - 1 - n, y, 1, height) for n in range(left))
    yield "right", _part(x + width, y, right, height), (Rect(x + width + n, y, 1, height) for n in range(right))
    yield "top", _part(x, y - top, width, top), (Rect(x, y - 1 - n, width, 1) for n in range(top))
    yield "bottom", _part(x, y + height, width, bottom), (Rect(x, y + height + n, width, 1) for n in range(bottom))


def _part(x: int, y: int, width: int, height: int) -> Rect | None:
    return Rect(x, y, width, height) if width > 0 and height > 0 else None


def _right_line(picture: Picture, region: Region, lines: Iterable[Rect], rgb: int, shaded: Sequence[Rect]) -> int:
    """Of the first line that has the colour wherever it is seen: how many pixels of it are; 0 if there is none."""
    for line in lines:
        seen = inside(region, [line])
        if seen and all(_right(picture, part, rgb, shaded) for part in seen):
            return area_of(seen)
    return 0


def _right(picture: Picture, part: Rect, rgb: int, shaded: Sequence[Rect]) -> bool:
    x, y, width, height = part
    for row in range(y, y + height):
        data = picture.row(x, row, width)
        for column in range(width):
            found = int.from_bytes(data[4 * column : 4 * column + 4], "little")
            where = Rect(x + column, row, 1, 1)
            shade = darkened(found, rgb) and any(intersection(where, each) for each in shaded)
            if found != rgb and not shade:
                return False
    return True
