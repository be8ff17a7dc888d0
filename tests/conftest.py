"""Fixtures that every room's tests may use; knows no room's internals."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.harness import mends
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.parity.ledger import Ledger
from tests.parity.rows import BadRow, rows_of
from tests.vm.asked import HERE, why_not

MACHINES = "tests/vm/"
BESIDE_MACHINES = "tests/packaging/"
"""Takes long, and goes last: machines keep one worker for minutes, and the other has nothing else to do then."""

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is to run beside the machines comes after them."""
    items.sort(key=lambda item: item.nodeid.startswith(BESIDE_MACHINES))


@pytest.fixture(autouse=True)
def _mends(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold a test to the commands that it promises to run."""
    promised = [each for mark in request.node.iter_markers(mends.MARK) for each in mark.args]
    mends.begin()
    yield
    assert [each for each in promised if not mends.kept(each)] == [], "commands of doctor's that were not run"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Hand out whole files, in their order, so that what a file starts is started once; all machines go as one."""
    return ByFile(config, log)


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Two workers with machines would start them twice. `--no-loadscope-reorder` keeps them at the end."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return MACHINES if path.startswith(MACHINES) else path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """That machines were not tried is said in a line of its own where that is no choice, not only among the skips."""
    reason = why_not(HERE)
    if reason.startswith("NO"):
        terminalreporter.write_line(reason, red=True, bold=True)


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


# Started in a shell's background, the suite ignores SIGINT, and so would the commands that tests end by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
