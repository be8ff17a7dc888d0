"""A clean Debian in a folder, made once and kept under build/deb, and programs run in it; knows no package of ours.

Not by chroot(2): the kernel lets nobody in a changed root make user namespaces, and qubes are made of those. bubblewrap
gives a root of its own instead.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.vm.fetch import run
from scripts.vm.packages import SUITE
from tests.harness.processes import ROOT

CACHE = ROOT / "build" / "deb"
OFTEN_CHANGED = (
    "var/log",
    "var/cache",
    "var/lib/dpkg",
    "var/lib/apt",
    "etc/ld.so.cache",
    "tmp",
    "var/tmp",
    "run",
    "dev",
    "proc",
)
"""What every installation of any package touches."""


def why_not() -> str:
    """Why there can be none here, "" if there can."""
    if os.geteuid() != 0:
        return "only root can own the files of another Debian"
    return "" if shutil.which("mmdebstrap") else "mmdebstrap is missing: run `make setup`"


@contextmanager
def clean_debian(packages: Iterable[str]) -> Iterator[Path]:
    """Lend the folder of a system with these packages and what they need, and no more than that; nobody else has it."""
    wanted = ",".join(sorted(packages))
    key = hashlib.sha256(f"{SUITE} {wanted}".encode() + Path(__file__).read_bytes()).hexdigest()[:16]
    folder = CACHE / f"tree-{key}"
    CACHE.mkdir(parents=True, exist_ok=True)
    lock = os.open(CACHE, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "usr").exists():
            for old in CACHE.glob("tree-*"):
                shutil.rmtree(old)
            making = CACHE / "making"
            shutil.rmtree(making, ignore_errors=True)
            slim = [f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in ("locale", "info")]
            plain = ["--variant=apt", "--mode=root", "--skip=check/qemu", '--aptopt=Apt::Install-Recommends "false"']
            run(["mmdebstrap", *plain, *slim, f"--include={wanted}", SUITE, str(making)], CACHE)
            making.rename(folder)
        yield folder
    finally:
        os.close(lock)


def inside(tree: Path, *shared: Path) -> list[str]:
    """The beginning of a command line that runs a program in the tree; shared: folders that are the same inside."""
    return [
        *("bwrap", "--bind", str(tree), "/", "--cap-add", "ALL"),
        *("--dev", "/dev", "--tmpfs", "/dev/shm", "--bind", "/proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run"),
        *("--ro-bind", "/tmp/.X11-unix", "/tmp/.X11-unix"),
        *(word for each in shared for word in ("--bind", str(each), str(each))),
        *("--setenv", "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        *("--setenv", "DEBIAN_FRONTEND", "noninteractive"),
        "--",
    ]


def done_inside(tree: Path, *argv: str, shared: Iterable[Path] = ()) -> str:
    """Run a program in the tree to its end; returns what it wrote. It must succeed."""
    done = subprocess.run(
        [*inside(tree, *shared), *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, f"{argv}: {done.stdout}"
    return done.stdout
