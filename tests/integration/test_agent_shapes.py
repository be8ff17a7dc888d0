"""The agent with windows that are no rectangles, or see-through: where they show nothing, their picture is black."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from Xlib import X
from Xlib.ext import shape

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.pixels import Pixels, pseudo_random
from tests.harness.processes import Child, clean_environment
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop

GROUND: Final = 0x000000
PRESS, RELEASE, ENTER, NORMAL = 4, 5, 7, 0


def cut(window: Any, *rects: tuple[int, int, int, int], kind: int = shape.SK.Bounding) -> None:
    """Give a window this shape."""
    window.shape_rectangles(shape.SO.Set, kind, 0, 0, 0, rects)


def within(picture: Pixels, *rects: tuple[int, int, int, int]) -> Pixels:
    """The picture with nothing but these parts of it."""
    shown = np.full_like(picture, GROUND)
    for x, y, width, height in rects:
        shown[y : y + height, x : x + width] = picture[y : y + height, x : x + width]
    return shown


def test_outside_its_shape_a_window_is_black_whatever_was_there(daemon: ScriptedDaemon, app: App) -> None:
    picture, parts = pseudo_random(120, 90), ((10, 20, 50, 40), (70, 0, 30, 90))
    window = app.window(120, 90, x=30, y=30)
    app.map(window)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)
    cut(window, *parts)
    app.sync()
    daemon.wait_for_picture(window.id, within(picture, *parts))
    cut(window, (0, 0, 120, 90))
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)


@pytest.mark.parametrize("kind", [shape.SK.Bounding, shape.SK.Clip])
def test_shape_that_a_window_has_from_the_start_is_cut_out(daemon: ScriptedDaemon, app: App, kind: int) -> None:
    picture, parts = pseudo_random(120, 90), ((10, 20, 50, 40),)
    window = app.window(120, 90, x=30, y=30)
    cut(window, *parts, kind=kind)
    app.map(window)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, within(picture, *parts))


def test_resized_shaped_window_has_nothing_of_older_pictures(daemon: ScriptedDaemon, app: App) -> None:
    parts = ((10, 20, 50, 40),)
    window = app.window(120, 90)
    app.map(window)
    cut(window, *parts)
    for seed, (width, height) in enumerate(((140, 100), (90, 70), (200, 150), (141, 99), (140, 100))):
        app.resize(window, width, height)
        picture = pseudo_random(width, height, seed=seed)
        app.paint(window, picture)
        daemon.wait_for_picture(window.id, within(picture, *parts))


def test_shape_that_was_there_before_the_agent_is_cut_out(server: XServer, app: App, tmp_path: Path) -> None:
    picture, parts = pseudo_random(120, 90), ((10, 20, 50, 40),)
    window = app.window(120, 90)
    cut(window, *parts)
    app.map(window)
    app.paint(window, picture)
    with AgentProcess(tmp_path, "--display", server.name) as late, hello(late) as daemon:
        daemon.wait_for_picture(window.id, within(picture, *parts))
        app.resize(window, 130, 80)
        picture = pseudo_random(130, 80, seed=3)
        app.paint(window, picture)
        daemon.wait_for_picture(window.id, within(picture, *parts))


def test_argb_window_is_seen_over_black(daemon: ScriptedDaemon, app: App) -> None:
    """Premultiplied colours over black are the colours themselves, without their alpha."""
    window = app.window(64, 48, depth=32)
    app.map(window)
    half_red, nothing, green = 0x80800000, 0x00000000, 0xFF00FF00
    picture = np.full((48, 64), nothing, np.uint32)
    picture[:16], picture[16:32] = half_red, green
    app.paint(window, picture, depth=32)
    daemon.wait_for_picture(window.id, picture & np.uint32(0xFFFFFF))


def pressed_windows(app: App) -> list[int]:
    found = []
    while app.display.pending_events():
        seen = app.display.next_event()
        if seen.type == X.ButtonPress:
            found.append(int(seen.window.id))
    return found


@pytest.mark.parametrize("kind", [shape.SK.Bounding, shape.SK.Input])
def test_click_through_a_hole_reaches_what_lies_below_as_at_home(daemon: ScriptedDaemon, app: App, kind: int) -> None:
    below, above = app.window(200, 100, x=50, y=60), app.window(200, 100, x=50, y=60)
    cut(above, (0, 0, 100, 100), kind=kind)
    for window in (below, above):
        app.map(window)
        window.change_attributes(event_mask=X.ButtonPressMask)
        daemon.wait_for(T.MAP, window.id)
    app.sync()
    heard: list[int] = []
    for x in (20, 150):
        daemon.send(T.CROSSING, above.id, ENTER, x, 50, 0, NORMAL, 0, 0)
        daemon.send(T.BUTTON, above.id, PRESS, x, 50, 0, 1)
        daemon.send(T.BUTTON, above.id, RELEASE, x, 50, 256, 1)

    def both() -> bool:
        heard.extend(pressed_windows(app))
        return len(heard) == 2

    wait_until(both, what="two clicks")
    assert heard == [above.id, below.id]


@pytest.mark.parametrize("program", [("xeyes", "-shape", "-geometry", "150x100"), ("oclock", "-geometry", "120x120")])
def test_program_of_another_shape_stands_on_black(
    server: XServer, daemon: ScriptedDaemon, app: App, tmp_path: Path, program: tuple[str, ...]
) -> None:
    root = app.root
    root.change_attributes(background_pixel=0x33CC66)
    root.clear_area()
    app.sync()
    with Child(list(program), env=clean_environment(DISPLAY=server.name), log=tmp_path / "program.log"):
        name = program[0].encode() + b"\0"
        named = daemon.until(
            lambda: [one for one in daemon.all_of(T.WMCLASS) if one.body.res_name.startswith(name)], "the program"
        )
        window = named[0].window
        daemon.wait_for(T.SHMIMAGE, window)
        daemon.drain(0.3)
        picture = daemon.picture(window)
        assert picture[0, 0] == picture[-1, -1] == picture[0, -1] == GROUND
        assert 0x33CC66 not in picture
        assert len(np.unique(picture)) > 1
        daemon.send(T.CONFIGURE, window, 0, 0, 220, 180, 0)
        daemon.until(lambda: window in daemon.buffers and daemon.picture(window).shape == (180, 220), "the new size")
        daemon.drain(0.3)
        assert daemon.picture(window)[0, 0] == daemon.picture(window)[-1, -1] == GROUND
        assert len(np.unique(daemon.picture(window))) > 1
