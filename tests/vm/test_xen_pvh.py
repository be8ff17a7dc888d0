"""One PVH domain: the channel and the grants, by `make test-vm-pvh`. The same user space as in a PV domain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.vm.image import Images
from tests.vm.grant_checks import check_limit, check_pages
from tests.vm.xen_host import Domain, XenHost

pytestmark = pytest.mark.timeout(1000)


@pytest.fixture(scope="module")
def domain(made: Images) -> Iterator[Domain]:
    with XenHost.boot(made, deadline_s=900) as host:
        yield host.domain("work", kind="pvh", memory_mib=512)


def test_channel_carries_calls_of_any_size(domain: Domain) -> None:
    """Calls go over a libxenvchan channel of ours."""
    for length in (1, 5_000, 300_000):
        answered = domain("grants:echo", text="x" * length)
        assert answered == "x" * length


def test_grants_are_shared_and_given_back(domain: Domain) -> None:
    check_pages(domain)
    check_limit(domain)


def test_destroyed_domain_leaves_no_page(domain: Domain) -> None:
    domain.destroy()
    domain.host.dom0("forget", domain=domain.number)
    assert len(domain.host.dom0("domains")) == 1
