"""Environments with the wheel in them, made without any network: `make test-wheel`; knows no test.

The libraries come as wheels again, made of what lies in `.venv`, so that pip resolves what pyproject.toml asks for.

`python -m scripts.wheelhouse ARGUMENTS…` runs the whole suite on the installed wheel: from a copy of this tree that has
no rooms in it, by an interpreter that finds them where pip has put them. ARGUMENTS go to pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

from scripts import dist, layout
from scripts.lock import ENTRY, normalized

ROOT: Final = Path(__file__).resolve().parent.parent
HERE: Final = ROOT / "build" / "wheel"
BUILD_LOCK: Final = ROOT / "requirements-build.lock"
NO_CONFIGURATION: Final = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
OF_THE_TREE: Final = ("tests/architecture", "tests/packaging")
"""Tests of how the source lies in its tree, which is not there, and of how the wheel itself is made."""


def fill(folder: Path, lock: Path = ROOT / "requirements.lock") -> None:
    """Put a wheel of everything that `lock` names into `folder`, out of this interpreter's environment."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {normalized(match["name"]) for match in ENTRY.finditer(lock.read_text())}
    for found in distributions():
        if normalized(found.metadata["Name"]) in wanted:
            _repack(found, folder)


def _repack(library: Distribution, folder: Path) -> Path:
    """Write the wheel that a library came as, but for its scripts. Source: PyPA, binary distribution format."""
    tags = [line.removeprefix("Tag: ") for line in (library.read_text("WHEEL") or "").splitlines() if "Tag: " in line]
    name = library.metadata["Name"].replace("-", "_").replace(".", "_")
    path = folder / f"{name}-{library.version}-{_one_tag(tags)}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in library.files or ():
            if file.parts[0] != ".." and file.suffix != ".pyc":
                archive.write(str(file.locate()), file.as_posix())
    return path


def _one_tag(tags: list[str]) -> str:
    """A wheel with several tags has them together in its name: cp311-cp311-a.b for cp311-cp311-a and cp311-cp311-b."""
    parts = [tag.split("-") for tag in tags]
    return "-".join(".".join(dict.fromkeys(each[index] for each in parts)) for index in range(3))


def environment(folder: Path, wheel: Path, house: Path) -> Path:
    """Make a virtual environment with `wheel` and what it needs, from `house` alone; returns its bin folder."""
    _run([sys.executable, "-m", "venv", "--without-pip", "--clear", str(folder)])
    install = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    _run([*install, "--no-index", "--find-links", str(house), str(wheel)])
    return folder / "bin"


def _run(argv: list[str]) -> None:
    done = subprocess.run(
        argv,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | NO_CONFIGURATION,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(argv)}:\n{done.stdout}")


def main(arguments: list[str]) -> int:
    shutil.rmtree(HERE, ignore_errors=True)
    fill(HERE / "house")
    programs = environment(HERE / "venv", dist.make(HERE / "dist").wheel, HERE / "house")
    python = programs / "python"
    # What only the tests import is read where it lies; a path in a .pth file brings no .pth files of its own, so not
    # the link to this tree either. And scripts, which are run isolated, out of the suite.
    suite = HERE / "suite"
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(HERE / "venv")}))
    (packages / "tools.pth").write_text(f"{sysconfig.get_path('purelib')}\n{suite}\n")
    for name in dist.tree_files():
        if Path(name).parts[0] not in layout.ROOMS:
            (suite / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, suite / name)
    (suite / "build").mkdir()
    for kept in ("vm",):  # images of machines are not made anew
        (ROOT / "build" / kept).mkdir(parents=True, exist_ok=True)
        (suite / "build" / kept).symlink_to(ROOT / "build" / kept)
    command = [str(python), "-m", "pytest", "-n", os.environ.get("JOBS", "2"), "--no-loadscope-reorder"]
    left_out = [f"--ignore={name}" for name in OF_THE_TREE]
    found = {**os.environ, "VITRAIL_WHEEL": str(packages)}
    return subprocess.run([*command, *left_out, *arguments], cwd=suite, env=found, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
