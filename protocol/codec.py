"""Messages to bytes and fixed bodies back to values; knows layouts and the table, and judges no value.

Encoding checks everything that we send (a failure is our bug); decoding trusts nothing but lengths it looked at itself.
Fixed byte fields are zero padded, so that nothing but what was asked for ever leaves this process.
"""

import re
import struct
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from protocol.errors import LocalProtocolError, RemoteProtocolError, Violation
from protocol.formats import HEADER, Body
from protocol.limits import (
    CLIPBOARD_LENGTH_IN_HEADER_SINCE_MINOR,
    HEADER_BYTES,
    VERSION_MINOR,
)
from protocol.messages import TABLE, MessageSpec, MessageType


class _Encoder(NamedTuple):
    """How one type is written: header and fixed body in one pack. plain: numbers only, so pack checks it all."""

    pack: Callable[..., bytes]
    fixed_len: int
    plain: bool
    byte_fields: tuple[tuple[int, int], ...]  # position and size of each
    spec: MessageSpec


def _encoder(spec: MessageSpec) -> _Encoder:
    codes = spec.layout.format.removeprefix("<") if spec.layout else ""
    sizes = tuple(_byte_fields(codes))
    pack = struct.Struct(HEADER.format + codes).pack
    return _Encoder(pack, spec.fixed_len, not sizes and spec.tail is None, sizes, spec)


def _byte_fields(codes: str) -> Iterator[tuple[int, int]]:
    """Position and size of each "<count>s" in the codes of a struct, whose numbers have no counts."""
    for position, code in enumerate(re.findall(r"\d+s|[a-zA-Z]", codes)):
        if code.endswith("s"):
            yield position, int(code[:-1])


_ENCODERS: Final = {number: _encoder(spec) for number, spec in TABLE.items() if spec.direction}
_DECODERS: Final = {
    number: (spec.layout.unpack_from, spec.body, spec.layout.size)
    for number, spec in TABLE.items()
    if spec.layout is not None and spec.body is not None
}


def encode(message: MessageType, window: int, *fields: int | bytes, tail: bytes = b"") -> bytes:
    """Return the whole message: header, fixed body and tail.

    fields: in the order of the body's class. Byte fields may be short (zero padded), never long.
    tail:   what follows the fixed body; a whole number of the table's items, within its bound.
    Raises LocalProtocolError for an unknown or never-sent type, wrong fields, numbers out of range, or a bad tail.
    """
    encoder = _ENCODERS.get(message)
    if encoder is None:
        raise LocalProtocolError(f"message {int(message):#x} is never sent")
    if tail or not encoder.plain:
        _check_byte_fields(encoder, fields)
        _check_tail(encoder.spec, fields, len(tail))
    try:
        return encoder.pack(message, window, encoder.fixed_len + len(tail), *fields) + tail
    except struct.error as error:
        raise LocalProtocolError(f"{encoder.spec.type.name}: {error}") from None


def encode_clipboard(window: int, text: bytes, *, minor: int = VERSION_MINOR) -> bytes:
    """Return CLIPBOARD_DATA to a peer that speaks `minor`: before 1.2 it looks for the length in the window's place.

    Raises LocalProtocolError if `text` is longer than that version allows.
    """
    spec = TABLE[MessageType.CLIPBOARD_DATA]
    if not spec.allows_len(len(text), minor):
        raise LocalProtocolError(f"{len(text)} bytes of clipboard are too many for version 1.{minor}")
    old = minor < CLIPBOARD_LENGTH_IN_HEADER_SINCE_MINOR
    return encode(MessageType.CLIPBOARD_DATA, len(text) if old else window, tail=text)


def decode(message: int, untrusted_body: bytes | memoryview) -> Body | None:
    """Return the fixed part of a body as its class from `formats`, values unchecked; None if there is no fixed part.

    A longer body is the tail's matter (`tail_of`) or was allowed by framing (agents before 1.6).
    Raises RemoteProtocolError if the type is unknown or the body shorter than its fixed part.
    """
    decoder = _DECODERS.get(message)
    if decoder is None:
        if message not in TABLE:
            raise RemoteProtocolError(Violation.UNKNOWN_TYPE, message=message)
        return None
    unpack_from, body, size = decoder
    if len(untrusted_body) < size:
        detail = f"{len(untrusted_body)} bytes instead of {size}"
        raise RemoteProtocolError(Violation.TRUNCATED, message=message, detail=detail)
    return tuple.__new__(body, unpack_from(untrusted_body))


def tail_of(message: int, untrusted_body: bytes | memoryview) -> memoryview:
    """Return what follows the fixed part: a view into `untrusted_body`, read-only if that is; empty if nothing may.

    Raises RemoteProtocolError if it is no whole number of items, over its bound, or not as many as the body says.
    """
    spec = TABLE.get(message)
    if spec is None:
        raise RemoteProtocolError(Violation.UNKNOWN_TYPE, message=message)
    view = memoryview(untrusted_body)
    tail = spec.tail
    if tail is None:
        return view[:0]
    if not spec.allows_len(len(view), VERSION_MINOR):
        raise RemoteProtocolError(Violation.WRONG_LENGTH, message=message, detail=f"{len(view)} bytes")
    rest = view[spec.fixed_len :]
    if tail.count_field:
        stated = getattr(decode(message, view), tail.count_field)
        if stated * tail.item_bytes != len(rest):
            detail = f"{len(rest)} bytes for {stated} items of {tail.item_bytes}"
            raise RemoteProtocolError(Violation.WRONG_LENGTH, message=message, detail=detail)
    return rest


def _check_byte_fields(encoder: _Encoder, fields: tuple[int | bytes, ...]) -> None:
    for index, size in encoder.byte_fields:
        field = fields[index] if index < len(fields) else None
        if not isinstance(field, bytes) or len(field) > size:
            raise LocalProtocolError(f"{encoder.spec.type.name}: field {index} must be at most {size} bytes")


def _check_tail(spec: MessageSpec, fields: tuple[int | bytes, ...], len_bytes: int) -> None:
    if not spec.allows_len(spec.fixed_len + len_bytes, VERSION_MINOR):
        raise LocalProtocolError(f"{spec.type.name}: a tail of {len_bytes} bytes is not allowed")
    tail = spec.tail
    if tail is None or not tail.count_field or spec.body is None:
        return
    position = spec.body._fields.index(tail.count_field)
    stated = fields[position] if position < len(fields) else None
    if not isinstance(stated, int) or stated * tail.item_bytes != len_bytes:
        raise LocalProtocolError(f"{spec.type.name}: {tail.count_field} does not count the tail")


assert HEADER.size == HEADER_BYTES  # noqa: S101  (a wrong generated file must not start)
