"""Bytes between marks: a stream that stands apart from what an older one left behind. Must not know who sends it.

A carrier that does not tell of every disconnect may deliver the end of an old stream, cut anywhere, before a new one's
beginning. So one byte value, MARK, never stands for itself: a byte of data that has it travels as MARK and ESCAPED,
and MARK before a letter is a mark of its own. A mark is recognised wherever the old stream was cut, without any length
that could be lost with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from shm.errors import TransportError

MARK: Final = 0xA7
"""A value that is rare in the protocol: small numbers, text and colours seldom have it."""
ESCAPED: Final = 0x00
NONCE_CHARACTERS: Final = 32
"""128 bits as hexadecimal digits: data cannot hold the digits of a session that has not begun yet."""

_MARK = bytes([MARK])
_MARK_AS_DATA = bytes([MARK, ESCAPED])


class Kind(Enum):
    """What a mark says."""

    OPEN = ord("O")
    """client → server: a session with this nonce begins; whatever was before has ended"""
    ACCEPT = ord("A")
    """server → client: the session with this nonce has begun; what came before this belongs to no session"""
    RESET = ord("R")
    """server → client: there is no session (any more), as the server knows; a client that waits for one opens again"""
    END = ord("E")
    """either → other: nothing more comes in this session"""
    CLOSE = ord("C")
    """either → other: the session has ended"""


WITH_NONCE: Final = frozenset({Kind.OPEN, Kind.ACCEPT})


class Mark(NamedTuple):
    """One mark; `nonce` is empty where the kind has none."""

    kind: Kind
    nonce: bytes = b""


def escaped(data: bytes) -> bytes:
    """Return data as it travels: never longer than twice its length."""
    return data.replace(_MARK, _MARK_AS_DATA)


def encoded(mark: Mark) -> bytes:
    """Return a mark as it travels."""
    return bytes([MARK, mark.kind.value]) + mark.nonce


class Decoder:
    """Turns what arrives, in any slices, into data and marks; holds back an unfinished mark and nothing else."""

    def __init__(self) -> None:
        self._unfinished = b""

    def feed(self, arrived: bytes) -> Iterator[bytes | Mark]:
        """Yield data (not empty) and marks in their order. Raises TransportError at a mark that does not exist."""
        if not self._unfinished and MARK not in arrived:
            if arrived:
                yield arrived
            return
        first, *rest = (self._unfinished + arrived).split(_MARK)
        self._unfinished = b""
        if first:
            yield first
        for number, part in enumerate(rest, 1):
            yield from self._after_mark(part, last=number == len(rest))

    def _after_mark(self, part: bytes, *, last: bool) -> Iterator[bytes | Mark]:
        """Yield what a MARK and the bytes up to the next one mean. One that is cut off by another never happened."""
        if part and part[0] == ESCAPED:
            yield _MARK + part[1:]
            return
        kind = _kind_of(part[0]) if part else None
        length = 1 + (NONCE_CHARACTERS if kind in WITH_NONCE else 0)
        if kind is None or len(part) < length:
            self._unfinished = _MARK + part if last else b""
            return
        yield Mark(kind, part[1:length])
        if len(part) > length:
            yield part[length:]


def _kind_of(value: int) -> Kind:
    try:
        return Kind(value)
    except ValueError:
        raise TransportError(f"a mark {value:#04x} that does not exist") from None
