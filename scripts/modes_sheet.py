"""Draws docs/images/modes.png, a window in every way that frames come: `python -m scripts.modes_sheet`.

Real programs in real qubes under real window managers, on screens of their own. A mode whose setting does not exist is
left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from Xlib import X
from Xlib.ext import xtest

from colors.picture import write_png
from colors.question import write
from guid.core.options import RULES
from scripts.demo_desktop import Pixels
from scripts.pictures_stage import Stage, Window

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "modes.png"
OPENBOX, AWESOME = "openbox", "awesome"
PLACE: Final = (60, 60, 330, 150)
TILE: Final = (380, 230)
"""px of the screen, from (35, 35) on."""
BESIDE: Final = (700, 400, 300, 200)
MENU_BUTTON: Final = 3
CAPTION_PX, GAP_PX, COLUMNS = 40, 16, 3
INK, PAPER = 0x1B1E23, 0xFFFFFF
XTERM: Final = (
    "xterm",
    "-fa",
    "DejaVu Sans Mono",
    "-fs",
    "11",
    "-bg",
    "#f4f5f6",
    "-fg",
    "#1b1e23",
    "-b",
    "8",
    "+sb",
    "-xrm",
    "*SimpleMenu*font: 6x13",
)

Act = Callable[[Stage, Window], None]


def nothing(_stage: Stage, _window: Window) -> None:
    """It is shown as it is."""


def menu(stage: Stage, window: Window) -> None:
    """A menu of the program: its own, with the button held."""
    x, y, _width, _height = window["content"]
    stage.point(x + 200, y + 12)
    stage.hold("Control_L")
    xtest.fake_input(stage.desktop.x, X.ButtonPress, MENU_BUTTON)
    stage.desktop.x.sync()


def pause(stage: Stage, _window: Window) -> None:
    """The qube stands still."""
    stage.vitrail("pause", "work")


def leave(stage: Stage, _window: Window) -> None:
    """The person works in a window of the desktop, beside the picture."""
    stage.focus(stage.terminal(BESIDE))


class Mode(NamedTuple):
    """caption: two lines. options: of the qube, as TOML has them. act: what is done before the picture."""

    caption: tuple[str, str]
    options: Mapping[str, str] = MappingProxyType({})
    manager: str = OPENBOX
    label: str = "blue"
    act: Act = nothing
    after: Act = nothing


def released(stage: Stage, _window: Window) -> None:
    """The menu closes."""
    xtest.fake_input(stage.desktop.x, X.ButtonRelease, MENU_BUTTON)
    stage.let_go("Control_L")


EVERYTHING: Final = MappingProxyType({"high_contrast": "true", "tint_unfocused": "30"})

MODES: Final = (
    Mode(("Our frame", "the default, whatever the window manager paints round it")),
    Mode(("Without the name", "name_tag = false"), {"name_tag": "false"}),
    Mode(("High contrast", "high_contrast = true"), {"high_contrast": "true"}),
    Mode(("Another label", "its colour and its marks"), label="orange"),
    Mode(("A menu", "popups have a frame of their own"), act=menu, after=released),
    Mode(("Paused", "vitrail pause"), act=pause),
    Mode(("Not in use", "tint_unfocused = 30"), {"tint_unfocused": "30"}, act=leave),
    Mode(("Left to awesome", 'frame = "wm": seen to be painted, so ours is off'), {"frame": '"wm"'}, AWESOME),
    Mode(
        ("The same with a menu", "what the window manager does not frame, we do"),
        {"frame": '"wm"'},
        AWESOME,
        "blue",
        menu,
        released,
    ),
    Mode(("Left to openbox", 'frame = "wm": it does not paint, so ours stays'), {"frame": '"wm"'}),
    Mode(("Every measure at once", "orange, high contrast, tinted"), EVERYTHING, OPENBOX, "orange", leave),
)
"""In the order of the sheet."""


def taken(stage: Stage, mode: Mode) -> Pixels:
    """A picture of one mode."""
    options = [word for key, value in mode.options.items() for word in ("-o", f"{key}={value}")]
    stage.vitrail("create", "work", "--label", mode.label, *options)
    script = "printf 'A terminal in the qube \"work\".\\n'; exec sleep 1000"
    stage.vitrail("run", "--qube", "work", "--", *XTERM, "-T", "xterm", "-e", "sh", "-c", script)
    window = stage.window("work")
    if mode.manager == AWESOME:  # it knows no _NET_MOVERESIZE_WINDOW
        stage.desktop.x.create_resource_object("window", window["local_xid"]).configure(
            x=63, y=63, width=324, height=144
        )
        stage.desktop.x.sync()
    else:
        stage.put(window["local_xid"], PLACE)
    stage.still()
    mode.act(stage, stage.window("work"))
    left, top = PLACE[0] - 25, PLACE[1] - 25
    picture = stage.still()[top : top + TILE[1], left : left + TILE[0]].copy()
    mode.after(stage, window)
    stage.vitrail("kill", "work")
    stage.vitrail("rm", "work", "--yes")
    return picture


def sheet(tiles: list[tuple[Mode, Pixels]]) -> Pixels:
    """All of them with their captions."""
    rows = -(-len(tiles) // COLUMNS)
    width, height = (TILE[0] + GAP_PX) * COLUMNS + GAP_PX, (TILE[1] + CAPTION_PX + GAP_PX) * rows + GAP_PX
    page = np.full((height, width), PAPER, np.uint32)
    for number, (_mode, picture) in enumerate(tiles):
        row, column = divmod(number, COLUMNS)
        x, y = GAP_PX + column * (TILE[0] + GAP_PX), GAP_PX + row * (TILE[1] + CAPTION_PX + GAP_PX)
        page[y + CAPTION_PX : y + CAPTION_PX + TILE[1], x : x + TILE[0]] = picture
    _letter(page, tiles)
    return page


def _letter(page: Pixels, tiles: list[tuple[Mode, Pixels]]) -> None:
    import cairo  # noqa: PLC0415 - heavy

    height, width = page.shape
    surface = cairo.ImageSurface.create_for_data(page.view(np.uint8).data, cairo.FORMAT_RGB24, width, height, 4 * width)
    context = cairo.Context(surface)
    for number, (mode, _picture) in enumerate(tiles):
        row, column = divmod(number, COLUMNS)
        x, y = GAP_PX + column * (TILE[0] + GAP_PX), GAP_PX + row * (TILE[1] + CAPTION_PX + GAP_PX)
        write(context, mode.caption[0], x, y, INK, 13, bold=True, width_px=TILE[0])
        write(context, mode.caption[1], x, y + 18, INK, 11, width_px=TILE[0])
    surface.flush()


def main() -> None:
    """Draw it."""
    known = [mode for mode in MODES if set(mode.options) <= set(RULES)]
    pictures: dict[int, Pixels] = {}
    for manager in (OPENBOX, AWESOME):
        with Stage(manager=manager) as stage:
            for number, mode in enumerate(known):
                if mode.manager == manager:
                    print(f"modes: {mode.caption[0]}", flush=True)
                    pictures[number] = taken(stage, mode)
    page = sheet([(mode, pictures[number]) for number, mode in enumerate(known)])
    write_png(PAGE, np.ascontiguousarray(page).tobytes(), page.shape[1], page.shape[0])


if __name__ == "__main__":
    main()
