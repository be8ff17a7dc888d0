"""Makes the source distribution and the wheel, the same bytes for the same tree: `make dist`; knows no installer.

The source distribution is every file of the tree (what git knows, or what an unpacked one holds). The wheel is what
setuptools makes from it, with the files of scripts/layout.py that do not depend on where they are installed.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from guid.version import VERSION
from scripts import layout

ROOT: Final = Path(__file__).resolve().parent.parent
NAME: Final = f"vitrail-{VERSION}"
NOT_OURS: Final = {
    *("build", "dist", "__pycache__", ".git", ".venv"),
    *(".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache"),
}
EARLIEST: Final = 315_532_800
"""1980-01-01: a zip file knows no earlier time."""


class Made(NamedTuple):
    """The two files."""

    sdist: Path
    wheel: Path


def make(out: Path) -> Made:
    """Write both into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    made_at = epoch()
    os.environ["SOURCE_DATE_EPOCH"] = str(made_at)  # for setuptools, and for what writes a date into a page
    with tempfile.TemporaryDirectory(prefix="vitrail-dist-") as work:
        tree = Path(work) / NAME
        for name in tree_files():
            _copy(ROOT / name, tree / name)
        built, metadata = _setuptools(tree, Path(work))
        (tree / "PKG-INFO").write_bytes(metadata)
        (tree / "PKG-INFO").chmod(0o644)
        sdist = out / f"{NAME}.tar.gz"
        sdist.write_bytes(_tarball(tree, made_at))
        wheel = out / built.name
        wheel.write_bytes(_wheel(built, made_at))
    return Made(sdist, wheel)


def tree_files() -> list[str]:
    """Every file of the tree by its path in it, in order."""
    known = _git("ls-files", "-z")
    if known:
        return sorted(name for name in known.split("\0") if name and (ROOT / name).is_file())
    return sorted(_walked(ROOT))


def _git(*arguments: str) -> str:
    """What git says of this tree, "" if it knows nothing of it: there is no git, or it is somebody else's tree."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        return ""
    argv = ["git", *arguments]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def _walked(folder: Path) -> Iterator[str]:
    for path in folder.iterdir():
        if path.name in NOT_OURS or path.suffix == ".egg-info" or path.name == "PKG-INFO":
            continue
        if path.is_dir():
            yield from _walked(path)
        else:
            yield path.relative_to(ROOT).as_posix()


def epoch() -> int:
    """When this tree is said to have been made: SOURCE_DATE_EPOCH, else its last commit, else its newest note."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return max(EARLIEST, int(given))
    committed = _git("log", "-1", "--format=%ct")
    if committed:
        return int(committed)
    return max(EARLIEST, int((ROOT / "CHANGELOG.md").stat().st_mtime))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)


def _setuptools(tree: Path, work: Path) -> tuple[Path, bytes]:
    """The wheel that setuptools makes, by what pyproject.toml says, and its metadata."""
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-I", "-c", build, str(work)], cwd=tree, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"dist: setuptools failed:\n{done.stdout}{done.stderr}")
    for left in (tree / "build", tree / "vitrail.egg-info"):
        shutil.rmtree(left, ignore_errors=True)
    wheel = next(work.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        return wheel, archive.read(f"{NAME}.dist-info/METADATA")


def _tarball(tree: Path, made_at: int) -> bytes:
    buffer = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", fileobj=buffer, mtime=made_at) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(path for path in tree.rglob("*") if path.is_file()):
            content = path.read_bytes()
            member = tarfile.TarInfo(f"{NAME}/{path.relative_to(tree).as_posix()}")
            member.size, member.mtime, member.mode = len(content), made_at, path.stat().st_mode & 0o777
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _wheel(built: Path, made_at: int) -> bytes:
    """The wheel with our shared files, its members in order and all of one time."""
    record = f"{NAME}.dist-info/RECORD"
    with zipfile.ZipFile(built) as archive:
        contents = {name: archive.read(name) for name in archive.namelist() if name != record}
    contents |= {f"{NAME}.data/data/{each.path}": each.content for each in layout.shared()}
    contents[record] = _record(contents, record)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [*sorted(contents.keys() - {record}), record]:
            member = zipfile.ZipInfo(name, time.gmtime(made_at)[:6])
            member.external_attr = 0o100644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, contents[name])
    return buffer.getvalue()


def _record(contents: Mapping[str, bytes], record: str) -> bytes:
    """Source: PyPA, "Recording installed projects"."""

    def line(name: str, content: bytes) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        return f"{name},sha256={digest},{len(content)}"

    return "\n".join([*(line(name, contents[name]) for name in sorted(contents)), f"{record},,", ""]).encode()


if __name__ == "__main__":
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"):
        print(path)
