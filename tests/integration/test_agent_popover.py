"""Both ends together with a GTK 4 program: its menu is seen without the shadow that GTK draws, and works."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.harness.pixels import Pixels
from tests.harness.processes import clean_environment
from tests.harness.toolkit import SYSTEM_PYTHON
from tests.harness.wait import time_scale, wait_until
from tests.integration.both_ends import BothEnds

pytestmark = pytest.mark.desktop

POPOVER = Path(__file__).parents[1] / "harness" / "popover.py"
CORNER_PX = 14
"""GTK's menus have rounded corners, which are black (ADR 36)."""
ARROW_PX = 11
"""How far the arrow of a menu reaches above it."""
LINE_PX = 1
"""GTK's line round a menu is a shade of black, nearly transparent: it is black."""
ITEMS = 3


class Popover:
    """The program of tests/harness/popover.py on a display. A context manager."""

    def __init__(self, display: str, arrow: str, log: Path) -> None:
        environment = clean_environment(DISPLAY=display, GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_A11Y="none")
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [SYSTEM_PYTHON, str(POPOVER), arrow],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        assert self._process.stdout is not None
        self._out = self._process.stdout

    def until(self, *words: object) -> None:
        """Read lines until this one."""
        while True:
            line = self._out.readline()
            assert line, f"the program has ended before it said {words}"
            if tuple(json.loads(line)) == words:
                return

    def __enter__(self) -> "Popover":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(10 * time_scale())
        self._out.close()


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[BothEnds]:
    with BothEnds(tmp_path) as started:
        yield started


def shown(ends: BothEnds, *, popup: bool) -> dict[str, Any]:
    """The program's window, or its menu, once the desktop shows something of it."""

    def look() -> dict[str, Any] | None:
        for window in ends.daemon.windows():
            if window["override_redirect"] == popup and min(window["content"][2:]) > CORNER_PX and lit(ends, window):
                return window
        return None

    window: dict[str, Any] | None = wait_until(look, what="the menu" if popup else "the window")
    assert window is not None
    return window


def lit(ends: BothEnds, window: dict[str, Any]) -> bool:
    return bool((seen(ends, window)[CORNER_PX:-CORNER_PX, CORNER_PX:-CORNER_PX] != 0).any())


def seen(ends: BothEnds, window: dict[str, Any]) -> Pixels:
    x, y, width, height = window["content"]
    return ends.picture()[y : y + height, x : x + width]


def dark(line: Pixels) -> bool:
    """Whether any of a line of pixels, without the corners, is darker than a light theme's menu."""
    return bool((np.bitwise_and(line[CORNER_PX:-CORNER_PX], 0xFF) < 0x80).any())


def hugs(ends: BothEnds, above: int) -> dict[str, Any] | None:
    """The menu, if all that its frame shows is the menu; `above` px of its height are the arrow's."""
    window = shown(ends, popup=True)
    body = seen(ends, window)[above + LINE_PX :, LINE_PX:-LINE_PX][:-LINE_PX]
    return None if any(map(dark, (body[0], body[-1], body[:, 0], body[:, -1]))) else window


@pytest.mark.parametrize(("arrow", "above"), [("plain", 0), ("arrow", ARROW_PX)])
def test_frame_of_a_menu_stands_close_round_it(ends: BothEnds, tmp_path: Path, arrow: str, above: int) -> None:
    with Popover(ends.qube.name, arrow, tmp_path / "popover.log") as program:
        x, y, width, height = shown(ends, popup=False)["content"]
        ends.click(x + width // 2, y + height // 2)
        program.until("open")
        menu: dict[str, Any] | None = wait_until(lambda: hugs(ends, above), what="a menu without a black rim")
        assert menu is not None
        left, top, width, height = menu["content"]
        ends.click(left + width // 2, top + above + (height - above) * 5 // (2 * ITEMS))
        program.until("item", "three")
