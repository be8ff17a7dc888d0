"""libxenvchan between two ends of one process, in its own structs; knows nothing of channels.

It does with the indices, the notification bits and the life bytes what the library does with them, in rings of 64 KiB,
so that a test can scribble where a hostile domain would.
"""

import os
from typing import Any

from shm.xen import libraries

ORDER = 16
NOTIFY_WRITE, NOTIFY_READ = 1, 2
WRAP = 1 << 32


class FakeVchan:
    """The library; `server` and `client` are the two `struct libxenvchan *`, `shared` what both domains can write."""

    def __init__(self, *, start: int = 0) -> None:
        """start: of all indices, which run freely."""
        self._ffi = libraries.ffi()
        self.shared = self._ffi.new("struct vchan_interface *")
        self.shared.cli_live, self.shared.srv_live = 1, 1
        self.shared.cli_notify = self.shared.srv_notify = NOTIFY_WRITE
        for ring in (self.shared.left, self.shared.right):
            ring.cons = ring.prod = start
        self._left = self._ffi.new("char[]", 1 << ORDER)
        self._right = self._ffi.new("char[]", 1 << ORDER)
        self.server, self.client = self._end(is_server=True), self._end(is_server=False)
        self.events = {True: os.eventfd(0, os.EFD_NONBLOCK), False: os.eventfd(0, os.EFD_NONBLOCK)}
        self.notifications = 0

    def _end(self, *, is_server: bool) -> Any:
        control = self._ffi.new("struct libxenvchan *")
        control.ring = self.shared
        control.is_server = -1 if is_server else 0
        incoming, outgoing = (control.read, control.write) if is_server else (control.write, control.read)
        incoming.shr, incoming.buffer = self._ffi.addressof(self.shared, "left"), self._left
        outgoing.shr, outgoing.buffer = self._ffi.addressof(self.shared, "right"), self._right
        control.read.order = control.write.order = ORDER
        return control

    # The library's functions

    def libxenvchan_fd_for_select(self, control: Any) -> int:
        return self.events[bool(control.is_server)]

    def libxenvchan_wait(self, control: Any) -> int:
        os.eventfd_read(self.events[bool(control.is_server)])
        return 0

    def libxenvchan_is_open(self, control: Any) -> int:
        return int(self.shared.cli_live) if control.is_server else int(bool(self.shared.srv_live))

    def libxenvchan_data_ready(self, control: Any) -> int:
        self._request(control, NOTIFY_WRITE)
        return self._ready(control)

    def libxenvchan_read(self, control: Any, data: Any, size: int) -> int:
        if self._ready(control) < size:
            self._request(control, NOTIFY_WRITE)
        count = min(size, self._ready(control))
        if not count:
            return 0 if self.libxenvchan_is_open(control) else -1
        ring, buffer = control.read.shr, self._ffi.buffer(self._ffi.cast("char *", control.read.buffer), 1 << ORDER)
        start = ring.cons % (1 << ORDER)
        received = (buffer[start:] + buffer[:start])[:count]
        self._ffi.memmove(data, received, count)
        ring.cons = (ring.cons + count) % WRAP
        self._notify(control, NOTIFY_READ)
        return count

    def libxenvchan_write(self, control: Any, data: Any, size: int) -> int:
        if not self.libxenvchan_is_open(control):
            return -1
        if self._space(control) < size:
            self._request(control, NOTIFY_READ)
        count = min(size, self._space(control))
        if not count:
            return 0
        ring, buffer = control.write.shr, self._ffi.buffer(self._ffi.cast("char *", control.write.buffer), 1 << ORDER)
        start, sent = ring.prod % (1 << ORDER), self._ffi.buffer(data, count)[:]
        first = min(count, (1 << ORDER) - start)
        buffer[start : start + first] = sent[:first]
        buffer[: count - first] = sent[first:]
        ring.prod = (ring.prod + count) % WRAP
        self._notify(control, NOTIFY_WRITE)
        return count

    def libxenvchan_close(self, control: Any) -> None:
        if control.is_server:
            self.shared.srv_live = 0
        else:
            self.shared.cli_live = 0
        self.signal(to_server=not control.is_server)

    # As the library does it inside

    def _ready(self, control: Any) -> int:
        ready = int((control.read.shr.prod - control.read.shr.cons) % WRAP)
        return ready if ready <= 1 << ORDER else 0

    def _space(self, control: Any) -> int:
        space = (1 << ORDER) - (control.write.shr.prod - control.write.shr.cons) % WRAP
        return int(space) if 0 <= space <= 1 << ORDER else 0

    def _request(self, control: Any, bit: int) -> None:
        if control.is_server:
            self.shared.cli_notify |= bit
        else:
            self.shared.srv_notify |= bit

    def _notify(self, control: Any, bit: int) -> None:
        name = "srv_notify" if control.is_server else "cli_notify"
        asked = getattr(self.shared, name)
        if asked & bit:
            setattr(self.shared, name, asked & ~bit)
            self.signal(to_server=not control.is_server)

    def signal(self, *, to_server: bool) -> None:
        """Notify one end."""
        self.notifications += 1
        os.eventfd_write(self.events[to_server], 1)

    def close(self) -> None:
        """Close the descriptors."""
        for fd in self.events.values():
            os.close(fd)
