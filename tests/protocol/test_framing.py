"""Framing: what each end accepts, what ends a session, and that slices never matter."""

import random
import tracemalloc
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import limits
from protocol.codec import decode, encode, tail_of
from protocol.errors import RemoteProtocolError, Violation
from protocol.formats import HEADER
from protocol.framing import Frame, FrameReader
from protocol.messages import TABLE, Direction, MessageType, Role
from tests.protocol.slicing import read, single_bytes
from tests.protocol.strategies import READER_OF, Sample, samples, specs

DAMAGE = encode(MessageType.SHMIMAGE, 1, 0, 0, 10, 10)
TO_DAEMON = [spec.type for spec in specs(Direction.TO_DAEMON)]
FIXED_TO_DAEMON = [spec.type for spec in specs(Direction.TO_DAEMON) if spec.tail is None]
NOT_TO_DAEMON = [spec.type for spec in TABLE.values() if Direction.TO_DAEMON not in spec.direction]
WRONG_LENGTHS = [
    (message, TABLE[message].fixed_len + change, minor)
    for message in FIXED_TO_DAEMON
    for change in (-1, 1, 4, 1000)
    for minor in (6, 7, 8)
    if TABLE[message].fixed_len + change >= 0 and TABLE[message].since_minor <= minor
]


def header(message: int, len_bytes: int, window: int = 1) -> bytes:
    return HEADER.pack(message, window, len_bytes)


def violation_of(reader: FrameReader, data: bytes) -> RemoteProtocolError:
    with pytest.raises(RemoteProtocolError) as caught:
        read(reader, [data])
    return caught.value


def daemon(minor: int = 8) -> FrameReader:
    return FrameReader(Role.DAEMON, minor=minor)


def agent(minor: int = 8) -> FrameReader:
    return FrameReader(Role.AGENT, minor=minor)


@pytest.mark.parametrize("minor", range(9))
@pytest.mark.parametrize("number", [0, 1, 123, 150, 0x56540000, 0x5654000B, 2**32 - 1])
def test_daemon_unknown_type_is_a_violation_before_the_body(number: int, minor: int) -> None:
    assert violation_of(daemon(minor), header(number, 100)).violation is Violation.UNKNOWN_TYPE


@pytest.mark.parametrize("message", NOT_TO_DAEMON)
def test_daemon_type_of_the_other_direction_is_a_violation(message: MessageType) -> None:
    spec = TABLE[message]
    assert violation_of(daemon(), header(message, spec.min_len)).violation is Violation.WRONG_DIRECTION


@pytest.mark.parametrize(("message", "length", "minor"), WRONG_LENGTHS)
def test_daemon_wrong_length_is_a_violation_before_the_body(message: MessageType, length: int, minor: int) -> None:
    error = violation_of(daemon(minor), header(message, length, window=77))
    assert error.violation is Violation.WRONG_LENGTH
    assert (error.message, error.window) == (message, 77)


def test_daemon_with_an_old_agent_reads_the_fixed_size_and_warns_once() -> None:
    reader = daemon(minor=5)
    body = DAMAGE[12:]
    data = (
        header(MessageType.SHMIMAGE, 17) + body + header(MessageType.SHMIMAGE, 0) + body + header(MessageType.UNMAP, 4)
    )
    frames = read(reader, single_bytes(data + DAMAGE))
    assert frames == [
        Frame(MessageType.SHMIMAGE, 1, body),
        Frame(MessageType.SHMIMAGE, 1, body),
        Frame(MessageType.UNMAP, 1, b""),
        Frame(MessageType.SHMIMAGE, 1, body),
    ]
    assert len(reader.warnings) == 2
    assert "SHMIMAGE" in reader.warnings[0]
    assert "UNMAP" in reader.warnings[1]


@pytest.mark.parametrize("minor", [0, 5, 6, 8])
@pytest.mark.parametrize(
    ("message", "length", "violation"),
    [
        (MessageType.WINDOW_DUMP, 0, Violation.WRONG_LENGTH),
        (MessageType.WINDOW_DUMP, 15, Violation.WRONG_LENGTH),
        (MessageType.WINDOW_DUMP, 17, Violation.WRONG_LENGTH),
        (MessageType.WINDOW_DUMP, 16 + 4 * 98_304 + 4, Violation.TOO_LONG),
        (MessageType.WINDOW_DUMP, 2**32 - 1, Violation.TOO_LONG),
        (MessageType.MFNDUMP, 27, Violation.WRONG_LENGTH),
        (MessageType.MFNDUMP, 28 + 4 * 98_304 + 4, Violation.TOO_LONG),
        (MessageType.CLIPBOARD_DATA, 256_002, Violation.TOO_LONG),
    ],
)
def test_daemon_tail_out_of_bounds_is_a_violation_in_every_version(
    message: MessageType, length: int, violation: Violation, minor: int
) -> None:
    assert violation_of(daemon(minor), header(message, length)).violation is violation


@pytest.mark.parametrize(
    ("message", "length"),
    [
        (MessageType.WINDOW_DUMP, 16),
        (MessageType.WINDOW_DUMP, 16 + 4 * 98_304),
        (MessageType.MFNDUMP, 28),
        (MessageType.MFNDUMP, 28 + 4 * 98_304),
        (MessageType.CLIPBOARD_DATA, 0),
        (MessageType.CLIPBOARD_DATA, 256_001),
    ],
)
def test_daemon_tail_at_its_bounds_is_read(message: MessageType, length: int) -> None:
    (frame,) = read(daemon(), [header(message, length), bytes(length)])
    assert len(frame.untrusted_body) == length


def test_daemon_clipboard_before_1_8_has_the_old_bound() -> None:
    (frame,) = read(daemon(7), [header(MessageType.CLIPBOARD_DATA, 65_000), bytes(65_000)])
    assert len(frame.untrusted_body) == 65_000
    assert violation_of(daemon(7), header(MessageType.CLIPBOARD_DATA, 65_001)).violation is Violation.TOO_LONG


@pytest.mark.parametrize("reader", [FrameReader(Role.DAEMON, minor=7), FrameReader(Role.DAEMON, extensions=False)])
def test_daemon_that_offered_no_extensions_does_not_know_hello(reader: FrameReader) -> None:
    hello = encode(MessageType.EXT_HELLO, 0, 1, 0)
    assert violation_of(reader, hello).violation is Violation.UNKNOWN_TYPE


def test_daemon_error_comes_after_the_good_messages_and_stays() -> None:
    reader = daemon()
    reader.receive(DAMAGE + header(5, 0) + DAMAGE)
    frames = reader.frames()
    assert next(frames).window == 1
    with pytest.raises(RemoteProtocolError):
        next(frames)
    reader.receive(DAMAGE * 100)
    with pytest.raises(RemoteProtocolError) as again:
        list(reader.frames())
    assert again.value.message == 5
    assert not reader.unfinished


@pytest.mark.parametrize("number", [0, 150, 2**32 - 1, MessageType.ICON, MessageType.CREATE, MessageType.EXECUTE])
def test_agent_type_not_for_it_is_skipped_by_its_length(number: int) -> None:
    focus = encode(MessageType.FOCUS, 1, 9, 0, 3)
    for length in (0, 1, 24, 70_000):
        frames = read(agent(), [focus + header(number, length) + bytes(length) + focus])
        assert frames == [Frame(MessageType.FOCUS, 1, focus[12:])] * 2


def test_agent_skipping_keeps_no_bytes() -> None:
    reader = agent()
    assert read(reader, [header(9999, limits.MAX_SKIPPED_BODY_BYTES)]) == []
    more = bytes(65_536)
    tracemalloc.start()
    try:
        for _ in range(limits.MAX_SKIPPED_BODY_BYTES // len(more)):
            assert reader.unfinished
            assert read(reader, [more]) == []
        assert tracemalloc.get_traced_memory()[0] < 2 * len(more)
    finally:
        tracemalloc.stop()
    assert not reader.unfinished
    assert len(read(reader, [encode(MessageType.CLOSE, 1)])) == 1


def test_agent_too_much_to_skip_is_an_error() -> None:
    error = violation_of(agent(), header(9999, limits.MAX_SKIPPED_BODY_BYTES + 1))
    assert error.violation is Violation.TOO_LONG


@pytest.mark.parametrize("minor", [4, 5, 8])
def test_agent_wrong_length_of_a_known_type_is_an_error(minor: int) -> None:
    error = violation_of(agent(minor), header(MessageType.CONFIGURE, 21))
    assert error.violation is Violation.WRONG_LENGTH


def test_unfinished_message_is_told_of() -> None:
    reader = daemon()
    for at in range(len(DAMAGE)):
        assert reader.unfinished is (at > 0)
        assert read(reader, [DAMAGE[at : at + 1]]) == ([] if at < len(DAMAGE) - 1 else [Frame(136, 1, DAMAGE[12:])])
    assert not reader.unfinished
    read(reader, [DAMAGE * 3 + DAMAGE[:13]])
    assert reader.unfinished


def test_frames_left_halfway_are_taken_up_again() -> None:
    reader = daemon()
    messages = [encode(MessageType.SHMIMAGE, window, 0, 0, 1, 1) for window in range(6)]
    reader.receive(b"".join(messages[:3]) + messages[3][:20])
    first = next(reader.frames())
    reader.receive(messages[3][20:] + messages[4])
    second = next(reader.frames())
    reader.receive(messages[5])
    rest = list(reader.frames())
    assert [frame.window for frame in [first, second, *rest]] == list(range(6))


def test_long_message_in_single_bytes_is_looked_at_only_twice() -> None:
    """A peer that sends one byte at a time must not make us look at (or copy) a long message for every byte."""
    length = 16 + 4 * 500
    data = header(MessageType.WINDOW_DUMP, length) + bytes(length)
    reader = daemon()
    with mock.patch.object(FrameReader, "_admit", autospec=True, side_effect=FrameReader._admit) as admit:
        assert len(read(reader, single_bytes(data))) == 1
    assert admit.call_count == 2


def test_body_given_out_is_immutable_bytes() -> None:
    (frame,) = read(daemon(), single_bytes(DAMAGE))
    assert type(frame.untrusted_body) is bytes


@pytest.mark.parametrize("direction", READER_OF)
@given(data=st.data())
def test_any_messages_in_any_slices_come_out_whole(direction: Direction, data: st.DataObject) -> None:
    sent: list[Sample] = data.draw(st.lists(samples(direction), max_size=8))
    stream = b"".join(encode(one.type, one.window, *one.fields, tail=one.tail) for one in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    slices = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    frames = read(FrameReader(READER_OF[direction]), slices)
    assert [
        Sample(
            MessageType(frame.type),
            frame.window,
            tuple(decode(frame.type, frame.untrusted_body) or ()),
            bytes(tail_of(frame.type, frame.untrusted_body)),
        )
        for frame in frames
    ] == sent


def outcome(reader: FrameReader, slices: list[bytes]) -> tuple[list[Frame], str, list[str]]:
    frames: list[Frame] = []
    try:
        for data in slices:
            reader.receive(data)
            frames.extend(reader.frames())
    except RemoteProtocolError as error:
        return frames, str(error), reader.warnings
    return frames, "", reader.warnings


@pytest.mark.parametrize("role", Role)
@given(
    junk=st.binary(max_size=400),
    minor=st.integers(0, 8),
    plausible=st.lists(st.tuples(st.sampled_from(list(TABLE)), st.integers(0, 40)), max_size=4),
)
def test_junk_gives_only_remote_errors_and_the_same_in_any_slices(
    role: Role, junk: bytes, minor: int, plausible: list[tuple[int, int]]
) -> None:
    stream = (
        b"".join(header(number, length) + junk[:length].ljust(length, b"\1") for number, length in plausible) + junk
    )
    at_once = outcome(FrameReader(role, minor=minor), [stream])
    assert outcome(FrameReader(role, minor=minor), list(single_bytes(stream))) == at_once
    for frame in at_once[0]:
        try:
            decode(frame.type, frame.untrusted_body)
            tail_of(frame.type, frame.untrusted_body)
        except RemoteProtocolError as error:
            assert error.violation is Violation.WRONG_LENGTH


def test_flipped_bytes_in_a_real_stream_give_only_remote_errors() -> None:
    chooser = random.Random(1)
    stream = DAMAGE * 20 + encode(MessageType.WINDOW_DUMP, 3, 0, 32, 32, 32, tail=bytes(4)) + DAMAGE
    for _ in range(500):
        broken = bytearray(stream)
        broken[chooser.randrange(len(broken))] ^= 1 << chooser.randrange(8)
        outcome(daemon(), [bytes(broken)])
