"""What a daemon still has to draw when the desktop answers in the middle of a turn is drawn without another event."""

from pathlib import Path

import pytest

from protocol.codec import encode
from protocol.messages import MessageType
from tests.harness.agent import ScriptedAgent
from tests.harness.daemon import DaemonProcess
from tests.harness.pixels import pseudo_random, region, screenshot
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

BELOW, ABOVE = 0x11, 0x12
WIDTH, HEIGHT = 1900, 1000
PAGES = -(-4 * WIDTH * HEIGHT // 4096)
"""Two pictures of so many pages are more than is copied for one draw."""

WAITING = """
import sys
from guid.__main__ import main
from guid.loop import Daemon

assert hasattr(Daemon, "_only_routine") and hasattr(Daemon, "_settle")
Daemon._only_routine = lambda daemon, now: False
Daemon._settle = lambda daemon: daemon._desktop.x.sync()
sys.exit(main())
"""
"""A daemon that waits for the X server late in each turn, as one does that has followed a crashed one."""


def test_draw_that_ends_while_the_daemon_waits_for_the_desktop_is_followed_by_the_next(
    xvfb: XServer, tmp_path: Path
) -> None:
    old, new = pseudo_random(WIDTH, HEIGHT), pseudo_random(WIDTH, HEIGHT) ^ 0xFFFFFF
    with (
        ScriptedAgent(tmp_path, pool_bytes=32 << 20) as agent,
        DaemonProcess(xvfb.name, agent.path, agent.pool, program=("-c", WAITING)) as daemon,
    ):
        agent.shake_hands()
        rows = {}
        for number, window in enumerate((BELOW, ABOVE)):
            refs = rows[window] = list(reversed(range(number * PAGES, (number + 1) * PAGES)))
            agent.create(window, (5, 5, WIDTH, HEIGHT))
            agent.map(window)
            agent.dump(window, old, refs)
            agent.damage(window, (0, 0, WIDTH, HEIGHT))
        content = tuple(daemon.window(ABOVE)["content"])
        wait_until(lambda: bool((region(screenshot(xvfb.name), content) == old).all()), what="the pictures")
        agent.write(rows[ABOVE], new.astype("<u4").tobytes())
        agent.send_raw(b"".join(encode(MessageType.SHMIMAGE, window, 0, 0, WIDTH, HEIGHT) for window in (BELOW, ABOVE)))
        wait_until(lambda: bool((region(screenshot(xvfb.name), content) == new).all()), what="all of the new picture")
