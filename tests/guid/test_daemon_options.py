"""`vitrail daemon` is told of one boundary, and of one only."""

import argparse
from pathlib import Path

import pytest

from guid.cli import parser
from guid.commands.daemon import boundary
from shm.boundary import PoolBoundary, XenBoundary

COMMON = ("daemon", "--name", "work", "--label", "blue")


def options(*arguments: str) -> argparse.Namespace:
    return parser().parse_args([*COMMON, *arguments])


def test_socket_and_pool_are_a_poolboundary() -> None:
    found = boundary(options("--vchan-socket", "/run/x", "--pool-fd", "7"))
    assert found == PoolBoundary(Path("/run/x"), 7)


def test_xen_domain_is_a_boundary_by_itself() -> None:
    assert boundary(options("--xen-domain", "3")) == XenBoundary(3, 6000)
    assert boundary(options("--xen-domain", "3", "--xen-port", "6009")) == XenBoundary(3, 6009)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--vchan-socket", "/run/x"),
        ("--pool-fd", "7"),
        ("--xen-domain", "3", "--pool-fd", "7"),
        ("--xen-domain", "3", "--vchan-socket", "/run/x"),
    ],
)
def test_half_a_boundary_or_two_is_wrong_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        boundary(options(*arguments))
    assert ended.value.code == 2
    assert "--xen-domain" in capsys.readouterr().err
