"""One connection to xenstore: keys, and news of domains that end; must not know what the keys are for."""

from __future__ import annotations

from errno import EACCES
from typing import Any, Final

from shm.errors import TransportError
from shm.xen import libraries

NO_TRANSACTION: Final = 0
RELEASE: Final = b"@releaseDomain"
"""xenstore's own name for "a domain is gone"; which one, it does not say. Source: xenstore.txt, "Watches"."""


class Store:
    """Raises TransportError when there is no xenstore (this is no Xen domain, or its modules are not loaded)."""

    def __init__(self) -> None:
        self._lib: Any = libraries.store()
        self._ffi: Any = libraries.ffi()
        # SAFETY: no pointer of ours goes in; the handle is closed once, in close().
        self._handle: Any = self._lib.xs_open(0)
        if self._handle == self._ffi.NULL:
            raise TransportError("xenstore cannot be reached: not a Xen domain, or not as root, or a module is missing")

    def read(self, path: str) -> bytes | None:
        """The value of a key, None if there is none (or none for us)."""
        length = self._ffi.new("unsigned int *")
        # SAFETY: `length` outlives the call; the result is a malloc'ed copy of *length bytes, freed here.
        found = self._lib.xs_read(self._handle, NO_TRANSACTION, path.encode(), length)
        if found == self._ffi.NULL:
            return None
        value = bytes(self._ffi.buffer(found, length[0]))
        libraries.c_library().free(found)
        return value

    def remove(self, path: str) -> None:
        """Remove a key with all that is under it; one that is not there is none."""
        self._lib.xs_rm(self._handle, NO_TRANSACTION, path.encode())

    def watch_releases(self) -> bool:
        """From now on `fileno` is readable when a domain has ended; False if that is not told to us.

        A domain without privileges may be granted the watch, and be told nothing all the same (XSA-115).
        """
        return bool(self._lib.xs_watch(self._handle, RELEASE, b"release"))

    def fileno(self) -> int:
        """The descriptor of the watches."""
        return int(self._lib.xs_fileno(self._handle))

    def drain(self) -> None:
        """Take what the watches have said."""
        while True:
            # SAFETY: the result is one malloc'ed block (two strings with their pointers), freed here.
            news = self._lib.xs_check_watch(self._handle)
            if news == self._ffi.NULL:
                return
            libraries.c_library().free(news)

    def lives(self, domain: int) -> bool | None:
        """Whether xenstore still knows the domain; a destroyed one it forgets at once, whatever we still map of it.

        None if it does not tell us: since XSA-115 only dom0 and its like are answered.
        """
        self._ffi.errno = 0
        if self._lib.xs_is_domain_introduced(self._handle, domain):
            return True
        return None if self._ffi.errno == EACCES else False

    def close(self) -> None:
        """End the connection; harmless when repeated."""
        if self._handle is not None:
            self._lib.xs_close(self._handle)
            self._handle = None
