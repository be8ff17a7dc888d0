"""guid/x11/presenter.py: how much is drawn in one batch. What is drawn, tests of the whole daemon look at."""

import os
import struct

import pytest

from guid.core import effects as fx
from guid.core.geometry import Rect
from guid.core.values import Image, RemoteId
from guid.x11.desktop import Desktop
from guid.x11.presenter import PoolView, Presenter
from protocol.extensions import EXT_VERSION, Feature
from protocol.limits import MAX_TRAY_DRAWN_PX, PAGE_BYTES
from protocol.messages import MessageType as M
from shm.pages import PoolPages
from shm.pool import COUNTER, sealed_memory
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


COUNTING = Feature.FRAME_ACK | Feature.FRAME_COUNT | Feature.FRAME_ASK
PAGE = 1


def damaged_icons(talk: Talk, presenter: Presenter, painter: Counted, side: int) -> None:
    """Docked icons whose pictures `painter` draws, all of them damaged."""
    for remote in ICONS:
        talk.create(remote, (0, 0, side, side))
        talk.say(M.DOCK, remote)
        talk.dump(remote)
        image = talk.session.windows[remote].image
        assert image is not None
        presenter.paint_with(remote, painter)
        presenter.use(remote, image)
        talk.session.damage.exposed(remote, Rect(0, 0, side, side))


@pytest.mark.parametrize(("side", "batches"), [(MAX_TRAY_DRAWN_PX, 3), (24, 1)])
def test_icons_that_are_drawn_anew_take_turns_if_they_are_large(xvfb: XServer, side: int, batches: int) -> None:
    desktop, talk, painter = Desktop(xvfb.name, qube="work"), Talk(), Counted()
    fd = sealed_memory("test", PAGE_BYTES)
    pool = PoolView(PoolPages(fd, PAGE_BYTES), None)
    presenter = Presenter(desktop, pool, lambda remote: (remote, side, side), lambda _remote: (0, 0), qube="work")
    damaged_icons(talk, presenter, painter, side)
    for number in range(1, batches + 1):
        presenter.present(talk.session)
        assert len(painter.painted) == len(ICONS) * number // batches
        desktop.x.sync()
    assert painter.painted == list(ICONS)
    assert not talk.session.damage.pending
    desktop.x.close()
    os.close(fd)


@pytest.mark.parametrize("stamps", [True, False])
def test_frames_of_several_batches_are_counted_behind_the_last(xvfb: XServer, *, stamps: bool) -> None:
    desktop, talk, painter, side = Desktop(xvfb.name, qube="work"), Talk(), Counted(), MAX_TRAY_DRAWN_PX
    if not stamps:
        desktop.progress = None
    fd = sealed_memory("test", 2 * PAGE_BYTES)
    pool = PoolView(PoolPages(fd, 2 * PAGE_BYTES), None, counts_fd=fd)
    presenter = Presenter(desktop, pool, lambda remote: (remote, side, side), lambda _remote: (0, 0), qube="work")
    damaged_icons(talk, presenter, painter, side)
    talk.say(M.EXT_HELLO, 0, EXT_VERSION, COUNTING)
    assert talk.say(M.FRAME_COUNT, 0, PAGE) == [fx.CountFrames(PAGE)]
    presenter.count_in(PAGE)
    for remote in ICONS:
        talk.say(M.SHMIMAGE, remote, 0, 0, 5, 5)
    seen = []
    for _ in range(len(ICONS) + 1):
        presenter.present(talk.session)
        desktop.x.sync()
        (count,) = COUNTER.unpack(os.pread(fd, COUNTER.size, PAGE * PAGE_BYTES))
        seen.append((len(painter.painted), count))
    behind_the_last = len(ICONS) if stamps else 0  # else when the reply has been heard
    assert seen == [(1, 0), (2, 0), (3, behind_the_last), (3, len(ICONS))]
    presenter.close()
    desktop.x.close()
    os.close(fd)
