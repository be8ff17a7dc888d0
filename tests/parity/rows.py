"""The rows of docs/parity.md, read from rows/*.toml; knows their form, and not whether they are true."""

import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "rows"

SECTIONS: Final[dict[str, str]] = {
    "1": "Life cycle",
    "2": "Messages of the agent",
    "3": "Events of the desktop",
    "4": "Override-redirect windows",
    "5": "Pictures",
    "6": "Global clipboard",
    "7": "Tray icons",
    "8": "Event buffering",
    "9": "Icons of windows",
    "10": "Monitor layout",
    "11": "Keyboard layout",
    "12": "Security",
    "13": "Defects and limits",
    "15": "What the C agent relies on",
}
"""Section → its title. The one that is left out is costs (14)."""

ID: Final = re.compile(r"(?P<section>[1-9][0-9]?)\.(?P<group>[a-z][a-z0-9-]*)\.(?P<number>[1-9][0-9]*)", re.ASCII)
KEYS: Final = {"id", "c", "ours", "why", "tests", "needs"}


class Ours(Enum):
    """What this daemon does about a rule."""

    SAME = "same"
    BETTER = "better"
    NOT_APPLICABLE = "not applicable"


class Needs(Enum):
    """What a machine may lack, so that the tests of a row are skipped there."""

    NOTHING = ""
    VIRTUAL_MACHINES = "virtual machines"
    PACKAGES = "packages"


class BadRow(ValueError):
    """A row that is not one; the message names it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of the C daemon. tests: pytest node ids, without parameters for all of them."""

    id: str
    c: str
    ours: Ours
    why: str
    tests: tuple[str, ...]
    needs: Needs

    @property
    def section(self) -> str:
        return self.id.split(".")[0]

    @property
    def group(self) -> str:
        """Section and message."""
        return self.id.rpartition(".")[0]


def row_of(written: dict[str, Any]) -> Row:
    """One row as it is written down. Raises BadRow."""
    name = written.get("id", "a row without id")
    if set(written) - KEYS:
        raise BadRow(f"{name}: nothing is known of {sorted(set(written) - KEYS)}")
    try:
        row = Row(
            id=written["id"],
            c=written["c"],
            ours=Ours(written["ours"]),
            why=written.get("why", ""),
            tests=tuple(written.get("tests", ())),
            needs=Needs(written.get("needs", "")),
        )
    except (KeyError, ValueError) as error:
        raise BadRow(f"{name}: {error}") from None
    for complaint, wrong in (
        ("is no id", ID.fullmatch(row.id) is None),
        ("is of a section that is not on the page", row.section not in SECTIONS),
        ("does not say what the C daemon does", not row.c.strip()),
        ("does not say why", row.ours is not Ours.SAME and not row.why.strip()),
        ("names no test", row.ours is not Ours.NOT_APPLICABLE and not row.tests),
        ("names a test twice", len(set(row.tests)) != len(row.tests)),
    ):
        if wrong:
            raise BadRow(f"{row.id} {complaint}")
    return row


def rows_of(folder: Path = FOLDER) -> list[Row]:
    """Every row, in the order of files and of rows in them. Raises BadRow, and for an id that is there twice."""
    rows: list[Row] = []
    for path in sorted(folder.glob("*.toml")):
        contents = tomllib.loads(path.read_text("utf-8"))
        rows += [row_of(written) for written in contents["row"]]
    last: dict[str, int] = {}
    for row in rows:
        number = int(row.id.rpartition(".")[2])
        if number != last.get(row.group, 0) + 1:
            raise BadRow(f"{row.id} does not come after {row.group}.{number - 1}")
        last[row.group] = number
    return rows
