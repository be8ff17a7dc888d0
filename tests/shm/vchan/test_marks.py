"""Marks in a stream: data never looks like one, and a cut never hides one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shm.errors import TransportError
from shm.vchan.marks import MARK, NONCE_CHARACTERS, WITH_NONCE, Decoder, Kind, Mark, encoded, escaped

NONCE = b"0123456789abcdef" * 2

data = st.lists(st.sampled_from([MARK, 0, *(kind.value for kind in Kind), 0x30, 0xFF]), max_size=40).map(bytes)
marks = st.sampled_from([Mark(kind, NONCE if kind in WITH_NONCE else b"") for kind in Kind])
pieces = st.lists(data | marks, max_size=12)


def decoded(stream: bytes, steps: list[int]) -> list[bytes | Mark]:
    """What a decoder makes of `stream` in slices; neighbouring data joined."""
    decoder, found, at, turn = Decoder(), list[bytes | Mark](), 0, 0
    while at < len(stream):
        step = steps[turn % len(steps)]
        for piece in decoder.feed(stream[at : at + step]):
            if isinstance(piece, bytes) and found and isinstance(found[-1], bytes):
                found[-1] += piece
            else:
                found.append(piece)
        at, turn = at + step, turn + 1
    return found


def wire(piece: bytes | Mark) -> bytes:
    return encoded(piece) if isinstance(piece, Mark) else escaped(piece)


def joined(sent: list[bytes | Mark]) -> list[bytes | Mark]:
    expected: list[bytes | Mark] = []
    for piece in sent:
        if isinstance(piece, bytes) and expected and isinstance(expected[-1], bytes):
            expected[-1] += piece
        elif piece:
            expected.append(piece)
    return expected


@given(sent=pieces, steps=st.lists(st.integers(1, 70), min_size=1, max_size=4))
def test_data_and_marks_in_any_slices_come_back(sent: list[bytes | Mark], steps: list[int]) -> None:
    assert decoded(b"".join(map(wire, sent)), steps) == joined(sent)


@given(old=pieces, cut=st.integers(0, 200), sent=pieces, steps=st.lists(st.integers(1, 70), min_size=1, max_size=4))
def test_stream_cut_anywhere_never_hides_the_next_opening(
    old: list[bytes | Mark], cut: int, sent: list[bytes | Mark], steps: list[int]
) -> None:
    opening = Mark(Kind.OPEN, b"f" * NONCE_CHARACTERS)
    stream = b"".join(map(wire, old))[:cut] + encoded(opening) + b"".join(map(wire, sent))
    found = decoded(stream, steps)
    assert opening in found
    assert found[found.index(opening) + 1 :] == joined(sent)


@given(content=data)
def test_data_has_no_mark_and_at_most_doubles(content: bytes) -> None:
    assert not [piece for piece in decoded(escaped(content), [64]) if isinstance(piece, Mark)]
    assert len(escaped(content)) <= 2 * len(content)


def test_mark_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TransportError):
        list(Decoder().feed(bytes([MARK, 0x7A])))
