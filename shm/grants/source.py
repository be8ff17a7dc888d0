"""The pages that a Xen domain grants for its windows, as the desktop side reads them; knows no window."""

from __future__ import annotations

from collections.abc import Sequence

from protocol.limits import DEFAULT_POOL_BYTES
from shm.grants.mapped import MappedPages, Mapper
from shm.pages import ANY_REF
from shm.runs import Run


class GrantPages:
    """References are grants of one domain; each picture's are mapped for itself, for as long as it is shown.

    Raises ShmError if this system cannot map grants.
    """

    def __init__(self, domain: int) -> None:
        self._mapper = Mapper(domain)
        self.refs = ANY_REF
        self.size_bytes = DEFAULT_POOL_BYTES

    def picture(self, runs: Sequence[Run]) -> MappedPages:
        """Map. Raises ShmError for a grant that is none."""
        return self._mapper.map([ref for first, pages in runs for ref in range(first, first + pages)])
