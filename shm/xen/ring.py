"""One libxenvchan connection, and what may be believed of it; must not know what bytes it carries.

The peer writes to the shared ring at any time, and the library was not made to tell (Qubes security bulletin 010 was of
this kind): so every number that comes from there is looked at here, and an impossible one is a TransportError.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from shm.errors import TransportError
from shm.xen import libraries

WRAP: Final = 1 << 32
"""Ring indices run freely through 32 bits. Source: xen/io/libxenvchan.h."""
MAX_ORDER: Final = 20
"""The largest ring is 1 << 20 bytes. Source: libxenvchan's init.c, MAX_RING_SHIFT."""
READ_BUFFER_BYTES: Final = 1 << 16


class State(IntEnum):
    """What libxenvchan_is_open may say."""

    CLOSED = 0
    OPEN = 1
    WAITING = 2


class XenRing:
    """A connection that the library made, in its non-blocking mode.

    control: `struct libxenvchan *`, ours from here on. library: for tests.
    """

    def __init__(self, control: Any, library: Any = None) -> None:
        self._lib: Any = library or libraries.vchan()
        self._ffi: Any = libraries.ffi()
        self._control: Any = control
        control.blocking = 0
        for ring in (control.read, control.write):
            if not 0 <= ring.order <= MAX_ORDER:
                raise TransportError(f"a ring of order {ring.order}")
        self._buffer: Any = self._ffi.new("char[]", READ_BUFFER_BYTES)

    def fileno(self) -> int:
        """The event channel's descriptor: readable when something has changed, and nothing more."""
        return int(self._lib.libxenvchan_fd_for_select(self._control))

    def acknowledge(self) -> None:
        """Take one notification; only when the descriptor is readable, for it would wait for one."""
        if self._lib.libxenvchan_wait(self._control) < 0:
            raise TransportError("the event channel failed")

    def state(self) -> State:
        """Whether the peer is there; a domain that was destroyed stays "open"."""
        untrusted_state = int(self._lib.libxenvchan_is_open(self._control))
        try:
            return State(untrusted_state)
        except ValueError:
            raise TransportError(f"the ring's state is {untrusted_state:d}") from None

    def read(self, most: int) -> bytes:
        """At most `most` bytes; b"" if there are none, or if the peer is gone."""
        most = min(most, READ_BUFFER_BYTES)
        self._check_indices()
        # SAFETY: the buffer has READ_BUFFER_BYTES, and no more than `most` are asked for.
        untrusted_count = int(self._lib.libxenvchan_read(self._control, self._buffer, most))
        if untrusted_count < 0:
            if self.state() is not State.OPEN:
                return b""
            raise TransportError(f"reading the ring gave {untrusted_count:d}")
        if untrusted_count > most:
            raise TransportError(f"the ring gave {untrusted_count:d} bytes for {most}")
        return bytes(self._ffi.buffer(self._buffer, untrusted_count))

    def write(self, data: bytes | bytearray) -> int:
        """Write what fits; returns how many bytes. 0 also if the peer is gone."""
        self._check_indices()
        # SAFETY: from_buffer keeps `data` in place for the call, which reads at most len(data) bytes.
        with self._ffi.from_buffer(data) as source:
            untrusted_count = int(self._lib.libxenvchan_write(self._control, source, len(data)))
        if untrusted_count < 0:
            if self.state() is not State.OPEN:
                return 0
            raise TransportError(f"writing the ring gave {untrusted_count:d}")
        if untrusted_count > len(data):
            raise TransportError(f"the ring took {untrusted_count:d} bytes of {len(data)}")
        count = untrusted_count
        del untrusted_count
        return count

    def has_data(self) -> bool:
        """Whether bytes can be read now; if not, the peer is asked to notify us of the next."""
        untrusted_count = int(self._lib.libxenvchan_data_ready(self._control))
        if not 0 <= untrusted_count <= 1 << int(self._control.read.order):
            raise TransportError(f"the ring says that {untrusted_count:d} bytes are ready")
        self._check_indices()
        return untrusted_count > 0

    def _check_indices(self) -> None:
        """Of each ring one index is ours and one the peer's: more can never lie between them than the ring holds.

        The library takes such a ring for an empty one, and would wait for ever.
        """
        for ring in (self._control.read, self._control.write):
            untrusted_used = (int(ring.shr.prod) - int(ring.shr.cons)) % WRAP
            if untrusted_used > 1 << int(ring.order):
                raise TransportError(f"the ring's indices are {untrusted_used:d} bytes apart")

    def close(self) -> None:
        """Give it up; the peer is notified. Harmless when repeated."""
        if self._control is not None:
            self._lib.libxenvchan_close(self._control)
            self._control = None
