"""Where an agent's core gets the pages of a picture, whatever memory they are; knows no memory itself."""

from typing import Protocol


class PageSupply(Protocol):
    """Pages of a pool, as contiguous runs, with the references by which the daemon knows them."""

    def allocate(self, pages: int) -> int | None:
        """Take `pages` contiguous pages; return the first, or None if there are not so many: `shortage` says why."""

    def free(self, first_page: int, pages: int) -> None:
        """Give back a run exactly as `allocate` returned it; nobody reads it any more."""

    def refs(self, first_page: int, pages: int) -> bytes:
        """The references of an allocated run in order: 32 bits each, little-endian, as in MSG_WINDOW_DUMP."""

    @property
    def seen_at_once(self) -> bool:
        """Whether the daemon sees what is drawn without more ado; otherwise `publish` is called for it."""

    def publish(self, first_page: int, offset_bytes: int, length_bytes: int) -> None:
        """Let the daemon see these bytes of a run. Nothing is done for a run that is not allocated any more."""

    def shortage(self) -> str:
        """Why the last `allocate` found nothing, for the log."""
