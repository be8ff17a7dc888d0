"""guid/removal.py: what a qube has left, made as hard to remove as its programs can, on a real file system."""

import os
import sys
from pathlib import Path

import pytest

from guid import removal
from guid.paths import PathsError
from tests.harness.processes import ROOT, Child, clean_environment


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "vitrail"


def test_tree_is_removed_and_nothing_that_it_points_at(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("mine")
    inside = tmp_path / "inside"
    (inside / "a" / "b").mkdir(parents=True)
    (inside / "a" / "link").symlink_to(outside)
    (inside / "a" / "b" / "hard").hardlink_to(outside / "kept")
    os.mkfifo(inside / "a" / "pipe")
    removal.remove_tree(inside)
    assert not inside.exists()
    assert (outside / "kept").read_text() == "mine"
    removal.remove_tree(inside)


def test_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_text("mine")
    (tmp_path / "inside").symlink_to(tmp_path / "outside")
    with pytest.raises(PathsError):
        removal.remove_tree(tmp_path / "inside")
    assert (tmp_path / "outside" / "kept").read_text() == "mine"


def test_tree_deeper_than_a_path_can_be_long_is_removed_with_few_descriptors(tmp_path: Path) -> None:
    top = tmp_path / "deep"
    top.mkdir()
    folder = os.open(top, os.O_RDONLY)
    for number in range(3000):
        for name in ("x" * 200, f"{number % 7}"):
            os.mkdir(name, dir_fd=folder)
        inner = os.open("x" * 200, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32));"
        "from pathlib import Path; from guid.removal import remove_tree; remove_tree(Path(sys.argv[1]))"
    )
    with Child(
        [sys.executable, "-c", script, top], env=clean_environment(PYTHONPATH=str(ROOT)), log=tmp_path / "log"
    ) as child:
        assert (child.wait(60), child.output()) == (0, "")
    assert not top.exists()


def test_folders_that_are_closed_even_to_their_owner_are_removed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "a" / "b" / "c").mkdir(parents=True)
    (closed / "a" / "0").mkdir()
    (closed / "a" / "b" / "file").write_text("x")
    (closed / "a" / "b").chmod(0)
    (closed / "a").chmod(0)
    script = (
        "import sys; from pathlib import Path; from guid.removal import remove_tree; remove_tree(Path(sys.argv[1]))"
    )
    command: list[str | Path] = [sys.executable, "-c", script, closed]
    if os.geteuid() == 0:  # root enters anything: somebody else must do it
        for path in (tmp_path, closed, closed / "a", closed / "a" / "b", closed / "a" / "b" / "c", closed / "a" / "0"):
            os.chown(path, 65534, 65534)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    for folder in tmp_path.parents[:3]:
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o011)
    environment = clean_environment(PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1")
    with Child(command, env=environment, log=tmp_path.parent / "closed.log") as child:
        assert (child.wait(60), child.output()) == (0, "")
    assert not closed.exists()


def test_qube_that_is_set_aside_is_nobodys_and_can_be_finished_later(data: Path) -> None:
    home = data / "qubes" / "work" / "home"
    home.mkdir(parents=True)
    (home / "file").write_text("x")
    assert removal.take_away("work") == {"definition": False, "home": True}
    assert not home.parent.exists()
    home.mkdir(parents=True)
    assert removal.take_away("work") == {"definition": False, "home": True}
    removal.finish("work")
    assert list((data / "qubes").iterdir()) == []
    assert removal.take_away("work") == {"definition": False, "home": False}


def test_disposable_qube_that_is_held_is_not_removed(data: Path) -> None:
    held = removal.hold("disp1")
    (data / "disposable" / "disp1" / "home").mkdir()
    assert not removal.remove_disposable("disp1")
    os.close(held)
    assert removal.disposables() == ["disp1"]
    assert removal.remove_disposable("disp1")
    assert removal.disposables() == []
