"""Programs that do too much of everything: the agent stays small, stalls nobody, and ends knowing what is true."""

from collections.abc import Iterator

import pytest
from Xlib import X, Xatom

from protocol.limits import MAX_WINDOWS_PER_QUBE, TITLE_BYTES
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon
from tests.harness.pixels import pseudo_random
from tests.harness.processes import memory_kib, open_fds
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon"]
pytestmark = pytest.mark.desktop

MIB = 1 << 20
PART_BYTES = 200_000
"""One request stays below the 256 KiB that every server takes."""
LONG_S = 60.0


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    with XServer(1280, 800) as started:
        yield started


def private_kib(agent: AgentProcess) -> int:
    return memory_kib(agent.child.pid)[1]


def shows_what_is_drawn(daemon: ScriptedDaemon, app: App) -> None:
    """A new window still comes, with its picture."""
    window, picture = app.window(40, 30), pseudo_random(40, 30)
    app.map(window)
    app.paint(window, picture)
    daemon.until(lambda: daemon.all_of(T.WINDOW_DUMP, window.id), "its picture", LONG_S)
    daemon.wait_for_picture(window.id, picture)
    window.destroy()
    app.sync()


def test_windows_over_the_limit_wait_and_come_when_others_go(
    agent: AgentProcess, daemon: ScriptedDaemon, app: App
) -> None:
    windows = [app.window(8, 8, x=number) for number in range(MAX_WINDOWS_PER_QUBE + 20)]
    for window in windows:
        window.map()
    app.sync()
    daemon.until(lambda: len(daemon.alive) == MAX_WINDOWS_PER_QUBE, "as many windows as there may be", LONG_S)
    line = f"more than {MAX_WINDOWS_PER_QUBE} windows"
    daemon.until(lambda: line in agent.log.read_text(), "the one more", LONG_S)
    app.sync()
    daemon.drain()
    assert len(daemon.alive) == MAX_WINDOWS_PER_QUBE
    assert agent.log.read_text().count(line) == 1
    for window in windows[:20]:
        window.destroy()
    app.sync()
    late = {int(window.id) for window in windows[-20:]}
    daemon.until(lambda: late <= daemon.alive, "the windows that waited", LONG_S)
    for window in windows[20:]:
        window.destroy()
    app.sync()
    daemon.until(lambda: not daemon.alive, "the end of all", LONG_S)
    shows_what_is_drawn(daemon, app)


def test_flood_of_titles_is_told_as_its_last_one(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(60, 50)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    for number in range(10_000):
        window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"title %d" % number)
    app.sync()
    daemon.until(lambda: daemon.all_of(T.WMNAME, window.id)[-1:] and last_title(daemon, window.id) == b"title 9999", "")
    assert len(daemon.all_of(T.WMNAME, window.id)) < 2_000


def last_title(daemon: ScriptedDaemon, window: int) -> bytes:
    return bytes(daemon.all_of(T.WMNAME, window)[-1].body.data.rstrip(b"\0"))


def test_huge_properties_are_read_as_far_as_they_are_told(
    agent: AgentProcess, daemon: ScriptedDaemon, app: App
) -> None:
    window = app.window(60, 50)
    app.map(window)
    daemon.wait_for(T.WINDOW_DUMP, window.id)
    before = private_kib(agent)
    icon = app.display.intern_atom("_NET_WM_ICON")
    for atom, kind, size in ((Xatom.WM_NAME, Xatom.STRING, MIB), (icon, Xatom.CARDINAL, 16 * MIB)):
        words = [0x01020304] * (PART_BYTES // 4)
        for _ in range(size // PART_BYTES + 1):
            data = b"x" * PART_BYTES if kind == Xatom.STRING else words
            window.change_property(atom, kind, 8 if kind == Xatom.STRING else 32, data, X.PropModeAppend)
    for number in range(20):
        window.change_property(Xatom.WM_CLASS, Xatom.STRING, 8, b"y" * PART_BYTES + b"\0Class%d" % number)
    app.sync()
    daemon.until(lambda: daemon.all_of(T.WMNAME, window.id), "the title")
    shows_what_is_drawn(daemon, app)
    assert len(last_title(daemon, window.id)) == TITLE_BYTES - 1
    assert private_kib(agent) < before + 4 * 1024


def test_server_that_a_program_holds_is_waited_for(agent: AgentProcess, daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(60, 50)
    app.map(window)
    daemon.wait_for(T.WINDOW_DUMP, window.id)
    app.display.grab_server()
    app.sync()
    said = len(daemon.said)
    for size in range(61, 81):
        daemon.send(T.CONFIGURE, window.id, 0, 0, size, size, 0)
    daemon.until(lambda: [one for one in daemon.said[said:] if one.type is T.CONFIGURE], "the echo meanwhile")
    assert agent.child.alive
    app.display.ungrab_server()
    app.sync()
    daemon.until(lambda: window.get_geometry().width == 80, "the size")
    shows_what_is_drawn(daemon, app)


def test_windows_that_others_end_leave_nothing_behind(
    agent: AgentProcess, daemon: ScriptedDaemon, app: App, server: XServer
) -> None:
    def round_of_windows() -> None:
        with App(server.name) as other:
            windows = [app.window(90, 80, x=number) for number in range(30)]
            for number, window in enumerate(windows):
                window.map()
                if number % 3 == 0:
                    daemon.read()
            app.sync()
            for window in windows:
                other.display.create_resource_object("window", window.id).destroy()
            other.sync()
        shows_what_is_drawn(daemon, app)
        daemon.until(lambda: not daemon.alive, "the end of all")

    for _ in range(5):
        round_of_windows()
    before = len(open_fds(agent.child.pid)), private_kib(agent)
    for _ in range(20):
        round_of_windows()
    after = len(open_fds(agent.child.pid)), private_kib(agent)
    assert after[0] == before[0]
    assert after[1] < before[1] + 2 * 1024
