"""The agent on real X servers: the pixels of its windows, found in the pool through what it says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.pixels import pseudo_random
from tests.harness.processes import Child, clean_environment
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop


@pytest.fixture(params=["xvfb", "xorg"], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[XServer]:
    with XServer(1280, 800, kind=request.param) as started:
        yield started


@pytest.fixture
def agent(server: XServer, tmp_path: Path) -> Iterator[AgentProcess]:
    with AgentProcess(tmp_path, "--display", server.name) as process:
        yield process


@pytest.fixture
def daemon(agent: AgentProcess) -> Iterator[ScriptedDaemon]:
    with hello(agent) as connected:
        yield connected


@pytest.fixture
def app(server: XServer) -> Iterator[App]:
    with App(server.name) as connected:
        yield connected


def test_xterm_is_announced_and_its_pixels_lie_in_the_pool(
    server: XServer, daemon: ScriptedDaemon, app: App, tmp_path: Path
) -> None:
    env = clean_environment(DISPLAY=server.name)
    with Child(["xterm", "-geometry", "80x24+100+80", "-e", "cat"], env=env, log=tmp_path / "xterm.log"):
        xterm = daemon.wait_for(T.SHMIMAGE).window
        daemon.drain()
        app.sync()
        daemon.wait_for_picture(xterm, app.pixels_of(xterm))
        created, mapped, dumped = (daemon.types(xterm).index(message) for message in (T.CREATE, T.MAP, T.WINDOW_DUMP))
        assert created < mapped < dumped < daemon.types(xterm).index(T.SHMIMAGE)


@pytest.mark.parametrize("size", [(1, 1), (37, 23), (641, 479), (1023, 5)])
def test_picture_of_odd_size_equals_the_window(daemon: ScriptedDaemon, app: App, size: tuple[int, int]) -> None:
    picture = pseudo_random(*size, seed=size[0])
    window = app.window(*size, x=20, y=30, override_redirect=True)
    app.map(window)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)
