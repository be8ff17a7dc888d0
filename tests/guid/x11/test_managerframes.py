"""guid/x11/managerframes.py: what a look costs is the qube's; where frames go, a desktop test looks at."""

import time
from collections.abc import Iterator

import pytest

from colors.labels import STANDARD
from guid.core.framekeeping import BETWEEN_S, SOON_S
from guid.core.geometry import Rect
from guid.core.pacing import LOOK_US
from guid.core.session import Session
from guid.core.values import Kind, RemoteId
from guid.core.window import Asked, Event, new_window
from guid.x11.desktop import Desktop
from guid.x11.frame import FrameMaker
from guid.x11.framemodes import Framed
from guid.x11.managerframes import ManagerFrames
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

REMOTE, CONTENT, LABEL = RemoteId(0x11), Rect(100, 120, 240, 160), STANDARD["blue"]


@pytest.fixture
def desktop(xvfb: XServer) -> Iterator[Desktop]:
    found = Desktop(xvfb.name, qube="work")
    yield found
    found.x.close()


def test_each_look_is_paid_by_the_qube(desktop: Desktop) -> None:
    session = Session(desktop.geometry, minor=8, pool_pages=16)
    window = session.windows[REMOTE] = new_window(REMOTE, Asked(CONTENT, override_redirect=False), desktop.geometry)
    window.advance(Event.MAP)
    frames = {REMOTE: FrameMaker(desktop, LABEL).create(Kind.MANAGED, window.shown.outer, window.extents)}
    spent: list[int] = []
    of = Framed(desktop, session, frames, "work", lambda _effects: None, lambda: None, spent.append)
    keeper = ManagerFrames(of, LABEL.rgb)
    now = time.monotonic() + SOON_S
    keeper.due(now)
    keeper.due(now)
    assert spent == [LOOK_US], "nothing more is due"
    keeper.touched(REMOTE)
    keeper.due(now + SOON_S + BETWEEN_S)
    assert spent == [LOOK_US] * 2
