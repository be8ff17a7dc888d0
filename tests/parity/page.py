"""docs/parity.md, made from the rows; holds no fact of its own."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.harness.processes import ROOT
from tests.parity.rows import SECTIONS, Needs, Ours, Row

PAGE: Final = ROOT / "docs" / "parity.md"

HEAD: Final = """# This daemon beside the C daemon

Written by `make parity` from `tests/parity/rows/`; a test holds it equal to that. One row is one rule of the C daemon
of Qubes OS (`qubes-guid` 4.3, protocol 1.8). *Same* and *better* name the tests that show it: a full run of the suite
fails if one of them did not run and pass in it. *Not applicable* says why.
"""


def page_text(rows: Sequence[Row]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_counts(rows), *_sections(rows)]) + "\n"


def _counts(rows: Sequence[Row]) -> Iterator[str]:
    yield "| section | rules | same | better | not applicable |"
    yield "|---|---:|---:|---:|---:|"
    for section, title in SECTIONS.items():
        mine = [row for row in rows if row.section == section]
        if mine:
            yield f"| {section}. {title} | {_numbers(mine)} |"
    yield f"| together | {_numbers(rows)} |"


def _numbers(rows: Sequence[Row]) -> str:
    return " | ".join(str(number) for number in (len(rows), *(sum(row.ours is each for row in rows) for each in Ours)))


def _sections(rows: Sequence[Row]) -> Iterator[str]:
    for section, title in SECTIONS.items():
        mine = [row for row in rows if row.section == section]
        if mine:
            yield f"\n## {section}. {title}\n"
            yield "| rule | the C daemon | this daemon | shown by |"
            yield "|---|---|---|---|"
            yield from map(_line, mine)


def _line(row: Row) -> str:
    ours = f"{row.ours.value}: {row.why}" if row.why else row.ours.value
    tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in row.tests)
    needs = f"<br>(needs {row.needs.value})" if row.needs is not Needs.NOTHING else ""
    return f"| {row.id} | {_cell(row.c)} | {_cell(ours)} | {tests}{needs} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def write(rows: Sequence[Row], path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(page_text(rows), "utf-8")
