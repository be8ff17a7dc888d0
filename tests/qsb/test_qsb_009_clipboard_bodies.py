"""QSB-009 (2014), for the clipboard: no byte reaches a qube that was not meant for it.

What is not used of a message is zero, and what is given is as long as what was copied.
"""

from pathlib import Path

import pytest

from protocol.clipboard import Kind, Step
from protocol.extensions import Feature
from protocol.messages import MessageType
from tests.harness.stage import Stage
from tests.integration.clipboard_desk import COPY, PASTE, CopyingPerson, CopyingQube

pytestmark = pytest.mark.desktop

PIXELS = bytes(range(48))


def next_step(qube: CopyingQube, after: int) -> list[int]:
    received = qube.expect(MessageType.CLIPBOARD_TYPED, after)
    assert isinstance(received.body, tuple)
    return [*received.body, *received.tail]


def test_text_and_request_hold_nothing_else(qsb_stage: Stage, tmp_path: Path) -> None:
    person = CopyingPerson(qsb_stage, tmp_path)
    with person.qube("bank", "green") as bank, person.qube("evil", "red") as evil:
        for text in (b"a", b"ab" * 500, b"c"):
            request = bank.asked_to_copy()
            assert (request.body, request.tail) == (None, b"")
            bank.answer(text)
            person.desk.until(lambda: not person.desk.desk.status()["empty"], "the copy")
            assert evil.pastes() == text


def test_steps_with_types_hold_zeros_where_nothing_is_said(qsb_stage: Stage, tmp_path: Path) -> None:
    person = CopyingPerson(qsb_stage, tmp_path)
    with person.qube("evil", "red") as evil:
        send = evil.agent.send
        send(MessageType.EXT_HELLO, 0, 1, Feature.CLIPBOARD_TYPED)
        person.desk.until(lambda: any("Changed" in str(each) for each in evil.acted.daemon.status), "a typed agent")
        before = len(evil.agent.received)
        evil.chord(COPY)
        request = next_step(evil, before)
        nonce = request[1]
        assert request == [Step.REQUEST, nonce, 0, 0, 0, 0, 0]
        before = len(evil.agent.received)
        send(MessageType.CLIPBOARD_TYPED, 0, Step.OFFER, nonce, Kind.IMAGE, 4, 3, len(PIXELS), 0)
        assert next_step(evil, before) == [Step.WANT, nonce, 0, 0, 0, 0, 0]
        send(MessageType.CLIPBOARD_TYPED, 0, Step.PART, nonce, 0, 0, 0, 0, 0, tail=PIXELS)
        person.desk.until(lambda: not person.desk.desk.status()["empty"], "the copy")
        before = len(evil.agent.received)
        evil.chord(PASTE)
        offer = next_step(evil, before)
        assert offer == [Step.OFFER, offer[1], Kind.IMAGE, 4, 3, len(PIXELS), 0]
        before = len(evil.agent.received)
        send(MessageType.CLIPBOARD_TYPED, 0, Step.WANT, offer[1], 0, 0, 0, 0, 0)
        assert next_step(evil, before) == [Step.PART, offer[1], 0, 0, 0, 0, 0, *PIXELS]
