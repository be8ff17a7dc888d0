"""Kernel, modules and initial file system, from trees that a test makes."""

import gzip
import lzma
import subprocess
from pathlib import Path

import pytest

from guid.engines.errors import KernelMissing
from guid.engines.qemu.initial import archive, initial_file_system, is_static
from guid.engines.qemu.kernel import find_kernel, unpacked


def bzimage(payload: bytes) -> bytes:
    """A boot sector, three sectors of setup code, and the payload after 16 bytes of code."""
    head = bytearray(4 * 512)
    head[0x1F1] = 3
    head[0x202:0x206] = b"HdrS"
    head[0x248:0x24C] = (16).to_bytes(4, "little")
    head[0x24C:0x250] = len(payload).to_bytes(4, "little")
    return bytes(head) + bytes(16) + payload + b"more code"


def tree(root: Path, version: str, modules: dict[str, str], *, image: bytes = b"\x7fELF") -> None:
    (root / "boot").mkdir(exist_ok=True)
    (root / "boot" / f"vmlinuz-{version}").write_bytes(image)
    folder = root / "lib" / "modules" / version / "kernel" / "drivers"
    folder.mkdir(parents=True)
    for name, depends in modules.items():
        content = f"code\0license=GPL\0depends={depends}\0name={name}\0".encode()
        packed = lzma.compress(content) if name.endswith(".xz") else content
        packed = gzip.compress(content) if name.endswith(".gz") else packed
        (folder / name).write_bytes(packed)


@pytest.mark.parametrize("pack", [lzma.compress, gzip.compress, lambda data: lzma.compress(data) + b"\1\2\3\4"])
def test_kernel_inside_a_bzimage_is_unpacked(pack: object) -> None:
    assert unpacked(bzimage(pack(b"\x7fELF kernel"))) == b"\x7fELF kernel"  # type: ignore[operator]


@pytest.mark.parametrize("image", [b"\x7fELF plain", bzimage(b"\x28\xb5\x2f\xfd zstd"), bzimage(b"\xfd7zXZ\0 broken")])
def test_kernel_that_cannot_be_unpacked_is_left_as_it_is(image: bytes) -> None:
    assert unpacked(image) == image


def test_newest_kernel_with_modules_is_found_and_its_modules_are_in_order(tmp_path: Path) -> None:
    tree(tmp_path, "6.9.1-amd64", {"virtio_pci.ko": ""})
    tree(tmp_path, "6.10.0-amd64", {"virtio-pci.ko.xz": "virtio,virtio-ring", "virtio_ring.ko.gz": "", "virtio.ko": ""})
    (tmp_path / "boot" / "vmlinuz-7.0").write_bytes(b"without modules")
    kernel = find_kernel(tmp_path)
    assert kernel.version == "6.10.0-amd64"
    assert list(kernel.modules) == ["virtio", "virtio_ring", "virtio_pci"]
    assert all(content.startswith(b"code") for content in kernel.modules.values())


def test_no_kernel_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(KernelMissing, match="linux-image-amd64"):
        find_kernel(tmp_path)


def test_archive_is_what_cpio_reads(tmp_path: Path) -> None:
    entries = [("bin", 0o40755, b""), ("bin/one", 0o100755, b"odd"), ("two", 0o100644, b"")]
    done = subprocess.run(
        ["cpio", "-i", "-t", "-v"], input=archive(entries), capture_output=True, check=True, cwd=tmp_path
    )
    lines = [(line.split()[0], line.split()[4], line.split()[-1]) for line in done.stdout.decode().splitlines()]
    assert lines == [("drwxr-xr-x", "0", "bin"), ("-rwxr-xr-x", "3", "bin/one"), ("-rw-r--r--", "0", "two")]


def test_initial_program_loads_every_module_in_order() -> None:
    script = initial_file_system(b"busybox", {"virtio": b"a", "virtio_pci": b"b"}, message_bytes=4096).decode("latin-1")
    assert "for module in virtio virtio_pci; do" in script
    assert "msize=4096,cache=loose,ro," in script
    assert "{" not in script[script.index("#!/bin/busybox") : script.index("switch_root")]


def test_program_with_an_interpreter_is_not_static() -> None:
    assert not is_static(Path("/usr/bin/python3").read_bytes())
    assert not is_static(b"#!/bin/sh")
