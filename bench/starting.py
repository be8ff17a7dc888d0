"""Daemon start to first window, and what daemons and agents weigh; knows command lines and pids, nothing inside."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bench.client import Client, map_window
from bench.cost import cpu_ns
from bench.scene import Rect, Scene, colours
from bench.windows import seen_at
from tests.harness.agent import ScriptedAgent
from tests.harness.daemon import DaemonProcess
from tests.harness.processes import ROOT, memory_kib
from tests.harness.wait import pause, wait_until

WINDOW: Final = 9
WINDOW_AT: Final = Rect(320, 240, 300, 200)
SPOT: Final = (400, 300)


class Weight(NamedTuple):
    """MiB."""

    resident: float
    private: float


def weight(pid: int) -> Weight:
    """What a process occupies now."""
    resident, private = memory_kib(pid)
    return Weight(resident / 1024, private / 1024)


class Starts:
    """Daemons started one after the other, each for a new scripted agent that has a popup to show.

    A popup, because the window manager's time is not the daemon's. The clock runs until its last pixels are seen.
    cpu_ms, cold_weight: the processor time until then; what the cold ones weigh with this one window.
    """

    def __init__(self, scene: Scene, eye: Client) -> None:
        self._scene, self._eye = scene, eye
        self._damage = eye.watch_damage(eye.root)
        self._colours = colours()
        self._number = 0
        self.cpu_ms: dict[str, list[float]] = {"cold": [], "forked": [], "bare": []}
        self.cold_weight = Weight(0, 0)

    def cold(self) -> list[float]:
        """ms for a fresh interpreter."""
        with self._agent() as agent, ExitStack() as stack:

            def start() -> int:
                return stack.enter_context(
                    DaemonProcess(self._scene.desktop.name, agent.path, agent.pool, tagged=True)
                ).child.pid

            return [self._timed(agent, "cold", start)]

    def forked(self) -> list[float]:
        """ms for the spare daemon of a parent that has imported everything: as a qube begins, but for the first."""
        self._scene.daemons.fork_ahead()
        return self._forked("forked")

    def bare(self) -> list[float]:
        """ms for a fork of such a parent without a spare one: as the first qube begins, or the second within 2 s."""
        return self._forked("bare")

    def _forked(self, kind: str) -> list[float]:
        with self._agent() as agent, ExitStack() as stack:

            def start() -> int:
                daemon = self._scene.daemons.fork(agent.path, agent.pool)
                stack.callback(daemon.stop)
                return daemon.pid

            return [self._timed(agent, kind, start)]

    def floor(self) -> list[float]:
        """ms for a fresh interpreter that does nothing but show a window."""
        pixel = next(self._colours)
        self._eye.take_events()
        argv = [sys.executable, "-m", "bench.first", self._scene.desktop.name, str(pixel), *map(str, WINDOW_AT)]
        began = time.perf_counter_ns()
        child = subprocess.Popen(argv, stdin=subprocess.PIPE, cwd=ROOT)
        ended = self._seen(pixel)
        child.communicate()
        self._gone(pixel)
        return [(ended - began) / 1e6]

    def _agent(self) -> ScriptedAgent:
        self._number += 1
        folder = self._scene.folder / f"start-{self._number}"
        folder.mkdir()
        return ScriptedAgent(folder)

    def _timed(self, agent: ScriptedAgent, kind: str, start: Callable[[], int]) -> float:
        pixel = next(self._colours)
        picture = np.full((WINDOW_AT.height, WINDOW_AT.width), pixel, np.uint32)
        self._eye.take_events()
        began = time.perf_counter_ns()
        pid = start()
        agent.shake_hands()
        agent.show(WINDOW, WINDOW_AT, picture, popup=True)
        ended = self._seen(pixel)
        self.cpu_ms[kind].append(cpu_ns(pid) / 1e6)
        if kind == "cold":
            self.cold_weight = weight(pid)
        agent.hang_up()
        self._gone(pixel)
        return (ended - began) / 1e6

    def _gone(self, pixel: int) -> None:
        wait_until(lambda: self._eye.pixel(self._eye.root, *SPOT) != pixel, what="the window's end")

    def _seen(self, pixel: int) -> int:
        return seen_at(self._eye, self._damage, SPOT, pixel)


def crowds(scene: Scene, app: Client, counts: Sequence[int]) -> Iterator[tuple[int, Mapping[str, int]]]:
    """Each number of small windows of the qube, with the pids of daemon and agent once these are at rest.

    The daemon is a forked one.
    """
    wait_for_windows(scene, 0)
    pids = {"daemon": scene.daemon.pid, "agent": scene.agent.pid}
    shown = 0
    for count in counts:
        for number in range(shown, count):
            at = (60 + 130 * (number % 30), 60 + 60 * (number // 30 % 20), 120, 50)
            window, create = app.window(at, pixel=0x506070, override_redirect=True)
            app.send(create + map_window(window))
        shown = count
        wait_for_windows(scene, shown)
        settled([*pids.values()])
        yield count, pids


def wait_for_windows(scene: Scene, count: int) -> None:
    """Wait until the daemon shows exactly so many."""
    wait_until(lambda: sum(each["mapped"] for each in scene.daemon.windows()) == count, 30, f"{count} windows")


def settled(pids: list[int]) -> None:
    """Wait until these processes have had nothing to do for a moment."""
    before = None
    while (now := [Path(f"/proc/{pid}/schedstat").read_text() for pid in pids]) != before:
        before = now
        pause(0.1)
