"""The fixtures of the agent's integration tests: an X server, the agent on it, a daemon, and a program."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.xserver import XServer


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
