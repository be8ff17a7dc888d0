"""Whether copies arrive whole: emulators have lost vector registers between virtual processors. Knows no program."""

from __future__ import annotations

import time

BYTES = 65_536


def corrupted_copies(seconds: float) -> list[int]:
    """Copy and compare for a while; returns (copies, bad copies)."""
    wanted = bytes((number * 7 + (number >> 8)) & 0xFF for number in range(BYTES))
    source, target = bytearray(wanted), bytearray(BYTES)
    copies = bad = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(50):
            target[:] = source
            copies += 1
            if target != wanted:
                bad += 1
                target[:] = bytes(BYTES)
    return [copies, bad]
