"""The agent on X servers that share less memory than the usual one: pictures get into the pool all the same."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from Xlib.protocol.display import Display as ProtocolDisplay
from Xlib.protocol.event import event_class

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.pixels import pseudo_random
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

WITHOUT_PIXMAPS = (sys.executable, "-m", "tests.guiagent.no_pixmaps")
WAYS = {
    "once": ((), (), "pictures are copied once"),
    "twice": ((), WITHOUT_PIXMAPS, "pictures are copied twice: the X server shares no pixmaps"),
    "sent": (("-extension", "MIT-SHM"), (), "which is slow: the X server has no MIT-SHM"),
}
"""Options of the X server, the agent's program, and what the agent says."""

Desk = tuple[ScriptedDaemon, App]


@pytest.fixture(params=list(WAYS), scope="module")
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    options, program, line = WAYS[request.param]
    folder: Path = tmp_path_factory.mktemp("ways")
    with (
        pytest.MonkeyPatch.context() as patch,
        XServer(1280, 800, extra=options) as server,
        AgentProcess(folder, "--display", server.name, python=program) as agent,
        hello(agent) as daemon,
    ):
        # All connections of python-xlib share this, and here the extensions have other numbers.
        patch.setattr(ProtocolDisplay, "event_classes", event_class.copy())
        with App(server.name) as app:
            assert agent.log.read_text().count(line) == 1
            yield daemon, app


@pytest.mark.parametrize("place", [(20, 30), (-150, -60), (1200, 700)])
def test_picture_equals_the_window_wherever_it_lies(desk: Desk, place: tuple[int, int]) -> None:
    daemon, app = desk
    picture = pseudo_random(613, 397, seed=place[0] & 0xFF)
    window = app.window(613, 397, x=place[0], y=place[1], override_redirect=True)
    app.map(window)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)


def test_picture_after_many_small_changes_and_a_resize_equals_the_window(desk: Desk) -> None:
    daemon, app = desk
    window = app.window(400, 300)
    app.map(window)
    for width, height in ((400, 300), (511, 77)):
        app.resize(window, width, height)
        picture = pseudo_random(width, height)
        app.paint(window, picture)
        for number in range(50):
            patch = pseudo_random(17, 13, seed=number)
            x, y = number * 37 % (width - 17), number * 61 % (height - 13)
            app.paint(window, patch, x=x, y=y)
            picture[y : y + 13, x : x + 17] = patch
        daemon.wait_for_picture(window.id, picture)


def test_picture_with_an_alpha_channel_equals_the_window(desk: Desk) -> None:
    daemon, app = desk
    picture = pseudo_random(99, 77) | np.uint32(0x5A000000)
    window = app.window(99, 77, depth=32)
    app.map(window)
    app.paint(window, picture, depth=32)
    daemon.wait_for_picture(window.id, picture & np.uint32(0xFFFFFF))


def test_picture_is_sent_only_when_it_is_there(desk: Desk) -> None:
    """What the daemon may draw as soon as it hears of it."""
    daemon, app = desk
    for number in range(20):
        window = app.window(500, 300, override_redirect=True)
        window.change_attributes(background_pixel=0x102030 + number)
        window.map()
        app.sync()
        daemon.wait_for(T.SHMIMAGE, window.id)
        assert (daemon.picture(window.id) == 0x102030 + number).all()
