"""QSB-001 (2011): an update's size was used as the qube sent it, to fill a heap buffer of another size.

The cause sat in a feature (tinting tray icons) that trusted numbers which another part was believed to have checked.
Here every number of MSG_SHMIMAGE goes through one function that returns a rectangle which cannot be bad, no buffer of
the daemon has a size out of a message, and a put is clipped to picture and content; the X server checks it again.
"""

import itertools

import numpy as np
import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.playedtray import PlayedTray
from tests.harness.processes import memory_kib
from tests.harness.stage import ActedQube
from tests.qsb.conftest import BANK_WINDOW

pytestmark = pytest.mark.desktop

WINDOW = 0x11
GROWTH_KIB = 4096

HALF_RED_ON_GREEN = 0x667F00
"""128 of 255 parts of 0xCC0000 on 0x00FF00."""

STARTS = (0, 1, 199, 200, 201, 16383, 16384, 2**31 - 1, -1, -(2**31))
SIZES = (0, 1, 200, 201, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1)


def test_updates_of_every_size_draw_inside_the_content_only(evil: ActedQube) -> None:
    picture = pseudo_random(200, 150)
    evil.agent.show(WINDOW, (100, 100, 200, 150), picture)
    evil.settle()
    evil.stage.judge("before", windows=2)
    x, y, width, height = evil.daemon.window(WINDOW)["content"]
    before = evil.stage.picture()
    resident, private = memory_kib(evil.daemon.child.pid)
    evil.agent.dump(WINDOW, np.full((150, 200), 0xFF00FF, np.uint32))
    for start_x, start_y in itertools.product(STARTS, repeat=2):
        for size_w, size_h in itertools.product(SIZES, repeat=2):
            evil.agent.send(MessageType.SHMIMAGE, WINDOW, start_x, start_y, size_w, size_h)
    evil.settle()
    after = evil.stage.picture()
    assert (after[y : y + height, x : x + width] == 0xFF00FF).all()
    after[y : y + height, x : x + width] = before[y : y + height, x : x + width]
    assert (after == before).all()
    evil.stage.judge("after", windows=2)
    grown = np.subtract(memory_kib(evil.daemon.child.pid), (resident, private))
    assert grown.max() < GROWTH_KIB


def test_updates_of_a_picture_of_another_size_stay_inside(evil: ActedQube) -> None:
    evil.agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150))
    evil.settle()
    evil.stage.judge("before", windows=2)
    x, y, width, height = evil.daemon.window(WINDOW)["content"]
    for number, size in enumerate([(1, 1), (2, 300), (400, 2), (500, 400)]):
        before, colour = evil.stage.picture(), 0xFF00F0 + number
        evil.agent.dump(WINDOW, np.full(size[::-1], colour, np.uint32))
        evil.agent.damage(WINDOW, (0, 0, 2**31 - 1, 2**31 - 1))
        evil.settle()
        after = evil.stage.picture()
        drawn = np.zeros_like(before, dtype=bool)
        drawn[y : y + min(height, size[1]), x : x + min(width, size[0])] = True
        assert ((after == colour) == drawn).all()
        assert (after[~drawn] == before[~drawn]).all()
        evil.stage.judge(f"a picture of {size}", windows=2)


def test_updates_of_every_size_are_tinted_inside_the_content_only(evil: ActedQube, bank: ActedQube) -> None:
    """The tint that contents have here while the person types elsewhere: of what was put, and nothing else."""
    picture = pseudo_random(200, 150)
    evil.agent.show(WINDOW, (100, 100, 200, 150), picture)
    evil.settle()
    evil.stage.focus(bank, BANK_WINDOW)
    evil.stage.judge("before", windows=2)
    x, y, width, height = evil.daemon.window(WINDOW)["content"]
    before = evil.stage.picture()
    evil.daemon.tell({"options": {"tint_unfocused": 50}})
    resident, private = memory_kib(evil.daemon.child.pid)
    evil.agent.dump(WINDOW, np.full((150, 200), 0x00FF00, np.uint32))
    for start_x, start_y in itertools.product(STARTS, repeat=2):
        for size in SIZES:
            evil.agent.send(MessageType.SHMIMAGE, WINDOW, start_x, start_y, size, size)
    evil.settle()
    after = evil.stage.picture()
    assert len(np.unique(after[y : y + height, x : x + width])) == 1, "each pixel was blended as often as the others"
    assert int(after[y, x]) == HALF_RED_ON_GREEN
    after[y : y + height, x : x + width] = before[y : y + height, x : x + width]
    assert (after == before).all()
    evil.stage.judge("after", windows=2)
    grown = np.subtract(memory_kib(evil.daemon.child.pid), (resident, private))
    assert grown.max() < GROWTH_KIB


@pytest.mark.parametrize("mode", ["tint", "bg", "inset"])
def test_updates_of_every_size_draw_inside_a_tray_icon_only(evil: ActedQube, mode: str) -> None:
    """Where the cause was: the tint of icons, with an icon that is smaller and larger than its window."""
    evil.daemon.tell({"options": {"trayicon_mode": mode}})
    with PlayedTray(evil.stage.server.name, (200, 650, 300, 26)) as tray:
        tray.begin()
        evil.agent.create(WINDOW, (0, 0, 22, 22))
        evil.agent.send(MessageType.DOCK, WINDOW)
        tray.take(tray.wait_asked(1)[0])
        evil.viewable(WINDOW)
        resident, private = memory_kib(evil.daemon.child.pid)
        for width, height in ((1, 1), (22, 22), (3, 400), (16384, 30)):
            evil.agent.dump(WINDOW, np.full((height, width), 0x808080, np.uint32))
            for start, size in itertools.product(STARTS, SIZES):
                evil.agent.send(MessageType.SHMIMAGE, WINDOW, start, start, size, size)
            evil.settle()
            evil.stage.judge(f"an icon of {width}x{height}", windows=2)
        grown = np.subtract(memory_kib(evil.daemon.child.pid), (resident, private))
        assert grown.max() < GROWTH_KIB
    evil.lives()
