"""The agent's whole session: it starts its X server and programs, also from a zip under the system's Python."""

import importlib.util
import signal
import zipapp
from pathlib import Path

import pytest
import Xlib

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.processes import ROOMS_IN
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop
SYSTEM_PYTHON = Path("/usr/bin/python3")


def start_xterm(agent: AgentProcess, daemon: ScriptedDaemon) -> int:
    agent.tell(run={"id": 7, "argv": ["xterm", "-geometry", "20x5", "-e", "cat"], "env": {"LC_ALL": "C"}})
    assert agent.news() == {"started": {"id": 7}}
    return daemon.wait_for(T.SHMIMAGE).window


@pytest.mark.parametrize("kind", ["auto", "xorg", "xvfb"])
def test_agent_starts_its_own_server_of_the_desktops_size(tmp_path: Path, kind: str) -> None:
    with AgentProcess(tmp_path, "--server", kind) as agent, hello(agent, width=1366, height=768) as daemon:
        assert agent.news() == {"ready": True}
        start_xterm(agent, daemon)
        with App(agent.display) as app:
            screen = app.display.screen()
            assert (screen.width_in_pixels, screen.height_in_pixels) == (1368, 768)
            assert app.display.keycode_to_keysym(111, 0) == 0xFF52
        agent.tell(stop=True)
        assert agent.child.wait() == 0


def test_program_asked_for_before_the_daemon_came_is_started_then(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent:
        agent.tell(run={"id": 3, "argv": ["xterm"], "env": {}})
        with hello(agent) as daemon:
            assert [agent.news(), agent.news()] == [{"ready": True}, {"started": {"id": 3}}]
            daemon.wait_for(T.MAP)


def test_end_of_a_program_is_told_and_one_that_is_not_there_too(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent, hello(agent):
        assert agent.news() == {"ready": True}
        agent.tell(run={"id": 1, "argv": ["false"], "env": {}})
        assert [agent.news(), agent.news()] == [{"started": {"id": 1}}, {"exited": {"id": 1, "status": 1}}]
        agent.tell(run={"id": 2, "argv": ["/nowhere/at-all"], "env": {}})
        assert agent.news()["failed"]["id"] == 2
        agent.control.send(b"junk")
        agent.tell(run={"id": "x"})
        agent.tell(run={"id": 4, "argv": ["true"]})
        assert agent.news() == {"started": {"id": 4}}


def test_agent_ends_when_the_trusted_side_goes(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent, hello(agent):
        agent.news()
        agent.control.close()
        assert agent.child.wait() == 0


def test_agent_ends_by_sigterm_and_takes_its_server_along(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent, hello(agent):
        agent.news()
        sign = Path(f"/tmp/.X11-unix/X{agent.display[1:]}")
        assert sign.exists()
        agent.child.signal(signal.SIGTERM)
        assert agent.child.wait() == 0
        wait_until(lambda: not sign.exists(), what="the X server's end")


def test_second_window_manager_is_refused_clearly(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with AgentProcess(folders[0], "--server", "xvfb") as agent, hello(agent):
        agent.news()
        with AgentProcess(folders[1], "--display", agent.display) as second, ScriptedDaemon(second) as daemon:
            daemon.read(5)
            assert second.child.wait() == 4
            assert "another window manager" in second.log.read_text()


def test_nonsense_from_the_daemon_side_drops_it_and_the_next_is_served(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent:
        with ScriptedDaemon(agent) as bad:
            bad._channel.send(b"\xff" * 64)
            with pytest.raises(AssertionError, match="the agent has gone"):
                bad.until(lambda: False, "the end")
        with hello(agent):
            assert agent.news() == {"ready": True}


@pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason="no system Python")
def test_agent_runs_from_a_zip_under_the_systems_python(tmp_path: Path) -> None:
    """With guiagent, protocol, shm, python-xlib and six in it, and nothing of construct or cffi."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for room in ("guiagent", "protocol", "shm"):
        for source in (ROOMS_IN / room).rglob("*.py"):
            target = tree / source.relative_to(ROOMS_IN)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    for source in Path(Xlib.__file__).parent.rglob("*.py"):
        target = tree / "Xlib" / source.relative_to(Path(Xlib.__file__).parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    six = importlib.util.find_spec("six")
    assert six is not None
    assert six.origin is not None
    (tree / "six.py").write_bytes(Path(six.origin).read_bytes())
    (tree / "__main__.py").write_text("import sys\nfrom guiagent.cli import main\nsys.exit(main())\n")
    bundle = tmp_path / "agent.pyz"
    zipapp.create_archive(tree, bundle)
    python = (str(SYSTEM_PYTHON), "-I", str(bundle))
    with AgentProcess(tmp_path, "--server", "xvfb", python=python) as agent, hello(agent) as daemon:
        assert agent.news() == {"ready": True}
        start_xterm(agent, daemon)
