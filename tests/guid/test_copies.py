"""guid/copies.py: what is taken back from a home that a qube has had, on a real file system."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from guid import copies
from guid.copies import CopyError, bring_back, changed_copy

BEFORE = sha256(b"before").digest()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_copy_that_is_as_before_or_gone_is_not_taken(home: Path) -> None:
    assert changed_copy("a.txt", home, BEFORE) is None
    (home / "a.txt").write_bytes(b"before")
    assert changed_copy("a.txt", home, BEFORE) is None


def test_changed_copy_is_written_beside_the_file_and_never_over_one(home: Path, tmp_path: Path) -> None:
    (home / "a.txt").write_bytes(b"after")
    (home / "a.txt").chmod(0o777)
    (tmp_path / "a.txt").write_bytes(b"before")
    copy = changed_copy("a.txt", home, BEFORE)
    assert copy is not None
    paths = [bring_back(copy, tmp_path / "a.txt", ()) for _ in range(2)]
    os.close(copy)
    assert paths == [tmp_path / "a.changed.txt", tmp_path / "a.changed-2.txt"]
    assert [path.read_bytes() for path in paths] == [b"after"] * 2
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert (tmp_path / "a.txt").read_bytes() == b"before"


def test_folder_that_cannot_be_written_to_is_passed_over(home: Path, tmp_path: Path) -> None:
    (home / "a.txt").write_bytes(b"after")
    copy = changed_copy("a.txt", home, BEFORE)
    assert copy is not None
    assert bring_back(copy, tmp_path / "missing" / "a.txt", [tmp_path]) == tmp_path / "a.changed.txt"
    with pytest.raises(CopyError, match="missing"):
        bring_back(copy, tmp_path / "missing" / "a.txt", ())
    os.close(copy)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "large"])
def test_what_is_no_plain_file_any_more_is_not_taken(
    home: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("secret")
    monkeypatch.setattr(copies, "MAX_BACK_BYTES", 100)
    path = home / "a.txt"
    if kind == "link":
        path.symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"x" * 101)
    with pytest.raises(CopyError, match="it is not taken"):
        changed_copy("a.txt", home, BEFORE)


def test_home_that_became_a_link_is_not_followed(home: Path, tmp_path: Path) -> None:
    home.rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("secret")
    home.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CopyError):
        changed_copy("a.txt", home, BEFORE)
