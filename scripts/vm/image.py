"""Images for virtual machines, made once from Debian's packages and kept under build/vm; knows no room of the program.

What an image is made from gives it its name: another package list, another kernel or another way of making it means
another folder. The program itself goes in at each start (see overlay.py): a change of it costs nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from scripts.vm import packages
from scripts.vm.cpio import Archive, archive

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CACHE: Final = ROOT / "build" / "vm"
HERE: Final = Path(__file__).resolve().parent
TOOLS: Final = ("qemu-system-x86_64", "mmdebstrap", "apt-get", "dpkg-deb")
FETCH_TIMEOUT_S: Final = 600.0
MODULES_IN: Final = "modules"


class ImageError(Exception):
    """An image could not be made; the text says what to do."""


class Images(NamedTuple):
    """xen, vmlinux: what QEMU or Xen loads. qube, dom0: cpio archives without the program."""

    xen: Path
    vmlinux: Path
    qube: Path
    dom0: Path


def missing_tools() -> list[str]:
    """Programs that are needed to make images and to start them, and are not here."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def images() -> Images:
    """Return the images, making them if they are not there. Raises ImageError."""
    missing = missing_tools()
    if missing:
        raise ImageError(f"{', '.join(missing)} missing: run `python3 scripts/setup.py vm`")
    folder = CACHE / _key()
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="making-", dir=CACHE))
        try:
            _make(work)
            work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return Images(folder / "xen", folder / "vmlinux", folder / "qube.cpio", folder / "dom0.cpio")


def _key() -> str:
    """The name of a set of images: by what they are made from."""
    digest = hashlib.sha256()
    for name in ("packages.py", "image.py", "cpio.py", "prepare_tree.py"):
        digest.update((HERE / name).read_bytes())
    digest.update(_kernel_package().encode())
    return digest.hexdigest()[:16]


def _kernel_package() -> str:
    """The package that holds the newest kernel's files."""
    asked = subprocess.run(
        ["apt-cache", "depends", "--important", packages.KERNEL], capture_output=True, text=True, check=False
    )
    for line in asked.stdout.splitlines():
        name = line.strip().removeprefix("Depends: ")
        if name.startswith("linux-image-") and name != packages.KERNEL:
            return name
    raise ImageError(f"apt knows no kernel package by {packages.KERNEL}: run `apt-get update`")


def _run(argv: list[str], cwd: Path) -> None:
    done = subprocess.run(
        argv,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=FETCH_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise ImageError(f"{' '.join(argv[:4])} … failed ({done.returncode}):\n{done.stdout[-4000:]}")


def _make(work: Path) -> None:
    began = time.monotonic()
    print("vm: making images from Debian's packages …", flush=True)
    _fetch_kernel(work)
    tree = work / "world.tar"
    _run(
        [
            *("mmdebstrap", "--variant=extract", "--mode=auto", "--architectures=amd64", "--format=tar"),
            *("--skip=check/qemu", f"--include={','.join(packages.QUBE + packages.DESKTOP)}"),
            *("--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*"),
            f"--extract-hook={HERE / 'prepare_tree.py'}",
            *(packages.SUITE, str(tree)),
        ],
        work,
    )
    modules = {path.name: path.read_bytes() for path in (work / "modules").iterdir()}
    _pack(tree, work / "qube.cpio", (*packages.LEFT_OUT, *packages.ONLY_DESKTOP), modules)
    _pack(tree, work / "dom0.cpio", packages.LEFT_OUT, modules)
    tree.unlink()
    shutil.rmtree(work / "modules")
    print(f"vm: images made in {time.monotonic() - began:.0f} s", flush=True)


def _fetch_kernel(work: Path) -> None:
    """Put `xen`, `vmlinux` and modules/*.ko into `work`."""
    parts = work / "parts"
    parts.mkdir()
    names = [packages.XEN, _kernel_package()]
    try:
        _run(["apt-get", "download", "-q", *names], parts)
    except ImageError:  # the lists are older than the archive
        _run(["apt-get", "update", "-q"], parts)
        _run(["apt-get", "download", "-q", *names], parts)
    for package in sorted(parts.glob("*.deb")):
        _run(["dpkg-deb", "-x", package.name, "files"], parts)
    boot = parts / "files" / "boot"
    (work / "xen").write_bytes(gzip.decompress(next(boot.glob("xen-*.gz")).read_bytes()))
    (work / "vmlinux").write_bytes(unpacked_kernel(next(boot.glob("vmlinuz-*")).read_bytes()))
    (work / "modules").mkdir()
    for found in (parts / "files").rglob("*.ko"):
        if found.stem in packages.MODULES:
            shutil.copy(found, work / "modules" / found.name)
    shutil.rmtree(parts)


def unpacked_kernel(image: bytes) -> bytes:
    """Return the ELF file inside a bzImage: unpacking it here saves each start ten seconds of emulated work.

    Source: Linux, Documentation/arch/x86/boot.rst, setup_sects (0x1f1), payload_offset (0x248) and _length (0x24c).
    """
    sectors = image[0x1F1] or 4
    offset = (sectors + 1) * 512 + int.from_bytes(image[0x248:0x24C], "little")
    length = int.from_bytes(image[0x24C:0x250], "little")
    # The payload ends with four bytes that are the unpacked size, and no part of the stream.
    return lzma.LZMADecompressor().decompress(image[offset : offset + length])


def _pack(tree: Path, target: Path, left_out: tuple[str, ...], modules: Mapping[str, bytes]) -> None:
    """Turn the tree into an initial file system without what is left out."""
    with tarfile.open(tree) as source, archive(target) as out:
        for member in source:
            path = member.name.removeprefix("./")
            if path in ("", ".") or f"{path}/".startswith(left_out) or path.startswith(left_out):
                continue
            _copy_member(source, member, path, out)
        for name, data in modules.items():
            out.file(f"{MODULES_IN}/{name}", data)
        for name in ("proc", "sys", "dev", "run", "root"):
            out.folder(name)
        out.folder("tmp", 0o1777)
        out.device("dev/console", 5, 1)
        out.device("dev/null", 1, 3)


def _copy_member(source: tarfile.TarFile, member: tarfile.TarInfo, path: str, out: Archive) -> None:
    mode = member.mode & 0o7777
    if member.isdir():
        out.folder(path, mode)
    elif member.issym():
        out.link(path, member.linkname)
    elif member.isfile() or member.islnk():
        content = source.extractfile(member)
        if content is not None:
            out.file(path, content.read(), mode)


def run_folder() -> Path:
    """Make a folder for the files of one run (sockets need short paths); whoever asked removes it."""
    return Path(tempfile.mkdtemp(prefix="vitrail-vm-", dir=os.environ.get("XDG_RUNTIME_DIR") or "/tmp"))


if __name__ == "__main__":
    print(images())
