"""Processor time of the daemon for each damage message, by a scripted agent; knows the wire, nothing of the daemon."""

import random
import socket
import sys
import time
from pathlib import Path
from typing import Final

from bench.cost import cpu_ns
from bench.relay import PICTURE_PX
from bench.scene import ForkedDaemons
from protocol.codec import encode
from protocol.messages import MessageType
from shm.pool import Pool
from tests.harness.agent import ScriptedAgent
from tests.harness.pixels import pseudo_random
from tests.harness.processes import ROOT, Child, clean_environment

SIDE_PX: Final = 64
WINDOW: Final = 7
WINDOW_AT: Final = (40, 60, *PICTURE_PX)
PAUSE_S: Final = {1: 0.002, 20: 0.003, 200: 0.005}
"""Between wake-ups: long enough for the desktop to answer, so that no two are served together."""

FLOOR_PUTS: Final = {1: 1, 20: 20, 200: 1}
"""What is left to draw after merging: 200 squares at random places make one bounding box; the floor draws a square."""


def damages(count: int) -> bytes:
    """So many SHMIMAGE messages of squares at random places."""
    width, height = PICTURE_PX
    places = ((random.randrange(width - SIDE_PX), random.randrange(height - SIDE_PX)) for _ in range(count))
    return b"".join(encode(MessageType.SHMIMAGE, WINDOW, x, y, SIDE_PX, SIDE_PX) for x, y in places)


class DaemonAlone:
    """A forked daemon that serves a scripted agent with one window."""

    def __init__(self, daemons: ForkedDaemons, folder: Path) -> None:
        self._agent = ScriptedAgent(folder)
        self._daemon = daemons.fork(self._agent.path, self._agent.pool)
        self._agent.shake_hands()
        self._agent.show(WINDOW, WINDOW_AT, pseudo_random(*PICTURE_PX))
        self._agent.expect(MessageType.WINDOW_DUMP_ACK)

    def cost_us(self, together: int, wakeups: int) -> float:
        """µs of processor time a message, so many of them each time the daemon wakes."""
        batches = [damages(together) for _ in range(wakeups)]
        time.sleep(0.02)
        before = cpu_ns(self._daemon.pid)
        for batch in batches:
            self._agent.send_raw(batch)
            time.sleep(PAUSE_S[together])
        time.sleep(0.02)
        return (cpu_ns(self._daemon.pid) - before) / 1e3 / (together * wakeups)

    def close(self) -> None:
        """End the daemon, then the agent."""
        self._daemon.stop()
        self._agent.__exit__(None, None, None)


class RelayAlone:
    """The floor's process, driven the same way."""

    def __init__(self, display: str, together: int, log: Path) -> None:
        self._together = together
        self._channel, theirs = socket.socketpair()
        self._pool = Pool.create(1 << 23)
        fd = self._pool.open_read_only()
        argv = [sys.executable, "-m", "bench.relay", display, theirs.fileno(), fd, FLOOR_PUTS[together]]
        environment = clean_environment(PYTHONPATH=str(ROOT))
        self._child = Child([str(part) for part in argv], env=environment, pass_fds=(theirs.fileno(), fd), log=log)
        theirs.close()
        if self._channel.recv(16) != b"ready":
            raise EOFError(f"the floor's relay did not start: {self._child.output()}")

    def cost_us(self, wakeups: int) -> float:
        """µs of processor time a message."""
        batch = damages(self._together)
        time.sleep(0.02)
        before = cpu_ns(self._child.pid)
        for _ in range(wakeups):
            self._channel.sendall(batch)
            time.sleep(PAUSE_S[self._together])
        time.sleep(0.02)
        return (cpu_ns(self._child.pid) - before) / 1e3 / (self._together * wakeups)

    def close(self) -> None:
        """End it."""
        self._channel.close()
        self._child.stop()
        self._pool.close()
