"""guid/x11/presenter.py: how much is drawn in one batch. What is drawn, tests of the whole daemon look at."""

import os
import struct

import pytest

from guid.core.geometry import Rect
from guid.core.values import Image, RemoteId
from guid.x11.desktop import Desktop
from guid.x11.presenter import PoolView, Presenter
from protocol.limits import MAX_TRAY_DRAWN_PX, PAGE_BYTES
from protocol.messages import MessageType as M
from shm.pages import PoolPages
from shm.pool import sealed_memory
from tests.guid.core.talk import Talk
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

ICONS = (RemoteId(0x11), RemoteId(0x12), RemoteId(0x13))
NO_OPERATION = struct.pack("<BBH", 127, 0, 1)


class Counted:
    """Draws nothing, and counts how often."""

    def __init__(self) -> None:
        self.painted: list[int] = []

    def paint(self, _image: Image, content: int, _width: int, _height: int) -> bytes:
        self.painted.append(content)
        return NO_OPERATION


@pytest.mark.parametrize(("side", "batches"), [(MAX_TRAY_DRAWN_PX, 3), (24, 1)])
def test_icons_that_are_drawn_anew_take_turns_if_they_are_large(xvfb: XServer, side: int, batches: int) -> None:
    desktop, talk, painter = Desktop(xvfb.name, qube="work"), Talk(), Counted()
    fd = sealed_memory("test", PAGE_BYTES)
    pool = PoolView(PoolPages(fd, PAGE_BYTES), None)
    presenter = Presenter(desktop, pool, lambda remote: (remote, side, side), lambda _remote: (0, 0), qube="work")
    for remote in ICONS:
        talk.create(remote, (0, 0, side, side))
        talk.say(M.DOCK, remote)
        talk.dump(remote)
        image = talk.session.windows[remote].image
        assert image is not None
        presenter.paint_with(remote, painter)
        presenter.use(remote, image)
        talk.session.damage.exposed(remote, Rect(0, 0, side, side))
    for number in range(1, batches + 1):
        presenter.present(talk.session)
        assert len(painter.painted) == len(ICONS) * number // batches
        desktop.x.sync()
    assert painter.painted == list(ICONS)
    assert not talk.session.damage.pending
    desktop.x.close()
    os.close(fd)
