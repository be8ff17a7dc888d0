"""Where a window that asks for the corner of the screen comes to lie: its title bar can be reached, as at home."""

from contextlib import ExitStack

import pytest

from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Person, Qube

pytestmark = pytest.mark.desktop

SCREEN = (900, 700)


@pytest.mark.parametrize("rect", [(0, 0, 300, 200), (0, 0, *SCREEN)], ids=["small", "as large as the screen"])
def test_title_bar_of_a_window_that_asks_for_the_corner_is_on_the_screen(rect: Four) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(XServer(*SCREEN))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        qube = stack.enter_context(Qube(server.name))
        window = qube.show(rect, pseudo_random(*rect[2:]))

        def title_bar_on_the_screen() -> bool:
            _left, _right, top, _bottom = person.numbers(window.xid, "_NET_FRAME_EXTENTS") or [0] * 4
            _x, y, *_size = person.outer(window.xid)
            return top > 0 and y >= top

        wait_until(title_bar_on_the_screen, what="the title bar on the screen")
