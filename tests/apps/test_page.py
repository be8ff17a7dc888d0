"""docs/apps.md says what the last run said, of every program and in every column."""

from typing import Any

import pytest

from scripts.setup import wanted_packages
from tests.apps.case import App, Column
from tests.apps.page import PAGE, PICTURES, page_text, read_run
from tests.apps.pictures import LARGEST_BYTES
from tests.apps.programs import APPS
from tests.apps.run import FAIL, NO, NOT_APPLICABLE, OK, YES, Outcome


@pytest.fixture(scope="module")
def last() -> dict[str, Any]:
    return read_run()


def test_page_is_what_the_last_run_makes_of_it(last: dict[str, Any]) -> None:
    assert PAGE.read_text("utf-8") == page_text(APPS, last), "run `make apps`"


def test_page_has_a_row_for_each_program_and_a_cell_for_each_column(last: dict[str, Any]) -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert lines[0] == "| program | opens | menus | dialogs | typing | resize | clipboard | status |"
    rows = {cells[0]: cells[1:] for cells in ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines[1:])}
    assert list(rows) == [app.name for app in APPS] == list(last)
    for name, cells in rows.items():
        assert cells[-1] == last[name]["status"]
        assert cells[:-1] == [last[name]["cells"][column.value] for column in Column]


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.slug)
def test_run_tried_what_the_program_has_and_its_status_follows(app: App, last: dict[str, Any]) -> None:
    said = last[app.name]
    for column in Column:
        allowed = {YES, NO} if column in app.probes else {NOT_APPLICABLE}
        assert said["cells"][column.value] in allowed
    assert set(said["also"]) == set(app.also)
    assert said["status"] == Outcome(said["cells"], said["also"]).status


def test_one_failure_makes_a_row_fail() -> None:
    assert Outcome({"opens": YES, "menus": NOT_APPLICABLE}, {"scroll": YES}).status == OK
    assert Outcome({"opens": YES, "menus": NO}).status == FAIL
    assert Outcome({"opens": YES}, {"scroll": NO}).status == FAIL


def test_every_program_and_what_it_is_tried_with_is_installed_by_make() -> None:
    installed = {package.name for package in wanted_packages(["runtime", "demo", "test", "apps"])}
    light = {package.name for package in wanted_packages(["runtime", "demo", "test"])}
    for app in APPS:
        assert set(app.packages) <= (light if app.light else installed), app.name


def test_pictures_are_small_and_each_is_of_a_program() -> None:
    there = sorted(PICTURES.glob("*")) if PICTURES.exists() else []
    assert {path.name for path in there} <= {f"{app.slug}.png" for app in APPS}
    assert all(path.stat().st_size <= LARGEST_BYTES for path in there)
