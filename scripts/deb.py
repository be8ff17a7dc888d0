"""Makes the Debian package: `make deb`; knows what is in it only by scripts/debian.

The source is what `make dist` makes, with scripts/debian as its debian/ and a changelog with the version and the time
of the commit: the same tree gives the same bytes.
"""

from __future__ import annotations

import email.utils
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from guid.version import VERSION
from scripts import dist

ROOT: Final = Path(__file__).resolve().parent.parent
DEBIAN_VERSION: Final = VERSION.replace(".dev", "~dev").replace("rc", "~rc")
"""A version that is still made comes before the one that it becomes. Source: deb-version(7)."""
CHANGELOG: Final = """\
vitrail ({version}) unstable; urgency=medium

  * See CHANGELOG.md.

 -- {maintainer}  {date}
"""
MAINTAINER: Final = "@MAINTAINER@"
"""What stands in the control file for whoever makes the package."""
TIMEOUT_S: Final = 300.0


def make(out: Path) -> Path:
    """Write the package into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vitrail-deb-") as work:
        with tarfile.open(dist.make(Path(work)).sdist) as archive:
            archive.extractall(work)  # noqa: S202 - our own, made just now; Debian 12 has no filter yet
        tree = Path(work) / dist.NAME
        shutil.copytree(tree / "scripts" / "debian", tree / "debian")
        date = email.utils.formatdate(dist.epoch())
        who = maintainer(os.environ)
        text = CHANGELOG.format(version=DEBIAN_VERSION, maintainer=who, date=date)
        (tree / "debian" / "changelog").write_text(text, encoding="utf-8")
        control = tree / "debian" / "control"
        control.write_text(control.read_text(encoding="utf-8").replace(MAINTAINER, who), encoding="utf-8")
        _build(tree)
        built = next(Path(work).glob("vitrail_*_all.deb"))
        shutil.copyfile(built, out / built.name)
    return out / built.name


def maintainer(environment: Mapping[str, str]) -> str:
    """Return who answers for the package: whoever makes it, as DEBFULLNAME and DEBEMAIL say, else nobody.

    Source: debchange(1).
    """
    name, address = environment.get("DEBFULLNAME", ""), environment.get("DEBEMAIL", "")
    if not address:
        return "Vitrail <packages@vitrail.invalid>"
    return address if "<" in address else f"{name or address.partition('@')[0]} <{address}>"


def _build(tree: Path) -> None:
    argv = ["dpkg-buildpackage", "--build=binary", "--no-sign", "--no-check-builddeps"]
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(dist.epoch()), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        argv, cwd=tree, env=env, capture_output=True, text=True, errors="replace", check=False, timeout=TIMEOUT_S
    )

    if done.returncode != 0:
        raise SystemExit(f"deb: {' '.join(argv)} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    print(make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"))
