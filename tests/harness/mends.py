"""Which commands `vitrail doctor` gave out in a test, and which were run then; knows no need.

`@pytest.mark.mends("NEED: WORDS", …)` on a test promises that a command with these words, given out for that need, is
run there to the letter, or as one of those that `together` makes one command of: a fixture of tests/conftest.py holds
it to that, and tests/guid/core/test_needs.py finds a test for every command of the table.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

MARK: Final = "mends"
INSTALL: Final = re.compile(r"(?:su -c ')?(apt-get install -y(?: --reinstall)?) ([^']+)'?")
_given: Final[set[tuple[str, str]]] = set()
_ran: Final[list[str]] = []


def begin() -> None:
    """Another test begins."""
    _given.clear()
    _ran.clear()


def given(report: Mapping[str, Any]) -> None:
    """`vitrail doctor --json` has said this."""
    _given.update(
        (need["name"], finding["mend"]) for need in report["needs"] for finding in need["findings"] if finding["mend"]
    )


def ran(script: str) -> None:
    """These lines were run, and succeeded."""
    _ran.append(script)


def together(mends: Iterable[str]) -> str:
    """Commands that install, as one that installs all that they do: a package manager's start is most of the time."""
    found = [each for each in map(INSTALL.fullmatch, mends) if each is not None]
    (verb,) = {each[1] for each in found}
    _ran.extend(each[0] for each in found)
    return f"{verb} {' '.join(each[2] for each in found)}"


def kept(promise: str) -> bool:
    """Whether a test has done what it promised."""
    need, _, words = promise.partition(": ")
    return any(name == need and words in mend and any(mend in script for script in _ran) for name, mend in _given)


def promises(tests: Path) -> Iterator[str]:
    """All that is promised in the files below a folder."""
    for path in tests.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if f"mark.{MARK}(" in text:
            yield from _in(ast.parse(text))


def _in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == MARK:
            inner = (each for argument in node.args for each in ast.walk(argument))
            yield from (str(each.value) for each in inner if isinstance(each, ast.Constant))
