"""Flat `struct` formats derived from construct structs; knows construct and nothing of the protocol.

Only fixed layouts of one byte order can be flat; anything else is refused with `NotFlatError`, never guessed.
"""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from construct.core import Bytes, FormatField, Renamed, Struct

# With a byte order given, L and I (l and i) are both 4 bytes; the shorter-named type is the commoner one to read.
_SAME_SIZE = str.maketrans("Ll", "Ii")


class NotFlatError(TypeError):
    """A construct layout has no flat form: it is variable, nested without a name, or mixes byte orders."""


class FlatField(NamedTuple):
    """One value: its name, its struct code (with count), and the byte order that it asks for ("" for bytes)."""

    name: str
    code: str
    order: str


class FlatLayout(NamedTuple):
    """A whole flat layout: the format for `struct.Struct`, and the fields in order."""

    format: str
    fields: tuple[FlatField, ...]


def derive(layout: Any) -> FlatLayout:
    """Derive the flat form of the construct struct `layout`.

    Raises NotFlatError if it has none. The size is checked against construct's own, so a wrong walk cannot pass.
    """
    fields = tuple(_walk(layout, ""))
    orders = {field.order for field in fields if field.order}
    if len(orders) > 1:
        raise NotFlatError("mixed byte orders")
    order = orders.pop() if orders else "<"
    text = order + "".join(field.code for field in fields)
    if struct.calcsize(text) != layout.sizeof():
        raise NotFlatError(f"{text} is not {layout.sizeof()} bytes long")
    return FlatLayout(text, fields)


def _walk(layout: Any, name: str) -> Iterator[FlatField]:
    if isinstance(layout, Renamed):
        yield from _walk(layout.subcon, str(layout.name))
    elif isinstance(layout, Struct):
        for part in layout.subcons:
            yield from _walk(part, name)
    elif not name:
        raise NotFlatError(f"a field without a name: {type(layout).__name__}")
    elif isinstance(layout, FormatField):
        yield FlatField(name, layout.fmtstr[1:].translate(_SAME_SIZE), layout.fmtstr[0])
    elif isinstance(layout, Bytes):
        if callable(layout.length):
            raise NotFlatError(f"{name} has a variable length")
        yield FlatField(name, f"{layout.length}s", "")
    else:
        raise NotFlatError(f"{name} is a {type(layout).__name__}")
