"""Whether a picture of the desktop shows every qube's window in its frame; must not know how the picture was taken.

Who made a window is told by the process behind its X client, never by what the window says of itself. It shares
nothing with the code that draws frames but patterns as numbers, and the frame's widths and limits, which are policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from colors.labels import ink_on
from colors.patterns import PLAIN
from guid.core.geometry import Extents, Rect, intersection
from guid.core.marks import Marks, Tag
from guid.core.outsideframe import is_left_to_manager, outside_frame
from guid.core.policy import Desktop, extents_of
from guid.core.popups import is_sign, popups_of
from guid.core.region import Region, area_of, bounds, inside, without
from guid.core.scene import NOTHING, Claims, Fault, Finding, Node, Outer, Owner, Picture, Report, Scene
from guid.core.shadows import darkened, shadow_of
from guid.core.thickness import BARE, thickness_at
from guid.core.values import Kind

__all__ = ["NOTHING", "Claims", "Fault", "Finding", "Node", "Owner", "Picture", "Report", "Scene", "examine", "visible"]


class _Side(NamedTuple):
    """Part of a frame. where: px, root coordinates. fault: what another colour there is called."""

    name: str
    where: Rect
    fault: Fault


def examine(scene: Scene) -> Report:
    """Look at every outer of every qube, and for windows that pass for one."""
    outers = list(_outers(scene, (scene.root,)))
    findings = list(_foreigners(scene.root, {owner.pid for owner in scene.owners}))
    compared = 0
    for outer in outers:
        torn = list(_torn(outer, scene.managed))
        named = [*_misnamed(outer), *torn, *_intruders(outer), *(() if torn else _covering(outer))]
        if is_left_to_manager(outer):
            line_px, missing = outside_frame(outer, scene, _shaded(outer.path) if scene.composited else [])
            findings += [*named, *missing]
            compared += line_px
            continue
        edge_px, edges = _compared(outer, scene, _edges(outer))
        ring_px, ring = _compared(outer, scene, _inner_ring(outer))
        findings += [*named, *edges, *_reaching_out(outer), *ring]
        compared += edge_px + ring_px
    findings += popups_of(scene, outers)
    windows = sum(not is_sign(outer.node) for outer in outers)
    return Report(tuple(findings), windows, compared)


def _outers(scene: Scene, path: tuple[Node, ...]) -> Iterator[Outer]:
    owners = {owner.pid: owner for owner in scene.owners}
    for child in path[-1].children:
        owner = owners.get(child.pid)
        if owner is not None:
            docked = scene.tray != 0 and path[-1].pid == scene.tray
            thickness = thickness_at(scene.scale, BARE if docked or is_sign(child) else owner.style)
            yield Outer(child, owner, (*path, child), thickness, docked, scene.tags.get(owner.qube))
        else:
            yield from _outers(scene, (*path, child))


def visible(path: Sequence[Node]) -> Region:
    """What of the last window of `path` (from the root on) its ancestors and the windows above it leave free.

    Its own shape does not count: a frame has none.
    """
    region: Region = [path[-1].rect]
    for parent, node in pairwise(path):
        region = inside(inside(region, [parent.rect]), parent.shape)
        above = parent.children[parent.children.index(node) + 1 :]
        for sibling in above:
            for part in sibling.shape if sibling.hides else ():
                region = without(region, part)
    return region


# What a window says of itself


def _foreigners(node: Node, pids: set[int]) -> Iterator[Finding]:
    """Windows that no daemon made and that say they are a qube's; what lies inside an outer is judged there."""
    for child in node.children:
        if child.pid in pids:
            continue
        if child.claims.any:
            detail = f"it names {child.claims.qube!a}, process {child.pid}" if child.claims.qube else ""
            yield Finding(child.window, "", Fault.FOREIGN, child.rect, detail)
        yield from _foreigners(child, pids)


def _misnamed(outer: Outer) -> Iterator[Finding]:
    claims, owner = outer.node.claims, outer.owner
    if claims.qube is None or claims.rgb is None:
        yield outer.finding(Fault.UNNAMED, outer.node.rect)
    elif (claims.qube, claims.rgb) != (owner.qube, owner.rgb):
        told = f"{claims.qube!a} {claims.rgb:#08x} instead of {owner.rgb:#08x}"
        yield outer.finding(Fault.MISNAMED, outer.node.rect, told)


def _torn(outer: Outer, managed: frozenset[int] | None) -> Iterator[Finding]:
    """A popup hangs on the root window and is not managed; every other window is, if somebody manages.

    A tray icon is neither.
    """
    node = outer.node
    if outer.docked:
        if node.override_redirect:
            yield outer.finding(Fault.TORN_KIND, node.rect, "a popup in a tray")
        return
    on_root = len(outer.path) == 2
    known = managed is not None and node.window in managed
    if node.override_redirect and (known or not on_root):
        yield outer.finding(Fault.TORN_KIND, node.rect, "a popup that is managed")
    elif not node.override_redirect and managed is not None and not known:
        yield outer.finding(Fault.TORN_KIND, node.rect, "neither managed nor a popup")


# The frame


def _intruders(outer: Outer) -> Iterator[Finding]:
    for child in outer.node.children:
        if child.pid != outer.owner.pid:
            yield outer.finding(Fault.INTRUDED, child.rect, f"process {child.pid}")


def _reaching_out(outer: Outer) -> Iterator[Finding]:
    """A content that is on top somewhere in the frame, whatever it shows there at this moment."""
    node = outer.node
    interior = _interior(outer)
    contents = [node] if node.takes_input else [child for child in node.children if child.takes_input]
    for content in contents:
        region: Region = inside([content.rect], [node.rect])
        above = node.children[node.children.index(content) + 1 :] if content is not node else ()
        for sibling in above:
            region = without(region, sibling.whole)
        if interior is not None:
            region = without(region, interior)
        where = bounds(region)
        if where is not None:
            yield outer.finding(Fault.REACHES_OUT, where, f"{area_of(region)} pixels")


def _covering(outer: Outer) -> Iterator[Finding]:
    """Something of the frame above the content where only the content should be."""
    children, interior = outer.node.children, _interior(outer)
    contents = [number for number, child in enumerate(children) if child.takes_input]
    if interior is None or not contents:
        return
    for child in children[contents[0] + 1 :]:
        over = intersection(child.whole, interior)
        if over is not None and child.pid == outer.owner.pid and not child.takes_input:
            yield outer.finding(Fault.COVERED, over)


def _extents(outer: Outer) -> Extents:
    if outer.docked:
        return _icon_extents(outer)
    return extents_of(Kind.POPUP if outer.node.override_redirect else Kind.MANAGED, outer.thickness)


def _icon_extents(outer: Outer) -> Extents:
    """A popup's frame if the content leaves room for one, else the least that every tray icon has."""
    popup, (left, top, *_size) = outer.thickness.popup, outer.node.rect
    contents = (each.rect for each in outer.node.children if each.takes_input)
    roomy = any((each.x - left, each.y - top) == (popup.left, popup.top) for each in contents)
    return popup if roomy else Extents(*[outer.thickness.unit] * 4)


def _interior(outer: Outer) -> Rect | None:
    """What the frame leaves to the content; None when the window is all frame."""
    extents, (x, y, width, height) = _extents(outer), outer.node.rect
    if width <= extents.horizontal or height <= extents.vertical:
        return None
    return Rect(x + extents.left, y + extents.top, width - extents.horizontal, height - extents.vertical)


def _compared(outer: Outer, scene: Scene, sides: Iterable[_Side]) -> tuple[int, list[Finding]]:
    """How many pixels of these sides can be seen, and what is wrong with them."""
    seen = inside(visible(outer.path), _on_monitors(scene.desktop))
    shaded = _shaded(outer.path) if scene.composited else []
    marks = _marks(outer)
    compared = 0
    findings: list[Finding] = []
    for side in sides:
        region = inside(seen, [side.where])
        compared += area_of(region)
        findings += _discoloured(outer, scene, side, list(_wrong_pixels(scene.picture, region, marks, shaded)))
    return compared, findings


def _marks(outer: Outer) -> Marks:
    """What its frame should look like; a sign of the daemon's own wears no marks."""
    owner, node = outer.owner, outer.node
    pattern = PLAIN if is_sign(node) else owner.pattern
    thickness = outer.thickness
    colours = owner.rgb, ink_on(owner.rgb)
    return Marks(*colours, pattern, node.rect, _extents(outer), thickness.unit, _tag(outer), *thickness.borders)


def _tag(outer: Outer) -> Tag | None:
    """What its name tag should look like; popups have none."""
    return None if outer.node.override_redirect or not outer.thickness.tag_px else outer.tag


def _edges(outer: Outer) -> Iterator[_Side]:
    """The outermost rows."""
    yield from _ring(outer.node.rect, Extents(1, 1, 1, 1), Fault.EDGE_COLOUR)


def _inner_ring(outer: Outer) -> Iterator[_Side]:
    """The frame without its outermost rows."""
    x, y, width, height = outer.node.rect
    if width <= 2 or height <= 2:
        return
    tag_px = 0 if outer.node.override_redirect else outer.thickness.tag_px
    left, right, top, bottom = (each - 1 for each in _extents(outer))
    rest = Extents(left, right, top - tag_px, bottom)
    yield from _ring(Rect(x + 1, y + 1, width - 2, height - 2), rest, Fault.FRAME_COLOUR)
    room = _marks(outer).room
    if room is not None:
        yield _Side("tag", room, Fault.TAG)


def _ring(rect: Rect, extents: Extents, fault: Fault) -> Iterator[_Side]:
    """The sides of a ring along the inside of `rect`; the top and bottom ones have the corners."""
    x, y, width, height = rect
    top = min(extents.top, height)
    bottom = min(extents.bottom, height - top)
    left = min(extents.left, width)
    right = min(extents.right, width - left)
    between = height - top - bottom
    sides = {
        "top": (x, y, width, top),
        "right": (x + width - right, y + top, right, between),
        "bottom": (x, y + height - bottom, width, bottom),
        "left": (x, y + top, left, between),
    }
    yield from (_Side(name, Rect(*side), fault) for name, side in sides.items() if side[2] > 0 and side[3] > 0)


def _on_monitors(desktop: Desktop) -> Region:
    """What of the screen can be seen: what lies between and beside the monitors cannot."""
    region: Region = []
    for monitor in desktop.monitors or (desktop.root,):
        fresh: Region = inside([monitor], [desktop.root])
        for known in region:
            fresh = without(fresh, known)
        region = region + fresh
    return region


def _shaded(path: Sequence[Node]) -> list[Rect]:
    """Where shadows of windows above the last one of `path` may fall; they may overlap."""
    return [
        shadow_of(above.whole)
        for parent, node in pairwise(path)
        for above in parent.children[parent.children.index(node) + 1 :]
        if above.hides
    ]


def _discoloured(outer: Outer, scene: Scene, side: _Side, wrong: Sequence[tuple[Rect, int]]) -> Iterator[Finding]:
    where = bounds(pixel for pixel, _rgb in wrong)
    if where is None:
        return
    found = {rgb for _pixel, rgb in wrong}
    if found == {outer.owner.rgb} and side.fault is Fault.TAG:
        yield outer.finding(Fault.NO_TAG, where, f"{len(wrong)} pixels")
        return
    if found <= {outer.owner.rgb, ink_on(outer.owner.rgb)} and side.fault is Fault.FRAME_COLOUR:
        yield outer.finding(Fault.MARKS, where, f"{side.name}: {len(wrong)} pixels")
        return
    others = {owner.rgb: owner.qube for owner in scene.owners if owner.rgb != outer.owner.rgb}
    other = others.get(wrong[0][1]) if len(found) == 1 else None
    detail = f"{side.name}: {len(wrong)} pixels, the first {wrong[0][1]:#08x} instead of {outer.owner.rgb:#08x}"
    if other is not None:
        yield outer.finding(Fault.OTHER_LABEL, where, f"{detail}, which is {other}'s")
    else:
        yield outer.finding(side.fault, where, detail)


def _wrong_pixels(
    picture: Picture, region: Iterable[Rect], marks: Marks, shaded: Sequence[Rect]
) -> Iterator[tuple[Rect, int]]:
    """Each pixel of another colour; in `shaded` a darker shade of the right one is right."""
    for x, y, width, height in region:
        for row in range(y, y + height):
            data, right = picture.row(x, row, width), marks.row(x, row, width)
            if data == right:
                continue
            for column in range(width):
                found, wanted = (int.from_bytes(each[4 * column : 4 * column + 4], "little") for each in (data, right))
                where = Rect(x + column, row, 1, 1)
                if found == wanted or (darkened(found, wanted) and any(intersection(where, each) for each in shaded)):
                    continue
                yield where, found
