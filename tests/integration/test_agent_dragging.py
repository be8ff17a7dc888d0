"""Windows dragged by what their programs draw: title bars and edges, on real X servers and on a real desktop."""

import select
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.ext import xtest
from Xlib.protocol import event

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import ScriptedDaemon
from tests.harness.session import Session, Window
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop

MOVE, BOTTOM_RIGHT = 8, 4
PRESS, RELEASE, ENTER, NORMAL, HELD = 4, 5, 7, 0, 0x100
HEADER_BAR = Path(__file__).parents[1] / "harness" / "headerbar.py"
STEP_S = 0.04


def pause() -> None:
    """As long as a person's hand takes from one place to the next."""
    select.select([], [], [], STEP_S)


class Desktop:
    """One window on a desktop that carries out at once what the agent says; `at` is where it is there."""

    def __init__(self, daemon: ScriptedDaemon, app: App) -> None:
        self.daemon = daemon
        self.window: Any = app.window(200, 100, x=300, y=200)
        self.window.change_attributes(event_mask=X.ButtonPressMask | X.ButtonReleaseMask | X.PointerMotionMask)
        app.sync()
        self.window.map()
        app.sync()
        daemon.wait_for(T.MAP, self.window.id)

    @property
    def at(self) -> tuple[int, ...]:
        told = (T.CREATE, T.CONFIGURE)
        return next(
            tuple(one.body[:4])
            for one in reversed(self.daemon.said)
            if one.type in told and one.window == self.window.id
        )

    def point(self, x: int, y: int, state: int = HELD) -> None:
        self.daemon.drain(STEP_S)
        self.daemon.send(T.MOTION, self.window.id, x - self.at[0], y - self.at[1], state, 0)

    def button(self, kind: int, x: int, y: int, state: int) -> None:
        self.daemon.drain(STEP_S)
        self.daemon.send(T.BUTTON, self.window.id, kind, x - self.at[0], y - self.at[1], state, 1)


def is_at(desktop: Desktop, place: tuple[int, ...]) -> bool:
    return desktop.at == place


def begin(app: App, desktop: Desktop, direction: int, x: int, y: int) -> None:
    """The person presses, and the program lets go of the pointer and asks for the drag, as GTK does."""
    desktop.daemon.send(T.CROSSING, desktop.window.id, ENTER, x - 300, y - 200, 0, NORMAL, 0, 0)
    desktop.button(PRESS, x, y, 0)
    wait_until(lambda: X.ButtonPress in kinds(app), what="the press")
    app.display.ungrab_pointer(X.CurrentTime)
    wish = event.ClientMessage(
        window=desktop.window,
        client_type=app.display.intern_atom("_NET_WM_MOVERESIZE"),
        data=(32, [x, y, direction, 1, 1]),
    )
    app.root.send_event(wish, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    app.sync()


def kinds(app: App) -> list[int]:
    """The events that the program has got since it was asked last."""
    return [app.display.next_event().type & 0x7F for _ in range(app.display.pending_events())]


def test_window_is_dragged_while_its_program_sees_nothing_of_the_pointer(daemon: ScriptedDaemon, app: App) -> None:
    desktop = Desktop(daemon, app)
    begin(app, desktop, MOVE, 310, 210)
    for step in range(1, 12):
        desktop.point(310 + 10 * step, 210 + 5 * step)
        expected = (300 + 10 * step, 200 + 5 * step, 200, 100)
        daemon.until(partial(is_at, desktop, expected), f"the window at {expected}")
    desktop.button(RELEASE, 440, 280, HELD)
    daemon.until(lambda: desktop.at == (430, 270, 200, 100), "the window where the button went up")
    shape = desktop.window.get_geometry()
    assert (shape.x, shape.y) == (430, 270)
    seen = kinds(app)
    assert X.MotionNotify not in seen
    assert X.ButtonRelease not in seen
    desktop.button(PRESS, 450, 290, 0)
    desktop.button(RELEASE, 450, 290, HELD)
    wait_until(lambda: X.ButtonRelease in kinds(app), what="an ordinary click afterwards")


def test_edge_is_dragged_in_the_steps_of_the_program(daemon: ScriptedDaemon, app: App) -> None:
    desktop = Desktop(daemon, app)
    desktop.window.set_wm_normal_hints(flags=64 | 256 | 16, width_inc=10, height_inc=20, min_width=50, min_height=40)
    begin(app, desktop, BOTTOM_RIGHT, 495, 295)
    for step in range(1, 8):
        desktop.point(495 + 7 * step, 295 + 9 * step)
    daemon.until(lambda: desktop.at == (300, 200, 240, 160), "the size on the grid")
    desktop.point(0, 0)
    desktop.button(RELEASE, 0, 0, HELD)
    daemon.until(lambda: desktop.at == (300, 200, 50, 40), "the least size")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with XServer(1280, 800) as desktop, WindowManager("openbox", desktop.name), Session(desktop.name) as person:
        person.run("work", "blue", "true")
        target = person.home("work") / "headerbar.py"
        shutil.copyfile(HEADER_BAR, target)
        target.chmod(0o644)
        # The program ends with its input.
        person.run("work", "blue", "sh", "-c", "sleep 600 | /usr/bin/python3 headerbar.py plain")
        yield person


def content(session: Session) -> tuple[int, ...]:
    return tuple(session.window("work")["content"])


def settled(session: Session) -> tuple[int, ...]:
    """Where the window is, once it stays there."""
    seen: list[tuple[int, ...]] = []

    def still() -> bool:
        seen.append(content(session))
        return len(seen) > 3 and len(set(seen[-3:])) == 1

    wait_until(still, 20, "a window that stays")
    return seen[-1]


@pytest.mark.sandbox
def test_person_drags_a_gtk_window_by_its_header_bar(session: Session) -> None:
    """With sandbox, daemon and a window manager between the hand and the window."""
    window: Window = session.window("work")
    session.focus(window)
    x, y, width, height = settled(session)
    start = (x + width // 2, y + 12)
    session.point(*start)
    xtest.fake_input(session.x, X.ButtonPress, 1)
    session.x.sync()
    for step in range(1, 41):
        session.point(start[0] + 5 * step, start[1] + 3 * step)
        pause()
    pause()
    session.point(start[0] + 201, start[1] + 121)
    pause()
    xtest.fake_input(session.x, X.ButtonRelease, 1)
    session.x.sync()
    end = settled(session)
    assert end[2:] == (width, height)
    assert abs(end[0] - x - 201) <= 8
    assert abs(end[1] - y - 121) <= 8
