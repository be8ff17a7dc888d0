"""Copy and paste through real daemons and the real desk: what agents are asked and given, what the person is told."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.clipboard.notice import Happened
from guid.clipboard.store import BASE
from protocol.clipboard import Kind, Step
from protocol.extensions import Feature
from protocol.limits import MAX_CLIPBOARD_PART_BYTES
from protocol.messages import MessageType
from tests.harness.agent import Received
from tests.harness.stage import Stage
from tests.integration.clipboard_desk import COPY, PASTE, WINDOW, CopyingPerson, CopyingQube

pytestmark = pytest.mark.desktop

EVERY_PLANE = "".join(chr(plane << 16 | 0x2345) for plane in range(17)).encode()
"""A character of each of Unicode's planes, whether anything is there or not."""

BIG = ("--option", "max_clipboard_size=256000")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture
def person(stage: Stage, tmp_path: Path) -> CopyingPerson:
    return CopyingPerson(stage, tmp_path)


@pytest.fixture
def work(person: CopyingPerson) -> Iterator[CopyingQube]:
    with person.qube("work", "green", arguments=BIG) as qube:
        yield qube


@pytest.fixture
def play(person: CopyingPerson) -> Iterator[CopyingQube]:
    with person.qube("play", "red") as qube:
        yield qube


def files(person: CopyingPerson) -> dict[str, bytes]:
    folder = person.desk.folders.runtime / "clipboard"
    return {path.name.removeprefix(BASE): path.read_bytes() for path in folder.glob(f"{BASE}*")}


@pytest.mark.parametrize(
    "text", [b"x", "привет, 世界 \N{PILE OF POO}".encode(), EVERY_PLANE, b"\0\xff not text at all", b"y" * 256_000]
)
def test_text_goes_from_qube_to_qube_byte_by_byte(
    person: CopyingPerson, work: CopyingQube, play: CopyingQube, text: bytes
) -> None:
    assert work.copies(text).what is Happened.COPIED
    assert files(person)[""] == text
    assert files(person)[".source"] == b"work"
    assert play.pastes() == text
    assert files(person)[""] == b""
    assert files(person)[".source"] == b""


def test_request_and_text_name_the_focused_window(person: CopyingPerson, work: CopyingQube) -> None:
    assert work.asked_to_copy().window == WINDOW
    work.answer(b"here")
    person.desk.until_told(Happened.COPIED)
    before = len(work.agent.received)
    assert work.pastes() == b"here"
    assert work.expect(MessageType.CLIPBOARD_DATA, before).window == WINDOW


@pytest.mark.parametrize("answer", ["nothing", "too big", "one too many"])
def test_answer_that_is_no_copy_leaves_the_clipboard_as_it_was(
    person: CopyingPerson, work: CopyingQube, play: CopyingQube, answer: str
) -> None:
    work.copies(b"before")
    text = {"nothing": b"", "too big": b"x" * 256_001, "one too many": b"x" * 64_001}[answer]
    notice = play.copies(text)
    assert notice.what is (Happened.TOO_LARGE_TO_COPY if text else Happened.NOTHING_TO_COPY)
    assert notice.limit_bytes == (64_000 if text else 0)
    assert notice.size_bytes == {"nothing": None, "too big": None, "one too many": 64_001}[answer]
    assert files(person)[""] == b"before"
    assert work.pastes() == b"before"


def test_sequence_that_injects_into_the_c_daemon_moves_nothing(
    person: CopyingPerson, work: CopyingQube, play: CopyingQube
) -> None:
    """Copy in the hostile qube, which answers nothing; copy in another; paste; then it answers without being asked."""
    with person.qube("evil", "black") as evil:
        assert evil.copies(b"").what is Happened.NOTHING_TO_COPY
        work.copies(b"mine")
        assert play.pastes() == b"mine"
        for number in range(3):
            evil.answer(b"evil %d" % number)
        person.desk.until_told(Happened.UNASKED)
        assert person.desk.desk.status()["empty"]
        before = len(play.agent.received)
        play.chord(PASTE)
        person.desk.until_told(Happened.NOTHING_TO_PASTE)
        play.acted.settle()
        assert not any(each.type is MessageType.CLIPBOARD_DATA for each in play.agent.received[before:])
        assert sum(notice.what is Happened.UNASKED for notice in person.desk.told) == 1


def test_paste_before_the_answer_is_refused_at_once_and_pastes_nothing_older(
    person: CopyingPerson, work: CopyingQube, play: CopyingQube
) -> None:
    play.copies(b"older")
    work.asked_to_copy()
    before = len(play.agent.received)
    play.chord(PASTE)
    assert person.desk.until_told(Happened.COPY_UNANSWERED).source == "work"
    play.acted.settle()
    assert not any(each.type is MessageType.CLIPBOARD_DATA for each in play.agent.received[before:])
    work.answer(b"newer")
    person.desk.until_told(Happened.COPIED, after=2)
    assert play.pastes() == b"newer"


@pytest.mark.parametrize("minor", [1, 4, 7])
def test_old_agents_take_what_their_version_can(person: CopyingPerson, work: CopyingQube, minor: int) -> None:
    with person.qube("old", "gray", minor=minor) as old:
        work.copies(b"z" * 65_001)
        old.chord(PASTE)
        notice = person.desk.until_told(Happened.TOO_LARGE_TO_PASTE)
        assert (notice.contents and notice.contents.size_bytes, notice.limit_bytes) == (65_001, 65_000)
        work.copies(b"z" * 65_000)
        before = len(old.agent.received)
        assert old.pastes() == b"z" * 65_000
        assert old.expect(MessageType.CLIPBOARD_DATA, before).window == (65_000 if minor < 2 else WINDOW)
        assert old.copies(b"old").what is Happened.COPIED


def test_agent_that_goes_before_it_answers_is_told_and_may_not_answer_when_it_is_back(
    person: CopyingPerson, work: CopyingQube, play: CopyingQube
) -> None:
    play.copies(b"kept")
    work.asked_to_copy()
    work.agent.hang_up()
    assert person.desk.until_told(Happened.GONE).qube == "work"
    work.agent.shake_hands()
    work.answer(b"late")
    person.desk.until_told(Happened.UNASKED)
    assert play.pastes() == b"kept"


def test_contents_outlive_the_daemon_they_came_through(person: CopyingPerson, play: CopyingQube) -> None:
    with person.qube("brief", "blue") as brief:
        brief.copies(b"last words")
    assert play.pastes() == b"last words"


def test_rules_deny_and_say_why(person: CopyingPerson, work: CopyingQube, play: CopyingQube) -> None:
    rules = person.desk.folders.rules / "clipboard.toml"
    rules.write_text('[[rule]]\nsource = "work"\ntarget = "*"\naction = "deny"\n')
    work.copies(b"secret")
    play.chord(PASTE)
    notice = person.desk.until_told(Happened.DENIED)
    assert (notice.source, notice.qube) == ("work", "play")
    assert "clipboard.toml" in notice.why
    rules.unlink()
    assert play.pastes() == b"secret"


# Agents that name CLIPBOARD_TYPED


def typed(qube: CopyingQube, step: Step, *fields: int, tail: bytes = b"") -> None:
    qube.agent.send(MessageType.CLIPBOARD_TYPED, 0, step, *fields, *[0] * (6 - len(fields)), tail=tail)


def steps(qube: CopyingQube, after: int) -> list[Received]:
    return [each for each in qube.agent.received[after:] if each.type is MessageType.CLIPBOARD_TYPED]


def fields(received: Received) -> list[int]:
    assert isinstance(received.body, tuple)
    return list(received.body)


def next_step(person: CopyingPerson, qube: CopyingQube, after: int, number: int = 0) -> Received:
    def there() -> bool:
        qube.agent.poll(0.001)
        return len(steps(qube, after)) > number

    person.desk.until(there, "a step of the daemon")
    return steps(qube, after)[number]


@pytest.fixture
def painter(person: CopyingPerson, work: CopyingQube) -> CopyingQube:
    work.agent.send(MessageType.EXT_HELLO, 0, 1, Feature.CLIPBOARD_TYPED)
    person.desk.until(lambda: any("Changed" in str(each) for each in work.acted.daemon.status), "a typed agent")
    return work


def copy_image(person: CopyingPerson, qube: CopyingQube, width: int, height: int, pixels: bytes) -> None:
    before = len(qube.agent.received)
    qube.chord(COPY)
    step, nonce, *_rest = fields(next_step(person, qube, before))
    assert step == Step.REQUEST
    typed(qube, Step.OFFER, nonce, Kind.IMAGE, width, height, len(pixels))
    for number, offset in enumerate(range(0, len(pixels), MAX_CLIPBOARD_PART_BYTES), 1):
        want = next_step(person, qube, before, number)
        assert want.body == (Step.WANT, nonce, 0, 0, 0, 0, offset)
        typed(qube, Step.PART, nonce, 0, 0, 0, 0, offset, tail=pixels[offset : offset + MAX_CLIPBOARD_PART_BYTES])
    person.desk.until_told(Happened.COPIED)


def test_image_is_taken_and_given_part_by_part(person: CopyingPerson, painter: CopyingQube) -> None:
    width, height = 301, 203
    pixels = os.urandom(4 * width * height)
    copy_image(person, painter, width, height, pixels)
    assert files(person)[""] == pixels
    before = len(painter.agent.received)
    painter.chord(PASTE)
    step, nonce, *sizes = fields(next_step(person, painter, before))
    assert (step, sizes) == (Step.OFFER, [Kind.IMAGE, width, height, len(pixels), 0])
    found = b""
    while len(found) < len(pixels):
        offset, number = len(found), len(steps(painter, before))
        typed(painter, Step.WANT, nonce, 0, 0, 0, 0, offset)
        part = next_step(person, painter, before, number)
        assert part.body == (Step.PART, nonce, 0, 0, 0, 0, offset)
        found += part.tail
    assert found == pixels


def test_image_is_not_given_to_an_agent_that_takes_none(
    person: CopyingPerson, painter: CopyingQube, play: CopyingQube
) -> None:
    copy_image(person, painter, 2, 1, b"RGBARGBA")
    play.chord(PASTE)
    person.desk.until_told(Happened.NOT_TAKEN)
    assert not person.desk.desk.status()["empty"]


@pytest.mark.parametrize(
    "message",
    [
        (Step.REQUEST, 1),
        (Step.OFFER, 1, Kind.IMAGE, 2, 2, 15),
        (Step.OFFER, 1, Kind.TEXT, 1, 0, 5),
        (Step.OFFER, 1, 3, 0, 0, 5),
        (9, 1),
    ],
)
def test_step_that_no_agent_may_take_ends_its_session(painter: CopyingQube, message: tuple[int, ...]) -> None:
    typed(painter, *message)  # type: ignore[arg-type]
    assert painter.acted.daemon.child.wait() == 3
    assert "CLIPBOARD_TYPED" in painter.acted.daemon.child.output()


def test_step_without_the_feature_ends_the_session(work: CopyingQube) -> None:
    typed(work, Step.WANT, 1)
    assert work.acted.daemon.child.wait() == 3


@pytest.mark.parametrize(("offset", "length"), [(1, 12), (0, 11), (0, 13), (12, 12)])
def test_part_that_was_not_wanted_ends_the_session(
    person: CopyingPerson, painter: CopyingQube, offset: int, length: int
) -> None:
    before = len(painter.agent.received)
    painter.chord(COPY)
    nonce = fields(next_step(person, painter, before))[1]
    typed(painter, Step.OFFER, nonce, Kind.IMAGE, 3, 1, 12)
    next_step(person, painter, before, 1)
    typed(painter, Step.PART, nonce, 0, 0, 0, 0, offset, tail=b"x" * length)
    assert painter.acted.daemon.child.wait() == 3
