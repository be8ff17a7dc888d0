"""The agent on real X servers: windows that were there before it, come from elsewhere, or become something else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import X, Xatom

from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon"]
pytestmark = pytest.mark.desktop

KEY_A, PRESS = 38, 2
FOCUS_IN, FOCUS_OUT = 9, 10


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    with XServer(1280, 800) as started:
        yield started


def test_windows_of_every_kind_from_before_the_agent_are_what_they_were(
    server: XServer, app: App, tmp_path: Path
) -> None:
    shown, hidden, menu = (
        app.window(123, 45, x=7, y=9),
        app.window(10, 10),
        app.window(60, 50, x=300, override_redirect=True),
    )
    invisible = app.root.create_window(0, 0, 50, 50, 0, 0, X.InputOnly, X.CopyFromParent)
    picture, small = pseudo_random(123, 45), pseudo_random(60, 50)
    for window in (shown, menu):
        app.map(window)
    invisible.map()
    app.paint(shown, picture)
    app.paint(menu, small)
    with AgentProcess(tmp_path, "--display", server.name) as late, hello(late) as daemon:
        daemon.wait_for_picture(shown.id, picture)
        daemon.wait_for_picture(menu.id, small)
        assert daemon.wait_for(T.MAP, menu.id).body.override_redirect == 1
        assert daemon.wait_for(T.CREATE, hidden.id)
        assert T.MAP not in daemon.types(hidden.id)
        assert daemon.types(invisible.id) == []
        app.map(hidden)
        daemon.wait_for(T.MAP, hidden.id)


def test_window_that_was_minimised_before_the_agent_is_so_on_the_desktop(
    server: XServer, app: App, tmp_path: Path
) -> None:
    state = app.display.intern_atom("WM_STATE")
    minimised, withdrawn = app.window(70, 60), app.window(70, 60)
    for window, number in ((minimised, 3), (withdrawn, 0)):
        window.change_property(state, state, 32, [number, 0])
    app.sync()
    with AgentProcess(tmp_path, "--display", server.name) as late, hello(late) as daemon:
        daemon.wait_for(T.MAP, minimised.id)
        daemon.until(lambda: any(one.body.flags_set & 4 for one in daemon.all_of(T.WINDOW_FLAGS, minimised.id)), "it")
        assert T.MAP not in daemon.types(withdrawn.id)


def test_window_released_by_another_has_its_picture_and_only_after_the_echo(
    server: XServer, app: App, tmp_path: Path
) -> None:
    with AgentProcess(tmp_path, "--display", server.name) as process, hello(process, acknowledge=False) as daemon:
        outer, inner = app.window(100, 100), app.window(50, 50)
        for window in (outer, inner):
            app.map(window)
            daemon.wait_for(T.MAP, window.id)
        inner.reparent(outer, 10, 10)
        app.sync()
        daemon.wait_for(T.DESTROY, inner.id)
        assert daemon.types(inner.id)[-3:] == [T.UNMAP, T.FRAME_ASK, T.DESTROY]
        said = len(daemon.said)
        inner.reparent(app.root, 20, 30)
        app.sync()
        wait_until(lambda: inner.get_attributes().map_state == X.IsViewable, what="the window being viewable again")
        marker = app.window(5, 5)
        app.sync()
        daemon.wait_for(T.CREATE, marker.id, after=said)
        assert not [one for one in daemon.said[said:] if one.window == inner.id]
        daemon.send(T.DESTROY, inner.id)
        assert tuple(daemon.wait_for(T.CREATE, inner.id, after=said).body[:4]) == (20, 30, 50, 50)
        daemon.wait_for(T.MAP, inner.id, after=said)
        picture = pseudo_random(50, 50)
        app.paint(inner, picture)
        daemon.wait_for_picture(inner.id, picture)


def test_window_that_only_changes_its_parent_elsewhere_is_never_told(daemon: ScriptedDaemon, app: App) -> None:
    outer = app.window(100, 100)
    child = app.window(30, 30, parent=outer)
    app.map(outer)
    child.map()
    app.sync()
    daemon.wait_for(T.MAP, outer.id)
    invisible = outer.create_window(0, 0, 9, 9, 0, 0, X.InputOnly, X.CopyFromParent)
    invisible.reparent(app.root, 5, 5)
    invisible.map()
    marker = app.window(5, 5)
    app.sync()
    daemon.wait_for(T.CREATE, marker.id)
    assert daemon.types(child.id) == []
    assert daemon.types(invisible.id) == []


def test_window_that_becomes_a_popup_and_back_is_told_so_with_each_map(daemon: ScriptedDaemon, app: App) -> None:
    state = app.display.intern_atom("WM_STATE")
    window = app.window(80, 60, x=40, y=50)
    for popup in (False, True, False):
        said = len(daemon.said)
        window.change_attributes(override_redirect=popup)
        app.map(window)
        assert daemon.wait_for(T.MAP, window.id, after=said).body.override_redirect == popup
        daemon.wait_for(T.WINDOW_DUMP, window.id, after=said)
        assert (window.get_full_property(state, X.AnyPropertyType) is None) == popup
        window.unmap()
        app.sync()
        daemon.wait_for(T.UNMAP, window.id, after=said)
        daemon.until(lambda: window.get_full_property(state, X.AnyPropertyType) is None, "no WM_STATE")


def test_leader_that_never_appears_confuses_nobody(daemon: ScriptedDaemon, app: App) -> None:
    leader, window, dialog = app.window(1, 1), app.window(90, 70), app.window(30, 20)
    for each in (window, dialog):
        each.set_wm_hints(flags=64, window_group=leader)
        each.change_property(app.display.intern_atom("WM_CLIENT_LEADER"), Xatom.WINDOW, 32, [leader.id])
    window.set_wm_transient_for(leader)
    dialog.set_wm_transient_for(window)
    app.map(window)
    assert daemon.wait_for(T.MAP, window.id).body.transient_for == 0
    app.map(dialog)
    assert daemon.wait_for(T.MAP, dialog.id).body.transient_for == window.id
    daemon.wait_for(T.WINDOW_DUMP, dialog.id)
    assert T.MAP not in daemon.types(leader.id)


def held(app: App) -> bool:
    return bool(app.display.query_keymap()[KEY_A // 8] >> KEY_A % 8 & 1)


@pytest.mark.parametrize("told", [True, False])
def test_key_goes_up_when_the_window_with_the_focus_vanishes(daemon: ScriptedDaemon, app: App, *, told: bool) -> None:
    """Whether the desktop still says that the focus is gone, or says it of a window that nobody knows any more."""
    window = app.window(80, 60)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    daemon.send(T.FOCUS, window.id, FOCUS_IN, 0, 0)
    daemon.send(T.KEYPRESS, window.id, PRESS, 0, 0, 0, KEY_A)
    wait_until(lambda: held(app), what="the key going down")
    window.unmap()
    app.sync()
    daemon.wait_for(T.UNMAP, window.id)
    if told:
        daemon.send(T.FOCUS, window.id, FOCUS_OUT, 0, 0)
    wait_until(lambda: not held(app), what="the key going up")


def test_focus_that_goes_on_to_another_window_leaves_the_key_down(daemon: ScriptedDaemon, app: App) -> None:
    one, two = app.window(80, 60), app.window(80, 60, x=200)
    for window in (one, two):
        app.map(window)
        daemon.wait_for(T.MAP, window.id)
    daemon.send(T.FOCUS, one.id, FOCUS_IN, 0, 0)
    daemon.send(T.KEYPRESS, one.id, PRESS, 0, 0, 0, KEY_A)
    wait_until(lambda: held(app), what="the key going down")
    daemon.send(T.FOCUS, two.id, FOCUS_IN, 0, 0)
    daemon.send(T.FOCUS, one.id, FOCUS_OUT, 0, 0)
    wait_until(lambda: app.display.get_input_focus().focus == two, what="the focus of the second window")
    daemon.drain(0.3)
    assert held(app)
    assert app.display.get_input_focus().focus == two
