"""Pages that another domain granted, mapped here for reading only; must not know what lies in them.

Whoever granted them writes to them at any time, and may be gone: the daemon only ever hands the mapping to pwrite,
where a page that vanished is an error of the call and no signal.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from protocol.limits import MAX_GRANT_REFS, PAGE_BYTES
from shm.errors import ShmError
from shm.xen import libraries

PROT_READ: Final = 1


class MappedPages:
    """`view`: the bytes of all pages in order, read-only. A numpy array over it aliases the other domain's memory."""

    def __init__(self, handle: Any, address: Any, pages: int) -> None:
        self._handle = handle
        self._address = address
        self._pages = pages
        self.size_bytes = pages * PAGE_BYTES
        self.view = memoryview(libraries.ffi().buffer(address, self.size_bytes)).toreadonly()

    def copy_to(self, fd: int, offset_bytes: int, length_bytes: int) -> None:
        """Copy bytes to the same place of a file. Raises ShmError if pages are not there (any more)."""
        end = offset_bytes + length_bytes
        try:
            while offset_bytes < end:
                written = os.pwrite(fd, self.view[offset_bytes:end], offset_bytes)
                if not written:
                    raise ShmError("granted pages could not be copied whole")
                offset_bytes += written
        except OSError as error:  # EFAULT: a page of the mapping has vanished
            raise ShmError(f"granted pages could not be copied: {error.strerror}") from error

    def close(self) -> None:
        """Unmap: a domain that has ended stays in the machine until the last page of it is unmapped."""
        if self._address is None:
            return
        self.view.release()
        # SAFETY: no view of the memory is left (release would have raised), and the address is not used again.
        libraries.grants().xengnttab_unmap(self._handle, self._address, self._pages)
        self._address = None


class Mapper:
    """Maps what one domain granted. Raises ShmError if this system cannot."""

    def __init__(self, domain: int) -> None:
        self._domain = domain
        # SAFETY: the handle is used until `close`, by one thread.
        self._handle = libraries.grants().xengnttab_open(libraries.ffi().NULL, 0)
        if self._handle == libraries.ffi().NULL:
            raise ShmError(f"granted pages cannot be mapped: {_reason()}; is the module xen-gntdev loaded?")

    def map(self, refs: Sequence[int]) -> MappedPages:
        """Map these grants in this order. Raises ShmError if the domain did not grant one of them to us."""
        if not 1 <= len(refs) <= MAX_GRANT_REFS:
            raise ValueError("more pages than a window can have")
        ffi = libraries.ffi()
        # SAFETY: the array outlives the call; the result is NULL or as many mapped pages as it has references.
        address = libraries.grants().xengnttab_map_domain_grant_refs(
            self._handle, len(refs), self._domain, ffi.new("uint32_t[]", list(refs)), PROT_READ
        )
        if address == ffi.NULL:
            raise ShmError(f"{len(refs)} pages of domain {self._domain} cannot be mapped: {_reason()}")
        return MappedPages(self._handle, address, len(refs))

    def close(self) -> None:
        """Close the device; what is mapped stays mapped."""
        libraries.grants().xengnttab_close(self._handle)


def _reason() -> str:
    return os.strerror(libraries.ffi().errno)
