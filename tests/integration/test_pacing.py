"""What a qube asks for at once, after it was silent, is done to the end, however much of it is paced."""

from pathlib import Path

import pytest

from guid.core import effects as fx
from guid.core.pacing import COSTS_US
from protocol.codec import encode
from protocol.limits import DESKTOP_WORK_CREDIT_S, DESKTOP_WORK_SHARE, READ_BYTES
from protocol.messages import MessageType
from tests.harness.agent import ScriptedAgent
from tests.harness.daemon import DaemonProcess
from tests.harness.wait import holds_for, wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

WINDOW = 0x11
TITLES = 400
"""In one read, and more than the credit pays for."""
SILENCE_S = 2 * DESKTOP_WORK_CREDIT_S / DESKTOP_WORK_SHARE
"""What is earned in it would pay for twice the credit."""


def test_burst_after_a_silence_is_done_to_the_end(xvfb: XServer, tmp_path: Path) -> None:
    burst = b"".join(encode(MessageType.WMNAME, WINDOW, b"title %d" % number) for number in range(TITLES))
    assert len(burst) < READ_BYTES
    assert TITLES * COSTS_US[fx.SetTitle] > 1e6 * DESKTOP_WORK_CREDIT_S
    with ScriptedAgent(tmp_path) as agent, DaemonProcess(xvfb.name, agent.path, agent.pool) as daemon:
        agent.shake_hands()
        agent.create(WINDOW, (5, 5, 200, 100))
        agent.map(WINDOW)
        daemon.window(WINDOW)
        holds_for(daemon.windows, SILENCE_S, "the window")
        agent.send_raw(burst)
        wait_until(lambda: daemon.window(WINDOW)["title"] == f"title {TITLES - 1}", what="the last title")
