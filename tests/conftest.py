"""Fixtures that every room's tests may use; knows no room's internals."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.parity.ledger import Ledger
from tests.parity.rows import BadRow, rows_of

# "ci": the same examples each time, so a red run can be repeated. "deep": by hand, with HYPOTHESIS_PROFILE=deep.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    """Let every run say whether it shows what docs/parity.md claims."""
    try:
        rows = rows_of()
    except BadRow as error:
        raise pytest.UsageError(f"tests/parity/rows: {error}") from error
    config.pluginmanager.register(Ledger(rows), Ledger.NAME)


@pytest.fixture(autouse=True, scope="session")
def no_outside_display() -> Iterator[None]:
    """Hide the tester's own desktop: a test sees the servers that it starts, and no other."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def xvfb() -> Iterator[XServer]:
    """A 1920x1080 Xvfb without a window manager, shared by the tests of a module."""
    with XServer() as server:
        yield server


@pytest.fixture(scope="module")
def desktop(xvfb: XServer) -> Iterator[XServer]:
    """The module's Xvfb under openbox: what a person's desktop is to the daemon."""
    with WindowManager("openbox", xvfb.name):
        yield xvfb
