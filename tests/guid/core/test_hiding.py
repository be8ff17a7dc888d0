"""guid/core/hiding.py: what a hidden qube asks for reaches no screen, and comes back as it was asked for."""

from guid.core import effects as fx
from guid.core.flags import NO_STATES
from guid.core.geometry import Rect
from guid.core.hiding import WHILE_SEEN, Hiding
from guid.core.values import DesktopState, HintFlag, Kind, RemoteId
from protocol.messages import MessageType as M
from tests.guid.core.talk import Talk

W1, W2, W3 = RemoteId(0x100001), RemoteId(0x100002), RemoteId(0x100003)
CONTENT = (100, 200, 300, 150)
OUTER = Rect(97, 197, 306, 156)


def talk_with_windows() -> Talk:
    """One managed, one popup, one that was never mapped."""
    talk = Talk()
    for window, popup in ((W1, False), (W2, True), (W3, False)):
        talk.create(window, CONTENT, popup=popup)
    talk.map(W1)
    talk.map(W2, popup=True)
    return talk


def test_hide_unmaps_what_is_mapped_once() -> None:
    talk, hiding = talk_with_windows(), Hiding()
    windows = talk.session.windows.values()
    assert hiding.hide(windows) == [fx.UnmapWindow(W1, Kind.MANAGED), fx.UnmapWindow(W2, Kind.POPUP)]
    assert hiding.hide(windows) == []


def test_hidden_qube_maps_nothing_and_all_else_passes() -> None:
    talk, hiding = talk_with_windows(), Hiding()
    hiding.hide(talk.session.windows.values())
    wanted = talk.map(W3)
    assert any(isinstance(each, fx.MapWindow) for each in wanted)
    assert not any(isinstance(each, WHILE_SEEN) for each in hiding.passed(wanted))
    assert list(hiding.passed(talk.say(M.UNMAP, W1))) == [fx.UnmapWindow(W1, Kind.MANAGED), fx.DropImage(W1)]
    moved = talk.configure(W2, (10, 60, 30, 40))
    assert [each for each in hiding.passed(moved) if isinstance(each, fx.MoveResize)]


def test_show_maps_what_the_qube_wants_by_then() -> None:
    talk, hiding = talk_with_windows(), Hiding()
    windows = talk.session.windows.values()
    assert hiding.show(windows) == []
    hiding.hide(windows)
    talk.map(W3)
    talk.say(M.UNMAP, W1)
    shown = hiding.show(windows)
    assert [each for each in shown if isinstance(each, fx.MapWindow)] == [
        fx.MapWindow(W2, Kind.POPUP),
        fx.MapWindow(W3, Kind.MANAGED),
    ]
    assert list(hiding.passed(talk.map(W1))) == [fx.MapWindow(W1, Kind.MANAGED)]


def test_managed_window_comes_back_to_its_place_with_its_states() -> None:
    talk, hiding = talk_with_windows(), Hiding()
    session = talk.session
    talk.shown_at(W1, OUTER)
    session.windows.states_shown(W1, DesktopState.MAXIMIZED | DesktopState.ATTENTION)
    hiding.hide(session.windows.values())
    hints, moved, mapped, states, *_popup = hiding.show(session.windows.values())
    assert isinstance(hints, fx.SetSizeHints)
    assert HintFlag.US_POSITION in hints.hints.flags
    assert (moved, mapped) == (fx.MoveResize(W1, OUTER), fx.MapWindow(W1, Kind.MANAGED))
    assert states == fx.ChangeStates(W1, DesktopState.MAXIMIZED, NO_STATES)
