"""The page memory that a qube shares with the desktop: one sealed memfd; knows no window, and is never mapped here.

The pages are written by the qube at any time. Who may not trust them reads them through an X server, or by pread.
"""

import errno
import fcntl
import os
import struct
from functools import cache
from typing import Any, Final, Protocol, Self

from protocol.limits import MAX_POOL_BYTES, MIN_POOL_BYTES, PAGE_BYTES
from shm.errors import ShmError

# Without these three, the qube could cut the pool short, and who reads it would meet pages that are not there.
# F_SEAL_FUTURE_WRITE and F_SEAL_WRITE are not among them: both forbid punching holes.
SEALS: Final = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL

COUNTER: Final = struct.Struct("<I")

# Source: linux/falloc.h.
_FALLOC_FL_KEEP_SIZE: Final = 0x01
_FALLOC_FL_PUNCH_HOLE: Final = 0x02


def sealed_memory(name: str, size_bytes: int) -> int:
    """Return a new memfd of zeros, sealed against shrinking, growing and further seals; private to this user.

    Raises ShmError if the system gives none (memory accounting, file descriptors).
    """
    try:
        fd = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError as error:
        raise ShmError(f"no shared memory: {error.strerror}") from error
    try:
        # A memfd is born with mode 0777; a process of another user that holds it read-only could open it anew to write.
        os.fchmod(fd, 0o600)
        os.ftruncate(fd, size_bytes)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)
    except OSError as error:
        os.close(fd)
        raise ShmError(f"no shared memory of {size_bytes} bytes: {error.strerror}") from error
    return fd


def holds_data(fd: int, first_page: int, pages: int) -> bool:
    """Tell whether any page of the run was ever written (or was read through a mapping, which allocates it too).

    Moves the file position of `fd`; nothing here uses the position, so whoever shares the description may move it too.
    """
    start = first_page * PAGE_BYTES
    try:
        return os.lseek(fd, start, os.SEEK_DATA) < start + pages * PAGE_BYTES
    except OSError as error:
        if error.errno == errno.ENXIO:  # only holes up to the end
            return False
        raise ShmError(f"cannot look for data in shared memory: {error.strerror}") from error


def write_count(fd: int, page: int, count: int) -> None:
    """Write a counter modulo 2^32 as the first four bytes of a page of the pool `fd`. Raises OSError.

    By pwrite, which can fail but not fault, whatever the qube does to the page.
    """
    os.pwrite(fd, COUNTER.pack(count), page * PAGE_BYTES)


class PagePool(Protocol):
    """The pool as an agent has it: a file that its X server can attach.

    punches: `punch` gives memory back; otherwise the desktop side does, before it acknowledges what replaced it.
    """

    @property
    def fd(self) -> int:
        """Readable and writable, as large as the pool."""

    @property
    def pages(self) -> int:
        """Whole pages."""

    @property
    def punches(self) -> bool:
        """Whether `punch` does anything."""

    def punch(self, first_page: int, pages: int) -> None:
        """Give the run's memory back."""


class Pool:
    """A sealed memfd of a power of two bytes, whole pages, at most 4 GiB (MIT-SHM offsets have 32 bits)."""

    def __init__(self, fd: int, size_bytes: int) -> None:
        self.fd = fd
        self.size_bytes = size_bytes
        self.pages = size_bytes // PAGE_BYTES

    @classmethod
    def create(cls, size_bytes: int) -> Self:
        """Make a pool; sparse: only pages that are touched cost memory. Raises ShmError for a size no pool can have."""
        check_size(size_bytes)
        return cls(sealed_memory("vitrail-pool", size_bytes), size_bytes)

    @classmethod
    def from_fd(cls, fd: int, *, size_bytes: int | None = None) -> Self:
        """Take over a pool that another process made; the fd is ours to close only if this succeeds.

        size_bytes: what it must be, if that is known.
        Raises ShmError if it is not sealed against shrinking and growing, or of another size than is allowed.
        """
        try:
            seals = fcntl.fcntl(fd, fcntl.F_GET_SEALS)
            found_bytes = os.fstat(fd).st_size
        except OSError as error:  # EINVAL: a file or a pipe, not a memfd
            raise ShmError(f"the pool is not sealable memory: {error.strerror}") from error
        if seals & SEALS != SEALS:
            raise ShmError(f"the pool is not sealed against shrinking, growing and further seals (seals {seals:#x})")
        check_size(found_bytes)
        if size_bytes is not None and found_bytes != size_bytes:
            raise ShmError(f"the pool has {found_bytes} bytes, not {size_bytes}")
        return cls(fd, found_bytes)

    def open_read_only(self) -> int:
        """Return a new fd through which the pool can be read and mapped, never written; the caller closes it."""
        try:
            return os.open(f"/proc/self/fd/{self.fd}", os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ShmError(f"the pool cannot be opened read-only: {error.strerror}") from error

    @property
    def punches(self) -> bool:
        """Always: it is memory of this system."""
        return True

    def punch(self, first_page: int, pages: int) -> None:
        """Give the run's memory back to the system; it reads as zeros from now on. X servers may read it meanwhile."""
        if first_page < 0 or pages < 1 or first_page + pages > self.pages:
            raise ValueError("a run outside the pool")
        _punch_hole(self.fd, first_page * PAGE_BYTES, pages * PAGE_BYTES)

    def close(self) -> None:
        """Close the fd; the memory lives until every other holder has closed it too."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def check_size(size_bytes: int) -> None:
    """Raise ShmError for a size that no pool can have."""
    if not MIN_POOL_BYTES <= size_bytes <= MAX_POOL_BYTES or size_bytes & (size_bytes - 1):
        raise ShmError(f"a pool of {size_bytes} bytes: it must be a power of two, from one page to 4 GiB")


@cache
def _fallocate() -> Any:
    """The C library's fallocate, and its errno reader: Python has no fallocate with a mode.

    MADV_REMOVE through mmap would do the same, but the pool is never mapped on the trusted side.
    """
    import ctypes  # noqa: PLC0415 - 3 ms of a daemon's start, and most daemons never punch

    function = ctypes.CDLL(None, use_errno=True).fallocate
    function.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    return function, ctypes.get_errno


def load_fallocate() -> None:
    """Find it now, and not when a hole is punched first."""
    _fallocate()


def _punch_hole(fd: int, offset_bytes: int, length_bytes: int) -> None:
    fallocate, last_errno = _fallocate()
    # SAFETY: four plain numbers of the declared widths, no pointer; off_t has 64 bits wherever memfds can be sealed.
    if fallocate(fd, _FALLOC_FL_PUNCH_HOLE | _FALLOC_FL_KEEP_SIZE, offset_bytes, length_bytes) != 0:
        raise ShmError(f"cannot punch a hole into the pool: {os.strerror(last_errno())}")
