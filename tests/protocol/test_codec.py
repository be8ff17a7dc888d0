"""The codec: round trips, and everything that must not be written or believed."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import formats, limits
from protocol.codec import decode, encode, encode_clipboard, tail_of
from protocol.errors import LocalProtocolError, RemoteProtocolError, Violation
from protocol.messages import TABLE, Direction, MessageType
from tests.protocol.strategies import READER_OF, Sample, codes, samples, specs

NEVER_SENT = [spec.type for spec in TABLE.values() if not spec.direction]
SENT = sorted({spec.type for direction in READER_OF for spec in specs(direction)})
BYTE_FIELDS = [
    (spec.type, at, int(code[:-1]))
    for spec in TABLE.values()
    for at, code in enumerate(codes(spec))
    if code[-1] == "s" and spec.direction
]


@pytest.mark.parametrize("direction", READER_OF)
@given(data=st.data())
def test_any_message_written_and_read_is_the_same(direction: Direction, data: st.DataObject) -> None:
    sent: Sample = data.draw(samples(direction))
    message = encode(sent.type, sent.window, *sent.fields, tail=sent.tail)
    header = formats.Header._make(formats.HEADER.unpack_from(message))
    assert header == (sent.type, sent.window, len(message) - 12)
    body = decode(sent.type, message[12:])
    assert tuple(body or ()) == sent.fields
    assert body is None or type(body) is TABLE[sent.type].body
    assert tail_of(sent.type, message[12:]) == sent.tail


@pytest.mark.parametrize("message", SENT)
def test_shortest_message_has_the_fixed_length(message: MessageType) -> None:
    spec = TABLE[message]
    zeros = [b"" if code[-1] == "s" else 0 for code in codes(spec)]
    assert encode(message, 0, *zeros) == struct.pack("<III", message, 0, spec.fixed_len) + bytes(spec.fixed_len)


@pytest.mark.parametrize(("message", "at", "size"), BYTE_FIELDS)
def test_short_byte_field_is_padded_with_zeros(message: MessageType, at: int, size: int) -> None:
    """What a peer gets behind a short string is zeros, never what our memory held before."""
    full = (b"\xff" * int(code[:-1]) if code[-1] == "s" else 0xFFFF_FFFF for code in codes(TABLE[message]))
    encode(message, 1, *full)
    fields: list[int | bytes] = [b"" if code[-1] == "s" else 0 for code in codes(TABLE[message])]
    fields[at] = b"ab"
    body = encode(message, 1, *fields)[12:]
    assert body.replace(b"ab", b"", 1) == bytes(len(body) - 2)
    decoded = decode(message, body)
    assert decoded is not None
    assert decoded[at] == b"ab" + bytes(size - 2)


@pytest.mark.parametrize(("message", "at", "size"), BYTE_FIELDS)
def test_long_byte_field_is_refused_and_not_cut(message: MessageType, at: int, size: int) -> None:
    fields: list[int | bytes] = [b"" if code[-1] == "s" else 0 for code in codes(TABLE[message])]
    fields[at] = bytes(size)
    encode(message, 1, *fields)
    fields[at] = bytes(size + 1)
    with pytest.raises(LocalProtocolError):
        encode(message, 1, *fields)


@pytest.mark.parametrize("message", NEVER_SENT)
def test_message_that_is_never_sent_is_refused(message: MessageType) -> None:
    with pytest.raises(LocalProtocolError):
        encode(message, 0)


@pytest.mark.parametrize(
    ("message", "window", "fields", "tail"),
    [
        (MessageType.CONFIGURE, 1, (0, 0, 1, 1), b""),
        (MessageType.CONFIGURE, 1, (0, 0, 1, 1, 0, 0), b""),
        (MessageType.CONFIGURE, 1, (0, 0, -1, 1, 0), b""),
        (MessageType.CONFIGURE, 1, (2**31, 0, 1, 1, 0), b""),
        (MessageType.CONFIGURE, -1, (0, 0, 1, 1, 0), b""),
        (MessageType.CONFIGURE, 2**32, (0, 0, 1, 1, 0), b""),
        (MessageType.CONFIGURE, 1, (0, 0, 1, 1, b"0"), b""),
        (MessageType.CONFIGURE, 1, (0, 0, 1, 1, 0), b"0"),
        (MessageType.CLOSE, 1, (0,), b""),
        (MessageType.CLOSE, 1, (), b"0"),
        (MessageType.WMNAME, 1, (), b""),
        (MessageType.WMNAME, 1, ("title",), b""),
        (MessageType.WMNAME, 1, (b"title", b"title"), b""),
        (MessageType.WINDOW_DUMP, 1, (0, 32, 32, 32), b"123"),
        (MessageType.WINDOW_DUMP, 1, (0, 32, 32, 32), bytes(4 * limits.MAX_GRANT_REFS + 4)),
        (MessageType.MFNDUMP, 1, (0, 32, 32, 32, 0, 2, 0), bytes(4)),
        (MessageType.MFNDUMP, 1, (0, 32, 32, 32, 0), bytes(4)),
        (MessageType.CLIPBOARD_DATA, 1, (), bytes(limits.CLIPBOARD_TOO_BIG_BYTES + 1)),
    ],
)
def test_bad_arguments_are_our_error(
    message: MessageType, window: int, fields: tuple[int | bytes, ...], tail: bytes
) -> None:
    with pytest.raises(LocalProtocolError):
        encode(message, window, *fields, tail=tail)


@pytest.mark.parametrize("message", [spec.type for spec in TABLE.values() if spec.layout])
def test_body_too_short_is_the_peers_error(message: MessageType) -> None:
    size = TABLE[message].fixed_len
    for length in {0, 1, size - 1}:
        with pytest.raises(RemoteProtocolError) as caught:
            decode(message, bytes(length))
        assert caught.value.violation is Violation.TRUNCATED


@given(number=st.integers(0, 2**32 - 1) | st.sampled_from(list(TABLE)), junk=st.binary(max_size=300))
def test_junk_body_gives_only_remote_errors(number: int, junk: bytes) -> None:
    for function in (decode, tail_of):
        try:
            function(number, junk)
        except RemoteProtocolError as error:
            assert error.message == number


def test_mfndump_that_counts_wrong_is_the_peers_error() -> None:
    good = encode(MessageType.MFNDUMP, 1, 0, 32, 32, 32, 0, 2, 0, tail=bytes(8))[12:]
    assert len(tail_of(MessageType.MFNDUMP, good)) == 8
    for body in (good[:-4], good + bytes(4), good[:20] + b"\xff\xff\xff\xff" + good[24:]):
        with pytest.raises(RemoteProtocolError) as caught:
            tail_of(MessageType.MFNDUMP, body)
        assert caught.value.violation is Violation.WRONG_LENGTH


def test_tail_is_a_read_only_view_and_no_copy() -> None:
    body = bytes(16) + struct.pack("<2I", 8, 9)
    tail = tail_of(MessageType.WINDOW_DUMP, body)
    assert tail.obj is body
    assert tail.readonly
    assert tail.cast("I").tolist() == [8, 9]


def test_tail_of_a_message_without_one_is_empty() -> None:
    assert len(tail_of(MessageType.SHMIMAGE, bytes(17))) == 0


@pytest.mark.parametrize("minor", range(9))
def test_clipboard_to_any_version_has_the_length_where_it_looks(minor: int) -> None:
    message = encode_clipboard(0x20000C, b"hello", minor=minor)
    assert message[:4] == b"\x8c\0\0\0"
    assert message[4:8] == (b"\5\0\0\0" if minor < 2 else b"\x0c\0\x20\0")
    assert message[8:] == b"\5\0\0\0hello"


@pytest.mark.parametrize(("minor", "longest"), [(0, 65_000), (7, 65_000), (8, 256_001)])
def test_clipboard_longer_than_the_version_allows_is_our_error(minor: int, longest: int) -> None:
    encode_clipboard(1, bytes(longest), minor=minor)
    with pytest.raises(LocalProtocolError):
        encode_clipboard(1, bytes(longest + 1), minor=minor)
