"""Images for virtual machines, made once from Debian's packages and kept under build/vm; knows no room of the program.

What an image is made from gives it its name: another package list, another kernel or another way of making it means
another folder, and the end of the folders before it. The program itself goes in at each start (see overlay.py).
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import lzma
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from scripts.vm import packages
from scripts.vm.cpio import Archive, archive
from scripts.vm.fetch import CACHE, ImageError, downloaded, keep_only, run
from scripts.vm.kernel import kernel_folder

HERE: Final = Path(__file__).resolve().parent
TOOLS: Final = {
    "qemu-system-x86_64": "qemu-system-x86",
    "mmdebstrap": "mmdebstrap",
    "busybox": "busybox-static",
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
}
"""Programs that make images and start them, and the Debian packages that hold them."""
INSTALL: Final = "python3 scripts/setup.py runtime vm"
MADE_FROM: Final = ("packages.py", "image.py", "cpio.py", "prepare_tree.py")
SET: Final = "images-"
MODULES_IN: Final = "modules"
TESTS_OF_PYTHON: Final = "/tests/"


class Images(NamedTuple):
    """xen, vmlinux: what QEMU or Xen loads. qube, dom0: cpio archives without the program; init: what systemd adds."""

    xen: Path
    vmlinux: Path
    qube: Path
    dom0: Path
    init: Path


def missing_packages() -> list[str]:
    """Debian packages that are needed to make images and to start them, and are not here."""
    return [package for tool, package in TOOLS.items() if shutil.which(tool) is None]


def images() -> Images:
    """Return the images, making them if they are not there. Raises ImageError."""
    missing = missing_packages()
    if missing:
        raise ImageError(f"{', '.join(missing)} missing: run `{INSTALL}`")
    with _alone():
        kernel = kernel_folder()
        folder = CACHE / f"{SET}{_key(kernel.name)}"
        if not folder.exists():
            work = Path(tempfile.mkdtemp(prefix="making-", dir=CACHE))
            try:
                _make(work, kernel)
                work.rename(folder)
            finally:
                shutil.rmtree(work, ignore_errors=True)
            keep_only(folder, kernel)
    return Images(*(folder / name for name in ("xen", "vmlinux", "qube.cpio", "dom0.cpio", "init.cpio")))


@contextmanager
def _alone() -> Iterator[None]:
    """Whoever comes second finds what the first has made."""
    CACHE.mkdir(parents=True, exist_ok=True)
    lock = os.open(CACHE, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _key(kernel: str) -> str:
    """The name of a set of images: by what they are made from."""
    digest = hashlib.sha256(kernel.encode())
    for name in MADE_FROM:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def _make(work: Path, kernel: Path) -> None:
    began = time.monotonic()
    (work / "vmlinux").write_bytes(unpacked_kernel(next((kernel / "boot").glob("vmlinuz-*")).read_bytes()))
    for package in downloaded([packages.XEN], work):
        run(["dpkg-deb", "-x", package.name, "files"], work)
        package.unlink()
    (work / "xen").write_bytes(gzip.decompress(next((work / "files" / "boot").glob("xen-*.gz")).read_bytes()))
    shutil.rmtree(work / "files")
    tree = work / "world.tar"
    run(
        [
            *("mmdebstrap", "--variant=extract", "--mode=auto", "--architectures=amd64", "--format=tar"),
            *("--skip=check/qemu", f"--include={','.join(packages.QUBE + packages.DESKTOP + packages.INIT)}"),
            f"--extract-hook={HERE / 'prepare_tree.py'}",
            *(packages.SUITE, str(tree)),
        ],
        work,
    )
    _pack_all(tree, work, {path.stem: path for path in (kernel / "lib" / "modules").rglob("*.ko")})
    tree.unlink()
    print(f"vm: images made in {time.monotonic() - began:.0f} s", flush=True)


def unpacked_kernel(image: bytes) -> bytes:
    """Return the ELF file inside a bzImage: unpacking it here saves each start ten seconds of emulated work.

    Source: Linux, Documentation/arch/x86/boot.rst, setup_sects (0x1f1), payload_offset (0x248) and _length (0x24c).
    """
    sectors = image[0x1F1] or 4
    offset = (sectors + 1) * 512 + int.from_bytes(image[0x248:0x24C], "little")
    length = int.from_bytes(image[0x24C:0x250], "little")
    # The payload ends with four bytes that are the unpacked size, and no part of the stream.
    return lzma.LZMADecompressor().decompress(image[offset : offset + length])


def _pack_all(tree: Path, work: Path, modules: Mapping[str, Path]) -> None:
    """Turn the tree into initial file systems: of a qube, of dom0 (which has everything), and of systemd alone."""
    with (
        tarfile.open(tree) as source,
        archive(work / "qube.cpio") as qube,
        archive(work / "dom0.cpio") as dom0,
        archive(work / "init.cpio") as init,
    ):
        for member in source:
            path = member.name.removeprefix("./")
            if path in ("", ".") or f"{path}/".startswith(packages.LEFT_OUT) or _is_test(path):
                continue
            if f"{path}/".startswith(packages.ONLY_INIT):
                _copy_member(source, member, path, (init,))
            elif f"{path}/".startswith(packages.ONLY_DESKTOP):
                _copy_member(source, member, path, (dom0,))
            else:
                _copy_member(source, member, path, (dom0, qube))
        for out in (dom0, qube):
            for name in packages.MODULES:
                out.file(f"{MODULES_IN}/{name}.ko", modules[name].read_bytes())
            for name in ("proc", "sys", "dev", "run", "root"):
                out.folder(name)
            out.folder("tmp", 0o1777)
            out.device("dev/console", 5, 1)
            out.device("dev/null", 1, 3)
        version = next(iter(modules.values())).relative_to(work.parent).parts[3]
        for name in packages.MODULES:  # where modprobe looks for them; the domain runs depmod
            init.file(f"lib/modules/{version}/{name}.ko", modules[name].read_bytes())


def _is_test(path: str) -> bool:
    return path.startswith("usr/lib/python3") and TESTS_OF_PYTHON in f"{path}/"


def _copy_member(source: tarfile.TarFile, member: tarfile.TarInfo, path: str, outs: Sequence[Archive]) -> None:
    mode = member.mode & 0o7777
    content = source.extractfile(member) if member.isfile() or member.islnk() else None
    data = content.read() if content is not None else b""
    for out in outs:
        if member.isdir():
            out.folder(path, mode)
        elif member.issym():
            out.link(path, member.linkname)
        elif content is not None:
            out.file(path, data, mode)
