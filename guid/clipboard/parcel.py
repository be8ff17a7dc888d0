"""The bytes of a clipboard on their way between two processes: a sealed memfd; must not look into them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable

SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL


class BadParcel(ValueError):
    """A descriptor that does not hold what it is said to hold, or that could still change. The sender's fault."""


def open_parcel() -> int:
    """An empty one; the caller writes into it, seals it and closes it."""
    return os.memfd_create("clipboard", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)


def append(parcel: int, data: bytes) -> None:
    """Put bytes at its end; a memfd takes all of them or raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(parcel, view) :]


def seal(parcel: int) -> None:
    """Nothing in it changes any more."""
    fcntl.fcntl(parcel, fcntl.F_ADD_SEALS, SEALS)


def parcel_of(chunks: Iterable[bytes]) -> int:
    """A sealed one with these bytes; the caller closes it."""
    parcel = open_parcel()
    for chunk in chunks:
        append(parcel, chunk)
    seal(parcel)
    return parcel


def check(parcel: int, size_bytes: int) -> None:
    """Raise BadParcel unless it is sealed and holds exactly `size_bytes`."""
    try:
        seals = fcntl.fcntl(parcel, fcntl.F_GET_SEALS)
        found_bytes = os.fstat(parcel).st_size
    except OSError as error:  # EINVAL: no memfd
        raise BadParcel(f"a clipboard that cannot be sealed: {error.strerror}") from error
    if seals & SEALS != SEALS or found_bytes != size_bytes:
        raise BadParcel(f"a clipboard of {found_bytes} bytes with seals {seals:#x}, not {size_bytes} sealed ones")


def part(parcel: int, offset_bytes: int, len_bytes: int) -> bytes:
    """Some of its bytes. Raises BadParcel if there are fewer."""
    found = os.pread(parcel, len_bytes, offset_bytes)
    if len(found) != len_bytes:
        raise BadParcel(f"{len(found)} bytes at {offset_bytes} instead of {len_bytes}")
    return found
