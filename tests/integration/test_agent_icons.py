"""The agent on a real X server: a window's icon is told, and its changes; to nobody who asks for none."""

import struct
from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X, Xatom, Xutil

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.icons import argb_words, drawn

pytestmark = pytest.mark.desktop

SMALL, MIDDLE, LARGE = drawn(16, 16), drawn(48, 48, 3), drawn(130, 130, 5)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    with AgentProcess(tmp_path_factory.mktemp("agent"), "--server", "xvfb") as made:
        with hello(made):
            assert made.news() == {"ready": True}
        yield made


@pytest.fixture(scope="module")
def app(agent: AgentProcess) -> Iterator[App]:
    with App(agent.display) as made:
        yield made


@pytest.fixture
def daemon(agent: AgentProcess, app: App) -> Iterator[ScriptedDaemon]:
    """With no window there."""
    with hello(agent) as made:
        yield made
        for window in made.alive:
            app.display.create_resource_object("window", window).destroy()
        app.sync()


def words(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data))


def give(app: App, window: Any, data: bytes, *, kind: int = Xatom.CARDINAL) -> None:
    window.change_property(app.display.get_atom("_NET_WM_ICON"), kind, 32, words(data))
    app.sync()


def take(app: App, window: Any) -> None:
    window.delete_property(app.display.get_atom("_NET_WM_ICON"))
    app.sync()


def icons(daemon: ScriptedDaemon, window: Any) -> list[bytes]:
    return [said.tail for said in daemon.all_of(T.ICON, int(window.id))]


def wait_icons(daemon: ScriptedDaemon, window: Any, *expected: bytes) -> None:
    daemon.until(lambda: len(icons(daemon, window)) >= len(expected), f"{len(expected)} icons")
    assert icons(daemon, window) == list(expected)


def test_icon_is_told_after_the_window_and_its_changes_too(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(60, 60)
    give(app, window, argb_words([SMALL, MIDDLE]))
    app.map(window)
    wait_icons(daemon, window, argb_words([MIDDLE, SMALL]))
    said = daemon.types(window.id)
    assert said.index(T.ICON) > said.index(T.MAP)
    give(app, window, argb_words([SMALL]))
    wait_icons(daemon, window, argb_words([MIDDLE, SMALL]), argb_words([SMALL]))
    take(app, window)
    wait_icons(daemon, window, argb_words([MIDDLE, SMALL]), argb_words([SMALL]), b"")


def test_images_too_large_for_the_wire_are_left_out(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(60, 60)
    give(app, window, argb_words([LARGE, SMALL]))
    app.map(window)
    wait_icons(daemon, window, argb_words([SMALL]))


def test_animated_icon_is_told_a_few_times_and_at_last_as_it_is(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(60, 60)
    app.map(window)
    for seed in range(200):
        give(app, window, argb_words([drawn(8, 8, seed)]))
    last = argb_words([drawn(8, 8, 199)])
    daemon.until(lambda: icons(daemon, window)[-1:] == [last], "the last icon")
    assert len(icons(daemon, window)) < 150


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<2I", 0, 0),
        struct.pack("<2I", 1 << 31, 1 << 31) + bytes(64),
        struct.pack("<2I", 1 << 16, 1 << 16) + bytes(64),
        struct.pack("<2I", 0xFFFFFFFF, 2) + bytes(64),
        struct.pack("<2I", 100, 100) + bytes(64),
        b"\1\0\0\0",
    ],
)
def test_property_that_is_no_icon_is_none(daemon: ScriptedDaemon, app: App, data: bytes) -> None:
    """A window that comes later is told its own: so this one was looked at, and nothing is wrong with the agent."""
    odd, sound = app.window(60, 60), app.window(60, 60)
    give(app, odd, data)
    give(app, sound, argb_words([SMALL]))
    app.map(odd)
    app.map(sound)
    wait_icons(daemon, sound, argb_words([SMALL]))
    assert icons(daemon, odd) == []


def test_menu_is_told_no_icon(daemon: ScriptedDaemon, app: App) -> None:
    menu, sound = app.window(60, 60, override_redirect=True), app.window(60, 60)
    for window in (menu, sound):
        give(app, window, argb_words([SMALL]))
        app.map(window)
    wait_icons(daemon, sound, argb_words([SMALL]))
    assert icons(daemon, menu) == []


def test_icon_of_the_hints_is_told_where_there_is_no_other(daemon: ScriptedDaemon, app: App) -> None:
    """As xterm had it: a pixmap of bits, and a mask."""
    window = app.window(60, 60)
    pixmap, mask = (app.root.create_pixmap(2, 2, 1) for _ in range(2))
    for drawable, bits in ((pixmap, b"\1\0\0\0\2\0\0\0"), (mask, b"\3\0\0\0\1\0\0\0")):
        drawable.put_image(drawable.create_gc(), 0, 0, 2, 2, X.XYPixmap, 1, 0, bits)
    window.set_wm_hints(flags=Xutil.IconPixmapHint | Xutil.IconMaskHint, icon_pixmap=pixmap.id, icon_mask=mask.id)
    app.map(window)
    black, white = b"\0\0\0\xff", b"\xff\xff\xff\xff"
    expected = struct.pack("<2I", 2, 2) + black + white + white + black[:3] + b"\0"
    wait_icons(daemon, window, expected)
    give(app, window, argb_words([SMALL]))
    wait_icons(daemon, window, expected, argb_words([SMALL]))


def test_pixmap_that_is_none_is_no_icon(daemon: ScriptedDaemon, app: App) -> None:
    odd, sound = app.window(60, 60), app.window(60, 60)
    odd.set_wm_hints(flags=Xutil.IconPixmapHint, icon_pixmap=0x1FFFFF)
    give(app, sound, argb_words([SMALL]))
    app.map(odd)
    app.map(sound)
    wait_icons(daemon, sound, argb_words([SMALL]))
    assert icons(daemon, odd) == []


def test_next_daemon_is_told_every_icon(agent: AgentProcess, app: App) -> None:
    window = app.window(60, 60)
    give(app, window, argb_words([SMALL]))
    app.map(window)
    for _ in range(2):
        with hello(agent) as daemon:
            wait_icons(daemon, window, argb_words([SMALL]))


def test_daemon_without_extensions_is_told_none(agent: AgentProcess, app: App) -> None:
    window = app.window(60, 60)
    give(app, window, argb_words([SMALL]))
    with ScriptedDaemon(agent, extensions=False) as daemon:
        daemon.wait_for(T.CREATE, window.id)
        app.map(window)
        give(app, window, argb_words([MIDDLE]))
        daemon.wait_for(T.MAP, window.id)
        daemon.drain(quiet_s=0.5)
        assert daemon.all_of(T.ICON) == []
