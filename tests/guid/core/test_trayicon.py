"""guid/core/trayicon.py, and what a session does about DOCK: which windows become icons, and how large they are."""

import pytest

from guid.core import effects as fx
from guid.core.geometry import Extents, Rect
from guid.core.hiding import Hiding
from guid.core.options import DEFAULT_OPTIONS, changed
from guid.core.thickness import thickness_at
from guid.core.values import SCREEN, HintFlag, Kind, RemoteId, SizeHints
from guid.core.window import State
from protocol.limits import COMMON_TRAY_ICON_PX, MAX_TRAY_ICON_PX, MAX_TRAY_ICONS_PER_QUBE, MIN_TRAY_ICON_PX
from protocol.messages import MessageType as M
from tests.guid.core.talk import DESKTOP, Talk, told

W1, W2 = RemoteId(0x100001), RemoteId(0x100002)
CONTENT = (100, 200, 22, 22)


def docked(**options: object) -> Talk:
    talk = Talk(options=changed(DEFAULT_OPTIONS, options))
    talk.create(W1, CONTENT)
    talk.say(M.DOCK, W1)
    return talk


def test_dock_gives_an_outer_of_its_own_that_asks_for_a_place() -> None:
    for popup in (False, True):
        talk = Talk()
        talk.create(W1, CONTENT, popup=popup)
        talk.say(M.WMNAME, W1, b"mail".ljust(128, b"\0"))
        outer = Rect(98, 198, 22, 22)
        assert talk.say(M.DOCK, W1) == [
            fx.ChangeKind(W1, Kind.ICON, outer, Extents(2, 2, 2, 2)),
            fx.SetTitle(W1, "mail"),
            fx.SetSizeHints(
                W1, SizeHints(HintFlag.P_MIN_SIZE, min_size=(18, 18)), Rect(100, 200, 18, 18), Extents(2, 2, 2, 2)
            ),
            *talk.effects[3:4],
            fx.DockIcon(W1),
        ]
        assert told(talk.effects) == [(M.CONFIGURE, W1, 100, 200, 18, 18, 0)]


@pytest.mark.parametrize(("asked", "side"), [(1, 16), (16, 16), (22, 22), (24, 24), (32, 24), (5000, 24)])
def test_icon_wants_no_more_and_no_less_than_panels_give(asked: int, side: int) -> None:
    talk = Talk()
    talk.create(W1, (5, 5, asked, asked))
    talk.say(M.DOCK, W1)
    assert talk.session.windows[W1].granted.outer[2:] == (side, side)
    assert MIN_TRAY_ICON_PX <= side <= COMMON_TRAY_ICON_PX


def test_modes_of_the_c_daemon_have_the_least_edge() -> None:
    assert docked(trayicon_mode="tint").session.windows[W1].extents == Extents(1, 1, 1, 1)
    twice = DESKTOP._replace(thickness=thickness_at(2.0))
    talk = Talk(twice, options=changed(DEFAULT_OPTIONS, {"trayicon_mode": "border2"}))
    talk.create(W1, CONTENT)
    talk.say(M.DOCK, W1)
    assert talk.session.windows[W1].extents == Extents(2, 2, 2, 2)


def test_icon_stays_one_whatever_the_agent_says() -> None:
    talk = docked()
    window = talk.session.windows[W1]
    outer, hints = window.granted.outer, window.hints
    assert talk.say(M.DOCK, W1) == []
    assert talk.map(W1) == talk.map(W1, popup=True) == []
    assert talk.say(M.UNMAP, W1) == []
    assert talk.say(M.WINDOW_HINTS, W1, 16 | 256, 5000, 5000, 0, 0, 0, 0, 5000, 5000) == []
    assert talk.say(M.WINDOW_FLAGS, W1, 1 | 2 | 4, 0) == []
    assert (window.state, window.kind, window.granted.outer, window.hints) == (State.DOCKED, Kind.ICON, outer, hints)


def test_size_that_the_agent_wants_for_an_icon_is_answered_with_its_own() -> None:
    talk = docked()
    assert told(talk.configure(W1, (0, 0, 500, 500))) == [(M.CONFIGURE, W1, 100, 200, 18, 18, 0)]
    assert talk.configure(W1, (100, 200, 18, 18)) == []


def test_size_that_the_tray_gives_is_told_and_its_echo_is_an_acknowledgement() -> None:
    talk = docked()
    done = talk.shown_at(W1, (700, 5, 24, 24))
    assert fx.FitContent(W1, 20, 20) in done
    assert told(done) == [(M.CONFIGURE, W1, 702, 7, 20, 20, 0)]
    assert talk.shown_at(W1, (730, 5, 24, 24)) == []  # the agent has not answered
    assert told(talk.configure(W1, (702, 7, 20, 20))) == [(M.CONFIGURE, W1, 732, 7, 20, 20, 0)]
    assert talk.configure(W1, (732, 7, 20, 20)) == []


@pytest.mark.parametrize(("given", "wanted"), [((18, 40), 36), ((40, 18), 36), ((1000, 22), MAX_TRAY_ICON_PX)])
def test_icon_wants_to_be_a_square_as_long_as_the_trays_longer_side(given: tuple[int, int], wanted: int) -> None:
    talk = docked()
    (hints,) = (each for each in talk.shown_at(W1, (5, 5, *given)) if isinstance(each, fx.SetSizeHints))
    assert hints.hints == SizeHints(HintFlag.P_MIN_SIZE, min_size=(wanted, wanted))
    for again in (given, (wanted + 4, wanted + 4), (10, 10)):
        assert not any(isinstance(each, fx.SetSizeHints) for each in talk.shown_at(W1, (5, 5, *again)))


def test_mapped_window_is_no_icon_nor_one_that_has_been_mapped_nor_the_screen() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    talk.map(W1)
    assert talk.say(M.DOCK, W1) == [fx.Note("window 0x100001 is no tray icon: it has been mapped")]
    talk.say(M.UNMAP, W1)
    assert talk.say(M.DOCK, W1) == []
    assert talk.session.windows[W1].kind is Kind.MANAGED
    screen = Talk()
    screen.create(SCREEN, (0, 0, 640, 480))
    assert screen.say(M.DOCK, SCREEN) == [fx.Note("window 0x0 is no tray icon: it is the screen")]


def test_icons_beyond_the_limit_are_none() -> None:
    talk = Talk()
    for number in range(MAX_TRAY_ICONS_PER_QUBE + 3):
        talk.create(0x10 + number, CONTENT)
        talk.say(M.DOCK, 0x10 + number)
    kinds = [window.kind for window in talk.session.windows.values()]
    assert kinds.count(Kind.ICON) == MAX_TRAY_ICONS_PER_QUBE
    talk.say(M.DESTROY, 0x10)
    talk.say(M.DOCK, 0x10 + MAX_TRAY_ICONS_PER_QUBE)
    assert talk.session.windows[RemoteId(0x10 + MAX_TRAY_ICONS_PER_QUBE)].kind is Kind.ICON


def test_damage_of_an_icon_counts_and_of_a_window_that_is_neither_does_not() -> None:
    talk = docked()
    talk.create(W2, CONTENT)
    talk.say(M.SHMIMAGE, W1, 0, 0, 5, 5)
    talk.say(M.SHMIMAGE, W2, 0, 0, 5, 5)
    assert set(talk.session.damage.pending) == {W1}


def test_hidden_qube_has_no_icon_and_gets_it_back() -> None:
    talk, hiding = docked(), Hiding()
    windows = talk.session.windows
    assert hiding.hide(windows.values()) == [fx.UndockIcon(W1)]
    talk.create(W2, CONTENT)
    assert not any(isinstance(each, fx.DockIcon) for each in hiding.passed(talk.say(M.DOCK, W2)))
    assert hiding.show(windows.values()) == [fx.DockIcon(W1), fx.DockIcon(W2)]


def test_another_mode_gives_icons_another_outer() -> None:
    talk = docked()
    assert talk.session.change_options(changed(DEFAULT_OPTIONS, {"title_name": True})) == []
    done = talk.session.change_options(changed(DEFAULT_OPTIONS, {"trayicon_mode": "tint"}))
    assert isinstance(done[0], fx.ChangeKind)
    assert done[0].extents == Extents(1, 1, 1, 1)
    assert done[-1] == fx.DockIcon(W1)


def test_icon_wants_as_much_each_time_it_has_a_new_outer() -> None:
    talk = docked()
    talk.shown_at(W1, (700, 5, 30, 30))
    sizes = []
    for _ in range(3):
        talk.session.windows.renew_icon(W1)
        sizes.append(talk.session.windows[W1].granted.outer[2:])
    assert set(sizes) == {(30, 30)}
