"""Which domain we are in, by what xenstore says."""

import pytest

from shm.vchan.xen import domain_we_are_in, key_of


class Keys:
    """xenstore with one key."""

    def __init__(self, said: bytes | None) -> None:
        self._said = said

    def read(self, path: str) -> bytes | None:
        return self._said if path == "domid" else None


@pytest.mark.parametrize(
    ("said", "domain"),
    [(b"0", 0), (b"9", 9), (b"32751", 32751), (None, 0), (b"", 0), (b"-1", 0), (b"x", 0), (b"1" * 9, 0)],
)
def test_domain_is_what_xenstore_says_and_else_the_first(said: bytes | None, domain: int) -> None:
    assert domain_we_are_in(Keys(said)) == domain


def test_ring_of_a_qube_is_looked_for_under_our_own_number() -> None:
    assert key_of(7, domain_we_are_in(Keys(b"9")), 6000) == "/local/domain/7/data/vchan/9/6000"
