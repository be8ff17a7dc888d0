"""The machines are part of `make test`, at its end: some minutes, on two emulated processors.

VITRAIL_VM: unset, as there: what lacks Debian packages is skipped, and says so. 1, in `make test-vm`: it fails instead.
pvh, in `make test-vm-pvh`: only what is tried in such a domain. 0: no machine at all.
"""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from scripts.vm.image import INSTALL, Images, images, missing_packages
from tests.harness.wait import time_scale
from tests.vm.asked import HERE, why_not
from tests.vm.xen_world import World, xen_world

PATIENCE = 4.0
Say = Callable[[str], None]


class Ahead(NamedTuple):
    """A world that is being started, and what is told of it meanwhile."""

    world: Future[World]
    told: list[str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Last, because they take longest; left out where they cannot be run, or were not asked for."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    items[:] = [item for item in items if not item.path.is_relative_to(HERE)] + ours
    for item in ours:
        reason = why_not(item.path)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Say:
    """Tell whoever waits how far this is, whatever pytest does with the output of tests."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def write(text: str) -> None:
        assert capture is not None
        with capture.global_and_fixture_disabled():
            print(f"\n{text}", flush=True)

    return write


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """An emulated processor shares two real ones with whatever else runs: everything may take longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRAIL_TEST_TIME_SCALE", str(PATIENCE * time_scale()))
        yield


@pytest.fixture(scope="session", autouse=True)
def packages_are_there() -> None:
    missing = missing_packages()
    assert not missing, f"{', '.join(missing)} missing: run `{INSTALL}`"


@pytest.fixture(scope="session")
def made(say: Say) -> Images:
    """The images, made now if need be."""
    say("vm: images of virtual machines (made from Debian's packages when there are none: a minute or two) …")
    return images()


@pytest.fixture(scope="session", autouse=True)
def world_ahead(request: pytest.FixtureRequest) -> Iterator[Ahead | None]:
    """Starts while other tests run, if any test will ask for it: a start keeps one processor busy, and so do they."""
    wanted = [item for item in request.session.items if "world" in getattr(item, "fixturenames", ())]
    if all(why_not(item.path) for item in wanted):
        yield None
        return
    made: Images = request.getfixturevalue("made")
    with ExitStack() as stack, ThreadPoolExecutor(1) as worker:
        told: list[str] = []
        started = worker.submit(lambda: stack.enter_context(xen_world(made, told.append)))
        yield Ahead(started, told)
        wait([started])


@pytest.fixture(scope="session")
def world(world_ahead: Ahead, say: Say) -> World:
    """One machine with Xen for all tests that need it; test_xen.py, the last, takes it apart."""
    say("vm: waiting for Xen and its domains, which start since the first of these tests …")
    found = world_ahead.world.result()
    say("\n".join(world_ahead.told))
    return found


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.CallInfo[None], None]:
    """Remember whether a test failed, for fixtures that then show what their machines wrote."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    setattr(item, f"report_{report.when}", report)
