"""`make dist`: the same bytes from the same tree, and a wheel that installs and runs where nothing of the tree is."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.version import VERSION
from scripts import dist, layout, wheelhouse
from tests.harness.processes import ROOT, clean_environment
from tests.harness.xserver import XServer
from tests.packaging.person import Owner, listing

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dist.Made:
    return dist.make(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    wheelhouse.fill(folder)
    return folder


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory, made: dist.Made, house: Path) -> Path:
    return wheelhouse.environment(tmp_path_factory.mktemp("fresh") / "venv", made.wheel, house)


@pytest.fixture
def owner(desktop: XServer, programs: Path) -> Iterator[Owner]:
    with Owner(desktop.name, programs / "vitrail") as person:
        yield person


def test_source_distribution_makes_the_same_files_elsewhere(made: dist.Made, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xf", made.sdist, "-C", tmp_path], check=True)
    tree = tmp_path / f"vitrail-{VERSION}"
    build = "from scripts import dist; dist.make(dist.ROOT / 'dist')"
    start = f"import os, sys; os.umask(0o077); sys.path.insert(0, {str(tree)!r}); {build}"
    different = {"TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": str(dist.epoch())}
    subprocess.run([sys.executable, "-I", "-c", start], env=clean_environment(**different), check=True, timeout=300)
    for path in made:
        assert (tree / "dist" / path.name).read_bytes() == path.read_bytes()


def test_source_distribution_is_the_whole_tree(made: dist.Made) -> None:
    with tarfile.open(made.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names == {*dist.tree_files(), "PKG-INFO"}


def test_wheel_holds_the_rooms_and_what_is_shared_and_no_more(made: dist.Made) -> None:
    with zipfile.ZipFile(made.wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    rooms = {path.relative_to(ROOT).as_posix() for room in layout.ROOMS for path in (ROOT / room).rglob("*.py")}
    assert names == rooms | {f"vitrail-{VERSION}.data/data/{each.path}" for each in layout.shared()}


def test_installed_wheel_is_all_that_runs(owner: Owner, programs: Path) -> None:
    asked = "import guid, guiagent, shm; print(guid.__file__, guiagent.__file__, shm.__file__)"
    done = subprocess.run([programs / "python", "-I", "-c", asked], capture_output=True, text=True, check=True)
    assert all(path.startswith(str(programs.parent)) for path in done.stdout.split())
    assert owner.vitrail("--version").stdout == f"vitrail {VERSION}\n"
    assert (programs.parent / "share" / "applications" / "vitrail.desktop").exists()


def test_installed_wheel_shows_a_framed_window(owner: Owner) -> None:
    owner.sees_framed_window()


def test_unit_of_an_installed_wheel_names_its_own_command(owner: Owner, programs: Path) -> None:
    assert f"ExecStart={programs / 'vitrail'} supervise\n" in owner.vitrail("supervise", "--unit").stdout


@pytest.mark.skipif(shutil.which("pipx") is None, reason="pipx is not installed")
def test_pipx_installs_the_wheel_and_removes_it(made: dist.Made, house: Path, tmp_path: Path) -> None:
    wheelhouse.fill(house, wheelhouse.BUILD_LOCK)
    person = {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    offline = {**wheelhouse.NO_CONFIGURATION, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(house)}
    env = clean_environment(**person, **offline)
    pipx = ["pipx", "install", "--python", sys.executable, str(made.wheel)]
    done = subprocess.run(pipx, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    said = subprocess.run(
        [tmp_path / "bin" / "vitrail", "--version"], env=env, capture_output=True, text=True, check=True
    )
    assert said.stdout == f"vitrail {VERSION}\n"
    subprocess.run(["pipx", "uninstall", "vitrail"], env=env, capture_output=True, check=True, timeout=300)
    assert not (tmp_path / "bin" / "vitrail").exists()


def test_uninstalled_wheel_leaves_nothing(programs: Path) -> None:
    assert any("guid/supervisor.py" in name for name in listing(programs.parent))
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    quiet = {**os.environ, **wheelhouse.NO_CONFIGURATION}
    subprocess.run([*pip, "uninstall", "--quiet", "--yes", "vitrail"], env=quiet, check=True)
    assert [name for name in listing(programs.parent) if "vitrail" in name or "/guid" in name] == []
