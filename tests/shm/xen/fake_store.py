"""xenstore's library as one domain sees it, privileged or not; knows nothing of channels.

Source: xenstore.txt, "Watches" and IS_DOMAIN_INTRODUCED. Since XSA-115 a domain without privileges may set a watch on
@releaseDomain, and is told nothing unless it may read that node; whether another domain is there is not answered.
"""

import errno
import os
from typing import Any

from shm.xen import libraries

RELEASE = b"@releaseDomain"


class FakeStore:
    """keys: what is in the store. alive: the domains that there are. watches, tells, answers: what is granted to us."""

    def __init__(self, keys: dict[str, bytes], alive: set[int]) -> None:
        self._ffi = libraries.ffi()
        self.keys, self.alive = keys, alive
        self.watches = self.tells = self.answers = True
        self._fd = os.eventfd(0, os.EFD_NONBLOCK)
        self._kept: list[Any] = []

    def end(self, domain: int) -> None:
        """The domain is destroyed."""
        self.alive.discard(domain)
        if self.watches and self.tells:
            os.eventfd_write(self._fd, 1)

    def close(self) -> None:
        os.close(self._fd)

    # The library's functions

    def xs_open(self, _flags: int) -> Any:
        return self._ffi.new_handle(self)

    def xs_close(self, _handle: Any) -> None:
        pass

    def xs_watch(self, _handle: Any, path: bytes, _token: bytes) -> bool:
        assert path == RELEASE
        if not self.watches:
            self._ffi.errno = errno.EACCES
        elif self.tells:
            os.eventfd_write(self._fd, 1)  # each watch is told of once when it is set
        return self.watches

    def xs_fileno(self, _handle: Any) -> int:
        return self._fd

    def xs_check_watch(self, _handle: Any) -> Any:
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return self._ffi.NULL
        return self._ffi.new("char *[2]")

    def xs_is_domain_introduced(self, _handle: Any, domain: int) -> bool:
        if not self.answers:
            self._ffi.errno = errno.EACCES
            return False
        return domain in self.alive

    def xs_read(self, _handle: Any, _transaction: int, path: bytes, length: Any) -> Any:
        value = self.keys.get(path.decode())
        if value is None:
            return self._ffi.NULL
        length[0] = len(value)
        self._kept.append(self._ffi.new("char[]", value))
        return self._kept[-1]

    # The C library's

    def free(self, _pointer: Any) -> None:
        pass
