"""Agent and daemon together, where there is little room: minimised windows, a small pool, many windows."""

import pytest
from Xlib import X
from Xlib.error import BadMatch

from tests.guiagent.app import App
from tests.harness.ends import Ends
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

COLOURS = (0x204060, 0x604020, 0x206040, 0x602060)


def shows(ends: Ends, content: int, colour: int) -> bool:
    """Whether the middle of a content has this colour."""
    resource = ends.x.create_resource_object("window", content)
    shape = resource.get_geometry()
    try:
        reply = resource.get_image(shape.width // 2, shape.height // 2, 1, 1, X.ZPixmap, 0xFFFFFFFF)
    except BadMatch:  # it is not on the screen
        return False
    data = reply.data if isinstance(reply.data, bytes) else reply.data.encode("latin-1")
    return bool(int.from_bytes(data, "little") & 0xFFFFFF == colour)


def test_window_that_was_minimised_when_the_pool_was_full_comes_back() -> None:
    """Room for two pictures and three windows: one is always minimised."""
    with Ends(pool_bytes=1 << 20) as ends, App(ends.qube.name) as app:
        contents = {}

        def show(colour: int) -> int:
            window = app.window(300, 380, x=50, y=50)
            window.change_attributes(background_pixel=colour)
            window.map()
            app.sync()
            contents[window.id] = ends.content(window.id)
            return int(window.id)

        def change_state(window: int, *, minimised: bool) -> None:
            local = next(each["local_xid"] for each in ends.daemon.windows() if each["remote_wid"] == window)
            outer = ends.x.create_resource_object("window", local)
            if minimised:
                ends.iconify(outer)
            else:
                outer.map()
                ends.x.sync()

        one, two = show(COLOURS[0]), show(COLOURS[1])
        for window, colour in zip((one, two), COLOURS, strict=False):
            wait_until(lambda w=window, c=colour: shows(ends, contents[w], c), 20, "two windows")  # type: ignore[misc]
        change_state(one, minimised=True)
        wait_until(lambda: not shows(ends, contents[one], COLOURS[0]), 20, "the first window minimised")
        three = show(COLOURS[2])
        wait_until(lambda: shows(ends, contents[three], COLOURS[2]), 20, "the third window, in the room of the first")
        assert ends.agent.log.read_text().count("the pool is full") == 1
        change_state(two, minimised=True)
        change_state(one, minimised=False)
        wait_until(lambda: shows(ends, contents[one], COLOURS[0]), 20, "the first window again")
        assert ends.agent.child.alive


def test_window_without_room_is_shown_as_soon_as_another_is_closed() -> None:
    with Ends(pool_bytes=1 << 20, manager=None) as ends, App(ends.qube.name) as app:
        windows = []
        for number, colour in enumerate(COLOURS):
            window = app.window(300, 380, x=310 * number, y=50)
            window.change_attributes(background_pixel=colour)
            window.map()
            app.sync()
            windows.append(window)
            if number < 2:
                content = ends.content(window.id)
                wait_until(lambda x=content, c=colour: shows(ends, x, c), 20, "the first two")  # type: ignore[misc]
        third = ends.content(windows[2].id)
        wait_until(lambda: "the pool is full" in ends.agent.log.read_text(), what="the line")
        windows[0].destroy()
        app.sync()
        wait_until(lambda: shows(ends, third, COLOURS[2]), 20, "the third window")
        windows[1].destroy()
        app.sync()
        fourth = ends.content(windows[3].id)
        wait_until(lambda: shows(ends, fourth, COLOURS[3]), 20, "the fourth window")
        assert ends.agent.child.alive
        assert ends.agent.log.read_text().count("the pool is full") == 1
