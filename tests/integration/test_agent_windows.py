"""The agent on real X servers: what becomes of windows, from both sides."""

from pathlib import Path

import pytest
from Xlib import X, Xatom
from Xlib.error import ConnectionClosedError
from Xlib.protocol import event

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop


def test_window_that_was_there_before_the_agent_is_announced(server: XServer, app: App, tmp_path: Path) -> None:
    picture = pseudo_random(123, 45)
    window = app.window(123, 45, x=7, y=9)
    window.set_wm_name("early")
    app.map(window)
    app.paint(window, picture)
    hidden = app.window(10, 10)
    app.sync()
    with AgentProcess(tmp_path, "--display", server.name) as late, hello(late) as daemon:
        daemon.wait_for_picture(window.id, picture)
        assert tuple(daemon.all_of(T.CREATE, window.id)[0].body[:4]) == (7, 9, 123, 45)
        assert daemon.all_of(T.WMNAME, window.id)[0].body.data.startswith(b"early\0")
        assert daemon.all_of(T.CREATE, hidden.id)
        assert not daemon.all_of(T.MAP, hidden.id)


def test_menu_is_announced_as_override_redirect_and_vanishes(daemon: ScriptedDaemon, app: App) -> None:
    menu = app.window(80, 200, x=300, y=100, override_redirect=True)
    app.map(menu)
    assert daemon.wait_for(T.MAP, menu.id).body.override_redirect == 1
    assert daemon.all_of(T.CREATE, menu.id)[0].body.override_redirect == 1
    assert menu.get_full_property(app.display.intern_atom("WM_STATE"), X.AnyPropertyType) is None
    menu.unmap()
    app.sync()
    daemon.wait_for(T.UNMAP, menu.id)
    menu.destroy()
    app.sync()
    daemon.wait_for(T.DESTROY, menu.id)


def test_input_only_window_is_not_announced(daemon: ScriptedDaemon, app: App) -> None:
    invisible = app.root.create_window(0, 0, 50, 50, 0, 0, X.InputOnly, X.CopyFromParent)
    invisible.map()
    marker = app.window(10, 10)
    app.map(marker)
    daemon.wait_for(T.MAP, marker.id)
    assert daemon.types(invisible.id) == []


def test_border_is_taken_away(daemon: ScriptedDaemon, app: App) -> None:
    window = app.root.create_window(5, 6, 70, 60, 8, X.CopyFromParent, background_pixel=0)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    daemon.until(lambda: window.get_geometry().border_width == 0, "a border of 0")
    window.configure(border_width=4)
    app.sync()
    assert window.get_geometry().border_width == 0


def test_managed_window_has_wm_state_until_it_withdraws(daemon: ScriptedDaemon, app: App) -> None:
    state = app.display.intern_atom("WM_STATE")
    window = app.window(70, 60)
    app.map(window)
    daemon.until(lambda: window.get_full_property(state, state), "WM_STATE")
    assert list(window.get_full_property(state, state).value) == [1, 0]
    window.unmap()
    app.sync()
    daemon.wait_for(T.UNMAP, window.id)
    daemon.until(lambda: window.get_full_property(state, state) is None, "no WM_STATE")


def test_title_of_any_kind_arrives_in_utf8(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60)
    window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, "caf\xe9".encode("latin-1"))
    app.map(window)
    assert daemon.wait_for(T.WMNAME, window.id).body.data.rstrip(b"\0") == "café".encode()
    net_name, utf8 = app.display.intern_atom("_NET_WM_NAME"), app.display.intern_atom("UTF8_STRING")
    window.change_property(net_name, utf8, 8, ("ä" * 100).encode())
    app.sync()

    def cut() -> bool:
        return bool(daemon.all_of(T.WMNAME, window.id)[-1].body.data.rstrip(b"\0") == ("ä" * 62 + "…").encode())

    daemon.until(cut, "the title cut at a character")


def test_transient_and_hints_arrive(daemon: ScriptedDaemon, app: App) -> None:
    window, dialog = app.window(70, 60), app.window(70, 60)
    dialog.set_wm_transient_for(window)
    dialog.set_wm_normal_hints(flags=16 | 32, min_width=11, min_height=12, max_width=300, max_height=400)
    app.map(window)
    app.map(dialog)
    assert daemon.wait_for(T.MAP, dialog.id).body.transient_for == window.id
    hints = daemon.all_of(T.WINDOW_HINTS, dialog.id)[-1].body
    assert tuple(hints) == (48, 11, 12, 300, 400, 0, 0, 0, 0)


def test_configure_is_echoed_though_x_has_nothing_to_change(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60, x=30, y=40)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    said = len(daemon.said)
    daemon.send(T.CONFIGURE, window.id, 30, 40, 70, 60, 0)
    assert tuple(daemon.wait_for(T.CONFIGURE, window.id, after=said).body[:4]) == (30, 40, 70, 60)


def test_storm_of_configures_ends_with_the_last_one_in_x_and_on_the_wire(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    for step in range(200):
        daemon.send(T.CONFIGURE, window.id, step, step, 100 + step, 100 + step, 0)
    daemon.until(lambda: window.get_geometry().width == 299, "the last size")
    daemon.drain()
    assert tuple(daemon.all_of(T.CONFIGURE, window.id)[-1].body[:4]) == (199, 199, 299, 299)


def test_program_that_wants_another_size_is_told_after_the_echo(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    said = len(daemon.said)
    daemon.send(T.CONFIGURE, window.id, 5, 5, 333, 333, 0)
    daemon.until(lambda: window.get_geometry().width == 333, "the new size")
    window.configure(width=320, height=310)
    app.sync()
    daemon.until(lambda: sizes_told(daemon, window.id)[-1:] == [(320, 310)], "the real size")
    assert sizes_told(daemon, window.id, after=said) == [(333, 333), (320, 310)]


def sizes_told(daemon: ScriptedDaemon, window: int, *, after: int = 0) -> list[tuple[int, ...]]:
    """The sizes in every CONFIGURE of the agent for a window."""
    told = (one for one in daemon.said[after:] if one.type is T.CONFIGURE and one.window == window)
    return [tuple(one.body[2:4]) for one in told]


def test_request_that_changes_nothing_is_answered_by_a_synthetic_event(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60, x=3, y=4)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    window.configure(x=3, y=4)

    def synthetic() -> bool:
        while app.display.pending_events():
            seen = app.display.next_event()
            if seen.type & 0x7F == X.ConfigureNotify and seen.send_event:
                return bool((seen.x, seen.y, seen.width, seen.height) == (3, 4, 70, 60))
        return False

    wait_until(synthetic, what="a synthetic ConfigureNotify")


def test_close_asks_a_program_that_listens(daemon: ScriptedDaemon, app: App) -> None:
    delete = app.display.intern_atom("WM_DELETE_WINDOW")
    window = app.window(70, 60)
    window.set_wm_protocols([delete])
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    daemon.send(T.CLOSE, window.id)

    def asked() -> bool:
        while app.display.pending_events():
            seen = app.display.next_event()
            if seen.type & 0x7F == X.ClientMessage:
                return bool(seen.data[1][0] == delete)
        return False

    wait_until(asked, what="WM_DELETE_WINDOW")


def test_close_ends_a_program_that_does_not_listen(server: XServer, daemon: ScriptedDaemon) -> None:
    rude = App(server.name)
    window = rude.window(70, 60)
    rude.map(window)
    daemon.wait_for(T.MAP, window.id)
    daemon.send(T.CLOSE, window.id)
    daemon.wait_for(T.DESTROY, window.id)
    with pytest.raises(ConnectionClosedError):
        rude.sync()
    rude.display.display.socket.close()


def test_states_go_both_ways(daemon: ScriptedDaemon, app: App) -> None:
    net_state = app.display.intern_atom("_NET_WM_STATE")
    fullscreen = app.display.intern_atom("_NET_WM_STATE_FULLSCREEN")
    window = app.window(70, 60)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    message = event.ClientMessage(window=window, client_type=net_state, data=(32, [1, fullscreen, 0, 1, 0]))
    app.root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    app.sync()
    daemon.until(lambda: daemon.all_of(T.WINDOW_FLAGS, window.id)[-1].body == (1, 0), "the wish for fullscreen")
    assert window.get_full_property(net_state, Xatom.ATOM) is None
    daemon.send(T.WINDOW_FLAGS, window.id, 1, 0)
    daemon.until(lambda: window.get_full_property(net_state, Xatom.ATOM), "the state")
    assert list(window.get_full_property(net_state, Xatom.ATOM).value) == [fullscreen]


def test_new_daemon_hears_of_every_window_again(agent: AgentProcess, app: App) -> None:
    window, unmapped = app.window(222, 111, x=5, y=6), app.window(20, 20)
    window.set_wm_name("kept")
    window.set_wm_class("name", "Class")
    first = pseudo_random(222, 111)
    with hello(agent) as daemon:
        app.map(window)
        app.paint(window, first)
        daemon.wait_for_picture(window.id, first)
        daemon.send(T.CONFIGURE, window.id, 9, 9, 222, 111, 0)
    second = pseudo_random(222, 111, seed=2)
    app.paint(window, second)
    gone = app.window(30, 30)
    app.map(gone)
    gone.destroy()
    app.sync()
    with hello(agent) as daemon:
        daemon.wait_for_picture(window.id, second)
        described = [said for said in daemon.types(window.id) if said not in (T.WINDOW_DUMP, T.SHMIMAGE)]
        assert described[:6] == [T.CREATE, T.CONFIGURE, T.WMCLASS, T.MAP, T.WMNAME, T.WINDOW_FLAGS]
        assert daemon.all_of(T.WMNAME, window.id)[0].body.data.startswith(b"kept\0")
        assert daemon.types(unmapped.id) == [T.CREATE, T.CONFIGURE]
        assert daemon.types(gone.id) == []


def test_newest_daemon_replaces_one_that_is_still_connected(agent: AgentProcess, app: App) -> None:
    window = app.window(22, 11)
    app.map(window)
    with hello(agent) as older:
        older.wait_for(T.MAP, window.id)
        with hello(agent) as newer:
            newer.wait_for(T.MAP, window.id)
            title = app.window(5, 5)
            app.sync()
            newer.wait_for(T.CREATE, title.id)


def test_window_that_a_program_embeds_is_ended_and_one_that_it_releases_is_announced(
    daemon: ScriptedDaemon, app: App
) -> None:
    outer, inner = app.window(100, 100), app.window(50, 50)
    for window in (outer, inner):
        app.map(window)
        daemon.wait_for(T.MAP, window.id)
    inner.reparent(outer, 10, 10)
    app.sync()
    daemon.wait_for(T.DESTROY, inner.id)
    said = len(daemon.said)
    inner.reparent(app.root, 20, 30)
    app.sync()
    assert tuple(daemon.wait_for(T.CREATE, inner.id, after=said).body[:4]) == (20, 30, 50, 50)
    daemon.wait_for(T.MAP, inner.id, after=said)


def test_hundreds_of_windows_that_come_and_go_confuse_nobody(daemon: ScriptedDaemon, app: App) -> None:
    for _ in range(5):
        windows = [app.window(20, 20, x=number) for number in range(60)]
        for window in windows:
            window.map()
        for window in windows:
            window.set_wm_name("x" * 200)
            window.destroy()
        app.sync()
    last = app.window(20, 20)
    app.map(last)
    daemon.wait_for(T.WINDOW_DUMP, last.id)
    daemon.drain()
    assert daemon.alive == {last.id}
