"""What is seen at one moment: picture and windows in stacking order, and whether one is true of the other.

It must not know how the windows came there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from Xlib import error as xerror

from colors.labels import STANDARD
from colors.picture import write_png
from colors.tag import draw
from guid.core.geometry import Extents, Rect
from guid.core.marks import Marks, Tag
from scripts.demo_desktop import Desktop, Found, Pixels
from scripts.demo_session import DemoError, Session

STILL_PICTURES: Final = 3
"""So many pictures in a row must show the same windows and (nearly) the same pixels."""
BETWEEN_PICTURES_S: Final = 0.1
CURSOR_PX: Final = 300
"""So many pixels may differ between them: a text cursor blinks."""
SETTLE_TIMEOUT_S: Final = 30.0

UNPAINTED_RGB: Final = 0x808080
MOST_UNPAINTED: Final = 0.3
"""A content with a larger part of plain grey is one that its program has not painted yet."""
FEWEST_COLOURS: Final = 4

Window = dict[str, Any]
"""A row of report.json."""


class Scene(NamedTuple):
    """Where everything is. stack: all top-level windows, bottom first; levels: of each of ours, its place in stack."""

    windows: list[Window]
    levels: list[int]
    stack: list[Found]


def scene_of(session: Session, desktop: Desktop) -> Scene:
    """The windows of all qubes that are mapped now, bottom first, each where X says that it is."""
    stack = desktop.stack()
    level_of = {found.xid: level for level, found in enumerate(stack)}
    found: list[tuple[int, Window]] = []
    for qube in session.qubes():
        for window in qube["windows"]:
            level = level_of.get(desktop.top_level(window["local_xid"])) if window["mapped"] else None
            if level is not None:
                found.append((level, _row(qube, window, desktop)))
    found.sort(key=lambda each: each[0])
    return Scene([window for _, window in found], [level for level, _ in found], stack)


def _row(qube: dict[str, Any], window: Window, desktop: Desktop) -> Window:
    try:
        outer = list(desktop.rect_of(window["local_xid"]))
    except (xerror.BadWindow, xerror.BadDrawable):  # it went while we looked; the next look will not see it
        outer = window["outer"]
    row = {"qube": qube["name"], "label": qube["label"], "rgb": qube["rgb"]}
    row |= {key: window[key] for key in ("title", "local_xid", "remote_wid", "override_redirect")}
    return row | {
        "outer": outer,
        "content": window["content"],
        "frame_px": window["frame_px"],
        "tag_px": window["tag_px"],
    }


def settled(session: Session, desktop: Desktop) -> tuple[Scene, Pixels]:
    """The first moment at which everything is painted and nothing moves. Raises DemoError if it does not come."""
    deadline = time.monotonic() + SETTLE_TIMEOUT_S
    scene, picture = scene_of(session, desktop), desktop.picture()
    still = 0
    while True:
        last_scene, last_picture = scene, picture
        picture = desktop.picture()
        scene = scene_of(session, desktop)
        why = next((reason for window in scene.windows if (reason := _unready(window, picture))), "")
        moved = scene != last_scene or np.count_nonzero(picture != last_picture) > CURSOR_PX
        still = 0 if moved or why else still + 1
        if still == STILL_PICTURES:
            return scene, picture
        if time.monotonic() > deadline:
            raise DemoError(f"the desktop does not come to rest: {why or 'something moves'}")
        time.sleep(BETWEEN_PICTURES_S)


def _unready(window: Window, picture: Pixels) -> str:
    """Why a window cannot be shown yet, or ""."""
    name = f"{window['title'] or 'a window'!r} of {window['qube']}"
    (x, y, width, height), frame_px, top = window["outer"], window["frame_px"], window["frame_px"] + window["tag_px"]
    if x < 0 or y < 0 or x + width > picture.shape[1] or y + height > picture.shape[0]:
        return f"{name} is not wholly on the screen"
    if window["content"] != [x + frame_px, y + top, width - 2 * frame_px, height - top - frame_px]:
        return f"{name} is being resized"
    content = _part(picture, window["content"])
    if np.mean(content == UNPAINTED_RGB) > MOST_UNPAINTED or len(np.unique(content)) < FEWEST_COLOURS:
        return f"{name} is not painted"
    return ""


def check_frames(scene: Scene, picture: Pixels) -> None:
    """Compare every visible pixel of every frame with its label. Raises DemoError at the first wrong one."""
    for window, level in zip(scene.windows, scene.levels, strict=True):
        name = f"the frame of {window['title']!r} of {window['qube']}"
        mask = frame_mask(picture, window["outer"], window["content"])
        for above in scene.stack[level + 1 :]:
            _part(mask, above.rect)[:] = False
        right = picture.copy()
        _lay_frame(right, window)
        wrong = mask & (picture != right)
        if not mask.any():
            raise DemoError(f"{name} cannot be seen")
        if wrong.any():
            y, x = (int(where[0]) for where in np.nonzero(wrong))
            raise DemoError(f"{name} is 0x{int(picture[y, x]):06X} at x={x} y={y} and not 0x{int(right[y, x]):06X}")


def _lay_frame(picture: Pixels, window: Window) -> None:
    """Draw the frame that the window should have; its label is the standard one of its colour."""
    x, y, width, height = window["outer"]
    thick, tag_px = window["frame_px"], window["tag_px"]
    label = next(each for each in STANDARD.values() if each.rgb == int(window["rgb"], 16))
    tag = None
    if tag_px:
        drawn = draw(window["qube"], label.rgb, label.ink, label.pattern, height=tag_px, unit=1)
        tag = Tag(drawn.width, drawn.height, drawn.pixels)
    extents = Extents(thick, thick, thick + tag_px, thick)
    marks = Marks(label.rgb, label.ink, label.pattern, Rect(x, y, width, height), extents, tag=tag)
    for row in range(height):
        side = row < thick + tag_px or row >= height - thick
        for left, wide in ((0, width),) if side else ((0, thick), (width - thick, thick)):
            part = _part(picture, (x + left, y + row, wide, 1))
            hidden = max(0, -(x + left))
            if part.size:
                part[0] = np.frombuffer(marks.row(x + left, y + row, wide), "<u4")[hidden : hidden + part.shape[1]]


def frame_mask(picture: Pixels, outer: Sequence[int], content: Sequence[int]) -> npt.NDArray[np.bool_]:
    """True where the picture shows what lies inside `outer` and outside `content`, were nothing above."""
    mask = np.zeros(picture.shape, np.bool_)
    _part(mask, outer)[:] = True
    _part(mask, content)[:] = False
    return mask


def _part(picture: npt.NDArray[Any], rect: Sequence[int]) -> npt.NDArray[Any]:
    """The part of a picture inside x, y, width, height, as a view; what lies outside of the picture is left out."""
    left, top, right, bottom = rect[0], rect[1], rect[0] + rect[2], rect[1] + rect[3]
    return picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]


def write_picture(path: Path, picture: Pixels) -> None:
    """Write the picture as PNG."""
    height, width = picture.shape
    write_png(path, picture.astype("<u4").tobytes(), width, height)


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write the report as JSON."""
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
