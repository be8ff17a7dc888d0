"""Window 0, a qube's whole screen: what of the rules for windows is otherwise for it."""

from guid.core import effects as fx
from guid.core.geometry import Rect
from guid.core.values import SCREEN, Kind
from protocol.messages import MessageType as M
from tests.guid.core.talk import Talk, told

W1 = 0x400001
SIZE = (0, 0, 800, 600)


def test_screen_is_managed_whatever_it_asks_for() -> None:
    talk = Talk()
    (created,) = talk.create(SCREEN, (10, 10, 50, 50), popup=True)
    assert isinstance(created, fx.CreateWindow)
    assert created.kind is Kind.MANAGED
    talk.map(SCREEN, popup=True)
    talk.configure(SCREEN, (20, 20, 40, 40))
    assert talk.session.windows[SCREEN].kind is Kind.MANAGED


def test_picture_of_the_screen_stays_when_it_is_unmapped() -> None:
    talk = Talk()
    talk.mapped(SCREEN, SIZE)
    talk.dump(SCREEN, 8, 6)
    assert talk.say(M.UNMAP, SCREEN) == [fx.UnmapWindow(SCREEN, Kind.MANAGED)]
    assert talk.session.windows[SCREEN].image is not None


def test_screen_is_told_of_every_move_without_an_answer() -> None:
    talk = Talk()
    talk.mapped(SCREEN, SIZE)
    for x in (100, 200, 300):
        moved = talk.shown_at(SCREEN, Rect(x, 50, 806, 606))
        assert told(moved) == [(M.CONFIGURE, SCREEN, x + 3, 53, 800, 600, 0)]
    talk.configure(SCREEN, (0, 0, 640, 480))
    assert talk.effects == [fx.MoveResize(SCREEN, Rect(-3, -3, 646, 486))]


def test_window_cannot_be_transient_for_the_screen() -> None:
    """The number of the screen is the one that says none."""
    talk = Talk()
    talk.mapped(SCREEN, SIZE)
    talk.create(W1, SIZE)
    talk.map(W1, transient_for=SCREEN)
    assert talk.session.windows[W1].transient_for is None  # type: ignore[index]
