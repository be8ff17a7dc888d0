"""A machine of the qemu engine as a libvirt domain, with the files that it names. Must not talk to libvirt.

Source: libvirt's domain format (formatdomain), elements os, filesystem, shmem, channel.
"""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as Xml

from guid.engines.bundle import agent_bundle
from guid.engines.errors import EngineError, HomeUnusable
from guid.engines.generated import etc_files
from guid.engines.host import host_machine_id, host_paths
from guid.engines.interpreter import system_interpreter
from guid.engines.qemu.engine import boot_files, home_image
from guid.engines.qemu.machine import COMMAND_LINE, MEMORY_MIB, PROCESSORS
from guid.engines.qemu.names import CONTROL_PORT, FIRST_PROGRAM, GUI_PORT, ROOT_TAG, USR_TAG
from guid.engines.qemu.programs import program_bundle
from guid.engines.qemu.sandbox import EMPTY_FOLDERS, environment_file
from guid.engines.sandbox import INSIDE_AGENT, HostPath
from protocol.limits import DEFAULT_POOL_BYTES

_NAMESPACE: Final = uuid.UUID("7ad10d9c-8f0f-4f5c-9d39-2f1a6f3c7c55")


def export(name: str, home: Path) -> str:
    """Write kernel, initial file system and template of qube `name` beside its home, and return the domain's XML.

    Raises an EngineError if the qube never ran as a machine, or the files cannot be written.
    """
    image = home_image(home)
    if not image.exists():
        raise EngineError(
            f"qube {name} has never run as a virtual machine: vitrail set {name} --engine qemu,"
            f" then start it: vitrail run --qube {name} -- xterm"
        )
    folder = home.with_name("libvirt")
    kernel, initial = boot_files()
    magic = system_interpreter().magic
    contents = {
        **etc_files(name, host_machine_id()),
        "/etc/vitrail-environment": environment_file(),
        INSIDE_AGENT: agent_bundle(magic),
        FIRST_PROGRAM: program_bundle("first", magic),
    }
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o755)
        (folder / "vmlinux").write_bytes(kernel)
        (folder / "initrd").write_bytes(initial)
        _write_template(folder / "template", contents)
    except OSError as error:
        raise HomeUnusable(f"cannot write {folder}: {error.strerror}") from error
    return domain_xml(name, image, folder)


def domain_xml(name: str, image: Path, folder: Path) -> str:
    """Return the domain. image: of the home. folder: where vmlinux, initrd and template are."""
    domain = Xml.Element("domain", type="kvm" if os.access("/dev/kvm", os.R_OK | os.W_OK) else "qemu")
    _add(domain, "name", f"vitrail-{name}")
    _add(domain, "uuid", str(uuid.uuid5(_NAMESPACE, name)))
    _add(domain, "memory", str(MEMORY_MIB), unit="MiB")
    _add(domain, "vcpu", str(PROCESSORS))
    system = _add(domain, "os")
    _add(system, "type", "hvm", arch="x86_64", machine="q35")
    _add(system, "kernel", str(folder / "vmlinux"))
    _add(system, "initrd", str(folder / "initrd"))
    _add(system, "cmdline", COMMAND_LINE)
    _add(_add(domain, "features"), "acpi")
    for event in ("on_reboot", "on_crash"):
        _add(domain, event, "destroy")
    devices = _add(domain, "devices")
    disk = _add(devices, "disk", type="file", device="disk")
    _add(disk, "driver", name="qemu", type="raw", discard="unmap")
    _add(disk, "source", file=str(image))
    _add(disk, "target", dev="vda", bus="virtio")
    for source, tag in ((folder / "template", ROOT_TAG), (Path("/usr"), USR_TAG)):
        shared = _add(devices, "filesystem", type="mount", accessmode="passthrough", multidevs="remap")
        _add(shared, "source", dir=str(source))
        _add(shared, "target", dir=tag)
        _add(shared, "readonly")
    memory = _add(devices, "shmem", name=f"vitrail-{name}")
    _add(memory, "model", type="ivshmem-plain")
    _add(memory, "size", str(DEFAULT_POOL_BYTES >> 20), unit="M")
    for port in (GUI_PORT, CONTROL_PORT):
        channel = _add(devices, "channel", type="unix")
        _add(channel, "source", mode="bind")
        _add(channel, "target", type="virtio", name=port)
    _add(_add(devices, "serial", type="pty"), "target", port="0")
    _add(_add(devices, "rng", model="virtio"), "backend", "/dev/urandom", model="random")
    _add(devices, "memballoon", model="none")
    Xml.indent(domain)
    return Xml.tostring(domain, encoding="unicode") + "\n"


def _add(parent: Xml.Element, name: str, text: str | None = None, /, **attributes: str) -> Xml.Element:
    element = Xml.SubElement(parent, name, attributes)
    element.text = text
    return element


def _write_template(root: Path, contents: Mapping[str, bytes]) -> None:
    """Make the file system but for /usr: what is on the allow list and readable by everybody, and what is generated."""
    for name in EMPTY_FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    for entry in host_paths():
        if entry.path != "/usr":
            _copy(entry, root / entry.path.lstrip("/"))
    for path, content in contents.items():
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o644)


def _copy(entry: HostPath, target: Path) -> None:
    if entry.link is not None:
        target.symlink_to(entry.link)
    elif Path(entry.path).is_dir():
        shutil.copytree(entry.path, target, symlinks=True, dirs_exist_ok=True, ignore=_private)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(entry.path, target)


def _private(folder: str, names: list[str]) -> list[str]:
    """Which of `names` others may not read: they are not for a qube either."""
    return [name for name in names if not Path(folder, name).lstat().st_mode & stat.S_IROTH]
