"""The agent with programs that draw a shadow round a window or a menu: the daemon hears of what is inside it alone."""

from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from Xlib import X, Xatom
from Xlib.ext import shape as xshape

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop

SHADOW: Final = (26, 25, 23, 29)
WIDTH, HEIGHT = 351, 252
INSIDE: Final = (126, 223, 300, 200)
PRESS, RELEASE, ENTER, NORMAL = 4, 5, 7, 0


def was_told(daemon: ScriptedDaemon, window: int, place: tuple[int, ...]) -> bool:
    return told(daemon, window)[-1:] == [place]


def with_shadow(app: App, shadow: tuple[int, ...] = SHADOW, **options: Any) -> Any:
    window = app.window(WIDTH, HEIGHT, x=100, y=200, **options)
    cast(app, window, shadow)
    return window


def cast(app: App, window: Any, shadow: tuple[int, ...]) -> None:
    """Declare a shadow."""
    window.change_property(app.display.intern_atom("_GTK_FRAME_EXTENTS"), Xatom.CARDINAL, 32, list(shadow))
    app.sync()


def place_in_x(window: Any) -> tuple[int, int, int, int]:
    shape = window.get_geometry()
    return shape.x, shape.y, shape.width, shape.height


def is_at(window: Any, place: tuple[int, int, int, int]) -> bool:
    return place_in_x(window) == place


def told(daemon: ScriptedDaemon, window: int) -> list[tuple[int, ...]]:
    """Every place that the daemon was told."""
    return [tuple(one.body[:4]) for one in daemon.said if one.window == window and one.type in (T.CREATE, T.CONFIGURE)]


def click(daemon: ScriptedDaemon, app: App, window: Any, x: int, y: int) -> Any:
    """The daemon says that the person has clicked there; the press as the program hears it."""
    daemon.send(T.CROSSING, window.id, ENTER, x, y, 0, NORMAL, 0, 0)
    daemon.send(T.BUTTON, window.id, PRESS, x, y, 0, 1)
    daemon.send(T.BUTTON, window.id, RELEASE, x, y, 256, 1)

    def pressed() -> Any:
        while app.display.pending_events():
            seen = app.display.next_event()
            if seen.type == X.ButtonPress:
                return seen
        return None

    return wait_until(pressed, what="the click")


def test_picture_is_what_lies_inside_the_shadow(daemon: ScriptedDaemon, app: App) -> None:
    picture = pseudo_random(WIDTH, HEIGHT)
    window = with_shadow(app)
    app.map(window)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture[23 : 23 + 200, 26 : 26 + 300])
    assert told(daemon, window.id)[-1] == INSIDE
    patch = pseudo_random(40, 30, seed=2)
    app.paint(window, patch, x=10, y=10)
    picture[10:40, 10:50] = patch
    daemon.wait_for_picture(window.id, picture[23 : 23 + 200, 26 : 26 + 300])


def test_order_and_click_of_the_daemon_are_taken_for_the_visible_part(daemon: ScriptedDaemon, app: App) -> None:
    window = with_shadow(app)
    app.map(window)
    window.change_attributes(event_mask=X.ButtonPressMask | X.StructureNotifyMask)
    daemon.wait_for(T.MAP, window.id)
    daemon.send(T.CONFIGURE, window.id, 300, 400, 200, 100, 0)
    daemon.until(lambda: place_in_x(window) == (274, 377, 251, 152), "the whole window round the visible part")
    daemon.until(lambda: told(daemon, window.id)[-1] == (300, 400, 200, 100), "the echo")
    press = click(daemon, app, window, 7, 9)
    assert (press.root_x, press.root_y, press.event_x, press.event_y) == (307, 409, 33, 32)
    assert told(daemon, window.id)[-1] == (300, 400, 200, 100)


def test_hints_are_those_of_the_visible_part(daemon: ScriptedDaemon, app: App) -> None:
    window = with_shadow(app)
    window.set_wm_normal_hints(flags=16 | 32, min_width=151, min_height=152, max_width=1051, max_height=1052)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    assert tuple(daemon.all_of(T.WINDOW_HINTS, window.id)[-1].body)[:5] == (48, 100, 100, 1000, 1000)


def test_shadow_that_changes_leaves_what_is_seen_where_it_is(daemon: ScriptedDaemon, app: App) -> None:
    window = with_shadow(app)
    app.map(window)
    daemon.wait_for(T.WINDOW_DUMP, window.id)
    known = told(daemon, window.id)
    for shadow, place in (((0, 0, 0, 0), INSIDE), ((5, 6, 7, 8), (121, 216, 311, 215)), ((), INSIDE)):
        cast(app, window, shadow)
        seen = partial(is_at, window, place)
        daemon.until(seen, f"the window with the shadow {shadow}")
    picture = pseudo_random(300, 200)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)
    assert told(daemon, window.id) == known


@pytest.mark.parametrize(
    "shadow", [(200, 200, 0, 0), (0, 0, 126, 126), (-1, 0, 0, 0), (26, 26), (1 << 30, 0, 0, 0), (513, 0, 0, 0)]
)
def test_absurd_shadow_is_none(daemon: ScriptedDaemon, app: App, shadow: tuple[int, ...]) -> None:
    window = with_shadow(app, tuple(side & 0xFFFFFFFF for side in shadow))
    app.map(window)
    picture = pseudo_random(WIDTH, HEIGHT)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)
    daemon.send(T.CONFIGURE, window.id, 10, 20, 300, 210, 0)
    daemon.until(lambda: place_in_x(window) == (10, 20, 300, 210), "the place that was ordered")


def test_request_that_changes_nothing_is_answered_with_the_whole_window(daemon: ScriptedDaemon, app: App) -> None:
    window = with_shadow(app)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    window.configure(width=WIDTH, height=HEIGHT)

    def synthetic() -> Any:
        while app.display.pending_events():
            seen = app.display.next_event()
            if seen.type & 0x7F == X.ConfigureNotify and seen.send_event:
                return seen.x, seen.y, seen.width, seen.height
        return None

    assert wait_until(synthetic, what="a synthetic ConfigureNotify") == (100, 200, WIDTH, HEIGHT)


# Menus of GTK 4: a shadow that only the input shape tells


def menu(app: App, *rects: tuple[int, int, int, int], depth: int = 32, width: int = WIDTH) -> Any:
    """A menu, not shown yet, that takes clicks in these parts of it."""
    window = app.window(width, HEIGHT, x=100, y=200, depth=depth, override_redirect=1)
    take_clicks(app, window, *rects)
    return window


def take_clicks(app: App, window: Any, *rects: tuple[int, int, int, int]) -> None:
    window.shape_rectangles(xshape.SO.Set, xshape.SK.Input, 0, 0, 0, rects)
    app.sync()


def test_menu_is_what_takes_clicks_of_it(daemon: ScriptedDaemon, app: App) -> None:
    picture = pseudo_random(WIDTH, HEIGHT)
    window = menu(app, (126, 23, 40, 10), (26, 33, 300, 190))
    app.map(window)
    app.paint(window, picture, depth=32)
    daemon.wait_for_picture(window.id, picture[23 : 23 + 200, 26 : 26 + 300])
    assert told(daemon, window.id)[-1] == INSIDE
    patch = pseudo_random(40, 30, seed=2)
    app.paint(window, patch, depth=32, x=10, y=10)
    picture[10:40, 10:50] = patch
    daemon.wait_for_picture(window.id, picture[23 : 23 + 200, 26 : 26 + 300])
    window.change_attributes(event_mask=X.ButtonPressMask)
    app.sync()
    press = click(daemon, app, window, 7, 19)
    assert (press.root_x, press.root_y, press.event_x, press.event_y) == (133, 242, 33, 42)


def test_menu_that_takes_clicks_elsewhere_is_seen_elsewhere_and_stays_in_its_place(
    daemon: ScriptedDaemon, app: App
) -> None:
    picture = pseudo_random(WIDTH, HEIGHT)
    window = menu(app)
    app.map(window)
    app.paint(window, picture, depth=32)
    daemon.wait_for_picture(window.id, picture)
    for x, y, width, height in ((26, 23, 300, 200), (5, 7, 340, 240), (20, 7, 300, 200), (0, 0, WIDTH, HEIGHT)):
        take_clicks(app, window, (x, y, width, height))
        place = (100 + x, 200 + y, width, height)
        daemon.until(partial(was_told, daemon, window.id, place), f"the menu at {place}")
        daemon.wait_for_picture(window.id, picture[y : y + height, x : x + width])
        assert place_in_x(window) == (100, 200, WIDTH, HEIGHT)


def test_menu_that_grows_is_seen_whole_in_the_end(daemon: ScriptedDaemon, app: App) -> None:
    """GTK gives the new size and the new shape one after the other, in either order."""
    window = menu(app, (26, 23, 300, 200))
    app.map(window)
    daemon.wait_for(T.WINDOW_DUMP, window.id)
    window.configure(width=451, height=352)
    take_clicks(app, window, (26, 23, 400, 300))
    daemon.until(lambda: told(daemon, window.id)[-1] == (126, 223, 400, 300), "the larger menu")
    take_clicks(app, window, (26, 23, 200, 100))
    window.configure(width=251, height=152)
    app.sync()
    daemon.until(lambda: told(daemon, window.id)[-1] == (126, 223, 200, 100), "the smaller menu")
    picture = pseudo_random(251, 152)
    app.paint(window, picture, depth=32)
    daemon.wait_for_picture(window.id, picture[23:123, 26:226])


@pytest.mark.parametrize(
    ("rects", "options"),
    [
        ([], {}),
        ([(26, 23, 0, 0)], {}),
        ([(-50, -50, 20, 20)], {}),
        ([(WIDTH, 10, 20, 20)], {}),
        ([(-10, -10, 500, 500)], {}),
        ([(600, 23, 64, 200)], {"width": 700}),
        ([(26, 23, 300, 200)], {"depth": 24}),
    ],
    ids=["empty", "nothing", "beside", "beyond", "larger", "absurd", "opaque"],
)
def test_window_whose_input_shape_tells_no_shadow_is_seen_whole(
    daemon: ScriptedDaemon, app: App, rects: list[tuple[int, int, int, int]], options: dict[str, int]
) -> None:
    window = menu(app, *rects, **options)
    app.map(window)
    picture = pseudo_random(options.get("width", WIDTH), HEIGHT)
    app.paint(window, picture, depth=options.get("depth", 32))
    daemon.wait_for_picture(window.id, picture)
    daemon.drain(0.1)
    assert daemon.picture(window.id).shape == picture.shape


def test_shape_that_is_taken_away_leaves_the_whole_window(daemon: ScriptedDaemon, app: App) -> None:
    window = menu(app, (26, 23, 300, 200))
    app.map(window)
    daemon.until(partial(was_told, daemon, window.id, INSIDE), "the menu")
    window.shape_mask(xshape.SO.Set, xshape.SK.Input, 0, 0, X.NONE)
    app.sync()
    daemon.until(lambda: told(daemon, window.id)[-1] == (100, 200, WIDTH, HEIGHT), "the whole window")


def test_shadow_that_the_program_declares_counts_for_more_than_its_input_shape(
    daemon: ScriptedDaemon, app: App
) -> None:
    window = menu(app, (50, 60, 200, 100))
    cast(app, window, SHADOW)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    assert told(daemon, window.id)[-1] == INSIDE
    take_clicks(app, window, (40, 40, 20, 20))
    daemon.drain(0.1)
    assert told(daemon, window.id)[-1] == INSIDE


def test_menu_that_was_there_before_the_agent_has_no_shadow(server: XServer, app: App, tmp_path: Path) -> None:
    picture = pseudo_random(WIDTH, HEIGHT)
    window, plain = menu(app, (126, 23, 40, 10), (26, 33, 300, 190)), app.window(50, 40, depth=32, override_redirect=1)
    app.map(window)
    app.map(plain)
    app.paint(window, picture, depth=32)
    with AgentProcess(tmp_path, "--display", server.name) as late, hello(late) as daemon:
        daemon.wait_for_picture(window.id, picture[23 : 23 + 200, 26 : 26 + 300])
        assert set(told(daemon, window.id)) == {INSIDE}
        plain.configure(width=90, height=80)
        app.sync()
        daemon.until(lambda: told(daemon, plain.id)[-1] == (0, 0, 90, 80), "the window without a shape")
        take_clicks(app, window, (5, 7, 340, 240))
        daemon.until(lambda: told(daemon, window.id)[-1] == (105, 207, 340, 240), "another shape")
