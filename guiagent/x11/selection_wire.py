"""Requests and events of selections and properties, packed; knows the wire of X, no connection.

Everything is in the machine's own byte order. Source: X Window System Protocol, appendix B; XFIXES protocol 5,
"Selection Tracking".
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

PROPERTY_CHANGE_MASK: Final = 1 << 22
STRUCTURE_NOTIFY_MASK: Final = 1 << 17
_EVENT_MASK_VALUE: Final = 1 << 11
OWNER_MASK: Final = 1 << 0 | 1 << 1 | 1 << 2
"""XFIXES: a selection has a new owner; the owner's window was destroyed; its connection closed."""
NEW_OWNER: Final = 0
"""The first of these, in an event."""

DESTROY_NOTIFY: Final = 17
PROPERTY_NOTIFY: Final = 28
SELECTION_CLEAR: Final = 29
SELECTION_REQUEST: Final = 30
SELECTION_NOTIFY: Final = 31
PROPERTY_DELETED: Final = 1

_CHANGE_ATTRIBUTES = struct.Struct("=BBHIII")
_CHANGE_PROPERTY = struct.Struct("=BBHIIIB3xI")
_THREE_WORDS = struct.Struct("=BBHIII")
_TWO_WORDS = struct.Struct("=BBHII")
_ONE_WORD = struct.Struct("=BBHI")
_GET_PROPERTY = struct.Struct("=BBHIIIII")
_CONVERT = struct.Struct("=BBHIIIII")
_SELECT_SELECTION = struct.Struct("=BBHIII")
_QUERY_VERSION = struct.Struct("=BBHII")

_PROPERTY_REPLY = struct.Struct("=BBHIIII12x")
_OWNER_REPLY = struct.Struct("=BxHII20x")

# Events, all of 32 bytes: first the code (bit 7: sent by a client), a detail and the serial.
DESTROY_EVENT: Final = struct.Struct("=BxHII20x")
"""event window, window."""
PROPERTY_EVENT: Final = struct.Struct("=BxHIIIB15x")
"""window, atom, time, state."""
CLEAR_EVENT: Final = struct.Struct("=BxHIII16x")
"""time, owner, selection."""
REQUEST_EVENT: Final = struct.Struct("=BxHIIIIII4x")
"""time, owner, requestor, selection, target, property."""
NOTIFY_EVENT: Final = struct.Struct("=BxHIIIII8x")
"""time, requestor, selection, target, property."""
OWNER_EVENT: Final = struct.Struct("=BBHIIIII8x")
"""XFIXES SelectionNotify: which of OWNER_MASK's, then window, owner, selection, time, time of the selection."""


class PropertyReply(NamedTuple):
    """One answer to GetProperty. kind: 0 if there is no such property."""

    kind: int
    bits: int
    data: bytes
    left_bytes: int


def select_events(window: int, mask: int) -> bytes:
    """ChangeWindowAttributes: the events of this window that this client wants."""
    return _CHANGE_ATTRIBUTES.pack(2, 0, 4, window, _EVENT_MASK_VALUE, mask)


def change_property(window: int, atom: int, kind: int, bits: int, data: bytes, *, append: bool = False) -> bytes:
    """ChangeProperty; data: whole items of `bits`, at most 262,000 bytes. struct.error if it is too long."""
    padded = data + bytes(-len(data) % 4)
    items = len(data) // (bits // 8)
    mode = 2 if append else 0
    return _CHANGE_PROPERTY.pack(18, mode, 6 + len(padded) // 4, window, atom, kind, bits, items) + padded


def words(numbers: Sequence[int]) -> bytes:
    """Numbers of 32 bits, not negative, as the data of a property."""
    return struct.pack(f"={len(numbers)}I", *numbers)


def delete_property(window: int, atom: int) -> bytes:
    """DeleteProperty."""
    return _TWO_WORDS.pack(19, 0, 3, window, atom)


def get_property(window: int, atom: int, offset_bytes: int, len_bytes: int, *, delete: bool) -> bytes:
    """GetProperty of any type; offset_bytes: a multiple of 4. delete: if nothing is left behind what is read."""
    return _GET_PROPERTY.pack(20, delete, 6, window, atom, 0, offset_bytes // 4, -(-len_bytes // 4))


def property_reply(reply: bytes) -> PropertyReply:
    """The answer to GetProperty."""
    _, bits, _, _, kind, left_bytes, items = _PROPERTY_REPLY.unpack_from(reply)
    size = items * (bits // 8)
    return PropertyReply(kind, bits, reply[_PROPERTY_REPLY.size : _PROPERTY_REPLY.size + size], left_bytes)


def set_selection_owner(owner: int, selection: int, time: int) -> bytes:
    """SetSelectionOwner; owner: 0 for nobody."""
    return _THREE_WORDS.pack(22, 0, 4, owner, selection, time)


def get_selection_owner(selection: int) -> bytes:
    """GetSelectionOwner; has a reply."""
    return _ONE_WORD.pack(23, 0, 2, selection)


def owner_reply(reply: bytes) -> int:
    """The owner in the answer to GetSelectionOwner; 0: nobody."""
    return int(_OWNER_REPLY.unpack_from(reply)[3])


def convert_selection(requestor: int, selection: int, target: int, atom: int, time: int) -> bytes:
    """ConvertSelection."""
    return _CONVERT.pack(24, 0, 6, requestor, selection, target, atom, time)


def selection_notify(requestor: int, selection: int, target: int, atom: int, time: int) -> bytes:
    """The event SelectionNotify, to be sent."""
    return NOTIFY_EVENT.pack(SELECTION_NOTIFY, 0, time, requestor, selection, target, atom)


def xfixes_query_version(opcode: int) -> bytes:
    """XFIXES QueryVersion 5.0, which must come first; has a reply."""
    return _QUERY_VERSION.pack(opcode, 0, 3, 5, 0)


def xfixes_select_selection(opcode: int, window: int, selection: int, mask: int) -> bytes:
    """XFIXES SelectSelectionInput: events of the selection's owner, sent for `window`."""
    return _SELECT_SELECTION.pack(opcode, 2, 4, window, selection, mask)
