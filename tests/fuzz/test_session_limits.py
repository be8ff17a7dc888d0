"""What an agent may make the core remember, and what it may make of its windows' families."""

import struct

import pytest

from guid.core import effects as fx
from guid.core.damage import MAX_RECTS_WITHOUT_PICTURE
from guid.core.session import Session
from guid.core.values import RemoteId
from protocol import limits
from protocol.errors import RemoteProtocolError, Violation
from protocol.messages import MessageType
from tests.guid.core.talk import DESKTOP, Talk


def scattered_refs(count: int) -> bytes:
    """Page references of which no two follow each other."""
    return struct.pack(f"<{count}I", *(number % 2 * 2 for number in range(count)))


def test_transient_for_ring_of_windows_is_not_told_to_the_window_manager() -> None:
    talk = Talk()
    for window in (1, 2, 3):
        talk.create(window, (0, 0, 50, 50))
    assert fx.SetTransientFor(RemoteId(1), RemoteId(2)) in talk.map(1, transient_for=2)
    assert fx.SetTransientFor(RemoteId(2), RemoteId(3)) in talk.map(2, transient_for=3)
    effects = talk.map(3, transient_for=1)
    assert not [effect for effect in effects if isinstance(effect, fx.SetTransientFor)]


def test_transient_for_chain_is_told() -> None:
    talk = Talk()
    for window in range(1, 9):
        talk.create(window, (0, 0, 50, 50))
    for window in range(1, 8):
        effects = talk.map(window, transient_for=window + 1)
        assert [effect for effect in effects if isinstance(effect, fx.SetTransientFor)]


def test_damage_without_a_picture_is_remembered_in_few_rectangles() -> None:
    talk = Talk()
    talk.mapped(1, (0, 0, 500, 500))
    for number in range(200):
        talk.say(MessageType.SHMIMAGE, 1, 2 * number, number, 1, 1)
    rects = talk.session.damage.pending[RemoteId(1)]
    assert len(rects) <= MAX_RECTS_WITHOUT_PICTURE
    assert max(x + width for x, _, width, _ in rects) == 399
    assert max(y + height for _, y, _, height in rects) == 200


def test_damage_with_a_picture_keeps_rectangles_apart() -> None:
    talk = Talk()
    talk.mapped(1, (0, 0, 500, 500))
    talk.dump(1, 500, 500)
    for number in range(30):
        talk.say(MessageType.SHMIMAGE, 1, 16 * number, number, 1, 1)
    assert len(talk.session.damage.pending[RemoteId(1)]) == 30


def test_runs_of_all_pictures_over_the_limit_end_the_qube() -> None:
    talk = Talk()
    height, width = 6144, 16384
    per_picture = width * height * limits.BYTES_PER_PIXEL // limits.PAGE_BYTES
    for window in range(limits.MAX_RUNS_PER_QUBE // per_picture + 1):
        talk.create(window, (0, 0, 50, 50))
    for window in range(limits.MAX_RUNS_PER_QUBE // per_picture):
        talk.say(MessageType.WINDOW_DUMP, window, 0, width, height, 24, tail=scattered_refs(per_picture))
    with pytest.raises(RemoteProtocolError) as caught:
        talk.say(MessageType.WINDOW_DUMP, window + 1, 0, 32, 32, 24, tail=scattered_refs(2))
    assert caught.value.violation is Violation.LIMIT


def test_runs_of_a_picture_that_replaces_another_count_once() -> None:
    talk = Talk()
    talk.create(1, (0, 0, 50, 50))
    for _ in range(5):
        talk.say(MessageType.WINDOW_DUMP, 1, 0, 16384, 6144, 24, tail=scattered_refs(limits.MAX_GRANT_REFS))
    talk.say(MessageType.UNMAP, 1)


def test_runs_of_a_picture_that_is_gone_do_not_count() -> None:
    talk = Talk()
    for _ in range(3):
        talk.mapped(1, (0, 0, 50, 50))
        for end in (MessageType.UNMAP, MessageType.DESTROY):
            talk.say(MessageType.WINDOW_DUMP, 1, 0, 16384, 6144, 24, tail=scattered_refs(limits.MAX_GRANT_REFS))
            talk.say(end, 1)


def test_windows_over_the_limit_end_the_qube() -> None:
    talk = Talk()
    for window in range(limits.MAX_WINDOWS_PER_QUBE):
        talk.create(window, (0, 0, 1, 1))
    with pytest.raises(RemoteProtocolError, match=r"over a limit in CREATE \(130\), window 0x400: windows"):
        talk.create(limits.MAX_WINDOWS_PER_QUBE, (0, 0, 1, 1))


def test_session_of_another_agent_begins_with_nothing() -> None:
    session = Session(DESKTOP, minor=8, pool_pages=1)
    assert not session.windows
    assert not session.damage.pending
