"""What the repository says about itself: dependencies with reasons, locks that agree, links that lead somewhere."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.lock import ENTRY, normalized
from scripts.pictures import SCENES
from scripts.setup import GROUPS, wanted_packages
from tests.architecture.source import ROOT
from tests.parity.nodes import nodes_of
from tests.parity.rows import rows_of

LOCKS = ("requirements-build.lock", "requirements.lock", "requirements-dev.lock")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)#]+)(?:#[^)]*)?\)")


def locked(name: str) -> dict[str, str]:
    """Project name → its entry in a lock."""
    return {normalized(match["name"]): match[0] for match in ENTRY.finditer((ROOT / name).read_text())}


def documents() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def broken_links(document: Path) -> list[str]:
    """The relative targets in a document that are not there."""
    targets = [match["target"] for match in LINK.finditer(document.read_text())]
    return [target for target in targets if "://" not in target and not (document.parent / target).exists()]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_every_entry_by_hash_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert locked(name)
    assert all("--hash=sha256:" in entry for entry in locked(name).values())
    assert "://" not in text
    assert "index-url" not in text


def test_locks_agree_where_they_overlap() -> None:
    whole = locked("requirements-dev.lock")
    for name in LOCKS:
        assert {key: whole.get(key) for key in locked(name)} == locked(name)


def test_lock_holds_every_dependency_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {normalized(line) for line in project["dependencies"]} <= set(locked("requirements.lock"))
    for extra in project["optional-dependencies"].values():
        assert {normalized(line) for line in extra} <= set(locked("requirements-dev.lock"))


def test_runtime_dependency_has_its_reason_above_it() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[project.optional-dependencies]")]
    lines = [line.strip() for line in block.splitlines()]
    at = [index for index, line in enumerate(lines) if line.startswith('"')]
    assert at
    assert all(lines[index - 1].startswith("#") for index in at)


def test_package_list_has_known_groups_and_reasons() -> None:
    packages = wanted_packages(list(GROUPS))
    assert {package.group for package in packages} == set(GROUPS)
    assert all(len(package.reason) > 5 for package in packages)
    assert len({package.name for package in packages}) == len(packages)
    lines = (ROOT / "scripts" / "packages.txt").read_text().splitlines()
    assert len(packages) == sum(1 for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("document", list(documents()), ids=lambda path: str(path.relative_to(ROOT)))
def test_document_links_lead_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_broken_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](page.md) [b](gone.md) [c](https://example.org/x)")
    assert broken_links(page) == ["gone.md"]


def test_pictures_of_the_tour_are_all_shown_and_small() -> None:
    folder = ROOT / "docs" / "images" / "tour"
    taken = {f"images/tour/{name}.png" for name in SCENES}
    shown = {match["target"] for match in LINK.finditer((ROOT / "docs" / "tour.md").read_text())}
    assert taken <= shown
    assert taken == {f"images/tour/{path.name}" for path in folder.iterdir()}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000


def test_every_decision_is_in_the_index_with_its_own_title() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    pages = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for number, page in enumerate(pages, 1):
        title = page.read_text().splitlines()[0].removeprefix(f"# {number}. ")
        assert f"| [{number}]({page.name}) | {title} |" in index


def test_every_test_that_shows_a_rule_of_the_c_daemon_exists() -> None:
    there = nodes_of(ROOT)
    named = {(row.id, test.split("[")[0]) for row in rows_of() for test in row.tests}
    assert {(name, test) for name, test in named if test not in there} == set(), "rename it in tests/parity/rows too"
