"""docs/parity.md is what its rows say, and the rows name tests that there are."""

from pathlib import Path
from typing import Any

import pytest

from tests.harness.processes import ROOT
from tests.parity.nodes import nodes_of
from tests.parity.page import PAGE, page_text
from tests.parity.rows import SECTIONS, BadRow, Needs, Ours, row_of, rows_of

GOOD: dict[str, Any] = {
    "id": "2.create.1",
    "c": "The parent is ignored.",
    "ours": "same",
    "tests": ["tests/guid/core/test_sanitize.py::test_cursor_out_of_range_is_refused"],
}
LEAST_ROWS = 200


def test_page_is_as_generated() -> None:
    assert PAGE.read_text("utf-8") == page_text(rows_of()), "run make parity"


def test_page_names_every_row_once() -> None:
    text = page_text(rows_of())
    for row in rows_of():
        assert text.count(f"\n| {row.id} |") == 1


def test_rows_are_enough_and_of_every_section() -> None:
    rows = rows_of()
    assert len(rows) >= LEAST_ROWS
    assert {row.section for row in rows} == set(SECTIONS)


def is_inherited(item: pytest.Item) -> bool:
    """Whether a test is a class's only by another class, as those of a conformance suite are: no row names one."""
    made_in = getattr(item, "cls", None)
    return made_in is not None and getattr(item, "originalname", None) not in vars(made_in)


def test_nodes_are_those_that_pytest_collects(request: pytest.FixtureRequest) -> None:
    """Of what this run has collected: a test that pytest does not see, or not with these parameters, shows nothing."""
    collected = {item.nodeid for item in request.session.items}
    functions = {node.split("[")[0] for node in collected}
    inherited = {item.nodeid.split("[")[0] for item in request.session.items if is_inherited(item)}
    assert functions - inherited <= nodes_of(ROOT)
    named = {test for row in rows_of() for test in row.tests if test.split("[")[0] in functions}
    assert {test for test in named if "[" in test} <= collected


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": "2.create"}, "is no id"),
        ({"id": "2.create.0"}, "is no id"),
        ({"id": "2.Create.1"}, "is no id"),
        ({"id": "14.cost.1"}, "of a section that is not on the page"),
        ({"c": " "}, "does not say what the C daemon does"),
        ({"ours": "worse"}, "'worse' is not a valid Ours"),
        ({"ours": "better"}, "does not say why"),
        ({"ours": "not applicable"}, "does not say why"),
        ({"tests": []}, "names no test"),
        ({"ours": "better", "why": "it is", "tests": []}, "names no test"),
        ({"tests": [*GOOD["tests"], *GOOD["tests"]]}, "names a test twice"),
        ({"needs": "luck"}, "'luck' is not a valid Needs"),
        ({"test": "one"}, "nothing is known of ['test']"),
    ],
)
def test_row_that_says_too_little_is_refused_by_its_id(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadRow) as caught:
        row_of({**GOOD, **change})
    assert str(caught.value).startswith(str({**GOOD, **change}["id"]))
    assert complaint in str(caught.value)


def test_row_is_read_as_it_is_written() -> None:
    row = row_of({**GOOD, "ours": "better", "why": "it is", "needs": "packages"})
    assert (row.section, row.group, row.ours, row.needs) == ("2", "2.create", Ours.BETTER, Needs.PACKAGES)
    assert row_of({**GOOD, "ours": "not applicable", "why": "there is none", "tests": []}).tests == ()


@pytest.mark.parametrize("second", ["2.create.1", "2.create.3", "2.map.2"], ids=["twice", "a gap", "no first"])
def test_rows_of_a_message_are_counted_without_gaps(tmp_path: Path, second: str) -> None:
    written = '[[row]]\nid = "{}"\nc = "It does."\nours = "same"\ntests = ["tests/a.py::test_a"]\n'
    (tmp_path / "a.toml").write_text(written.format("2.create.1"))
    (tmp_path / "b.toml").write_text(written.format("2.create.2"))
    assert [row.id for row in rows_of(tmp_path)] == ["2.create.1", "2.create.2"]
    (tmp_path / "b.toml").write_text(written.format(second))
    with pytest.raises(BadRow, match=second):
        rows_of(tmp_path)
