"""The agent outlives what it depends on: its X server, its connection to it, and whoever manages services."""

import os
import shutil
import signal
import socket
from pathlib import Path

import pytest

from guiagent.core.deaths import MAX_DEATHS
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.processes import children, lives, open_fds
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop


def server_of(agent: AgentProcess) -> int:
    """The process id of the agent's X server."""
    (found,) = (pid for pid in children(agent.child.pid) if "Xvfb" in Path(f"/proc/{pid}/cmdline").read_text())
    return found


def start(agent: AgentProcess, number: int, *argv: str) -> None:
    agent.tell(run={"id": number, "argv": list(argv), "env": {}})
    assert agent.news() == {"started": {"id": number}}


def wait_for_end(daemon: ScriptedDaemon) -> None:
    """Read until the agent closes the channel."""
    with pytest.raises(AssertionError, match="the agent has gone"):
        daemon.until(lambda: False, "the channel's end")
    daemon.close()


def test_session_begins_anew_after_the_x_server_died(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent:
        first = hello(agent, width=640, height=480)
        assert agent.news() == {"ready": True}
        start(agent, 1, "xterm", "-e", "cat")
        start(agent, 2, "sleep", "1000")
        first.wait_for(T.MAP)
        os.kill(server_of(agent), signal.SIGKILL)
        wait_for_end(first)
        told = [agent.news(), agent.news(), agent.news()]
        assert {"lost": True} in told
        assert {next(iter(each.values()))["id"] for each in told if "exited" in each} == {1, 2}
        agent.tell(run={"id": 3, "argv": ["xterm", "-e", "cat"], "env": {}})
        with hello(agent, width=800, height=600) as second:
            assert [agent.news(), agent.news()] == [{"ready": True}, {"started": {"id": 3}}]
            second.wait_for(T.SHMIMAGE)
            assert len(second.all_of(T.MAP)) == 1
            with App(agent.log.read_text().split("the screen ")[-1].split(" ")[0]) as app:
                assert app.display.screen().height_in_pixels == 600


def test_x_server_that_dies_again_and_again_ends_the_agent(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent:
        for _ in range(MAX_DEATHS + 1):
            daemon = hello(agent, width=320, height=240)
            wait_until(lambda: agent.news() == {"ready": True}, what="the session")
            os.kill(server_of(agent), signal.SIGKILL)
            wait_for_end(daemon)
        assert agent.child.wait() == 4
        assert "X connection" in agent.log.read_text()


def agents_window(app: App) -> int:
    """A window of the agent's, as a program can find it."""
    value = app.root.get_full_property(app.display.intern_atom("_NET_SUPPORTING_WM_CHECK"), 0)
    return int(value.value[0])


def test_windows_come_back_after_a_program_ended_the_agents_connection(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent:
        first = hello(agent)
        assert agent.news() == {"ready": True}
        server, before = server_of(agent), len(open_fds(agent.child.pid))
        with App(agent.display) as app:
            window = app.window(70, 60, x=3, y=4)
            app.map(window)
            first.wait_for(T.MAP, window.id)
            start(agent, 2, "sleep", "1000")
            app.display.create_resource_object("window", agents_window(app)).kill_client()
            app.sync()
            wait_for_end(first)
            with hello(agent) as second:
                assert agent.news() == {"ready": True}
                second.wait_for(T.WINDOW_DUMP, window.id)
                second.drain()
                assert (server_of(agent), len(open_fds(agent.child.pid))) == (server, before)
                start(agent, 3, "true")
                assert agent.news() == {"exited": {"id": 3, "status": 0}}


def bus_of(agent: AgentProcess, folder: Path) -> str:
    """What a program is told of the session bus; "" for nothing."""
    agent.tell(run={"id": 9, "argv": ["sh", "-c", f'echo "$DBUS_SESSION_BUS_ADDRESS" > {folder}/address'], "env": {}})
    assert [agent.news(), agent.news()] == [{"started": {"id": 9}}, {"exited": {"id": 9, "status": 0}}]
    return (folder / "address").read_text().strip()


def test_session_bus_ends_with_the_agent_and_leaves_nothing(tmp_path: Path) -> None:
    with AgentProcess(tmp_path, "--server", "xvfb") as agent, hello(agent):
        assert agent.news() == {"ready": True}
        path = Path(bus_of(agent, tmp_path).removeprefix("unix:path=").split(",")[0])
        (bus,) = (pid for pid in children(agent.child.pid) if "dbus" in Path(f"/proc/{pid}/cmdline").read_text())
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
        agent.tell(stop=True)
        assert agent.child.wait() == 0
        assert not path.parent.exists()
        assert not lives(bus)


def test_programs_do_without_a_bus_where_there_is_no_dbus_daemon(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("Xvfb", "xkbcomp", "sh"):
        (tools / name).symlink_to(shutil.which(name) or name)
    with AgentProcess(tmp_path, "--server", "xvfb", environment={"PATH": str(tools)}) as agent, hello(agent):
        assert agent.news() == {"ready": True}
        assert bus_of(agent, tmp_path) == ""
        lines = agent.log.read_text().splitlines()
        assert [line for line in lines if "bus" in line] == [
            "guiagent: programs have no session bus: cannot run dbus-daemon: No such file or directory"
        ]


def test_bus_that_the_agent_was_given_is_that_of_its_programs(tmp_path: Path) -> None:
    given = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/7/bus"}
    with AgentProcess(tmp_path, "--server", "xvfb", environment=given) as agent, hello(agent):
        assert agent.news() == {"ready": True}
        assert bus_of(agent, tmp_path) == given["DBUS_SESSION_BUS_ADDRESS"]


def test_service_manager_hears_how_the_agent_is_and_programs_cannot_speak_for_it(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with AgentProcess(tmp_path, "--server", "xvfb", environment=environment) as agent:
            assert manager.recv(4096) == b"READY=1\nSTATUS=waiting for the desktop"
            with hello(agent):
                assert manager.recv(4096) == b"STATUS=connected to the desktop"
                assert agent.news() == {"ready": True}
                agent.tell(run={"id": 1, "argv": ["sh", "-c", 'test -z "$NOTIFY_SOCKET"'], "env": {}})
                assert [agent.news(), agent.news()] == [{"started": {"id": 1}}, {"exited": {"id": 1, "status": 0}}]
            assert manager.recv(4096) == b"STATUS=waiting for the desktop"
            agent.tell(stop=True)
            assert agent.child.wait() == 0
            assert manager.recv(4096) == b"STOPPING=1\nSTATUS=stopping"
