"""What granted pages must do between a domain and dom0, whatever kind of domain it is."""

from __future__ import annotations

from tests.vm.inside.domu import GNTALLOC_PAGES
from tests.vm.xen_host import Domain

PAGES = 1000
"""A window of 1280x800."""


def check_pages(domain: Domain) -> None:
    """Equal, live, read-only, copied whole, still there when the domain lets go, and gone afterwards."""
    host = domain.host
    refs = domain("grants:share", pages=PAGES, seed=11)
    host.dom0("grants:attach", domain=domain.number, refs=refs)
    assert host.dom0("grants:wrong_pages", seed=11) == []
    assert host.dom0("grants:copied_is_equal")
    domain("grants:fill", seed=12)
    assert host.dom0("grants:wrong_pages", seed=12) == []
    domain("grants:release")
    assert host.dom0("grants:wrong_pages", seed=12) == []
    host.dom0("grants:detach")
    assert "cannot be mapped" in host.dom0("grants:map_refusal", domain=domain.number, refs=[9_999_999])


def check_limit(domain: Domain) -> None:
    """The limit is named where it is met."""
    refused = domain("grants:refusal", pages=90_000)
    assert f"parameters/limit is {GNTALLOC_PAGES} pages" in refused, refused
