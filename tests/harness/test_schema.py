"""tests/harness/schema.py: it finds what is wrong; and the page names every command that prints JSON."""

import json

import pytest

from guid.cli import NOUNS
from scripts.command_tree import command_tree
from tests.harness.processes import ROOT
from tests.harness.schema import OBJECTS, SCHEMA, check


def test_right_object_passes() -> None:
    check(["stop", "work", "--json"], 0, '{"version": 1, "stopped": ["work"]}')
    check(["stop", "work", "--json"], 1, '{"version": 1, "error": "no"}')
    check(["logs", "--json"], 0, '{"version": 1, "qube": null, "line": "a"}\n{"version": 1, "qube": "x", "line": ""}\n')
    check(["stop", "work"], 0, "")
    check(["run", "--", "x", "--json"], 0, "")


@pytest.mark.parametrize(
    "text",
    [
        '{"stopped": ["work"]}',
        '{"version": 2, "stopped": ["work"]}',
        '{"version": 1, "stopped": "work"}',
        '{"version": 1, "stopped": [1]}',
        '{"version": 1, "stopped": [], "more": 1}',
        "[]",
        "",
    ],
)
def test_wrong_object_is_found(text: str) -> None:
    with pytest.raises((AssertionError, ValueError, TypeError, KeyError)):
        check(["stop", "work", "--json"], 0, text)


def test_every_command_with_json_has_its_object_and_its_row() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    rows = dict(
        [cell.strip(" `") for cell in line.split("|")[1:3]] for line in page.splitlines() if line.startswith("| `")
    )
    for name, definition in OBJECTS.items():
        assert definition in SCHEMA["$defs"]
        row = next(value for key, value in rows.items() if f"vitrail {name}" in key)
        assert row == definition
    assert json.dumps(SCHEMA)
    told = [name for names in NOUNS.values() for name in names if _has_json(name)]
    assert sorted(told) == sorted({each.split()[0] for each in OBJECTS})


def _has_json(name: str) -> bool:
    (command,) = (each for each in command_tree().commands if each.path == (name,))
    return any("--json" in option.names for each in (command, *command.below()) for option in each.options)
