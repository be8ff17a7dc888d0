"""What an agent is told of the frames that the desktop has taken."""

import pytest

from guid.core.values import RemoteId
from protocol.codec import encode
from protocol.errors import RemoteProtocolError, Violation
from protocol.extensions import EXT_VERSION, Feature
from protocol.messages import MessageType as M
from tests.guid.core.talk import POOL_PAGES, Talk

ONE, TWO = RemoteId(1), RemoteId(2)


def greeted() -> Talk:
    talk = Talk()
    talk.say(M.EXT_HELLO, 0, EXT_VERSION, Feature.FRAME_ACK)
    talk.mapped(ONE, (100, 100, 200, 100))
    talk.mapped(TWO, (400, 100, 200, 100))
    return talk


def ack(window: int, done: int) -> bytes:
    return encode(M.FRAME_ACK, window, done)


def settled(talk: Talk, *undrawn: int) -> list[bytes]:
    """What is said after a batch with everything but `undrawn`, in which nothing was uncovered."""
    talk.session.frames.draw([RemoteId(window) for window in undrawn])
    return talk.session.frames.settled(())


def test_every_damage_of_a_window_counts() -> None:
    talk = greeted()
    for _ in range(3):
        talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    talk.say(M.SHMIMAGE, TWO, 0, 0, 5, 5)
    assert settled(talk) == [ack(ONE, 3), ack(TWO, 1)]
    assert settled(talk) == []
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    assert settled(talk) == [ack(ONE, 4)]


def test_window_with_something_left_to_draw_is_not_done() -> None:
    talk = greeted()
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    assert settled(talk, ONE) == []
    assert settled(talk, TWO) == [ack(ONE, 1)]


def test_damage_that_draws_nothing_is_done_too() -> None:
    talk = greeted()
    talk.create(3, (0, 0, 10, 10))
    talk.say(M.SHMIMAGE, 3, 0, 0, 5, 5)
    talk.say(M.SHMIMAGE, ONE, 0, 0, 0, 0)
    assert settled(talk, *talk.session.damage.pending) == [ack(3, 1), ack(ONE, 1)]


def test_hiding_counts_and_forgets_what_was_left() -> None:
    talk = greeted()
    talk.dump(ONE)
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    talk.say(M.UNMAP, ONE)
    talk.say(M.UNMAP, ONE)
    assert settled(talk, *talk.session.damage.pending) == [ack(ONE, 3)]


def test_window_that_is_gone_is_not_spoken_of_and_its_successor_counts_anew() -> None:
    talk = greeted()
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    talk.say(M.DESTROY, ONE)
    assert settled(talk) == []
    talk.mapped(ONE, (100, 100, 200, 100))
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    assert settled(talk) == [ack(ONE, 1)]


def test_agent_that_did_not_name_the_feature_is_told_nothing() -> None:
    talk = Talk()
    talk.mapped(ONE, (100, 100, 200, 100))
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    assert settled(talk) == []
    talk.say(M.EXT_HELLO, 0, EXT_VERSION, Feature.KEYBOARD)
    assert settled(talk) == []


def test_what_came_before_the_greeting_counts() -> None:
    talk = Talk()
    talk.mapped(ONE, (100, 100, 200, 100))
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    talk.say(M.EXT_HELLO, 0, EXT_VERSION, Feature.FRAME_ACK)
    assert settled(talk) == [ack(ONE, 1)]


def test_window_that_was_uncovered_while_it_was_drawn_is_drawn_again_first_but_once() -> None:
    """Else the agent would write there while the uncovered part is drawn."""
    talk = greeted()
    frames = talk.session.frames
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    frames.draw(())
    assert frames.settled([ONE]) == []
    frames.draw(())
    assert frames.settled([ONE]) == [ack(ONE, 1)]
    assert frames.settled([ONE]) == []


COUNTING = Feature.FRAME_ACK | Feature.FRAME_COUNT | Feature.FRAME_ASK
PAGE = 7


def counting() -> Talk:
    talk = Talk()
    talk.say(M.EXT_HELLO, 0, EXT_VERSION, COUNTING)
    talk.mapped(ONE, (100, 100, 200, 100))
    talk.mapped(TWO, (400, 100, 200, 100))
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    talk.say(M.FRAME_COUNT, 0, PAGE)
    return talk


def to_count(talk: Talk) -> int | None:
    """What is written into the page of the agent when all is drawn, if anything."""
    frames = talk.session.frames
    assert frames.page == PAGE
    return frames.count() if frames.uncounted else None


def test_agent_with_a_counter_is_told_by_it() -> None:
    talk = counting()
    assert settled(talk) == [ack(ONE, 1)]  # what came before
    talk.say(M.SHMIMAGE, TWO, 0, 0, 5, 5)
    talk.say(M.UNMAP, ONE)
    assert settled(talk) == []
    assert to_count(talk) == 3
    assert to_count(talk) is None
    talk.say(M.DESTROY, ONE)
    assert to_count(talk) is None
    talk.say(M.SHMIMAGE, TWO, 0, 0, 5, 5)
    assert to_count(talk) == 4


def test_agent_with_a_counter_is_told_of_a_window_when_it_asks() -> None:
    talk = counting()
    settled(talk)
    talk.say(M.SHMIMAGE, ONE, 0, 0, 5, 5)
    talk.say(M.SHMIMAGE, TWO, 0, 0, 5, 5)
    talk.say(M.FRAME_ASK, ONE)
    assert settled(talk, ONE) == []
    assert settled(talk) == [ack(ONE, 2)]
    talk.say(M.FRAME_ASK, ONE)  # again, and of one that has drawn nothing since
    assert settled(talk) == [ack(ONE, 2)]
    talk.create(3, (0, 0, 10, 10))
    talk.say(M.FRAME_ASK, 3)
    assert settled(talk) == [ack(3, 0)]


def test_agent_whose_counter_cannot_be_written_is_told_of_every_window() -> None:
    talk = counting()
    settled(talk)
    talk.say(M.SHMIMAGE, TWO, 0, 0, 5, 5)
    talk.session.frames.count_no_more()
    assert settled(talk) == [ack(ONE, 1), ack(TWO, 1)]
    talk.say(M.FRAME_COUNT, 0, PAGE + 1)
    talk.say(M.SHMIMAGE, TWO, 0, 0, 5, 5)
    assert talk.session.frames.page == PAGE + 1


def test_first_counter_is_the_one() -> None:
    talk = counting()
    talk.say(M.FRAME_COUNT, 0, PAGE + 1)
    assert talk.session.frames.page == PAGE


@pytest.mark.parametrize("page", [POOL_PAGES, 2**32 - 1])
def test_counter_outside_the_pool_ends_the_session(page: int) -> None:
    talk = Talk()
    talk.say(M.EXT_HELLO, 0, EXT_VERSION, COUNTING)
    with pytest.raises(RemoteProtocolError) as raised:
        talk.say(M.FRAME_COUNT, 0, page)
    assert raised.value.violation is Violation.BAD_REFS


@pytest.mark.parametrize(("message", "window", "fields"), [(M.FRAME_COUNT, 0, (PAGE,)), (M.FRAME_ASK, 1, ())])
def test_what_was_not_agreed_ends_the_session(message: M, window: int, fields: tuple[int, ...]) -> None:
    with pytest.raises(RemoteProtocolError) as raised:
        greeted().say(message, window, *fields)
    assert raised.value.violation is Violation.UNSUPPORTED
