"""The agent on real X servers: the pixels of its windows, found in the pool through what it says."""

import os
from pathlib import Path

import numpy as np
import pytest

from protocol.limits import PAGE_BYTES
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.pixels import pseudo_random
from tests.harness.processes import Child, clean_environment
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop


def test_xterm_is_announced_and_its_pixels_lie_in_the_pool(
    server: XServer, daemon: ScriptedDaemon, app: App, tmp_path: Path
) -> None:
    env = clean_environment(DISPLAY=server.name)
    with Child(["xterm", "-geometry", "80x24+100+80", "-e", "cat"], env=env, log=tmp_path / "xterm.log"):
        xterm = daemon.wait_for(T.SHMIMAGE).window
        daemon.drain()
        app.sync()
        daemon.wait_for_picture(xterm, app.pixels_of(xterm))
        order = [daemon.types(xterm).index(message) for message in (T.CREATE, T.MAP, T.WINDOW_DUMP, T.SHMIMAGE)]
        assert order == sorted(order)
        hints = daemon.all_of(T.WINDOW_HINTS, xterm)[-1].body
        assert (hints.width_inc, hints.height_inc) == (6, 13)
        assert daemon.all_of(T.WMCLASS, xterm)[0].body.res_class.rstrip(b"\0") == b"XTerm"


@pytest.mark.parametrize("size", [(1, 1), (37, 23), (641, 479), (1023, 5)])
def test_picture_of_odd_size_equals_the_window(daemon: ScriptedDaemon, app: App, size: tuple[int, int]) -> None:
    picture = pseudo_random(*size, seed=size[0])
    window = app.window(*size, x=20, y=30, override_redirect=True)
    app.map(window)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)


def test_picture_includes_a_child_window(daemon: ScriptedDaemon, app: App) -> None:
    picture, inset = pseudo_random(301, 203), pseudo_random(51, 43, seed=2)
    window = app.window(301, 203)
    child = app.window(51, 43, x=100, y=60, parent=window)
    child.map()
    app.map(window)
    app.paint(window, picture)
    app.paint(child, inset)
    picture[60:103, 100:151] = inset
    daemon.wait_for_picture(window.id, picture)


def test_picture_of_an_argb_window_equals_it_with_alpha(daemon: ScriptedDaemon, app: App) -> None:
    picture = pseudo_random(99, 77) | np.uint32(0x5A000000)
    window = app.window(99, 77, depth=32)
    app.map(window)
    app.paint(window, picture, depth=32)
    daemon.wait_for_picture(window.id, picture & np.uint32(0xFFFFFF))
    first_page = daemon.buffers[window.id].refs[0]
    assert os.pread(daemon.pool.fd, 4, first_page * PAGE_BYTES)[3] == 0x5A


def test_picture_of_a_covered_window_is_whole(daemon: ScriptedDaemon, app: App) -> None:
    picture = pseudo_random(200, 150)
    window, cover = app.window(200, 150, x=50, y=50), app.window(400, 400, override_redirect=True)
    app.map(window)
    app.map(cover)
    cover.configure(stack_mode=0)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)


@pytest.mark.parametrize("place", [(-150, -60), (1200, 700), (-500, -500), (3000, 2000)])
def test_picture_of_a_window_off_the_screen_is_whole(daemon: ScriptedDaemon, app: App, place: tuple[int, int]) -> None:
    picture = pseudo_random(200, 150)
    window = app.window(200, 150, x=place[0], y=place[1], override_redirect=True)
    app.map(window)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)


def test_picture_follows_a_resize_by_the_program(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(200, 150)
    app.map(window)
    for size in ((333, 111), (20, 500), (201, 151)):
        picture = pseudo_random(*size, seed=size[1])
        app.resize(window, *size)
        app.paint(window, picture)
        daemon.wait_for_picture(window.id, picture)
        assert daemon.all_of(T.CONFIGURE, window.id)[-1].body[2:4] == size


def test_picture_follows_a_resize_by_the_daemon(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(200, 150)
    app.map(window)
    daemon.wait_for(T.WINDOW_DUMP, window.id)
    daemon.send(T.CONFIGURE, window.id, 15, 25, 333, 222, 0)
    daemon.until(lambda: window.get_geometry().width == 333, "the window's new size")
    picture = pseudo_random(333, 222)
    app.paint(window, picture)
    daemon.wait_for_picture(window.id, picture)


def test_picture_after_many_small_changes_equals_the_window(daemon: ScriptedDaemon, app: App) -> None:
    picture = pseudo_random(400, 300)
    window = app.window(400, 300)
    app.map(window)
    app.paint(window, picture)
    for number in range(100):
        patch = pseudo_random(17, 13, seed=number)
        x, y = number * 37 % 383, number * 61 % 287
        app.paint(window, patch, x=x, y=y)
        picture[y : y + 13, x : x + 17] = patch
    daemon.wait_for_picture(window.id, picture)


def test_move_sends_no_dump(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(200, 150)
    app.map(window)
    daemon.wait_for(T.SHMIMAGE, window.id)
    for x in range(10, 60, 10):
        window.configure(x=x)
    app.sync()
    daemon.until(lambda: daemon.all_of(T.CONFIGURE, window.id)[-1:], "a CONFIGURE")
    daemon.until(lambda: daemon.all_of(T.CONFIGURE, window.id)[-1].body.x == 50, "the last place")
    daemon.drain()
    assert len(daemon.all_of(T.WINDOW_DUMP, window.id)) == 1


def test_pages_are_used_again_only_after_the_acknowledgement(agent: AgentProcess, app: App) -> None:
    with hello(agent, acknowledge=False) as daemon:
        window = app.window(64, 64)
        app.map(window)
        daemon.wait_for(T.WINDOW_DUMP, window.id)
        window.configure(width=65)
        app.sync()
        daemon.until(lambda: len(daemon.all_of(T.WINDOW_DUMP, window.id)) == 2, "the second dump")
        first, second = (set(dump.refs) for dump in daemon.all_of(T.WINDOW_DUMP, window.id))
        daemon.send(T.WINDOW_DUMP_ACK, window.id)
        other = app.window(64, 64)
        app.map(other)
        third = set(daemon.wait_for(T.WINDOW_DUMP, other.id).refs)
        assert not third & (first | second)
        daemon.send(T.WINDOW_DUMP_ACK, window.id)
        another = app.window(64, 64)
        app.map(another)
        assert set(daemon.wait_for(T.WINDOW_DUMP, another.id).refs) == first


def test_full_pool_leaves_a_window_without_picture_and_the_agent_alive(
    server: XServer, app: App, tmp_path: Path
) -> None:
    with (
        AgentProcess(tmp_path, "--display", server.name, pool_bytes=1 << 20) as small,
        hello(small) as daemon,
    ):
        one, two = app.window(400, 400), app.window(500, 500)
        for window in (one, two):
            app.map(window)
            daemon.wait_for(T.MAP, window.id)
        daemon.wait_for(T.WINDOW_DUMP, one.id)
        daemon.drain()
        assert two.id not in daemon.buffers
        assert "the pool is full" in small.log.read_text()
        one.unmap()
        picture = pseudo_random(500, 500)
        app.paint(two, picture)
        daemon.wait_for_picture(two.id, picture)


def test_memory_of_closed_windows_is_given_back(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(1000, 700)
    app.map(window)
    app.paint(window, pseudo_random(1000, 700))
    daemon.wait_for(T.SHMIMAGE, window.id)
    daemon.drain()
    held = os.fstat(daemon.pool.fd).st_blocks
    window.destroy()
    app.sync()
    daemon.wait_for(T.DESTROY, window.id)
    daemon.until(lambda: os.fstat(daemon.pool.fd).st_blocks <= held - 1000 * 700 * 4 // 512, "memory given back")
