"""Templates by name: while one is built, replaced or removed, nobody has half of it, and nothing is left."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guid import building, templates
from guid.core.template import Made, Recipe
from guid.paths import qube_home
from guid.removal import disposable_home
from guid.templates import BUILDING, MADE, PREFIX, ROOT, WORK, TemplateError
from tests.harness.processes import ROOT as TREE
from tests.harness.processes import Child, clean_environment
from tests.harness.wait import wait_until

KNOWN = Made("bookworm", ("gimp",), "", "2026-11-22T11:49:06Z", "0.1", "mmdebstrap 1.3.5", 1 << 29)
HOLDS = "import os, sys, fcntl; d = os.open(sys.argv[1], os.O_RDONLY); fcntl.flock(d, fcntl.LOCK_EX); print(flush=True)"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path / "data" / "vitrail" / "templates"


def make(name: str, mark: str = "first") -> None:
    made, held = templates.begin(f"{name}-{mark}")
    (made / ROOT).mkdir()
    (made / ROOT / mark).write_text("")
    (made / MADE).write_text(KNOWN.text())
    templates.commit(made, held, name)
    os.close(held)


def test_template_has_its_name_only_when_it_is_whole(folder: Path) -> None:
    made, held = templates.begin("x")
    assert templates.names() == []
    assert made.name == f"{BUILDING}x"
    templates.sweep()
    assert made.exists(), "what is being built was swept away"
    templates.commit(made, held, "games")
    other = os.open(folder / "games", os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)  # who uses it does not wait for who has built it
    os.close(other)
    os.close(held)
    assert (templates.names(), [each.name for each in folder.iterdir()]) == (["games"], ["games"])


def test_build_that_was_cut_short_is_swept_with_the_builders_own_folder(folder: Path, tmp_path: Path) -> None:
    made, held = templates.begin("x")
    work = tmp_path / f"{PREFIX}x"
    (work / "mmdebstrap.abc" / "usr").mkdir(parents=True)
    (made / WORK).write_text(str(work))
    os.close(held)
    templates.sweep()
    assert (list(folder.iterdir()), work.exists()) == ([], False)


def test_no_other_folder_is_taken_for_the_builders(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "mine"
    kept.mkdir()
    made, held = templates.begin("x")
    (made / WORK).write_text(str(kept))
    os.close(held)
    templates.sweep()
    assert (list(folder.iterdir()), kept.exists()) == ([], True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts something")
def test_nothing_that_is_mounted_in_what_is_left_is_removed(tmp_path: Path) -> None:
    made, held = templates.begin("x")
    place = tmp_path / f"{PREFIX}x" / "with a blank"
    place.mkdir(parents=True)
    (made / WORK).write_text(str(place.parent))
    os.close(held)
    if subprocess.run(["mount", "-t", "tmpfs", "none", str(place)], check=False).returncode != 0:
        pytest.skip("this machine lets nobody mount")
    try:
        (place / "kept").write_text("")
        with pytest.raises(TemplateError, match="umount"):
            templates.sweep()
        assert (place / "kept").exists()
    finally:
        subprocess.run(["umount", str(place)], check=True)
    templates.sweep()
    assert (made.exists(), place.parent.exists()) == (False, False)


def test_template_that_is_used_is_not_removed(folder: Path) -> None:
    make("games")
    held = templates.hold(templates.located("games"))
    with pytest.raises(TemplateError, match="a qube that runs uses the template games"):
        templates.remove("games")
    assert templates.names() == ["games"]
    os.close(held)
    templates.remove("games")
    assert list(folder.iterdir()) == []


def test_template_that_is_replaced_stays_for_those_who_use_it(folder: Path) -> None:
    make("games")
    held = templates.hold(templates.located("games"))
    make("games", "second")
    templates.sweep()
    assert [each.name for each in templates.located("games").iterdir()] == ["second"]
    assert len(list(folder.glob(f".*/{ROOT}/first"))) == 1
    os.close(held)
    templates.sweep()
    assert [each.name for each in folder.iterdir()] == ["games"]


def test_holding_a_template_does_not_wait_for_a_build(folder: Path) -> None:
    make("games")
    made, held = templates.begin("x")
    descriptor = templates.hold(templates.located("games"))
    os.close(descriptor)
    os.close(held)
    assert made.parent == folder


def test_folder_that_another_process_removes_is_left_to_it(folder: Path) -> None:
    made, held = templates.begin("x")
    os.close(held)
    log = folder.parent / "log"
    with Child([sys.executable, "-c", f"{HOLDS}; sys.stdin.read(); import time; time.sleep(60)", made], log=log):
        wait_until(lambda: log.read_text() == "\n", what="the other one's lock")
        templates.sweep()
        assert made.exists()
    templates.sweep()
    assert not made.exists()


def test_path_needs_no_holding_and_a_name_that_is_gone_is_told(tmp_path: Path) -> None:
    assert templates.hold(tmp_path) == -1
    make("games")
    root = templates.located("games")
    templates.remove("games")
    with pytest.raises(TemplateError, match="there is no template games any more"):
        templates.hold(root)


@pytest.mark.parametrize("written", ["games", "../games", "/nowhere", "", "/" + 300 * "a"])
def test_template_that_is_not_there_is_told(written: str) -> None:
    with pytest.raises(TemplateError):
        templates.located(written)


def test_folder_that_a_qube_writes_in_is_no_template(tmp_path: Path) -> None:
    for home in (qube_home("work"), disposable_home("disp1234")):
        (home / "system").mkdir(parents=True)
        with pytest.raises(TemplateError, match="could change it"):
            templates.located(str(home / "system"))
    (tmp_path / "qubes" / "system").mkdir(parents=True)
    assert templates.located(str(tmp_path / "qubes" / "system"))


def test_description_that_nobody_wrote_is_unknown(folder: Path) -> None:
    make("games")
    assert templates.made("games") == KNOWN
    (folder / "games" / MADE).write_text("{}")
    assert templates.made("games") is None


def test_builder_that_is_missing_is_told_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(TemplateError, match="apt install mmdebstrap"):
        building.check_builder()


def test_build_that_fails_leaves_nothing_and_says_why(folder: Path, tmp_path: Path) -> None:
    """By the real builder, from a mirror that is not there."""
    if os.geteuid() != 0:
        pytest.skip("an ordinary user may lack other uids, which is told before anything is built")
    told: list[str] = []
    with pytest.raises(TemplateError, match="is this machine on the network"):
        building.build("games", Recipe("bookworm", (), "http://127.0.0.1:9/debian"), told.append)
    assert any("reading what packages there are" in line for line in told)
    assert (list(folder.iterdir()), list(tmp_path.glob(f"{PREFIX}*"))) == ([], [])


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_ordinary_user_without_other_uids_is_told_the_command(tmp_path: Path) -> None:
    code = "from guid.building import check_builder; check_builder()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=clean_environment(PYTHONPATH=str(TREE), USER="somebody"),
        capture_output=True,
        text=True,
        check=False,
        user=66_777,
        group=66_777,
        extra_groups=(),
        cwd="/",
    )
    assert "`usermod --add-subuids 100000-165535 --add-subgids 100000-165535 somebody`" in done.stderr, tmp_path


def test_lock_of_the_folder_above_is_let_go(folder: Path) -> None:
    make("games")
    templates.sweep()
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)
