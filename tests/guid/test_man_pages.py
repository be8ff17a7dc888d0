"""The manual: a page for every command, which a checker of manuals has nothing to say about."""

import subprocess
from pathlib import Path

import pytest

from guid.cli import NOUNS
from guid.commands.parsers import EXIT_CODES
from guid.config import ExitCode
from guid.dropin.arguments import TABLE
from scripts.command_tree import Kind, command_tree
from scripts.dropin_tree import PROGRAM, dropin_tree
from scripts.man_pages import dropin_page, man_pages
from scripts.share import write_shared

DATE = "2026-01-31"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    dropin = {f"{PROGRAM}.1": dropin_page(dropin_tree(), "1.2.3", DATE)}
    return {**man_pages(command_tree(), "1.2.3", DATE), **dropin}


def shown(path: Path) -> str:
    """A page as a person reads it, without its head and foot."""
    done = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=78", path], capture_output=True, text=True, check=True)
    unmarked = "".join(each for each in done.stdout.replace("_\b", ""))
    while "\b" in unmarked:
        at = unmarked.index("\b")
        unmarked = unmarked[: at - 1] + unmarked[at + 1 :]
    return " ".join(unmarked.split())


def test_every_command_has_a_page(pages: dict[str, str]) -> None:
    named = {f"vitrail-{name}.1" for names in NOUNS.values() for name in names}
    assert set(pages) == {"vitrail.1", "vitrail-guid.1", *named}
    assert all(f' 1 {DATE} "Vitrail 1.2.3"' in text for text in pages.values())


def test_checker_has_nothing_to_say(pages: dict[str, str], tmp_path: Path) -> None:
    for name, text in pages.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "style", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0)


def test_page_says_what_help_says(pages: dict[str, str], tmp_path: Path) -> None:
    for command in command_tree().commands:
        path = tmp_path / f"vitrail-{command.path[0]}.1"
        path.write_text(pages[path.name])
        text = shown(path).lower()
        for each in (command, *command.below()):
            told = [each.help, *(one.help for one in each.arguments), *(one.metavar for one in each.arguments)]
            words = [" ".join(one.lower().replace("`", "").split()) for one in (*told, each.epilog)]
            assert [one for one in words if one.rstrip(".") not in text] == [], each.name
            assert [name for one in each.options for name in one.names if name.lower() not in text] == []


def test_page_of_the_drop_in_has_every_option_of_its_table(pages: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "vitrail-guid.1"
    path.write_text(pages[path.name])
    text = shown(path)
    assert [row.long for row in TABLE if row.long != "help" and f"--{row.long}" not in text] == []
    assert [row.about for row in TABLE if row.long != "help" and row.about.lower() not in text.lower()] == []
    assert [code for code in ExitCode if f" {code.value} " not in text] == []


def test_exit_codes_stand_in_the_first_page(pages: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "vitrail.1"
    path.write_text(pages[path.name])
    text = shown(path)
    assert [code for code in EXIT_CODES if f" {code} " not in text] == []
    assert "qubes/NAME.toml" in text


def test_dates_of_pages_can_be_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    written = {path.relative_to(tmp_path).as_posix() for path in write_shared(tmp_path)}
    assert " 1970-01-02 " in (tmp_path / "man" / "man1" / "vitrail-run.1").read_text()
    for program in ("vitrail", "vitrail-guid"):
        assert {f"bash-completion/completions/{program}", f"zsh/vendor-completions/_{program}"} <= written
        assert {f"fish/vendor_completions.d/{program}.fish", f"man/man1/{program}.1"} <= written


def test_tree_knows_what_stands_where() -> None:
    kinds = {
        (each.name, argument.metavar): argument.kind for each in command_tree().below() for argument in each.arguments
    }
    assert kinds[("vitrail run", "COMMAND")] is Kind.COMMAND
    assert kinds[("vitrail create", "NAME")] is Kind.NOTHING
    assert kinds[("vitrail set", "NAME")] is Kind.QUBE
    assert kinds[("vitrail stop", "NAME")] is Kind.RUNNING
