"""Requests about properties of windows, packed, and their answers; knows the wire of X, no connection.

Everything is in the machine's own byte order. Source: X Window System Protocol, appendix B.
"""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

TEXT_BITS: Final = 8
NUMBER_BITS: Final = 32
"""Formats: of bytes, and of numbers."""
ANY_TYPE: Final = 0

_CHANGE_PROPERTY = struct.Struct("=BBHIIIB3xI")
_DELETE_PROPERTY = struct.Struct("=BBHII")
_GET_PROPERTY = struct.Struct("=BBHIIIII")
_REPLY = struct.Struct("=BBHIIII12x")


class PropertyReply(NamedTuple):
    """One answer to GetProperty. kind: 0 if there is no such property. left_bytes: what was not asked for."""

    kind: int
    bits: int
    data: bytes
    left_bytes: int


def change_property(window: int, atom: int, kind: int, bits: int, data: bytes, *, append: bool = False) -> bytes:
    """ChangeProperty; data: whole items of `bits`, at most 262,000 bytes. struct.error if it is too long."""
    padded = data + bytes(-len(data) % 4)
    items = len(data) // (bits // 8)
    mode = 2 if append else 0
    return _CHANGE_PROPERTY.pack(18, mode, 6 + len(padded) // 4, window, atom, kind, bits, items) + padded


def delete_property(window: int, atom: int) -> bytes:
    """DeleteProperty."""
    return _DELETE_PROPERTY.pack(19, 0, 3, window, atom)


def get_property(
    window: int, atom: int, words: int, *, kind: int = ANY_TYPE, offset_words: int = 0, delete: bool = False
) -> bytes:
    """GetProperty of at most so many units of 4 bytes. delete: if nothing is left behind what is read."""
    return _GET_PROPERTY.pack(20, delete, 6, window, atom, kind, offset_words, words)


def property_reply(reply: bytes) -> PropertyReply:
    """The answer to GetProperty."""
    _, bits, _, _, kind, left_bytes, items = _REPLY.unpack_from(reply)
    size = items * (bits // 8)
    return PropertyReply(kind, bits, reply[_REPLY.size : _REPLY.size + size], left_bytes)


def numbers_in(reply: bytes) -> tuple[int, ...]:
    """The numbers in an answer to GetProperty; none if it holds no numbers, or is no answer (b"")."""
    if not reply:
        return ()
    found = property_reply(reply)
    return struct.unpack(f"={len(found.data) // 4}I", found.data) if found.bits == NUMBER_BITS else ()


def bytes_in(reply: bytes) -> bytes:
    """The bytes in an answer to GetProperty; none if it holds no bytes, or more than was asked for, or is no answer."""
    if not reply:
        return b""
    found = property_reply(reply)
    return found.data if found.bits == TEXT_BITS and not found.left_bytes else b""


def data_of(numbers: Sequence[int]) -> bytes:
    """Numbers of 32 bits, not negative, as the data of a property."""
    return struct.pack(f"={len(numbers)}I", *numbers)
