"""A Debian kernel with a few of its modules in a folder, for systems that have none installed. Knows no machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from scripts.vm.image import CACHE, ImageError

PACKAGE: Final = "linux-image-amd64"
FETCH_TIMEOUT_S: Final = 300.0
KEPT: Final = (
    *("drivers/virtio/", "drivers/char/virtio_console", "drivers/block/virtio_blk", "net/9p/", "fs/9p/", "fs/netfs/"),
    *("fs/fscache/", "fs/ext4/", "fs/jbd2/", "fs/mbcache", "lib/crc16", "lib/libcrc32c", "crypto/crc32c"),
)
"""Beginnings of modules' paths, below kernel/: what the qemu engine asks for, and what that needs."""


def kernel_folder() -> Path:
    """Return a folder that holds boot/ and lib/modules/, fetched once. Raises ImageError."""
    package = _newest()
    folder = CACHE / package
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="fetching-", dir=CACHE))
        try:
            _fetch(package, work)
            work.chmod(0o755)
            work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return folder


def _newest() -> str:
    """Return the package that PACKAGE stands for. Source: apt-cache(8), depends."""
    for line in _run(["apt-cache", "depends", "--important", PACKAGE]).splitlines():
        name = line.strip().removeprefix("Depends: ")
        if name.startswith("linux-image-") and name != PACKAGE:
            return name
    raise ImageError(f"apt knows no kernel package by {PACKAGE}: run `apt-get update`")


def _fetch(package: str, work: Path) -> None:
    try:
        _run(["apt-get", "download", "-q", package], work)
    except ImageError:  # the lists are older than the archive
        _run(["apt-get", "update", "-q"], work)
        _run(["apt-get", "download", "-q", package], work)
    archive = next(work.glob("*.deb"))
    whole = work / "whole"
    _run(["dpkg-deb", "-x", archive.name, "whole"], work)
    for image in (whole / "boot").glob("vmlinuz-*"):
        (work / "boot").mkdir(exist_ok=True)
        shutil.copyfile(image, work / "boot" / image.name)
    for module in whole.rglob("*.ko*"):
        path = module.relative_to(whole)
        if path.as_posix().split("/kernel/", 1)[-1].startswith(KEPT):
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(module, work / path)
    shutil.rmtree(whole)
    archive.unlink()


def _run(argv: list[str], cwd: Path = Path("/")) -> str:
    try:
        done = subprocess.run(
            argv, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ImageError(f"{' '.join(argv)}: {getattr(error, 'stderr', None) or error}") from error
    return done.stdout


if __name__ == "__main__":
    print(kernel_folder())
