"""A run of pytest is red if it does not show what the rows claim: judged by values, and by runs of a small tree."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.harness.processes import ROOT, clean_environment
from tests.parity.ledger import Outcomes, complaints
from tests.parity.rows import Needs, Ours, Row

TEST = "tests/test_a.py::test_a"


def row(*tests: str, needs: Needs = Needs.NOTHING) -> Row:
    return Row("2.create.1", "It does.", Ours.SAME, "", tests, needs)


def outcomes(*phases: tuple[str, str, str]) -> Outcomes:
    """(node id, phase, outcome) of each report."""
    found = Outcomes()
    for node, when, how in phases:
        report: Any = SimpleNamespace(nodeid=node, when=when, failed=how == "failed", skipped=how == "skipped")
        found.add(report)
    return found


def whole(node: str, call: str = "passed", teardown: str = "passed") -> tuple[tuple[str, str, str], ...]:
    return ((node, "setup", "passed"), (node, "call", call), (node, "teardown", teardown))


@pytest.mark.parametrize(
    ("phases", "wrong"),
    [
        (whole(TEST), ""),
        (whole(TEST, call="failed"), "failed"),
        (whole(TEST, teardown="failed"), "failed"),
        (whole(TEST, call="skipped"), "was skipped"),
        (((TEST, "setup", "skipped"), (TEST, "teardown", "passed")), "was skipped"),
        (((TEST, "setup", "failed"), (TEST, "teardown", "passed")), "failed"),
        ((*whole(f"{TEST}[1]"), *whole(f"{TEST}[2]")), ""),
        ((*whole(f"{TEST}[1]"), *whole(f"{TEST}[2]", call="failed")), "failed"),
        ((*whole(f"{TEST}[1]"), *whole(f"{TEST}[2]", call="skipped")), "was skipped"),
        (whole(f"{TEST}_too"), "did not run"),
        ((), "did not run"),
    ],
)
def test_full_run_shows_a_row_only_if_its_test_passed_with_every_parameter(
    phases: tuple[tuple[str, str, str], ...], wrong: str
) -> None:
    found = complaints([row(TEST)], outcomes(*phases), full=True)
    assert found == ([f"2.create.1: {TEST} {wrong}"] if wrong else [])


def test_run_of_a_part_is_asked_about_what_failed_in_it_only() -> None:
    assert complaints([row(TEST)], outcomes(), full=False) == []
    assert complaints([row(TEST)], outcomes(*whole(TEST, call="skipped")), full=False) == []
    assert complaints([row(TEST)], outcomes(*whole(TEST, call="failed")), full=False) != []


@pytest.mark.parametrize("needs", [Needs.PACKAGES, Needs.VIRTUAL_MACHINES])
def test_row_that_needs_what_a_machine_may_lack_may_be_skipped_and_must_not_fail(needs: Needs) -> None:
    lacking = row(TEST, needs=needs)
    assert complaints([lacking], outcomes(*whole(TEST, call="skipped")), full=True) == []
    assert complaints([lacking], outcomes(*whole(TEST, call="failed")), full=True) != []
    assert complaints([lacking], outcomes(), full=True) != []


CONFTEST = """
from tests.parity.ledger import Ledger
from tests.parity.rows import Ours, Needs, Row

def pytest_configure(config):
    row = Row("2.create.1", "It does.", Ours.SAME, "", ("claims/test_a.py::test_one",), Needs.NOTHING)
    config.pluginmanager.register(Ledger([row]), Ledger.NAME)
"""
ONE = "def test_one():\n    pass\n"
OTHER = "def test_other():\n    pass\n"


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=tree,
        env=clean_environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = claims\naddopts = --import-mode=importlib\n")
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "conftest.py").write_text(CONFTEST)
    (tmp_path / "claims" / "test_b.py").write_text(OTHER)
    return tmp_path


def test_full_run_with_the_named_test_is_green(tree: Path) -> None:
    (tree / "claims" / "test_a.py").write_text(ONE)
    for arguments in ((), ("claims",), ("claims/test_b.py",), ("-k", "other"), ("--collect-only",)):
        done = run(tree, *arguments)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [(), ("claims",)], ids=["nothing named", "the folder named"])
def test_full_run_without_the_named_test_is_red_and_says_which(tree: Path, arguments: tuple[str, ...]) -> None:
    done = run(tree, *arguments)
    assert done.returncode == 1
    assert "2.create.1: claims/test_a.py::test_one did not run" in done.stdout
    assert "1 passed" in done.stdout


def test_full_run_that_skips_the_named_test_is_red(tree: Path) -> None:
    (tree / "claims" / "test_a.py").write_text("import pytest\n@pytest.mark.skip\n" + ONE)
    done = run(tree)
    assert done.returncode == 1
    assert "2.create.1: claims/test_a.py::test_one was skipped" in done.stdout
