"""The machines are started when asked for: VITRAIL_VM is 1 in `make test-vm`, pvh in `make test-vm-pvh`."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from scripts.vm.image import missing_tools


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without being asked for they are skipped; when asked for, a missing package is a failure and no skip."""
    asked = os.environ.get("VITRAIL_VM", "")
    for item in items:
        if not item.path.is_relative_to(Path(__file__).parent):
            continue
        if asked != ("pvh" if "pvh" in item.path.name else "1"):
            item.add_marker(pytest.mark.skip(reason="virtual machines are tried by `make test-vm`"))


@pytest.fixture(scope="session", autouse=True)
def packages_are_there() -> None:
    missing = missing_tools()
    assert not missing, f"{', '.join(missing)} missing: run `python3 scripts/setup.py vm`"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.CallInfo[None], None]:
    """Remember whether a test failed, for fixtures that then show what their machines wrote."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    setattr(item, f"report_{report.when}", report)
