"""What the person writes about qubes: read, or refused with the file's name."""

import os
from pathlib import Path

import pytest

from guid.core.options import RULES, Options
from guid.settings import SettingsError, options_of
from tests.harness.processes import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "vitrail" / "qubes").mkdir(parents=True)
    return tmp_path / "vitrail"


@pytest.mark.usefixtures("folder")
def test_options_without_files_are_the_defaults() -> None:
    assert options_of("work") == Options()


def test_options_of_one_qube_go_before_those_of_all(folder: Path) -> None:
    (folder / "vitrail.toml").write_text("[defaults]\nallow_fullscreen = true\ntitle_name = true\n")
    (folder / "qubes" / "work.toml").write_text("[options]\nallow_fullscreen = false\n")
    assert options_of("work") == Options(allow_fullscreen=False, title_name=True)
    assert options_of("other") == Options(allow_fullscreen=True, title_name=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[options]\nallow_fulscreen = true\n", "no option 'allow_fulscreen'"),
        ('[options]\nallow_fullscreen = "yes"\n', "allow_fullscreen = 'yes': must be true or false"),
        ("[options]\nallow_fullscreen = 1\n", "must be true or false"),
        ("options = 3\n", "must be a table"),
        ("[options\n", "work.toml"),
        ("# \xff", "work.toml"),
        (f"label = {'[' * 5_000}{']' * 5_000}\n", "recursion"),
        (f"pool = {'9' * 5_000}\n", "5000 digits"),
        (f"pool = 0x{'f' * 5_000}\n", "digits"),
        (f"[options]\nallow_fullscreen = 0x{'f' * 5_000}\n", "digits"),
    ],
)
def test_options_that_are_not_understood_are_refused_by_name(folder: Path, text: str, words: str) -> None:
    path = folder / "qubes" / "work.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=words) as refused:
        options_of("work")
    assert str(path) in str(refused.value)


def test_settings_file_that_cannot_be_read_is_refused(folder: Path) -> None:
    (folder / "vitrail.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot read"):
        options_of("work")


def test_settings_file_that_is_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "qubes" / "work.toml")
    with pytest.raises(SettingsError, match="no plain file"):
        options_of("work")


def test_every_option_has_a_rule() -> None:
    assert set(RULES) == set(Options._fields)


def test_every_option_is_on_its_page() -> None:
    page = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip(" `") for line in page.splitlines() if line.startswith("| `")]
    assert rows == list(RULES)
