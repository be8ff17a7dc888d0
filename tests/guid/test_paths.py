"""Where files go, and which folders are not trusted."""

import os
import stat
from pathlib import Path

import pytest

from guid import paths
from guid.paths import PathsError, data_dir, make_folders, qube_home, runtime_dir


def test_runtime_dir_is_private_in_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    found = runtime_dir()
    assert found == tmp_path / "vitrail"
    assert stat.S_IMODE(found.stat().st_mode) == 0o700
    assert runtime_dir() == found


def test_runtime_dir_open_to_others_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "vitrail").mkdir()
    (tmp_path / "vitrail").chmod(0o750)
    with pytest.raises(PathsError, match="chmod 700"):
        runtime_dir()


def test_runtime_dir_link_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "vitrail").symlink_to(tmp_path / "real")
    with pytest.raises(PathsError, match="is not a folder of uid"):
        runtime_dir()


@pytest.mark.parametrize("value", ["", "relative/path", "/nonexistent"])
def test_runtime_dir_unusable_variable_is_ignored(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    monkeypatch.setattr(paths, "_SYSTEM_RUNTIME", tmp_path / "system")
    expected = tmp_path / "system" if os.geteuid() == 0 else Path(f"/tmp/vitrail-{os.geteuid()}")
    assert runtime_dir() == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_runtime_dir_of_another_person_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(tmp_path, 12345, 12345)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(paths, "_SYSTEM_RUNTIME", tmp_path / "system")
    assert runtime_dir() == tmp_path / "system"


def test_data_dir_follows_the_variable_only_if_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_dir() == tmp_path / "vitrail"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = Path("/var/lib/vitrail") if os.geteuid() == 0 else tmp_path / ".local/share/vitrail"
    assert data_dir() == expected


def test_qube_home_is_one_folder_a_qube(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert qube_home("banking") == tmp_path / "vitrail/qubes/banking/home"


@pytest.mark.parametrize("name", ["", "..", "a/b", "-a", "1a", "a b", "a.b", "a\n", "é", "a" * 32])
def test_qube_home_impossible_name_is_refused(name: str) -> None:
    with pytest.raises(PathsError, match="cannot be a qube's name"):
        qube_home(name)


def test_make_folders_below_a_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PathsError, match="XDG_DATA_HOME"):
        make_folders(tmp_path / "file" / "below")
