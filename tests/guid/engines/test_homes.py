"""A qube's home: private, owned by the uid that the qube runs as, reachable for it."""

import os
import stat
from pathlib import Path

import pytest

from guid.engines.errors import HomeUnusable
from guid.engines.homes import blocked_folder, prepare_home

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root can give folders away")
UID = 75_432 if ROOT else os.geteuid()


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that any uid can reach (pytest's own is private)."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(folder.stat().st_mode | 0o011)
    return tmp_path


def test_prepare_home_missing_is_made_private_with_its_parents(open_folder: Path) -> None:
    home = open_folder / "qubes" / "work" / "home"
    prepare_home(home, UID)
    found = home.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (UID, 0o700)
    assert stat.S_IMODE(home.parent.stat().st_mode) == (0o711 if ROOT else 0o700)


def test_prepare_home_twice_keeps_what_is_in_it(open_folder: Path) -> None:
    home = open_folder / "home"
    prepare_home(home, UID)
    (home / "kept").write_text("kept")
    prepare_home(home, UID)
    assert (home / "kept").read_text() == "kept"


def test_prepare_home_link_is_refused(open_folder: Path) -> None:
    (open_folder / "elsewhere").mkdir()
    (open_folder / "home").symlink_to(open_folder / "elsewhere")
    with pytest.raises(HomeUnusable, match="not a link"):
        prepare_home(open_folder / "home", UID)
    assert (open_folder / "elsewhere").stat().st_uid == os.geteuid()


def test_prepare_home_file_is_refused(open_folder: Path) -> None:
    (open_folder / "home").write_text("")
    with pytest.raises(HomeUnusable, match="must be a folder"):
        prepare_home(open_folder / "home", UID)


@needs_root
def test_prepare_home_with_somebody_elses_files_is_not_given_away(open_folder: Path) -> None:
    home = open_folder / "home"
    home.mkdir()
    (home / "secret").write_text("")
    with pytest.raises(HomeUnusable, match="chown"):
        prepare_home(home, UID)
    assert home.stat().st_uid == 0


@needs_root
def test_prepare_home_of_another_uid_is_refused(open_folder: Path) -> None:
    prepare_home(open_folder / "home", UID)
    with pytest.raises(HomeUnusable, match=str(UID)):
        prepare_home(open_folder / "home", UID + 1)


@needs_root
def test_prepare_home_behind_a_private_folder_names_it(open_folder: Path) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(HomeUnusable, match=f"chmod o\\+x {private}"):
        prepare_home(private / "home", UID)


@pytest.mark.parametrize(("mode", "blocked"), [(0o711, False), (0o701, False), (0o710, True), (0o766, True)])
def test_blocked_folder_looks_at_the_bit_for_others(open_folder: Path, mode: int, blocked: bool) -> None:  # noqa: FBT001
    folder = open_folder / "folder"
    (folder / "home").mkdir(parents=True)
    folder.chmod(mode)
    try:
        assert (blocked_folder(folder / "home", 75_433) == folder) == blocked
    finally:
        folder.chmod(0o700)
