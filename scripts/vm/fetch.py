"""Debian packages as files, and the folder where what is made from them is kept; knows no package."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CACHE: Final = ROOT / "build" / "vm"
TIMEOUT_S: Final = 600.0
ERROR_BYTES: Final = 4_000


class ImageError(Exception):
    """Something that a machine starts from could not be made; the text says what to do."""


def run(argv: list[str], cwd: Path) -> str:
    """Run a program to its end; returns what it wrote. Raises ImageError with that, if it fails."""
    try:
        done = subprocess.run(
            argv,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ImageError(f"{' '.join(argv[:4])}: {error}") from error
    if done.returncode != 0:
        raise ImageError(f"{' '.join(argv[:4])} … failed ({done.returncode}):\n{done.stdout[-ERROR_BYTES:]}")
    return done.stdout


def newest(package: str) -> str:
    """Return the package that `package` stands for. Source: apt-cache(8), depends. Raises ImageError."""
    for _attempt in range(2):
        for line in run(["apt-cache", "depends", "--important", package], Path("/")).splitlines():
            name = line.strip().removeprefix("Depends: ")
            if name != package and name.startswith(package.rpartition("-")[0] + "-"):
                return name
        run(["apt-get", "update", "-q"], Path("/"))  # a new machine has no lists yet
    raise ImageError(f"apt knows no package by {package}")


def downloaded(packages: list[str], folder: Path) -> list[Path]:
    """Fetch packages into a folder; returns the files there. Raises ImageError."""
    try:
        run(["apt-get", "download", "-q", *packages], folder)
    except ImageError:  # the lists are older than the archive
        run(["apt-get", "update", "-q"], folder)
        run(["apt-get", "download", "-q", *packages], folder)
    return sorted(folder.glob("*.deb"))


def keep_only(*folders: Path) -> None:
    """Remove every other folder in the cache: sets that were made before these, and what a run left half made."""
    for other in CACHE.iterdir():
        if other.is_dir() and other not in folders:
            shutil.rmtree(other, ignore_errors=True)
