"""The kernel of a machine and the modules that it needs, from files of this system. Must not know what starts it."""

from __future__ import annotations

import lzma
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from guid.engines.errors import KernelMissing

WANTED: Final = ("virtio_pci", "virtio_console", "9pnet_virtio", "9p", "virtio_blk", "crc32c_generic", "ext4")
"""Modules; one that is not among the files is part of the kernel itself. crc32c_generic: ext4 asks for it by name."""

ROOT_VARIABLE: Final = "VITRAIL_KERNEL"
_VERSION: Final = re.compile(r"\d+|\D+")
_DEPENDS: Final = re.compile(rb"\0depends=([^\0]*)\0")
_SUFFIXES: Final = (".ko", ".ko.xz", ".ko.gz")


@dataclass(frozen=True, slots=True)
class Kernel:
    """image: what QEMU loads: an ELF file where we can unpack it, the bzImage otherwise. modules: in loading order."""

    version: str
    image: bytes
    modules: Mapping[str, bytes]


def find_kernel(root: Path | None = None) -> Kernel:
    """Return the newest kernel below `root` that is there with its modules and that we may read.

    root: holds boot/ and lib/modules/; by default what VITRAIL_KERNEL names, else this system's.
    Raises KernelMissing.
    """
    base = _base(root)
    for version, image in images_with_modules(root):
        if os.access(image, os.R_OK):
            return Kernel(version, unpacked(image.read_bytes()), _modules(_folder(base, version)))
    raise KernelMissing(
        f"no kernel with its modules below {base}boot and {base}lib/modules that can be read: install one "
        f"(apt install linux-image-amd64), or set {ROOT_VARIABLE} to a folder that holds boot/ and lib/modules/"
    )


def images_with_modules(root: Path | None = None) -> list[tuple[str, Path]]:
    """Return version and image of each kernel that has its modules, the newest first, whether we may read it or not."""
    base = _base(root)
    found = {path.name.removeprefix("vmlinuz-"): path for path in (base / "boot").glob("vmlinuz-*")}
    return [(each, found[each]) for each in sorted(found, key=_order, reverse=True) if _folder(base, each).is_dir()]


def _base(root: Path | None) -> Path:
    return root or Path(os.environ.get(ROOT_VARIABLE) or "/")


def _folder(base: Path, version: str) -> Path:
    return base / "lib" / "modules" / version / "kernel"


def unpacked(image: bytes) -> bytes:
    """Return the ELF file inside a bzImage, or the image itself: an emulated processor takes ten seconds to unpack it.

    Source: Linux, Documentation/arch/x86/boot.rst: setup_sects (0x1f1), header magic (0x202), payload_offset (0x248),
    payload_length (0x24c).
    """
    if image[0x202:0x206] != b"HdrS":
        return image
    start = ((image[0x1F1] or 4) + 1) * 512 + int.from_bytes(image[0x248:0x24C], "little")
    payload = image[start : start + int.from_bytes(image[0x24C:0x250], "little")]
    try:
        if payload.startswith(b"\xfd7zXZ\0"):
            return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(payload)
        if payload.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(wbits=31).decompress(payload)
    except (lzma.LZMAError, zlib.error):
        return image
    return image


def _modules(folder: Path) -> dict[str, bytes]:
    files = {_name(path): path for path in folder.rglob("*.ko*") if path.name.endswith(_SUFFIXES)}
    found: dict[str, bytes] = {}

    def add(name: str) -> None:
        if name in found or name not in files:
            return
        content = _content(files[name])
        depends = _DEPENDS.search(content)
        for each in depends[1].decode("ascii").split(",") if depends else ():
            add(each.replace("-", "_"))
        found[name] = content

    for name in WANTED:
        add(name)
    return found


def _name(path: Path) -> str:
    return path.name.split(".ko")[0].replace("-", "_")


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".xz":
        return lzma.decompress(content)
    return zlib.decompress(content, wbits=31) if path.suffix == ".gz" else content


def _order(version: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _VERSION.findall(version)]
