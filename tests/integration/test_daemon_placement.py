"""Where a window that asks for the corner of the screen comes to lie: its title bar can be reached, as at home."""

from contextlib import ExitStack

import pytest
from Xlib import X

from protocol.messages import MessageType
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


def test_place_of_a_window_that_is_destroyed_meanwhile_is_not_asked_for() -> None:
    """The test is the window manager. What X told of the window comes after its end, and is not worth a line."""
    with ExitStack() as stack:
        server = stack.enter_context(XServer(*SCREEN))
        person = Person(server.name)
        stack.callback(person.close)
        person.root.change_attributes(event_mask=X.SubstructureRedirectMask)
        person.x.sync()
        qube = stack.enter_context(Qube(server.name))
        remote = qube.new_id()
        qube.agent.create(remote, (50, 50, 300, 200))
        qube.agent.map(remote)
        outer = person.window(qube.daemon.window(remote)["local_xid"])
        while person.x.next_event().type != X.MapRequest:
            pass
        qube.informed()
        with qube.frozen():
            qube.agent.send(MessageType.DESTROY, remote)
            frame = person.root.create_window(0, 0, 400, 300, 0, X.CopyFromParent)
            outer.reparent(frame, 10, 20)
            outer.configure(width=310, height=210)
            person.x.sync()
        qube.agent.expect(MessageType.DESTROY, remote)
        qube.informed()
        assert "refused" not in qube.daemon.child.output()
