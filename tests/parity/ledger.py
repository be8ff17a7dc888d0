"""A pytest plugin: a full run fails unless every test that a row names ran in it and passed; knows no row's meaning."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.parity.rows import Needs, Row

PASSED, SKIPPED, FAILED = "passed", "skipped", "failed"


class Outcomes:
    """How each test of a run ended, by node id: failed if any of its phases did, passed only if it was called."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}

    def add(self, report: pytest.TestReport) -> None:
        """Take the report of one phase: setup, call or teardown."""
        before = self._of.get(report.nodeid)
        if report.failed or before == FAILED:
            self._of[report.nodeid] = FAILED
        elif report.skipped or before == SKIPPED:  # an expected failure is reported as skipped
            self._of[report.nodeid] = SKIPPED
        elif report.when == "call":
            self._of[report.nodeid] = PASSED

    def of(self, named: str) -> set[str]:
        """How the test of that name ended, with each of its parameters; empty if it did not run."""
        return {how for node, how in self._of.items() if node == named or node.startswith(f"{named}[")}


def complaints(rows: Iterable[Row], outcomes: Outcomes, *, full: bool) -> list[str]:
    """What the rows claim and this run did not show. A run of a part is asked only about what ran."""
    return [
        f"{row.id}: {test} {what}"
        for row in rows
        for test in row.tests
        if (what := _wrong(outcomes.of(test), may_skip=row.needs is not Needs.NOTHING or not full, full=full))
    ]


def _wrong(ended: set[str], *, may_skip: bool, full: bool) -> str:
    if FAILED in ended:
        return "failed"
    if not ended:
        return "did not run" if full else ""
    return "was skipped" if SKIPPED in ended and not may_skip else ""


class Ledger:
    """Listens to one run and judges it in the end."""

    NAME: Final = "vitrail-parity"

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._outcomes = Outcomes()
        self._left_out = False
        self._complaints: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test."""
        self._outcomes.add(report)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """By -k, -m, --deselect or --last-failed."""
        self._left_out = self._left_out or bool(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a green run red if it did not show what the page claims."""
        if session.config.option.collectonly or hasattr(session.config, "workerinput"):  # a part of a run under xdist
            return
        full = is_full(session.config) and not (self._left_out or session.shouldstop or session.shouldfail)
        self._complaints = complaints(self._rows, self._outcomes, full=full)
        if self._complaints and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what is missing."""
        if self._complaints:
            terminalreporter.section("docs/parity.md claims what this run did not show")
            for complaint in self._complaints:
                terminalreporter.line(complaint)


def is_full(config: pytest.Config) -> bool:
    """Whether everything was asked for: nothing is named but the folder of all tests, and nothing left out by name."""
    whole = {config.rootpath / path for path in config.getini("testpaths")}
    asked = {Path(config.invocation_params.dir, argument) for argument in config.args}
    left_out = ("ignore", "ignore_glob", "keyword", "markexpr", "deselect", "lf")
    return asked <= whole and not any(config.getoption(option, default=None) for option in left_out)
