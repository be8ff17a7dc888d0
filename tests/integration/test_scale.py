"""Real programs in real qubes draw as large as the desktop does, sharp, and see its monitors; also while they run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from Xlib import Xatom

from tests.harness.monitors import Monitors
from tests.harness.pixels import Pixels
from tests.harness.session import Session, Window
from tests.harness.toolkit import SYSTEM_PYTHON
from tests.harness.wait import TimedOut, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

WIDTH, HEIGHT = 1500, 900
LEFT, RIGHT = (0, 0, 900, 900), (900, 100, 600, 700)
PROGRAM = Path(__file__).parents[1] / "harness" / "shown.py"
ONCE, TWICE = 1.0, 2.0
PLAIN_SIZE = [200, 120]
ROOM_TO_GROW = (100, 100)
"""From here a window of twice the size is all on the screen, wherever its window manager has put it."""


class Desk:
    """A person with a qube, and a desktop whose scale and monitors change."""

    def __init__(self, session: Session, monitors: Monitors) -> None:
        self.session = session
        self.monitors = monitors
        self.programs = 0

    def scale(self, ratio: float) -> None:
        text = f"Xft.dpi:\t{96 * ratio:g}\n".encode()
        self.session.x.screen().root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, text)
        self.session.x.sync()

    def start(self, kind: str, qube: str = "work") -> "Program":
        self.programs += 1
        return Program(self.session, qube, kind, f"{kind}-{self.programs}")


class Program:
    """One of tests/harness/shown.py; its window is the one with its own title."""

    def __init__(self, session: Session, qube: str, kind: str, title: str) -> None:
        self.title = title
        self._session = session
        self._qube = qube
        self._path = session.home(qube) / title
        session.run(qube, "blue", SYSTEM_PYTHON, "-I", "-c", PROGRAM.read_text(), kind, title)

    def says(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._path.read_text()) if self._path.exists() else {}
        return found

    def wait_for(self, **expected: object) -> dict[str, Any]:
        """Wait until the program says this of itself."""
        try:
            wait_until(lambda: expected.items() <= self.says().items(), 30, f"{self.title} with {expected}")
        except TimedOut as error:
            raise TimedOut(f"{error}; it says {self.says()}\n{self._session.log()}") from error
        return self.says()

    def window(self) -> Window:
        """Its window on the desktop."""
        return self._session.window(self._qube, lambda each: each["title"] == self.title)

    def move(self, x: int, y: int) -> None:
        """Have the window manager put it there, as a pager does."""
        outer = self._session.x.create_resource_object("window", self.window()["local_xid"])
        outer.configure(x=x, y=y)
        self._session.x.sync()
        wait_until(lambda: abs(self.window()["content"][0] - x) < NEAR_PX, 30, f"{self.title} at {x}, {y}")

    def picture(self) -> Pixels:
        """What the desktop shows of its content, once that has the size that the program says, and is painted.

        While frames change, and the program resizes itself, it may have another size for a moment.
        """

        seen: list[Pixels] = []

        def painted() -> bool:
            window = self.window()
            seen[:] = [self._session.content(window)]
            return window["content"][2:] == self.says()["window"] and len(np.unique(seen[0])) > SHADES

        wait_until(painted, 30, f"{self.title} as large as it says")
        return seen[0]


SHADES = 20
"""Smooth text alone has more."""


def is_doubled(picture: Pixels) -> bool:
    """Whether it is a smaller picture with each pixel drawn twice, as one that was not made for its size."""
    for top in (0, 1):
        for left in (0, 1):
            part = picture[top:, left:]
            even = part[: part.shape[0] // 2 * 2, : part.shape[1] // 2 * 2]
            if (even[::2] == even[1::2]).all() and (even[:, ::2] == even[:, 1::2]).all():
                return True
    return False


def is_sharp(picture: Pixels) -> bool:
    """Whether neighbours differ as strongly as black and white somewhere: edges of a blown-up text are all soft."""
    green = (picture >> 8 & 0xFF).astype(int)
    return not is_doubled(picture) and int(np.abs(np.diff(green, axis=1)).max()) > STRONG


STRONG = 150
NEAR_PX = 40
"""A window manager's decoration may lie between."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with XServer(WIDTH, HEIGHT) as server, WindowManager("openbox", server.name), Session(server.name) as session:
        monitors = Monitors(server.name)
        monitors.set(LEFT, RIGHT)
        yield Desk(session, monitors)
        monitors.close()


@pytest.fixture(autouse=True)
def once(desk: Desk) -> None:
    desk.scale(ONCE)
    desk.monitors.set(LEFT, RIGHT)


def test_upscaled_picture_is_told_from_a_sharp_one() -> None:
    small = np.random.default_rng(1).integers(0, 1 << 24, (30, 40), dtype=np.uint32)
    large = small.repeat(2, axis=0).repeat(2, axis=1)
    assert is_doubled(large)
    assert is_doubled(np.pad(large, 1, mode="edge"))
    assert not is_doubled(small)
    assert not is_sharp(large)
    assert is_sharp(small)


@pytest.mark.parametrize("kind", ["gtk", "qt"])
def test_program_started_on_a_desktop_of_twice_the_scale_is_twice_as_large_and_sharp(desk: Desk, kind: str) -> None:
    plain = desk.start(kind).wait_for(unit=ONCE, window=PLAIN_SIZE)
    desk.scale(TWICE)
    program = desk.start(kind)
    twice = program.wait_for(unit=TWICE, window=[2 * side for side in PLAIN_SIZE])
    assert twice["text_px"] == pytest.approx(2 * plain["text_px"], abs=2)
    assert is_sharp(program.picture())


def test_first_program_of_a_qube_is_as_large_as_the_desktop_has_it(desk: Desk) -> None:
    """It is started with the qube, and yet not before the qube knows."""
    desk.scale(TWICE)
    desk.start("qt", "other").wait_for(unit=TWICE, window=[2 * side for side in PLAIN_SIZE])
    desk.session.vitrail("stop", "other")


def test_gtk_program_follows_the_scale_while_it_runs(desk: Desk) -> None:
    program = desk.start("gtk")
    plain = program.wait_for(unit=ONCE)
    assert is_sharp(program.picture())
    program.move(*ROOM_TO_GROW)
    desk.scale(TWICE)
    twice = program.wait_for(unit=TWICE)
    assert twice["text_px"] == 2 * plain["text_px"]
    assert is_sharp(program.picture())


def test_qt_program_draws_in_fractions_of_the_scale(desk: Desk) -> None:
    desk.scale(1.5)
    program = desk.start("qt")
    program.wait_for(unit=1.5, window=[300, 180])
    assert is_sharp(program.picture())


@pytest.mark.parametrize("kind", ["gtk", "qt"])
def test_program_sees_the_desktops_monitors_as_they_change(desk: Desk, kind: str) -> None:
    program = desk.start(kind)
    program.wait_for(monitors=[list(LEFT), list(RIGHT)])
    desk.monitors.set(RIGHT)
    program.wait_for(monitors=[list(RIGHT)])


MAXIMIZE = """
import sys
sys.path.insert(0, "/run/vitrail/agent.pyz")
from Xlib import X, display
from Xlib.protocol import event
dpy = display.Display()
root = dpy.screen().root
for window in root.query_tree().children:
    if window.get_wm_name() == sys.argv[1]:
        states = [dpy.intern_atom(f"_NET_WM_STATE_MAXIMIZED_{way}") for way in ("HORZ", "VERT")]
        told = event.ClientMessage(
            window=window, client_type=dpy.intern_atom("_NET_WM_STATE"), data=(32, [1, *states, 1, 0])
        )
        root.send_event(told, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
dpy.sync()
"""


@pytest.mark.parametrize("monitor", [LEFT, RIGHT], ids=["left", "right"])
def test_program_that_maximises_itself_fills_the_monitor_that_it_is_on(desk: Desk, monitor: tuple[int, ...]) -> None:
    x, y, width, height = monitor
    program = desk.start("qt")
    program.wait_for(monitors=[list(LEFT), list(RIGHT)])
    program.move(x + width // 3, y + height // 3)
    desk.session.run("work", "blue", SYSTEM_PYTHON, "-I", "-c", MAXIMIZE, program.title)

    def fills() -> bool:
        left, top, wide, high = program.window()["content"]
        inside = x <= left and y <= top and left + wide <= x + width and top + high <= y + height
        return bool(inside and wide > width - 40 and high > height - 60)

    wait_until(fills, 30, f"{program.title} as large as its monitor")


def test_person_decides_on_the_scale_of_one_qube(desk: Desk) -> None:
    folder = desk.session.config / "vitrail" / "qubes"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "large.toml").write_text('label = "blue"\n\n[options]\nscale = 2\n')
    desk.start("gtk", "large").wait_for(unit=TWICE, window=[2 * side for side in PLAIN_SIZE])
    desk.session.vitrail("stop", "large")
