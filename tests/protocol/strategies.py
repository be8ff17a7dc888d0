"""Hypothesis strategies derived from the message table, so that a new row is tested without a new line here."""

from typing import NamedTuple

from hypothesis import strategies as st

from protocol.messages import TABLE, Direction, MessageSpec, MessageType, Role

u32 = st.integers(0, 2**32 - 1)
i32 = st.integers(-(2**31), 2**31 - 1)


class Sample(NamedTuple):
    """One legal message in parts."""

    type: MessageType
    window: int
    fields: tuple[int | bytes, ...]
    tail: bytes


def specs(direction: Direction) -> list[MessageSpec]:
    """Return the rows that may travel that way."""
    return [spec for spec in TABLE.values() if direction in spec.direction]


def _field(code: str) -> st.SearchStrategy[int | bytes]:
    if code == "i":
        return i32
    if code == "I":
        return u32
    return st.binary(min_size=int(code[:-1]), max_size=int(code[:-1]))


def codes(spec: MessageSpec) -> list[str]:
    """Return the struct code of each field of a row's fixed body."""
    text = spec.layout.format[1:] if spec.layout else ""
    found: list[str] = []
    digits = ""
    for char in text:
        if char.isdigit():
            digits += char
        elif char == "s":
            found.append(f"{digits}s")
            digits = ""
        else:
            found += [char] * int(digits or "1")
            digits = ""
    return found


@st.composite
def samples(draw: st.DrawFn, direction: Direction) -> Sample:
    """Draw a legal message of that direction."""
    spec = draw(st.sampled_from(specs(direction)))
    fields = list(draw(st.tuples(*map(_field, codes(spec)))))
    tail = b""
    if spec.tail is not None:
        items = draw(st.integers(0, min(40, spec.tail.max_items)))
        size = items * spec.tail.item_bytes
        tail = draw(st.binary(min_size=size, max_size=size))
        if spec.tail.count_field and spec.body is not None:
            fields[spec.body._fields.index(spec.tail.count_field)] = items
    return Sample(spec.type, draw(u32), tuple(fields), tail)


READER_OF = {Direction.TO_DAEMON: Role.DAEMON, Direction.TO_AGENT: Role.AGENT}
