"""What a machine and its emulator are given: nothing that is not named here."""

import dataclasses
import itertools
import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from guid.engines.errors import EngineError, HomeUnusable
from guid.engines.qemu import accelerator
from guid.engines.qemu.accelerator import find_accelerator
from guid.engines.qemu.disk import HOME_BYTES, find_mke2fs, prepare_image
from guid.engines.qemu.libvirt import domain_xml, export
from guid.engines.qemu.machine import Accelerator, Machine, emulator_argv
from guid.engines.qemu.sandbox import TEMPLATE, EmulatorContents, emulator_sandbox_argv
from guid.engines.sandbox import DataFile, HostPath

MACHINE = Machine("qemu", Accelerator.TCG, "/k", "/i", 5, 1 << 20, 6, TEMPLATE, "/usr", "/home.img")
HOST = (HostPath("/usr"), HostPath("/bin", "usr/bin"), HostPath("/etc/fonts"), HostPath("/etc/ld.so.cache"))
CONTENTS = EmulatorContents("work", "/d/home.img", [DataFile("/template/etc/passwd", 9)], 8, ["qemu"], kvm=False)


def after(argv: list[str], option: str) -> list[str]:
    return [value for word, value in itertools.pairwise(argv) if word == option]


def test_machine_has_these_devices_and_no_network() -> None:
    argv = emulator_argv(MACHINE)
    kinds = [device.split(",")[0] for device in after(argv, "-device")]
    assert Counter(kinds) == {
        "ivshmem-plain": 1,
        "virtio-serial-pci": 1,
        "virtserialport": 2,
        "virtio-9p-pci": 2,
        "virtio-blk-pci": 1,
        "virtio-rng-pci": 1,
    }
    assert "-nodefaults" in argv
    assert not {"-netdev", "-nic", "-net", "-monitor", "-qmp"} & set(argv)


def test_every_shared_folder_is_read_only() -> None:
    shared = after(emulator_argv(MACHINE), "-fsdev")
    assert len(shared) == 2
    assert all("readonly=on" in each and "security_model=none" in each for each in shared)
    assert [each.split("path=")[1].split(",")[0] for each in shared] == [TEMPLATE, "/usr"]


def test_accelerator_decides_the_processor() -> None:
    fast = emulator_argv(dataclasses.replace(MACHINE, accelerator=Accelerator.KVM))
    assert (after(fast, "-accel"), after(fast, "-cpu")) == (["kvm"], ["host"])
    assert after(emulator_argv(MACHINE), "-accel") == ["tcg,thread=multi"]


def test_emulator_sees_the_allow_list_the_image_and_nothing_else() -> None:
    argv = emulator_sandbox_argv("bwrap", HOST, CONTENTS)
    shown = list(
        zip(
            after(argv, "--ro-bind"), [argv[at + 2] for at, word in enumerate(argv) if word == "--ro-bind"], strict=True
        )
    )
    assert shown == [
        ("/usr", "/usr"),
        ("/etc/ld.so.cache", "/etc/ld.so.cache"),
        ("/etc/fonts", "/template/etc/fonts"),
        ("/etc/ld.so.cache", "/template/etc/ld.so.cache"),
    ]
    assert after(argv, "--bind") == ["/d/home.img"]
    assert "--unshare-net" in argv
    assert "--dev-bind" not in argv
    assert after(emulator_sandbox_argv("bwrap", HOST, dataclasses.replace(CONTENTS, kvm=True)), "--dev-bind") == [
        "/dev/kvm"
    ]


def test_path_outside_the_allow_list_is_refused() -> None:
    with pytest.raises(ValueError, match="allow list"):
        emulator_sandbox_argv("bwrap", (HostPath("/root"),), CONTENTS)


# KVM


def emulator(folder: Path, text: str) -> str:
    """A program that stands for QEMU."""
    path = folder / "emulator"
    path.write_text(f"#!/usr/bin/python3\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("text", "expected"), [("", Accelerator.KVM), ("raise SystemExit(1)", Accelerator.TCG)], ids=["works", "fails"]
)
def test_kvm_is_taken_if_a_kernel_starts_with_it(tmp_path: Path, text: str, expected: Accelerator) -> None:
    (tmp_path / "kvm").touch()
    assert find_accelerator(emulator(tmp_path, text), b"kernel", tmp_path / "kvm") is expected


def test_kvm_under_which_a_kernel_stands_still_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerator, "PROBE_TIMEOUT_S", 0.5)
    (tmp_path / "kvm").touch()
    began = time.monotonic()
    text = "import signal; signal.pause()"
    assert find_accelerator(emulator(tmp_path, text), b"kernel", tmp_path / "kvm") is Accelerator.TCG
    assert time.monotonic() - began < 10


def test_kvm_that_is_not_there_is_not_asked_for(tmp_path: Path) -> None:
    assert find_accelerator("/no/such/emulator", b"kernel", tmp_path / "kvm") is Accelerator.TCG


# The home


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder that a dropped uid can pass through, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="vitrail-qemu-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def test_home_image_is_made_once_and_belongs_to_the_qube(base: Path) -> None:
    uid = 70_123 if os.geteuid() == 0 else os.geteuid()
    image = base / "qubes" / "work" / "home.img"
    prepare_image(image, uid, find_mke2fs())
    found = image.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode), found.st_size) == (uid, 0o600, HOME_BYTES)
    assert found.st_blocks * 512 < 64 << 20
    with image.open("rb") as file:
        assert file.read(0x43A)[0x438:] == b"\x53\xef"  # ext4's magic number
    with image.open("r+b") as file:
        file.seek(0x438)
        file.write(b"QQ")
    prepare_image(image, uid, "/no/such/program")
    with image.open("rb") as file:
        assert file.read(0x43A)[0x438:] == b"QQ"


def test_home_image_of_somebody_else_or_a_link_is_refused(base: Path) -> None:
    image = base / "home.img"
    image.touch()
    with pytest.raises(HomeUnusable, match="not a file of uid"):
        prepare_image(image, os.geteuid() + 1, find_mke2fs())
    image.unlink()
    image.symlink_to("/etc/hostname")
    with pytest.raises(HomeUnusable, match="not a file of uid"):
        prepare_image(image, os.geteuid(), find_mke2fs())


# libvirt


def test_domain_names_every_device_of_the_machine() -> None:
    domain = Xml.fromstring(domain_xml("work", Path("/d/home.img"), Path("/d/libvirt")))  # noqa: S314 - our own
    assert domain.findtext("name") == "vitrail-work"
    assert domain.findtext("os/kernel") == "/d/libvirt/vmlinux"
    assert [each.get("dir") for each in domain.findall("devices/filesystem/source")] == ["/d/libvirt/template", "/usr"]
    assert len(domain.findall("devices/filesystem/readonly")) == 2
    assert domain.find("devices/interface") is None
    ports = [each.get("name") for each in domain.findall("devices/channel/target")]
    assert ports == ["org.vitrail.gui.0", "org.vitrail.control.0"]


@pytest.mark.skipif(shutil.which("virsh") is None, reason="needs virsh (apt install libvirt-clients)")
def test_domain_can_be_defined(tmp_path: Path) -> None:
    """By libvirt's own driver for tests, which takes what any other would, and starts nothing."""
    file = tmp_path / "domain.xml"
    file.write_text(domain_xml("work", Path("/d/home.img"), Path("/d/libvirt")))
    done = subprocess.run(
        ["virsh", "-q", "-c", "test:///default", f"define --validate {file}; dumpxml vitrail-work"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    defined = Xml.fromstring(done.stdout)  # noqa: S314 - our own
    assert defined.findtext("devices/shmem/size") == "512"
    assert len(defined.findall("devices/filesystem/readonly")) == 2


def test_export_writes_what_the_domain_names(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guid.engines.qemu.libvirt.boot_files", lambda: (b"kernel", b"initial"))
    (base / "home.img").touch()
    domain = Xml.fromstring(export("work", base / "home"))  # noqa: S314 - our own
    for name, content in (("os/kernel", b"kernel"), ("os/initrd", b"initial")):
        assert Path(domain.findtext(name) or "").read_bytes() == content
    template = base / "libvirt" / "template"
    assert (template / "etc" / "hostname").read_text() == "work\n"
    assert (template / "run" / "vitrail" / "first.pyz").exists()
    assert not (template / "etc" / "shadow").exists()
    assert not [path for path in template.rglob("*") if not path.is_symlink() and not path.stat().st_mode & 0o004]
    export("work", base / "home")


def test_export_of_a_qube_without_a_machine_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="--engine qemu"):
        export("work", tmp_path / "home")
