"""The agent as the qube's window manager on real X servers: what programs read and ask, and what is said of it."""

from collections.abc import Callable
from typing import Any

import pytest
from Xlib import X, Xatom, Xutil
from Xlib.protocol import event

from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon
from tests.harness.wait import wait_until

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop

REMOVE, ADD, TOGGLE = 0, 1, 2
WITHDRAWN, NORMAL, ICONIC = 0, 1, 3
MINIMIZE, ATTENTION = 4, 2


def numbers(app: App, window: Any, name: str) -> list[int]:
    found = window.get_full_property(app.display.intern_atom(name), X.AnyPropertyType)
    return [] if found is None else list(found.value)


def names(app: App, window: Any, name: str) -> set[str]:
    return {app.display.get_atom_name(number) for number in numbers(app, window, name)}


def ask(app: App, window: Any, message: str, *words: int | str) -> None:
    """A client message to the root, as EWMH has it; a name stands for its atom."""
    data = [app.display.intern_atom(word) if isinstance(word, str) else word & 0xFFFFFFFF for word in words]
    told = event.ClientMessage(
        window=window, client_type=app.display.intern_atom(message), data=(32, (data + [0] * 5)[:5])
    )
    app.root.send_event(told, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    app.sync()


def shown(daemon: ScriptedDaemon, app: App, width: int = 70, height: int = 60, **options: Any) -> Any:
    """A window of which the daemon knows that it is mapped."""
    window = app.window(width, height, **options)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    return window


def flags_of(daemon: ScriptedDaemon, window: Any) -> list[tuple[int, int]]:
    return [tuple(said.body) for said in daemon.all_of(T.WINDOW_FLAGS, window.id)]


def place_of(window: Any) -> tuple[int, int, int, int]:
    found = window.get_geometry()
    return found.x, found.y, found.width, found.height


def wait_place(window: Any, *place: int) -> None:
    wait_until(lambda: place_of(window) == place, what=f"the window at {place}")


def told_place(daemon: ScriptedDaemon, window: Any) -> Callable[[], tuple[int, ...]]:
    return lambda: tuple(daemon.all_of(T.CONFIGURE, window.id)[-1].body[:4]) if daemon.all_of(T.CONFIGURE) else ()


def test_root_says_what_the_window_manager_does_and_that_there_is_one_desktop(daemon: ScriptedDaemon, app: App) -> None:
    assert daemon.said
    root = app.root
    (check,) = numbers(app, root, "_NET_SUPPORTING_WM_CHECK")
    sign = app.display.create_resource_object("window", check)
    assert numbers(app, sign, "_NET_SUPPORTING_WM_CHECK") == [check]
    assert bytes(sign.get_full_property(app.display.intern_atom("_NET_WM_NAME"), 0).value) == b"Vitrail"
    supported = names(app, root, "_NET_SUPPORTED")
    assert {
        *("_NET_WM_STATE", "_NET_WM_STATE_HIDDEN", "_NET_WM_STATE_MAXIMIZED_VERT", "_NET_ACTIVE_WINDOW"),
        *("_NET_FRAME_EXTENTS", "_NET_REQUEST_FRAME_EXTENTS", "_NET_WORKAREA", "_NET_CLIENT_LIST"),
    } <= supported
    assert numbers(app, root, "_NET_WORKAREA") == [0, 0, 1280, 800]
    assert numbers(app, root, "_NET_DESKTOP_GEOMETRY") == [1280, 800]
    assert numbers(app, root, "_NET_NUMBER_OF_DESKTOPS") == [1]
    assert numbers(app, root, "_NET_CURRENT_DESKTOP") == [0]


def test_clients_are_listed_while_they_are_mapped_and_the_active_one_is_named(daemon: ScriptedDaemon, app: App) -> None:
    one, two = shown(daemon, app), shown(daemon, app)
    shown(daemon, app, override_redirect=True)
    wait_until(lambda: numbers(app, app.root, "_NET_CLIENT_LIST") == [one.id, two.id], what="two clients")
    daemon.send(T.FOCUS, one.id, 9, 0, 0)
    wait_until(lambda: numbers(app, app.root, "_NET_ACTIVE_WINDOW") == [one.id], what="the active window")
    wait_until(lambda: numbers(app, app.root, "_NET_CLIENT_LIST_STACKING") == [two.id, one.id], what="the stack")
    one.unmap()
    app.sync()
    wait_until(lambda: numbers(app, app.root, "_NET_CLIENT_LIST") == [two.id], what="one client")
    wait_until(lambda: numbers(app, app.root, "_NET_ACTIVE_WINDOW") == [0], what="no active window")


def test_window_finds_its_frame_and_desktop_before_it_is_mapped_or_when_it_asks(
    daemon: ScriptedDaemon, app: App
) -> None:
    window = shown(daemon, app)
    assert numbers(app, window, "_NET_FRAME_EXTENTS") == [0, 0, 0, 0]
    assert numbers(app, window, "_NET_WM_DESKTOP") == [0]
    assert "_NET_WM_ACTION_CLOSE" in names(app, window, "_NET_WM_ALLOWED_ACTIONS")
    unmapped = app.window(30, 30)
    ask(app, unmapped, "_NET_REQUEST_FRAME_EXTENTS")
    wait_until(lambda: numbers(app, unmapped, "_NET_FRAME_EXTENTS") == [0, 0, 0, 0], what="the frame extents")


def test_minimised_by_the_program_and_back_by_the_person(daemon: ScriptedDaemon, app: App) -> None:
    window = shown(daemon, app)
    ask(app, window, "WM_CHANGE_STATE", ICONIC)
    daemon.until(lambda: flags_of(daemon, window)[-1] == (MINIMIZE, 0), "the wish")
    assert numbers(app, window, "WM_STATE") == [NORMAL, 0]
    daemon.send(T.WINDOW_FLAGS, window.id, MINIMIZE, 0)
    wait_until(lambda: numbers(app, window, "WM_STATE") == [ICONIC, 0], what="IconicState")
    assert names(app, window, "_NET_WM_STATE") == {"_NET_WM_STATE_HIDDEN"}
    assert window.get_attributes().map_state == X.IsViewable
    daemon.send(T.WINDOW_FLAGS, window.id, 0, MINIMIZE)
    wait_until(lambda: numbers(app, window, "WM_STATE") == [NORMAL, 0], what="NormalState")
    assert names(app, window, "_NET_WM_STATE") == set()


def test_focus_that_changes_together_with_a_layout_is_told_on_the_root(daemon: ScriptedDaemon, app: App) -> None:
    """It waits for the layout, and nothing need happen after it. The second time the layout is there already."""
    window = shown(daemon, app)
    layout = encode(T.KEYBOARD, 0, 0, b"evdev", b"pc105", b"de", b"neo", b"")

    def active() -> list[int]:
        return numbers(app, app.root, "_NET_ACTIVE_WINDOW")

    daemon.send_raw(layout + encode(T.FOCUS, window.id, 9, 0, 0))
    wait_until(lambda: active() == [window.id], what="the active window")
    daemon.send_raw(layout + encode(T.FOCUS, window.id, 10, 0, 0))
    wait_until(lambda: active() == [0], what="no active window")


def test_window_that_starts_minimised_says_so_after_map(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60)
    window.set_wm_hints(flags=Xutil.StateHint, initial_state=ICONIC)
    app.map(window)
    daemon.until(lambda: flags_of(daemon, window) == [(0, 0), (MINIMIZE, 0)], "minimising")
    types = daemon.types(window.id)
    assert types.index(T.MAP) < len(types) - 1 - types[::-1].index(T.WINDOW_FLAGS)


@pytest.mark.parametrize("by", ["state", "active", "change"])
def test_program_brings_its_minimised_window_back(daemon: ScriptedDaemon, app: App, by: str) -> None:
    window = shown(daemon, app)
    daemon.send(T.WINDOW_FLAGS, window.id, MINIMIZE, 0)
    wait_until(lambda: numbers(app, window, "WM_STATE") == [ICONIC, 0], what="IconicState")
    said = len(daemon.said)
    if by == "state":
        ask(app, window, "_NET_WM_STATE", REMOVE, "_NET_WM_STATE_HIDDEN")
    elif by == "active":
        ask(app, window, "_NET_ACTIVE_WINDOW", 1, 0, 0)
    else:
        ask(app, window, "WM_CHANGE_STATE", NORMAL)
    daemon.wait_for(T.MAP, window.id, after=said)
    daemon.drain()
    assert daemon.alive == {window.id}


def test_window_withdrawn_by_a_synthetic_unmap_alone_is_gone_and_comes_back(daemon: ScriptedDaemon, app: App) -> None:
    window = shown(daemon, app)
    gone = event.UnmapNotify(event=app.root, window=window, from_configure=False)
    app.root.send_event(gone, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    app.sync()
    daemon.wait_for(T.UNMAP, window.id)
    wait_until(lambda: numbers(app, window, "WM_STATE") == [], what="no WM_STATE")
    assert window.get_attributes().map_state == X.IsUnmapped
    said = len(daemon.said)
    app.map(window)
    daemon.wait_for(T.MAP, window.id, after=said)
    said = len(daemon.said)
    window.unmap()  # and as XWithdrawWindow does it
    app.root.send_event(gone, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    window.map()
    app.sync()
    daemon.wait_for(T.MAP, window.id, after=said)
    daemon.drain()
    lives = [one.type for one in daemon.said[said:] if one.window == window.id and one.type in (T.MAP, T.UNMAP)]
    assert lives[-2:] == [T.UNMAP, T.MAP]


def test_states_of_the_qubes_own_are_added_removed_and_toggled(daemon: ScriptedDaemon, app: App) -> None:
    window = shown(daemon, app)
    said = len(daemon.said)
    own = [f"_NET_WM_STATE_{name}" for name in ("MODAL", "STICKY", "ABOVE", "SKIP_TASKBAR", "SKIP_PAGER", "SHADED")]
    for one, other in zip(own[::2], own[1::2], strict=True):
        ask(app, window, "_NET_WM_STATE", ADD, one, other)
    wait_until(lambda: names(app, window, "_NET_WM_STATE") == set(own), what="all states")
    ask(app, window, "_NET_WM_STATE", TOGGLE, own[0], "_NET_WM_STATE_BELOW")
    ask(app, window, "_NET_WM_STATE", REMOVE, own[1])
    expected = {*own[2:], "_NET_WM_STATE_BELOW"}
    wait_until(lambda: names(app, window, "_NET_WM_STATE") == expected, what="the states left")
    daemon.drain()
    assert not [one for one in daemon.said[said:] if one.type is T.WINDOW_FLAGS]


def test_more_than_ten_states_hold_and_those_of_the_wire_among_them_are_told(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60)
    many = [app.display.intern_atom(f"_TEST_STATE_{number}") for number in range(30)]
    fullscreen = app.display.intern_atom("_NET_WM_STATE_FULLSCREEN")
    state = app.display.intern_atom("_NET_WM_STATE")
    window.change_property(state, Xatom.ATOM, 32, [*many, fullscreen])
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    assert flags_of(daemon, window) == [(1, 0)]
    daemon.send(T.WINDOW_FLAGS, window.id, ATTENTION, 1)
    attention = app.display.intern_atom("_NET_WM_STATE_DEMANDS_ATTENTION")
    wait_until(lambda: numbers(app, window, "_NET_WM_STATE") == [*many, attention], what="thirty states and one")


def test_maximised_by_the_program_fills_the_screen_and_comes_back(daemon: ScriptedDaemon, app: App) -> None:
    window = shown(daemon, app, x=30, y=40)
    both = ("_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ")
    ask(app, window, "_NET_WM_STATE", ADD, *both)
    wait_place(window, 8, 32, 1264, 760)
    daemon.until(lambda: told_place(daemon, window)() == (8, 32, 1264, 760), "the place told")
    assert names(app, window, "_NET_WM_STATE") == set(both)
    window.configure(width=33)
    app.sync()
    ask(app, window, "_NET_WM_STATE", TOGGLE, *both)
    wait_place(window, 30, 40, 70, 60)
    daemon.until(lambda: told_place(daemon, window)() == (30, 40, 70, 60), "the old place told")
    assert names(app, window, "_NET_WM_STATE") == set()


def test_window_maximised_before_it_is_mapped_is_told_so_before_map(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60, x=5, y=6)
    state = app.display.intern_atom("_NET_WM_STATE")
    vertical = app.display.intern_atom("_NET_WM_STATE_MAXIMIZED_VERT")
    window.change_property(state, Xatom.ATOM, 32, [vertical])
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    types = daemon.types(window.id)
    assert types.index(T.CONFIGURE) < types.index(T.MAP)
    assert told_place(daemon, window)() == (5, 32, 70, 760)


def test_urgency_comes_and_goes(daemon: ScriptedDaemon, app: App) -> None:
    window = shown(daemon, app)
    window.set_wm_hints(flags=Xutil.UrgencyHint)
    app.sync()
    daemon.until(lambda: flags_of(daemon, window)[-1] == (ATTENTION, 0), "attention")
    window.set_wm_hints(flags=0)
    app.sync()
    daemon.until(lambda: flags_of(daemon, window)[-1] == (0, ATTENTION), "no attention")


def test_protocols_that_a_program_gives_up_are_not_used(daemon: ScriptedDaemon, app: App) -> None:
    """WM_DELETE_WINDOW taken back: CLOSE ends the program, as if it had never been there."""
    delete, take = (app.display.intern_atom(name) for name in ("WM_DELETE_WINDOW", "WM_TAKE_FOCUS"))
    other = App(app.display.get_display_name())
    window = other.window(70, 60)
    window.set_wm_protocols([delete, take])
    other.map(window)
    daemon.wait_for(T.MAP, window.id)
    window.set_wm_protocols([take])
    other.sync()
    app.sync()
    daemon.drain()
    daemon.send(T.CLOSE, window.id)
    daemon.wait_for(T.DESTROY, window.id)
    other.display.display.socket.close()


def test_program_moves_its_window_by_gravity_and_border(daemon: ScriptedDaemon, app: App) -> None:
    window = app.window(70, 60, x=100, y=100)
    window.set_wm_normal_hints(flags=512, win_gravity=X.SouthEastGravity)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    window.configure(width=90, height=70)
    wait_place(window, 80, 90, 90, 70)
    window.configure(x=10, y=20, border_width=5)
    wait_place(window, 20, 30, 90, 70)
    assert window.get_geometry().border_width == 0
    window.set_wm_normal_hints(flags=512, win_gravity=X.StaticGravity)
    window.configure(x=50, y=60)
    wait_place(window, 55, 65, 90, 70)
    ask(app, window, "_NET_MOVERESIZE_WINDOW", X.NorthWestGravity | 0b1111 << 8, -7, 8, 120, 130)
    wait_place(window, -7, 8, 120, 130)
    daemon.until(lambda: told_place(daemon, window)() == (-7, 8, 120, 130), "the place told")


def created(_daemon: ScriptedDaemon, app: App) -> Any:
    """A window that is not mapped yet."""
    return app.window(70, 60)


@pytest.mark.parametrize("make", [created, shown])
def test_size_and_then_corner_are_both_granted_however_late_they_are_read(
    agent: AgentProcess, daemon: ScriptedDaemon, app: App, make: Callable[[ScriptedDaemon, App], Any]
) -> None:
    """xterm asks for them like that before it maps its window."""
    window = make(daemon, app)
    app.sync()
    daemon.wait_for(T.CREATE, window.id)
    agent.child.freeze()
    try:
        window.configure(width=480, height=316)
        window.configure(x=100, y=80)
        app.sync()
    finally:
        agent.child.thaw()
    daemon.until(lambda: told_place(daemon, window)() == (100, 80, 480, 316), "the place told")
    assert place_of(window) == (100, 80, 480, 316)


def test_absurd_sizes_end_at_what_the_wire_carries(daemon: ScriptedDaemon, app: App) -> None:
    window = shown(daemon, app)
    window.configure(width=32767, height=1)
    wait_until(lambda: place_of(window)[2:] == (16384, 1), what="the widest window")
    daemon.until(lambda: told_place(daemon, window)()[2:] == (16384, 1), "the size told")
    window.configure(x=-32768, y=32767)
    app.sync()
    daemon.until(lambda: told_place(daemon, window)() == (-32768, 32767, 16384, 1), "the place told")


def test_pager_restacks_windows_of_the_qube(daemon: ScriptedDaemon, app: App) -> None:
    lower, upper, popup = shown(daemon, app), shown(daemon, app), shown(daemon, app, override_redirect=True)

    def stack() -> list[int]:
        ours = {lower.id, upper.id, popup.id}
        return [child.id for child in app.root.query_tree().children if child.id in ours]

    assert stack() == [lower.id, upper.id, popup.id]
    ask(app, lower, "_NET_RESTACK_WINDOW", 2, upper.id, X.Above)
    wait_until(lambda: stack() == [upper.id, lower.id, popup.id], what="above the other one")
    ask(app, upper, "_NET_RESTACK_WINDOW", 2, 0, X.Above)
    wait_until(lambda: stack() == [lower.id, popup.id, upper.id], what="above all")
    ask(app, popup, "_NET_RESTACK_WINDOW", 2, 0, X.Above)  # no window manager restacks it
    ask(app, upper, "_NET_RESTACK_WINDOW", 2, 0, 77)  # no such mode
    ask(app, upper, "_NET_RESTACK_WINDOW", 2, 0, X.Below)
    wait_until(lambda: stack() == [upper.id, lower.id, popup.id], what="below all")


def test_pager_closes_a_window_as_the_desktop_does(daemon: ScriptedDaemon, app: App) -> None:
    delete = app.display.intern_atom("WM_DELETE_WINDOW")
    window = app.window(70, 60)
    window.set_wm_protocols([delete])
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    ask(app, window, "_NET_CLOSE_WINDOW")

    def asked() -> bool:
        while app.display.pending_events():
            seen = app.display.next_event()
            if seen.type & 0x7F == X.ClientMessage:
                return bool(seen.data[1][0] == delete)
        return False

    wait_until(asked, what="WM_DELETE_WINDOW")


def test_menu_without_override_redirect_is_a_popup_on_the_desktop(daemon: ScriptedDaemon, app: App) -> None:
    kind = app.display.intern_atom("_NET_WM_WINDOW_TYPE")
    menu = app.window(70, 60)
    menu.change_property(kind, Xatom.ATOM, 32, [app.display.intern_atom("_NET_WM_WINDOW_TYPE_POPUP_MENU")])
    app.map(menu)
    assert daemon.wait_for(T.MAP, menu.id).body.override_redirect == 1


def test_modal_dialog_of_a_group_belongs_to_the_window_that_is_used(daemon: ScriptedDaemon, app: App) -> None:
    leader = app.window(1, 1)
    main = app.window(70, 60)
    dialog = app.window(50, 40)
    for window in (main, dialog):
        window.set_wm_hints(flags=Xutil.WindowGroupHint, window_group=leader)
    dialog.set_wm_transient_for(app.root)
    app.map(main)
    app.map(dialog)
    assert daemon.wait_for(T.MAP, dialog.id).body.transient_for == main.id


def test_flood_of_wishes_and_titles_ends_with_the_last_ones_and_stalls_nothing(
    daemon: ScriptedDaemon, app: App
) -> None:
    window = shown(daemon, app)
    state, attention = (app.display.intern_atom(f"_NET_WM_STATE{name}") for name in ("", "_DEMANDS_ATTENTION"))
    said = len(daemon.said)
    for number in range(3000):
        told = event.ClientMessage(window=window, client_type=state, data=(32, [TOGGLE, attention, 0, 1, 0]))
        app.root.send_event(told, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        window.set_wm_name(f"title {number}")
    app.sync()
    other = shown(daemon, app)
    daemon.until(lambda: daemon.all_of(T.WMNAME, window.id)[-1].body.data.startswith(b"title 2999\0"), "the last title")
    daemon.drain()
    flood = daemon.said[said:]
    assert len([one for one in flood if one.type is T.WINDOW_FLAGS and one.window == window.id]) < 300
    assert len([one for one in flood if one.type is T.WMNAME and one.window == window.id]) < 1500
    assert daemon.alive == {window.id, other.id}
