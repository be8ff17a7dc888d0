"""Connections to a real X server for the tests of the shared X connection."""

from collections.abc import Iterator

import pytest

from shm.x11.connection import XConnection
from tests.harness.xserver import XServer


@pytest.fixture
def connection(xvfb: XServer) -> Iterator[XConnection]:
    opened = XConnection(xvfb.name)
    yield opened
    opened.close()


@pytest.fixture
def other(xvfb: XServer) -> Iterator[XConnection]:
    """A second client of the same server."""
    opened = XConnection(xvfb.name)
    yield opened
    opened.close()


@pytest.fixture
def own_server() -> Iterator[XServer]:
    """A server that the test may stop or kill."""
    with XServer(640, 480) as server:
        yield server
