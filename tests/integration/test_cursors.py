"""A cursor that a program in a qube draws is what the person sees: both ends, two real X servers."""

import contextlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.guiagent.app import App
from tests.guiagent.cursors import RenderCursors
from tests.guiagent.scripted import AgentProcess
from tests.harness.daemon import DaemonProcess
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person

pytestmark = pytest.mark.desktop

SIDE = 24
RED, SEE_THROUGH = (struct.pack("<I", colour) * SIDE * SIDE for colour in (0xFFFF0000, 0x80008080))
STRIPES = struct.pack("<2I", 0xFF102030, 0xC0204060) * (SIDE * SIDE // 2)


class Qube(NamedTuple):
    """A window of a program in a qube, with the person's pointer over it."""

    person: Person
    app: App
    window: Any
    made: RenderCursors

    def shown(self) -> tuple[int, ...]:
        found: Any = self.person.x.xfixes_get_cursor_image(self.person.root)
        return (found.width, found.height, found.xhot, found.yhot, *found.cursor_image)

    def use(self, cursor: int) -> None:
        self.window.change_attributes(cursor=cursor)
        self.app.sync()


@pytest.fixture(scope="module")
def qube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Qube]:
    folder: Path = tmp_path_factory.mktemp("qube")
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        person.x.xfixes_query_version()
        agent = stack.enter_context(AgentProcess(folder, "--server", "xvfb"))
        daemon = stack.enter_context(DaemonProcess(server.name, agent.path, agent.pool, name="work", label="blue"))
        assert agent.news() == {"ready": True}
        app = stack.enter_context(App(agent.display))
        window = app.window(300, 200, x=100, y=100)
        app.map(window)

        def pointed_at() -> bool:
            """Wherever the window manager has put it by now."""
            for each in daemon.windows():
                if each["mapped"]:
                    person.point(each["content"][0] + 100, each["content"][1] + 80)
            inside = window.query_pointer()
            return (inside.win_x, inside.win_y) == (100, 80)

        wait_until(pointed_at, what="the pointer over the window")
        yield Qube(person, app, window, RenderCursors(app))


@pytest.mark.parametrize("pixels", [RED, SEE_THROUGH, STRIPES], ids=["plain", "see_through", "stripes"])
def test_cursor_that_a_program_draws_is_the_desktops_pixel_for_pixel(qube: Qube, pixels: bytes) -> None:
    qube.use(qube.made.cursor(pixels, SIDE))
    expected = (SIDE, SIDE, 1, 2, *struct.unpack(f"<{SIDE * SIDE}I", pixels))
    wait_until(lambda: qube.shown() == expected, what="the cursor on the desktop")


def test_cursor_that_a_program_hides_is_small_and_not_gone(qube: Qube) -> None:
    before = qube.shown()
    qube.use(qube.made.cursor(bytes(4 * SIDE * SIDE), SIDE))
    wait_until(lambda: qube.shown() != before, what="another cursor")
    assert sum(pixel >> 24 > 0x80 for pixel in qube.shown()[4:]) >= 16
