"""guid/core/damage.py: what is to be drawn, and how much of it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.damage import MAX_PENDING_RECTS
from guid.core.geometry import Rect
from guid.core.values import RemoteId
from protocol.messages import MessageType as M
from tests.guid.core.talk import Talk

W1, W2 = RemoteId(0x100001), RemoteId(0x100002)
CONTENT = (100, 200, 300, 150)


def test_damage_of_a_mapped_window_waits_until_it_is_taken() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    assert talk.say(M.SHMIMAGE, W1, 1, 2, 3, 4) == []
    assert talk.session.damage.take([W2]) == {}
    assert talk.session.damage.take([W1]) == {W1: [(1, 2, 3, 4)]}
    assert talk.session.damage.take([W1]) == {}


def test_damage_of_an_unmapped_window_is_ignored() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    talk.say(M.SHMIMAGE, W1, 0, 0, 5, 5)
    assert talk.session.damage.pending == {}


@pytest.mark.parametrize("message", [M.UNMAP, M.DESTROY])
def test_damage_goes_with_its_window(message: M) -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.say(M.SHMIMAGE, W1, 0, 0, 5, 5)
    talk.say(message, W1)
    assert talk.session.damage.pending == {}


def test_exposed_is_drawn_like_damage_and_an_unknown_window_is_ignored() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.session.damage.exposed(W1, Rect(5, 6, 7, 8))
    talk.session.damage.exposed(W2, Rect(5, 6, 7, 8))
    assert talk.session.damage.pending == {W1: {(5, 6, 7, 8): None}}


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(1, 9), st.integers(1, 9)),
        min_size=1,
        max_size=3 * MAX_PENDING_RECTS,
    )
)
def test_damage_never_grows_beyond_its_limit_and_loses_no_pixel(rects: list[tuple[int, int, int, int]]) -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    for rect in rects:
        talk.session.damage.exposed(W1, Rect(*rect))
        assert len(talk.session.damage.pending[W1]) <= MAX_PENDING_RECTS
    kept = talk.session.damage.take([W1])[W1]
    for x, y, width, height in rects:
        for corner in ((x, y), (x + width - 1, y + height - 1)):
            assert any(left <= corner[0] < left + w and top <= corner[1] < top + h for left, top, w, h in kept), (
                "a damaged pixel is forgotten"
            )


def test_damage_put_back_is_there_again() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.session.damage.put_back(W1, [(1, 1, 2, 2), (50, 50, 2, 2)])
    assert talk.session.damage.pending == {W1: {(1, 1, 2, 2): None, (50, 50, 2, 2): None}}
