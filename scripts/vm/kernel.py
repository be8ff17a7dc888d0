"""A Debian kernel with a few of its modules in a folder, fetched once; knows no machine, and no other package."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from scripts.vm import packages
from scripts.vm.fetch import CACHE, downloaded, newest, run


def kernel_folder() -> Path:
    """Return a folder that holds boot/ and lib/modules/, fetched once. Raises ImageError."""
    package = newest(packages.KERNEL)
    folder = CACHE / f"{package}.{hashlib.sha256(repr(packages.KERNEL_PARTS).encode()).hexdigest()[:8]}"
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


def _fetch(package: str, work: Path) -> None:
    (archive,) = downloaded([package], work)
    whole = work / "whole"
    run(["dpkg-deb", "-x", archive.name, "whole"], work)
    for image in (whole / "boot").glob("vmlinuz-*"):
        (work / "boot").mkdir(exist_ok=True)
        shutil.copyfile(image, work / "boot" / image.name)
    for module in whole.rglob("*.ko*"):
        path = module.relative_to(whole)
        if path.as_posix().split("/kernel/", 1)[-1].startswith(packages.KERNEL_PARTS):
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(module, work / path)
    for listed in (*whole.rglob("modules.order"), *whole.rglob("modules.builtin*")):  # for depmod
        shutil.copyfile(listed, work / listed.relative_to(whole))
    shutil.rmtree(whole)
    archive.unlink()


if __name__ == "__main__":
    print(kernel_folder())
