"""Changes to a stream, from one flipped bit to another order of its messages; knows no judgement."""

import random
import struct
from collections.abc import Callable, Sequence
from typing import Final

from protocol.formats import HEADER
from protocol.messages import TABLE, Direction, MessageSpec
from tests.fuzz.corpus import messages_of
from tests.fuzz.messages import EDGES, TEXTS, WINDOWS
from tests.protocol.strategies import codes

MAX_MESSAGES: Final = 60
MAX_CHANGES: Final = 5
TO_DAEMON: Final = [spec for spec in TABLE.values() if Direction.TO_DAEMON in spec.direction]

Parts = list[bytes]


class Mutator:
    """Makes new streams out of known ones; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def stream(self, known: Sequence[bytes]) -> bytes:
        """One of `known`, changed a little."""
        parts = messages_of(self.chance.choice(known))
        for _ in range(self.chance.randint(1, MAX_CHANGES)):
            change = self.chance.choice(CHANGES)
            parts = change(self, parts, known)
        return b"".join(parts[:MAX_MESSAGES])

    def _place(self, parts: Parts) -> int:
        return self.chance.randrange(len(parts) + 1)

    def _drop(self, parts: Parts, _known: Sequence[bytes]) -> Parts:
        at = self._place(parts)
        return parts[:at] + parts[at + 1 :]

    def _repeat(self, parts: Parts, _known: Sequence[bytes]) -> Parts:
        at = self._place(parts)
        return parts[:at] + parts[at : at + 1] * self.chance.choice((2, 2, 20)) + parts[at + 1 :]

    def _move(self, parts: Parts, _known: Sequence[bytes]) -> Parts:
        rest = list(parts)
        moved = [rest.pop(self.chance.randrange(len(rest)))] if rest else []
        at = self._place(rest)
        return rest[:at] + moved + rest[at:]

    def _splice(self, parts: Parts, known: Sequence[bytes]) -> Parts:
        other = messages_of(self.chance.choice(known))
        first, at = self._place(other), self._place(parts)
        return parts[:at] + other[first : first + self.chance.randint(1, 8)] + parts[at:]

    def _insert(self, parts: Parts, _known: Sequence[bytes]) -> Parts:
        at = self._place(parts)
        used = [HEADER.unpack_from(part)[1] for part in parts if len(part) >= HEADER.size]
        return [*parts[:at], self._message(self.chance.choice([*used, *WINDOWS])), *parts[at:]]

    def _message(self, window: int) -> bytes:
        spec = self.chance.choice(TO_DAEMON)
        fields = [self._field(code) for code in codes(spec)]
        body = (spec.layout.pack(*fields) if spec.layout else b"") + self._tail(spec)
        return HEADER.pack(spec.type, window, len(body)) + body

    def _field(self, code: str) -> int | bytes:
        if code.endswith("s"):
            size = int(code[:-1])
            return self.chance.choice(TEXTS)[:size].ljust(size, b"\0")
        number = self.chance.choice((self.chance.randrange(300), self.chance.choice(EDGES)))
        return number - (1 << 32) if code == "i" and number >= 1 << 31 else number

    def _tail(self, spec: MessageSpec) -> bytes:
        if spec.tail is None:
            return b""
        items = self.chance.randrange(20)
        if spec.tail.item_bytes == 4:
            return struct.pack(f"<{items}I", *(self.chance.randrange(70) for _ in range(items)))
        return self.chance.randbytes(items)

    def _set_number(self, parts: Parts, _known: Sequence[bytes]) -> Parts:
        """Another number in four bytes, of a header or of a body."""
        return self._poke(parts, 4, lambda _old: struct.pack("<I", self.chance.choice(EDGES)))

    def _flip(self, parts: Parts, _known: Sequence[bytes]) -> Parts:
        return self._poke(parts, 1, lambda old: bytes([old[0] ^ 1 << self.chance.randrange(8)]))

    def _poke(self, parts: Parts, size: int, new: Callable[[bytes], bytes]) -> Parts:
        at = self._place(parts)
        if at == len(parts) or len(parts[at]) < size:
            return parts
        start = self.chance.randrange(len(parts[at]) - size + 1) // size * size
        old = parts[at]
        return [*parts[:at], old[:start] + new(old[start : start + size]) + old[start + size :], *parts[at + 1 :]]

    def _cut(self, parts: Parts, _known: Sequence[bytes]) -> Parts:
        at = self._place(parts)
        return parts[:at] + [part[: self.chance.randrange(len(part) + 1)] for part in parts[at : at + 1]]

    def _other_window(self, parts: Parts, _known: Sequence[bytes]) -> Parts:
        at = self._place(parts)
        if at == len(parts) or len(parts[at]) < HEADER.size:
            return parts
        window = struct.pack("<I", self.chance.choice(WINDOWS))
        return [*parts[:at], parts[at][:4] + window + parts[at][8:], *parts[at + 1 :]]


CHANGES: Final[tuple[Callable[[Mutator, Parts, Sequence[bytes]], Parts], ...]] = (
    Mutator._drop,
    Mutator._repeat,
    Mutator._move,
    Mutator._splice,
    Mutator._splice,
    Mutator._insert,
    Mutator._insert,
    Mutator._insert,
    Mutator._set_number,
    Mutator._set_number,
    Mutator._flip,
    Mutator._cut,
    Mutator._other_window,
)
