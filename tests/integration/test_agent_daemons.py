"""The agent and daemons that are old, slow, dead, or speak nonsense: it goes on, or waits for the next one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.codec import encode
from protocol.formats import HEADER
from protocol.limits import DESTROY_ACK_SINCE_MINOR, DUMP_ACK_SINCE_MINOR, MAX_OUTPUT_QUEUE_BYTES
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.clipboard import copy_plain, paste_plain, xclip_reads
from tests.guiagent.desk import agent, app
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.pixels import pseudo_random
from tests.harness.processes import memory_kib, open_fds
from tests.harness.wait import pause, wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app"]
pytestmark = pytest.mark.desktop

UNKNOWN_TYPE, NO_WINDOW = 4711, 0x7FFFFFF
MIB_KIB = 1024
IDLE_TICKS = 2
REST_S = 0.2
DRAWN = 40_000
"""More than fits into a socket, 28 bytes each, in several messages a turn."""


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    with XServer(1280, 800) as started:
        yield started


@pytest.mark.parametrize("minor", range(4, 9))
def test_daemon_of_each_version_is_served_as_it_expects(
    agent: AgentProcess, app: App, server: XServer, minor: int
) -> None:
    with ScriptedDaemon(agent, minor=minor, extensions=False, acknowledge=False) as daemon:
        daemon.until(lambda: "is up" in agent.log.read_text(), "the screen")
        window = app.window(60, 50)
        app.map(window)
        for size in (70, 80, 90, 100):
            dumps = len(daemon.all_of(T.WINDOW_DUMP))
            daemon.send(T.CONFIGURE, window.id, 0, 0, size, size, 0)
            daemon.until(lambda size=size: window.get_geometry().width == size, "the size")  # type: ignore[misc]
            daemon.until(lambda before=dumps: len(daemon.all_of(T.WINDOW_DUMP)) > before, "a dump")  # type: ignore[misc]
            if minor >= DUMP_ACK_SINCE_MINOR:
                daemon.send_raw(encode(T.WINDOW_DUMP_ACK, window.id))
        picture = pseudo_random(100, 100)
        app.paint(window, picture)
        daemon.wait_for_picture(window.id, picture)
        paste_plain(daemon, b"from the desktop")
        wait_until(lambda: xclip_reads(server.name) == b"from the desktop", what="what was pasted")
        assert copy_plain(daemon) == b"from the desktop"
        window.destroy()
        app.sync()
        daemon.wait_for(T.DESTROY, window.id)
        if minor >= DESTROY_ACK_SINCE_MINOR:
            daemon.send(T.DESTROY, window.id)
        daemon.drain()
        assert not daemon.all_of(T.EXT_HELLO)


@pytest.mark.parametrize("minor", range(4))
def test_daemon_too_old_to_be_understood_is_left_and_the_next_is_served(agent: AgentProcess, minor: int) -> None:
    with (
        ScriptedDaemon(agent, minor=minor, extensions=False) as old,
        pytest.raises(AssertionError, match="the agent has gone"),
    ):
        old.until(lambda: False, "the end")
    assert "the daemon speaks" in agent.log.read_text()
    with hello(agent):
        pass


def test_nonsense_is_passed_over_and_the_messages_behind_it_obeyed(agent: AgentProcess, app: App) -> None:
    with hello(agent) as daemon:
        window = app.window(60, 50)
        app.map(window)
        daemon.wait_for(T.WINDOW_DUMP, window.id)
        nonsense = [
            HEADER.pack(UNKNOWN_TYPE, window.id, 5000) + b"?" * 5000,
            HEADER.pack(UNKNOWN_TYPE, 0, 0),
            HEADER.pack(T.CREATE, window.id, 24) + b"\xff" * 24,
            *(encode(message, NO_WINDOW) for message in (T.CLOSE, T.DESTROY, T.WINDOW_DUMP_ACK)),
            encode(T.CONFIGURE, NO_WINDOW, 0, 0, 10, 10, 0),
            encode(T.MAP, NO_WINDOW, 0, 0),
            encode(T.FOCUS, NO_WINDOW, 9, 0, 0),
            encode(T.FOCUS, window.id, 77, 77, 77),
            encode(T.CROSSING, window.id, 99, -5, 99999, 7, 0, 0, 0),
            encode(T.BUTTON, window.id, 9, 0, 0, 0, 999),
            encode(T.KEYPRESS, window.id, 9, 0, 0, 0, 0xFFFFFF),
            encode(T.WINDOW_FLAGS, window.id, 0xFFFFFFFF, 0xFFFFFFFF),
            encode(T.WINDOW_DUMP_ACK, window.id) * 50,
            encode(T.CONFIGURE, window.id, -(1 << 31), 0x7FFFFFFF, 0, 0, 0),
        ]
        daemon.send_raw(b"".join(nonsense))
        daemon.send(T.WINDOW_FLAGS, window.id, 0, 7)  # minimised by the nonsense, it would have no picture
        daemon.send(T.CONFIGURE, window.id, 3, 4, 90, 80, 0)
        daemon.until(lambda: window.get_geometry().width == 90, "the message behind the nonsense")
        picture = pseudo_random(90, 80)
        app.paint(window, picture)
        daemon.wait_for_picture(window.id, picture)
        assert agent.child.alive


def test_daemons_that_die_anywhere_leave_nothing_behind(agent: AgentProcess, app: App) -> None:
    window = app.window(60, 50)
    app.map(window)
    whole = encode(T.CONFIGURE, window.id, 0, 0, 61, 51, 0)
    wrong = HEADER.pack(T.CONFIGURE, window.id, 19) + b"\0" * 19

    def visit(number: int) -> None:
        with hello(agent) as daemon:
            daemon.wait_for(T.MAP, window.id)
            daemon.send_raw(whole[: number % len(whole)] if number % 2 else wrong)

    for number in range(8):
        visit(number)
    wait_until(lambda: agent.log.read_text().count("the daemon is gone") == 8, what="the eighth daemon's end")
    before = len(open_fds(agent.child.pid)), memory_kib(agent.child.pid)[1]
    for number in range(40):
        visit(number)
    wait_until(lambda: agent.log.read_text().count("the daemon is gone") == 48, what="the last daemon's end")
    after = len(open_fds(agent.child.pid)), memory_kib(agent.child.pid)[1]
    assert after[0] == before[0]
    assert after[1] < before[1] + 2 * MIB_KIB


def test_daemon_that_does_not_read_costs_no_memory_and_gets_the_newest_picture(agent: AgentProcess, app: App) -> None:
    with hello(agent) as daemon:
        window, busy = app.window(60, 50), app.window(300, 300)
        for each in (window, busy):
            app.map(each)
            daemon.wait_for(T.WINDOW_DUMP, each.id)
        before = memory_kib(agent.child.pid)[1]
        context = busy.create_gc()
        for turn in range(300):
            for colour in range(20):
                context.change(foreground=turn * 20 + colour)
                busy.fill_rectangle(context, colour * 10, 0, 10, 300)
            window.set_wm_name(f"{turn} " + "x" * 100)
            app.sync()
        picture = pseudo_random(300, 300)
        app.paint(busy, picture)
        assert memory_kib(agent.child.pid)[1] < before + MAX_OUTPUT_QUEUE_BYTES // 1024
        daemon.wait_for_picture(busy.id, picture)
        assert len(daemon.all_of(T.SHMIMAGE, busy.id)) < 300 * 20 / 4
        daemon.until(lambda: daemon.all_of(T.WMNAME, window.id)[-1].body.data.startswith(b"299 "), "the last title")


def test_agent_rests_when_a_daemon_that_did_not_read_has_read_all(agent: AgentProcess, app: App) -> None:
    """It was to be told when it can write, and is not any more."""
    with ScriptedDaemon(agent, extensions=False) as daemon:
        daemon.until(lambda: "is up" in agent.log.read_text(), "the screen")
        window = app.window(300, 300)
        app.map(window)
        daemon.wait_for(T.WINDOW_DUMP, window.id)
        context = window.create_gc()
        for colour in range(DRAWN):
            context.change(foreground=colour)
            window.fill_rectangle(context, colour % 30 * 10, colour // 30 % 30 * 10, 10, 10)
            if colour % 4 == 0:
                app.sync()
        picture = pseudo_random(300, 300)
        app.paint(window, picture)
        window.set_wm_name("the last")
        app.sync()
        daemon.until(
            lambda: any(said.body.data.startswith(b"the last") for said in daemon.all_of(T.WMNAME, window.id)),
            "its title",
        )
        daemon.wait_for_picture(window.id, picture)
        wait_until(lambda: rests(agent), 30, "a moment without work")


def rests(agent: AgentProcess) -> bool:
    before = cpu_ticks(agent.child.pid)
    pause(REST_S)
    return cpu_ticks(agent.child.pid) - before <= IDLE_TICKS


def test_next_daemon_hears_of_windows_as_they_lie_with_states_and_what_was_pasted_stays(
    agent: AgentProcess, app: App, server: XServer
) -> None:
    low, high, dialog = app.window(60, 50), app.window(70, 60), app.window(30, 20)
    menu = app.window(20, 90, override_redirect=True)
    dialog.set_wm_transient_for(high)
    with hello(agent) as first:
        for window in (menu, dialog, high, low):
            app.map(window)
            first.wait_for(T.WINDOW_DUMP, window.id)
        first.send(T.WINDOW_FLAGS, low.id, 1, 0)
        first.send(T.FOCUS, dialog.id, 9, 0, 0)
        paste_plain(first, b"kept over a restart")
        wait_until(lambda: xclip_reads(server.name) == b"kept over a restart", what="what was pasted")
        low.raise_window()
        app.sync()
    with hello(agent) as second:
        for window in (low, high, dialog, menu):
            second.wait_for(T.WINDOW_DUMP, window.id)
        ours = {int(window.id) for window in (low, high, dialog, menu)}
        heard = [said.window for said in second.said if said.type is T.MAP and said.window in ours]
        assert heard == [high.id, dialog.id, low.id, menu.id]
        assert second.all_of(T.MAP, dialog.id)[0].body.transient_for == high.id
        assert second.all_of(T.WINDOW_FLAGS, low.id)[-1].body.flags_set == 1
        assert xclip_reads(server.name) == b"kept over a restart"
        assert copy_plain(second) == b"kept over a restart"


def test_agent_with_nothing_to_do_sleeps(agent: AgentProcess, app: App) -> None:
    """Also under a daemon that names extensions and says nothing by them, which nobody is waited for any more then."""
    with hello(agent) as daemon:
        app.map(app.window(60, 50))
        daemon.wait_for(T.WINDOW_DUMP)
        daemon.drain(quiet_s=1.0)

        def slept() -> bool:
            before = cpu_ticks(agent.child.pid)
            daemon.drain(quiet_s=1.0)
            return cpu_ticks(agent.child.pid) - before <= IDLE_TICKS

        wait_until(slept, what="a second without work")


def cpu_ticks(pid: int) -> int:
    """The time that a process has computed, in ticks of 10 ms. Source: proc(5), fields utime and stime of stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
