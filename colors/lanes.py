"""Arithmetic on many small numbers at once: each has a lane of one large integer; must not know what they count.

Python adds and multiplies an integer of 100,000 digits at the speed of C. No lane may run over into the next one, which
is what every function says of its numbers: there is no carry but by a mistake.
"""

from __future__ import annotations

from typing import NamedTuple

BYTE_MAX = 0xFF
_BYTE_BITS = 8


class Lanes(NamedTuple):
    """How many lanes there are, and how many bytes each has."""

    many: int
    width: int

    def each(self, number: int) -> int:
        """The same number in every lane."""
        return int.from_bytes(number.to_bytes(self.width, "little") * self.many, "little")

    def spread(self, plane: bytes) -> int:
        """One byte a lane; `many` bytes."""
        lanes = bytearray(self.many * self.width)
        lanes[:: self.width] = plane
        return int.from_bytes(lanes, "little")

    def gathered(self, lanes: int) -> bytes:
        """The lowest byte of every lane."""
        return lanes.to_bytes(self.many * self.width, "little")[:: self.width]

    def above(self, one: int, other: int) -> int:
        """255 in each lane where `one` is not less than `other`, else 0; bytes in lanes of 2 bytes or more."""
        borrow = self.each(BYTE_MAX + 1)
        return (((one | borrow) - other & borrow) >> _BYTE_BITS) * BYTE_MAX

    def highest(self, one: int, other: int) -> int:
        """The larger of two bytes, lane by lane."""
        return other ^ ((one ^ other) & self.above(one, other))

    def lowest(self, one: int, other: int) -> int:
        """The smaller of two bytes, lane by lane."""
        return one ^ ((one ^ other) & self.above(one, other))

    def products(self, factors: tuple[int, ...], times: int) -> list[int]:
        """Bytes times bytes, lane by lane, of every one of `factors`; lanes of 2 bytes or more."""
        ones = self.each(1)
        sums = [0] * len(factors)
        for bit in range(_BYTE_BITS):
            there = (times >> bit & ones) * BYTE_MAX
            sums = [total + ((factor & there) << bit) for total, factor in zip(sums, factors, strict=True)]
        return sums

    def by_255(self, lanes: int) -> int:
        """Every lane divided by 255, to the nearest; up to 255 * 255, in lanes of 2 bytes or more.

        Source: J. Blinn, "Three Wrongs Make a Right", IEEE Computer Graphics and Applications 15 (6), 1995.
        """
        rounded = lanes + self.each(BYTE_MAX + 1 >> 1)
        bytes_of = self.each(BYTE_MAX)
        return (rounded + (rounded >> _BYTE_BITS & bytes_of)) >> _BYTE_BITS & bytes_of
