"""The agent with programs that draw a shadow round their window: the daemon hears of what is inside it alone."""

from functools import partial
from typing import Any, Final

import pytest
from Xlib import X, Xatom

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import ScriptedDaemon
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop

SHADOW: Final = (26, 25, 23, 29)
WIDTH, HEIGHT = 351, 252
INSIDE: Final = (126, 223, 300, 200)
PRESS, RELEASE, ENTER, NORMAL = 4, 5, 7, 0


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
    daemon.send(T.CROSSING, window.id, ENTER, 7, 9, 0, NORMAL, 0, 0)
    daemon.send(T.BUTTON, window.id, PRESS, 7, 9, 0, 1)
    daemon.send(T.BUTTON, window.id, RELEASE, 7, 9, 256, 1)

    def pressed() -> Any:
        while app.display.pending_events():
            seen = app.display.next_event()
            if seen.type == X.ButtonPress:
                return seen
        return None

    press = wait_until(pressed, what="the click")
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
