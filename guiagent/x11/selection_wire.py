"""Requests and events of selections, packed; knows the wire of X, no connection.

Everything is in the machine's own byte order. Source: X Window System Protocol, appendix B; XFIXES protocol 5,
"Selection Tracking".
"""

from __future__ import annotations

import struct
from typing import Final

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
_THREE_WORDS = struct.Struct("=BBHIII")
_ONE_WORD = struct.Struct("=BBHI")
_CONVERT = struct.Struct("=BBHIIIII")
_SELECT_SELECTION = struct.Struct("=BBHIII")
_QUERY_VERSION = struct.Struct("=BBHII")

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


def select_events(window: int, mask: int) -> bytes:
    """ChangeWindowAttributes: the events of this window that this client wants."""
    return _CHANGE_ATTRIBUTES.pack(2, 0, 4, window, _EVENT_MASK_VALUE, mask)


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
