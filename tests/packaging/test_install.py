"""`make install` and `make uninstall`: what they bring runs, and nothing of it is left; what a person has made is."""

import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guid.version import VERSION
from scripts.install import default_prefix
from tests.harness.manager import Manager
from tests.harness.processes import ROOT, clean_environment
from tests.harness.xserver import XServer
from tests.packaging.person import Owner, listing

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox, pytest.mark.timeout(400)]


def run(what: str, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """What the target of the Makefile runs when nothing is missing."""
    return subprocess.run(
        [sys.executable, "-m", "scripts.install", what, *arguments],
        cwd=ROOT,
        env=clean_environment(HOME=str(home)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation; around it, what is no part of it is left as it was."""
    home = tmp_path_factory.mktemp("home")
    (home / "share" / "applications").mkdir(parents=True)
    (home / "share" / "applications" / "other.desktop").write_text("somebody else's")
    before = listing(home)
    done = run("install", "--prefix", str(home), home=home)
    assert done.returncode == 0, done.stderr
    yield home
    again = run("install", "--prefix", str(home), home=home)
    assert again.returncode == 0, again.stderr
    done = run("uninstall", "--prefix", str(home), home=home)
    assert (done.returncode, "are kept" in done.stdout) == (0, True), done.stderr
    assert listing(home) == before


@pytest.fixture
def owner(desktop: XServer, prefix: Path) -> Iterator[Owner]:
    with Owner(desktop.name, prefix / "bin" / "vitrail") as person:
        yield person


def test_installed_command_shows_a_framed_window(owner: Owner) -> None:
    assert owner.vitrail("--version").stdout == f"vitrail {VERSION}\n"
    owner.sees_framed_window()


def test_installed_manager_shows_its_window(owner: Owner) -> None:
    with Manager(owner):
        pass


def test_every_command_of_the_project_is_installed(prefix: Path) -> None:
    commands = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert {path.name for path in (prefix / "bin").iterdir()} == set(commands)
    for name in commands:
        done = subprocess.run(
            [prefix / "bin" / name, "--help"], capture_output=True, text=True, check=False, timeout=60
        )
        assert (done.returncode, "usage" in done.stdout.lower()) == (0, True), (name, done.stderr)


def test_installed_modules_are_compiled_already(prefix: Path, owner: Owner) -> None:
    before = listing(prefix)
    assert owner.vitrail("ls").returncode == 0
    assert listing(prefix) == before
    assert (prefix / "lib" / "vitrail" / "guid" / "__pycache__").is_dir()


def test_installed_unit_names_the_installed_command(prefix: Path) -> None:
    text = (prefix / "share" / "systemd" / "user" / "vitrail.service").read_text()
    assert f"ExecStart={prefix / 'bin' / 'vitrail'} supervise\n" in text


def test_staged_installation_names_where_it_will_lie(tmp_path: Path) -> None:
    done = run("install", "--prefix", "/opt/vitrail", "--destdir", str(tmp_path), home=tmp_path)
    assert done.returncode == 0, done.stderr
    below = tmp_path / "opt" / "vitrail"
    text = "".join(
        path.read_text() for path in (below / "bin" / "vitrail", below / "share/systemd/user/vitrail.service")
    )
    assert "/opt/vitrail/lib/vitrail" in text
    assert "ExecStart=/opt/vitrail/bin/vitrail supervise" in text
    assert str(tmp_path) not in text
    assert run("uninstall", "--prefix", "/opt/vitrail", "--destdir", str(tmp_path), home=tmp_path).returncode == 0
    assert not below.exists()


def test_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lib" / "vitrail").mkdir(parents=True)
    (tmp_path / "lib" / "vitrail" / "mine").write_text("")
    before = listing(tmp_path)
    done = run("install", "--prefix", str(tmp_path), home=tmp_path)
    assert (done.returncode, "move it away" in done.stderr) == (1, True)
    assert listing(tmp_path) == before


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a program of somebody else's": lambda path: path.write_text("#!/bin/sh\nexec something\n"),
    "a link, as pipx makes one": lambda path: path.symlink_to("/home/kim/.local/pipx/venvs/vitrail/bin/vitrail"),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_command_that_is_not_ours_is_left_alone(tmp_path: Path, kind: str) -> None:
    (tmp_path / "bin").mkdir()
    FOREIGN[kind](tmp_path / "bin" / "vitrail")
    before = listing(tmp_path)
    done = run("install", "--prefix", str(tmp_path), home=tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path / 'bin' / 'vitrail'} is not what `make install` brought" in done.stderr
    assert ("pipx uninstall" in done.stderr) is ("pipx" in kind)
    assert listing(tmp_path) == before


def test_older_command_of_ours_is_replaced_and_one_that_came_since_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "vitrail"
    command.write_text("#!/usr/bin/python3 -I\n# Of Vitrail 0.0.\nimport sys\n")
    done = run("install", "--prefix", str(tmp_path), home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"# Of Vitrail {VERSION}." in command.read_text()
    command.write_text("#!/bin/sh\nexec something\n")
    assert run("uninstall", "--prefix", str(tmp_path), home=tmp_path).returncode == 0
    assert listing(tmp_path).keys() == {"bin", "bin/vitrail"}


def test_removal_of_what_is_not_there_says_so(tmp_path: Path) -> None:
    done = run("uninstall", "--prefix", str(tmp_path), home=tmp_path)
    assert (done.returncode, "PREFIX" in done.stderr) == (1, True)


@pytest.mark.parametrize(("uid", "expected"), [(0, Path("/usr/local")), (1000, Path.home() / ".local")])
def test_place_without_a_word_is_the_persons_own(monkeypatch: pytest.MonkeyPatch, uid: int, expected: Path) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    assert default_prefix() == expected
