"""`make deb`: a package that lintian finds no error in, and that installs, runs and goes again on a clean Debian."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.version import VERSION
from scripts import deb
from tests.harness.processes import ROOT
from tests.harness.xserver import XServer
from tests.packaging.clean_debian import OFTEN_CHANGED, clean_debian, done_inside, inside, why_not
from tests.packaging.person import Owner, listing

WITH_IT = ("xterm",)
"""Beside what the package depends on."""
MISSING = [tool for tool in ("dpkg-buildpackage", "dh_python3", "lintian") if shutil.which(tool) is None]

pytestmark = [
    pytest.mark.timeout(700),
    pytest.mark.skipif(MISSING != [], reason=f"{MISSING} missing: run `make setup`"),
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deb.make(tmp_path_factory.mktemp("deb"))


def depends() -> set[str]:
    """What the package names first wherever it leaves a choice."""
    line = next(
        line for line in (ROOT / "scripts/debian/control").read_text().splitlines() if line.startswith("Depends:")
    )
    names = [re.split(r"[ |(]", each.strip(), maxsplit=1)[0] for each in line.removeprefix("Depends:").split(",")]
    return {name for name in names if not name.startswith("$")}


def test_package_has_no_error_of_lintian(package: Path) -> None:
    argv = ["lintian", "--allow-root", "--fail-on", "error", "--tag-display-limit", "0", str(package)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout
    assert "E: " not in done.stdout


def test_package_names_whoever_makes_it(package: Path) -> None:
    assert deb.maintainer({"DEBEMAIL": "kim@example.org", "DEBFULLNAME": "Kim"}) == "Kim <kim@example.org>"
    assert deb.maintainer({"DEBEMAIL": "kim@example.org"}) == "kim <kim@example.org>"
    assert deb.maintainer({"DEBEMAIL": "Kim <kim@example.org>", "DEBFULLNAME": "x"}) == "Kim <kim@example.org>"
    said = subprocess.run(
        ["dpkg-deb", "--field", str(package), "Maintainer"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == deb.maintainer(os.environ)


def test_package_is_of_this_version_and_compiles_its_modules(package: Path) -> None:
    def said(*words: str) -> str:
        return subprocess.run(["dpkg-deb", *words], capture_output=True, text=True, check=True).stdout

    assert said("--field", str(package), "Version").strip() == deb.DEBIAN_VERSION
    assert "py3compile -p vitrail" in said("--info", str(package), "postinst")
    assert "py3clean -p vitrail" in said("--info", str(package), "prerm")


class Inside(Owner):
    """A person in another Debian, with this display."""

    def __init__(self, display: str, tree: Path) -> None:
        super().__init__(display, Path("/usr/bin/vitrail"))
        self._tree = tree

    def argv(self, *arguments: str) -> list[str]:
        return [*inside(self._tree, self.runtime.parent), "/usr/bin/vitrail", *arguments]


@pytest.fixture
def tree() -> Iterator[Path]:
    with clean_debian({*depends(), *WITH_IT, "python3"}) as folder:
        yield folder
        if (folder / "usr/share/vitrail").exists():  # a test failed before it had removed it
            shutil.rmtree(folder)


@pytest.mark.desktop
@pytest.mark.sandbox
@pytest.mark.skipif(why_not() != "", reason=why_not())
def test_package_installs_runs_and_goes_on_a_clean_debian(package: Path, tree: Path, desktop: XServer) -> None:
    def there() -> dict[str, str]:
        return {name: what for name, what in listing(tree).items() if not name.startswith(OFTEN_CHANGED)}

    before = there()
    done_inside(tree, "dpkg", "--install", str(package), shared=[package.parent])
    done_inside(tree, "apt-get", "check")
    with Inside(desktop.name, tree) as person:
        assert person.vitrail("--version").stdout == f"vitrail {VERSION}\n"
        person.sees_framed_window()
        assert person.vitrail("manager").stderr.endswith("sudo apt install python3-gi gir1.2-gtk-3.0\n")
        assert person.vitrail("stop", "work").returncode == 0
    brought = there().keys() - before.keys()
    for name in (
        "usr/lib/systemd/user/vitrail.service",
        "usr/share/man/man1/vitrail-run.1.gz",
        "usr/share/applications/vitrail-manager.desktop",
        "usr/share/bash-completion/completions/vitrail",
        "usr/share/zsh/vendor-completions/_vitrail",
    ):
        assert name in brought
    assert "ExecStart=/usr/bin/vitrail supervise\n" in (tree / "usr/lib/systemd/user/vitrail.service").read_text()
    assert any(name.endswith("guid/__pycache__") for name in brought)
    done_inside(tree, "apt-get", "purge", "--yes", "vitrail")
    assert there() == before
