"""Icons in the qube's tray, told to a scripted daemon: programs that speak XEmbed."""

from pathlib import Path

import numpy as np
import pytest
from Xlib import X

from guiagent.core.trayicons import MAX_TRAY_ICONS, NEUTRAL, SLOT_PX
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.guiagent.trayicon import TrayIcon
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop


def docked(daemon: ScriptedDaemon, icon: TrayIcon) -> int:
    """Let it dock; the holder's number on the wire."""
    before = len(daemon.said)
    icon.dock()
    return daemon.wait_for(T.DOCK, after=before).window


def test_icon_is_docked_in_the_order_of_the_c_agent_and_its_pixels_follow(daemon: ScriptedDaemon, app: App) -> None:
    icon = TrayIcon(app)
    holder = docked(daemon, icon)
    daemon.wait_for(T.SHMIMAGE, holder)
    assert daemon.types(holder)[:2] == [T.CREATE, T.WMNAME]
    rest = [kind for kind in daemon.types(holder)[2:] if kind not in (T.WMNAME, T.WMCLASS)]
    assert rest[:4] == [T.CONFIGURE, T.DOCK, T.WINDOW_DUMP, T.SHMIMAGE]
    assert T.MAP not in daemon.types(holder)
    assert daemon.all_of(T.WMNAME, holder)[-1].body.data.rstrip(b"\0") == b"an icon"
    assert int(icon.holder.id) == holder
    assert tuple(icon.window.get_geometry()._data[side] for side in ("width", "height")) == (SLOT_PX, SLOT_PX)
    picture = pseudo_random(SLOT_PX, SLOT_PX)
    icon.paint(picture)
    daemon.wait_for_picture(holder, picture)


def test_icon_follows_the_panels_place_and_gets_clicks_there(daemon: ScriptedDaemon, app: App) -> None:
    icon = TrayIcon(app)
    holder = docked(daemon, icon)
    mask = X.ButtonPressMask | X.ButtonReleaseMask | X.StructureNotifyMask | X.EnterWindowMask
    icon.window.change_attributes(event_mask=mask)
    app.sync()
    daemon.send(T.CONFIGURE, holder, 1200, 770, 22, 24, 0)
    daemon.send(T.MAP, holder, 5, 0)
    daemon.until(lambda: icon.window.get_geometry().width == 22, "the panel's size")
    place = 1200, 770, 22, 24
    daemon.until(
        lambda: [tuple(said.body[:4]) for said in daemon.all_of(T.CONFIGURE, holder)][-1:] == [place], "the echo"
    )
    assert icon.window.translate_coords(app.root, 0, 0)._data["x"] == -1200
    daemon.send(T.CROSSING, holder, 7, 5, 6, 0, 0, 0, 0)
    daemon.send(T.BUTTON, holder, 4, 5, 6, 0, 3)
    daemon.send(T.BUTTON, holder, 5, 5, 6, 0x400, 3)
    seen: list[tuple[int, ...]] = []

    def pressed() -> bool:
        while app.display.pending_events():
            event = app.display.next_event()
            if event.type == X.ButtonPress:
                seen.append((event.detail, event.root_x, event.root_y, event.event_x, event.event_y))
        return bool(seen)

    daemon.until(pressed, "the click")
    assert seen == [(3, 1205, 776, 5, 6)]


def test_icon_with_alpha_lies_on_the_neutral_colour(daemon: ScriptedDaemon, app: App) -> None:
    icon = TrayIcon(app, depth=32)
    holder = docked(daemon, icon)
    wait_until(icon.seen, what="the icon on the screen")
    picture = np.zeros((SLOT_PX, SLOT_PX), "<u4")
    picture[8:16] = 0xFF102030
    picture[16:24] = 0x80400000  # half of it, with its colour multiplied
    icon.paint(picture, depth=32)
    expected = np.full((SLOT_PX, SLOT_PX), NEUTRAL, "<u4")
    expected[8:16] = 0x102030
    half = round((NEUTRAL & 0xFF) * 127 / 255)
    expected[16:24] = (0x40 + half) << 16 | half << 8 | half
    daemon.wait_for_picture(holder, expected)


def test_icon_that_hides_is_gone_from_the_desktop_and_comes_back(daemon: ScriptedDaemon, app: App) -> None:
    icon = TrayIcon(app, info=(0, 0))
    icon.dock()
    wait_until(lambda: icon.holder.id != app.root.id, what="the holder")
    assert not daemon.all_of(T.DOCK)
    icon.inform(0, 1)
    first = daemon.wait_for(T.DOCK).window
    icon.inform(0, 0)
    daemon.wait_for(T.DESTROY, first)
    assert not icon.seen()
    before = len(daemon.said)
    icon.inform(0, 1)
    assert daemon.wait_for(T.DOCK, after=before).window != first
    wait_until(icon.seen, what="the icon")


@pytest.mark.parametrize("way", ["destroyed", "taken out", "killed"])
def test_icon_that_goes_takes_its_holder_along(daemon: ScriptedDaemon, app: App, way: str) -> None:
    with App(app.display.get_display_name()) as other:
        icon = TrayIcon(other)
        holder = docked(daemon, icon)
        if way == "destroyed":
            icon.window.destroy()
        elif way == "taken out":
            icon.window.unmap()
            icon.window.reparent(other.root, 0, 0)
        else:
            app.display.create_resource_object("window", icon.window.id).kill_client()
            app.sync()
            daemon.wait_for(T.DESTROY, holder)
            return
        other.sync()
        daemon.wait_for(T.DESTROY, holder)


def test_more_icons_than_the_limit_and_junk_do_no_harm(daemon: ScriptedDaemon, app: App, agent: AgentProcess) -> None:
    icons = [TrayIcon(app) for _ in range(MAX_TRAY_ICONS + 3)]
    for icon in icons:
        icon.dock()
    daemon.until(lambda: len(daemon.all_of(T.DOCK)) == MAX_TRAY_ICONS, "as many as may be")
    tray = app.display.get_selection_owner(app.display.intern_atom("_NET_SYSTEM_TRAY_S0"))
    for words in ((0, 0xDEAD), (0, 0), (1, 5000, 100, 7), (2, 7), (99, 1), (0, int(app.root.id))):
        icons[0].send(tray, *words)
    icons[0].window.destroy()
    app.sync()
    daemon.wait_for(T.DESTROY)
    icons[-1].dock()
    daemon.until(lambda: len(daemon.all_of(T.DOCK)) == MAX_TRAY_ICONS + 1, "the one for which there is room now")
    assert agent.log.read_text().count("more than") == 1


def test_tray_that_dies_comes_back_and_takes_the_icons_in_again(
    daemon: ScriptedDaemon, app: App, agent: AgentProcess
) -> None:
    selection = app.display.intern_atom("_NET_SYSTEM_TRAY_S0")
    icon = TrayIcon(app)
    holder = docked(daemon, icon)
    app.display.get_selection_owner(selection).kill_client()
    app.sync()
    daemon.wait_for(T.DESTROY, holder)
    docked(daemon, icon)
    assert agent.child.alive


def test_qube_with_a_tray_of_its_own_keeps_it(server: XServer, tmp_path: Path) -> None:
    """That of a desktop in a window, say."""
    with App(server.name) as other:
        selection = other.display.intern_atom("_NET_SYSTEM_TRAY_S0")
        panel = other.window(30, 30)
        panel.set_selection_owner(selection, X.CurrentTime)
        other.sync()
        with AgentProcess(tmp_path, "--display", server.name) as agent, hello(agent) as daemon:
            daemon.until(lambda: "its icons stay there" in agent.log.read_text(), "a line")
            assert other.display.get_selection_owner(selection) == panel


def test_tray_that_another_program_becomes_gives_the_icons_back(daemon: ScriptedDaemon, app: App) -> None:
    icon = TrayIcon(app)
    holder = docked(daemon, icon)
    selection = app.display.intern_atom("_NET_SYSTEM_TRAY_S0")
    app.window(30, 30).set_selection_owner(selection, X.CurrentTime)
    app.sync()
    daemon.wait_for(T.DESTROY, holder)
    assert icon.holder == app.root
    assert not icon.seen()


def test_tray_that_is_asked_to_take_itself_goes_on(daemon: ScriptedDaemon, app: App) -> None:
    first = TrayIcon(app)
    holder = docked(daemon, first)
    tray = app.display.get_selection_owner(app.display.intern_atom("_NET_SYSTEM_TRAY_S0"))
    gone = app.window(1, 1)
    gone.destroy()
    app.sync()
    before = len(app.root.query_tree().children)
    for number in (int(tray.id), holder, int(app.root.id), 0, int(gone.id)):
        first.send(tray, 0, number)
    docked(daemon, TrayIcon(app))
    assert len(app.root.query_tree().children) == before + 1, "one holder, for the last"
    assert [each.query_tree().parent for each in (tray, first.holder)] == [app.root, app.root]
    assert first.seen()
