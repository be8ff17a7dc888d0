"""guid/core/giveback.py: which pages are given back, before which acknowledgement."""

from guid.core import effects as fx
from guid.core.giveback import GiveBack
from guid.core.values import Image, RemoteId
from shm.runs import Run

W1, W2 = RemoteId(1), RemoteId(2)


def use(window: RemoteId, *runs: Run, acknowledged: bool = True) -> fx.UseImage:
    return fx.UseImage(window, Image(64, 64, runs), b"ack" if acknowledged else b"")


def given(back: GiveBack, *effects: fx.Effect) -> list[Run]:
    """The runs given back, each in front of its effect."""
    added = back.added_to(effects)
    assert [each for each in added if not isinstance(each, fx.GiveBackWhenDrawn)] == list(effects)
    return [each.run for each in added if isinstance(each, fx.GiveBackWhenDrawn)]


def test_replaced_picture_is_given_back_before_the_acknowledgement() -> None:
    back = GiveBack()
    assert given(back, use(W1, Run(0, 4))) == []
    replacing = use(W1, Run(4, 8))
    assert back.added_to([replacing]) == [fx.GiveBackWhenDrawn(Run(0, 4)), replacing]


def test_pages_of_a_destroyed_window_are_given_back_before_the_echo() -> None:
    back = GiveBack()
    given(back, use(W1, Run(0, 4)))
    assert given(back, fx.DropImage(W1)) == []
    destroyed, echo = fx.DestroyWindow(W1), fx.SendWhenDrawn(b"echo")
    assert back.added_to([destroyed, echo]) == [fx.GiveBackWhenDrawn(Run(0, 4)), destroyed, echo]
    assert given(back, fx.DestroyWindow(W1)) == []


def test_pages_that_another_picture_uses_too_are_kept() -> None:
    back = GiveBack()
    given(back, use(W1, Run(0, 4)), use(W2, Run(2, 1), Run(9, 1)))
    assert given(back, use(W1, Run(20, 4))) == []
    assert given(back, use(W1, Run(30, 4))) == [Run(20, 4)]


def test_same_pages_again_are_kept() -> None:
    back = GiveBack()
    given(back, use(W1, Run(0, 4)))
    assert given(back, use(W1, Run(3, 4))) == []
    assert given(back, use(W1, Run(7, 1))) == [Run(3, 4)]


def test_scattered_pictures_and_agents_that_are_not_answered_keep_theirs() -> None:
    back = GiveBack()
    given(back, use(W1, Run(0, 2), Run(4, 2)))
    assert given(back, use(W1, Run(10, 1))) == []
    assert given(back, use(W1, Run(20, 1), acknowledged=False)) == []
