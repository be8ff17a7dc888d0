"""guid/definitions.py: the files of the person's qubes, on a real file system."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from colors.labels import STANDARD
from guid import definitions
from guid.definitions import DefinitionExists
from guid.paths import PathsError
from guid.settings import SettingsError, definition_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "vitrail" / "qubes"


def test_make_writes_a_private_file_that_is_read_again(folder: Path) -> None:
    definitions.make("work", {"label": '"blue"', "options.title_name": "true"})
    assert (folder / "work.toml").read_text() == 'label = "blue"\n\n[options]\ntitle_name = true\n'
    assert stat.S_IMODE((folder / "work.toml").stat().st_mode) == 0o600
    found = definition_of("work")
    assert found is not None
    assert (found.label, found.options) == (STANDARD["blue"], {"title_name": True})
    assert definitions.names() == ["work"]


@pytest.mark.usefixtures("folder")
def test_make_of_what_is_there_is_refused_and_changes_nothing() -> None:
    definitions.make("work", {"label": '"blue"'})
    with pytest.raises(DefinitionExists, match="vitrail set work"):
        definitions.make("work", {"label": '"red"'})
    found = definition_of("work")
    assert found is not None
    assert found.label == STANDARD["blue"]


@pytest.mark.usefixtures("folder")
def test_make_by_many_at_once_is_done_by_one() -> None:
    def one(label: str) -> bool:
        try:
            definitions.make("work", {"label": f'"{label}"'})
        except DefinitionExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, STANDARD)) == 1


@pytest.mark.parametrize(
    "literals", [{"label": '"pink"'}, {"labell": '"red"'}, {"options.x": "1"}, {"options.title_name": "3"}]
)
def test_what_would_not_be_understood_is_not_written(folder: Path, literals: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"work.toml: line \d"):
        definitions.make("work", literals)
    assert not (folder / "work.toml").exists()


def test_change_keeps_what_a_person_wrote(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "work.toml").write_text('# mine\nlabel = "red"\n')
    definitions.change("work", {"label": '"blue"', "net": '"user"'})
    assert (folder / "work.toml").read_text() == '# mine\nlabel = "blue"\nnet = "user"\n'


def test_change_of_what_is_not_understood_is_refused(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "work.toml").write_text('label = "red"\ncolor = "red"\n')
    with pytest.raises(SettingsError, match=r"work\.toml: line 2: there is no key 'color'"):
        definitions.change("work", {"label": '"blue"'})
    assert (folder / "work.toml").read_text() == 'label = "red"\ncolor = "red"\n'


def test_change_through_a_link_leaves_the_link(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    (tmp_path / "elsewhere.toml").write_text('label = "red"\n')
    (folder / "work.toml").symlink_to(tmp_path / "elsewhere.toml")
    definitions.change("work", {"label": '"blue"'})
    assert (folder / "work.toml").is_symlink()
    assert (tmp_path / "elsewhere.toml").read_text() == 'label = "blue"\n'


def test_remains_of_a_crash_are_no_obstacle_and_no_qube(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / ".work.toml.new").write_text("half")
    definitions.make("work", {"label": '"blue"'})
    assert definitions.names() == ["work"]


def test_remove_says_whether_there_was_one(folder: Path) -> None:
    definitions.make("work", {})
    assert definitions.remove("work")
    assert not definitions.remove("work")
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["../x", "a.b", "", "-x", "é", "a" * 32])
def test_name_that_no_file_may_have_is_refused(name: str) -> None:
    with pytest.raises(PathsError, match="cannot be a qube's name"):
        definitions.make(name, {})


def test_names_without_a_folder_are_none(folder: Path) -> None:
    assert definitions.names() == []
    assert not folder.exists()
