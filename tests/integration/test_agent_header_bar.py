"""The agent with a GTK 3 program that decorates its window itself: nothing but the window is seen, and it works."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from protocol.messages import MessageType as T
from tests.guiagent.desk import agent, daemon
from tests.guiagent.scripted import ScriptedDaemon
from tests.harness.processes import clean_environment
from tests.harness.toolkit import SYSTEM_PYTHON
from tests.harness.wait import time_scale
from tests.harness.xserver import XServer

__all__ = ["agent", "daemon"]
pytestmark = pytest.mark.desktop

HEADER_BAR = Path(__file__).parents[1] / "harness" / "headerbar.py"
PRESS, RELEASE, ENTER, NORMAL = 4, 5, 7, 0


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    with XServer(1280, 800) as started:
        yield started


def told(daemon: ScriptedDaemon, window: int) -> list[tuple[int, ...]]:
    """Every place that the daemon was told."""
    return [tuple(one.body[:4]) for one in daemon.said if one.window == window and one.type in (T.CREATE, T.CONFIGURE)]


class HeaderBar:
    """The program of tests/harness/headerbar.py. A context manager."""

    def __init__(self, display: str, *arguments: str) -> None:
        environment = clean_environment(DISPLAY=display, GDK_BACKEND="x11", NO_AT_BRIDGE="1")
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(HEADER_BAR), *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        self._out = self._process.stdout

    def tell(self, *words: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        self._process.stdin.flush()

    def until(self, *words: object) -> None:
        """Read lines until this one; GTK may say others before it."""
        while True:
            line = self._out.readline()
            assert line, f"the program has ended before it said {words}"
            if tuple(json.loads(line)) == words:
                return

    def __enter__(self) -> "HeaderBar":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(10 * time_scale())
        self._out.close()


@pytest.fixture(params=["shadow", "plain"])
def header_bar(request: pytest.FixtureRequest, server: XServer, daemon: ScriptedDaemon) -> Iterator[HeaderBar]:
    """A program with a shadow, because it believes in a compositor, and the same without."""
    del daemon  # its agent must be there first
    with HeaderBar(server.name, request.param) as program:
        yield program


def click(daemon: ScriptedDaemon, window: int, x: int, y: int) -> None:
    daemon.send(T.CROSSING, window, ENTER, x, y, 0, NORMAL, 0, 0)
    daemon.send(T.MOTION, window, x, y, 0, 0)
    daemon.send(T.BUTTON, window, PRESS, x, y, 0, 1)
    daemon.send(T.BUTTON, window, RELEASE, x, y, 256, 1)


def settled(daemon: ScriptedDaemon) -> int:
    """The program's window, drawn."""
    window = daemon.wait_for(T.SHMIMAGE).window
    daemon.drain(0.3)
    return window


def test_window_with_a_header_bar_has_no_black_border(daemon: ScriptedDaemon, header_bar: HeaderBar) -> None:
    window = settled(daemon)
    picture = daemon.picture(window)
    height, width = picture.shape
    assert told(daemon, window)[-1][2:] == (width, height)
    for edge in (picture[0, 12:-12], picture[-1, 12:-12], picture[12:-12, 0], picture[12:-12, -1]):
        assert bool((np.bitwise_and(edge, 0xFF) > 0x80).all()), "the edge is part of the light window"
    header_bar.until("size", 300, 200)


def test_close_button_of_a_header_bar_is_where_it_is_seen(daemon: ScriptedDaemon, header_bar: HeaderBar) -> None:
    window = settled(daemon)
    width = daemon.picture(window).shape[1]
    click(daemon, window, width - 25, 24)
    header_bar.until("closed")
    daemon.wait_for(T.UNMAP, window)


def test_menu_of_a_header_bar_opens_below_its_button(daemon: ScriptedDaemon, header_bar: HeaderBar) -> None:
    window = settled(daemon)
    daemon.send(T.CONFIGURE, window, 400, 300, 320, 260, 0)
    daemon.drain(0.3)
    click(daemon, window, 40, 24)
    menu = daemon.until(lambda: [one.window for one in daemon.all_of(T.MAP) if one.body.override_redirect], "the menu")[
        -1
    ]
    daemon.drain(0.3)
    x, y, width, height = told(daemon, menu)[-1]
    assert 400 <= x <= 420
    assert 330 <= y <= 350
    click(daemon, menu, width // 2, height // 2)
    header_bar.until("item", "two")


def test_resizing_by_either_side_meets_what_is_seen(daemon: ScriptedDaemon, header_bar: HeaderBar) -> None:
    window = settled(daemon)
    first = daemon.picture(window).shape
    border, bar = first[1] - 300, first[0] - 200
    daemon.send(T.CONFIGURE, window, 10, 20, 500 + border, 400 + bar, 0)
    header_bar.until("size", 500, 400)
    header_bar.tell("resize", 350, 250)
    header_bar.until("size", 350, 250)
    daemon.until(lambda: told(daemon, window)[-1] == (10, 20, 350 + border, 250 + bar), "the program's size")
    daemon.send(T.WINDOW_FLAGS, window, 1, 0)
    daemon.send(T.CONFIGURE, window, 0, 0, 1280, 800, 0)
    daemon.until(lambda: window in daemon.buffers and daemon.picture(window).shape == (800, 1280), "the full screen")
    daemon.send(T.WINDOW_FLAGS, window, 0, 1)
    daemon.send(T.CONFIGURE, window, 10, 20, 350 + border, 250 + bar, 0)
    header_bar.until("size", 350, 250)
    daemon.drain(0.3)
    assert told(daemon, window)[-1] == (10, 20, 350 + border, 250 + bar)
    assert daemon.picture(window).shape == (250 + bar, 350 + border)
