"""What only some qubes use: virtual machines, the network, templates; must not know which are wanted."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from guid import definitions, templates
from guid.core.needs.seen import BrokenTemplate, Device, Extras, Person
from guid.engines.errors import EngineError, TemplateUnusable
from guid.engines.qemu.disk import find_mke2fs
from guid.engines.qemu.engine import EMULATOR
from guid.engines.qemu.initial import is_static
from guid.engines.qemu.kernel import images_with_modules
from guid.engines.template import check_template
from guid.engines.uids import QUBE_UIDS
from guid.paths import PathsError
from guid.settings import SettingsError, definition_of

TUN: Final = Path("/dev/net/tun")
TUN_NUMBERS: Final = (10, 200)
"""Source: Linux, Documentation/networking/tuntap.rst."""


def look_at_extras(person: Person) -> Extras:
    """Everything."""
    images = [image for _version, image in images_with_modules()]
    closed = [image for image in images if not os.access(image, os.R_OK)]
    return Extras(
        machines=tuple(_missing_for_machines()),
        kernels=len(closed) < len(images),
        closed_kernel=str(closed[0]) if closed else "",
        tun=_tun(person),
        tun_mount=_mount_of(TUN.parent),
        templates=tuple(_broken_templates(person)),
    )


def _missing_for_machines() -> Iterator[str]:
    if shutil.which(EMULATOR) is None:
        yield EMULATOR
    try:
        find_mke2fs()
    except EngineError:
        yield "mke2fs"
    busybox = shutil.which("busybox")
    if busybox is None or not is_static(Path(busybox).read_bytes()):
        yield "busybox without shared libraries"


def _tun(person: Person) -> Device:
    """The router opens it as the qube's user: for root that is somebody else, in no group of the device's."""
    try:
        found = TUN.stat()
        mode = found.st_mode
        if not stat.S_ISCHR(mode) or found.st_rdev != os.makedev(*TUN_NUMBERS):
            return Device.WRONG
        if os.statvfs(TUN).f_flag & os.ST_NODEV:
            return Device.BARRED
        os.close(os.open(TUN, os.O_RDWR | os.O_CLOEXEC))
    except FileNotFoundError:
        return Device.WRONG if TUN.is_symlink() else Device.MISSING
    except PermissionError:
        everybody = stat.S_IROTH | stat.S_IWOTH
        return Device.CLOSED if not person.root and mode & everybody != everybody else Device.REFUSED
    except OSError:
        return Device.REFUSED
    others = mode & (stat.S_IROTH | stat.S_IWOTH) == stat.S_IROTH | stat.S_IWOTH
    return Device.CLOSED if person.root and not others else Device.GOOD


def _mount_of(folder: Path) -> str:
    """Where the file system is mounted in which a folder lies, or would."""
    return str(next(each for each in (folder, *folder.parents) if each.is_mount()))


def _broken_templates(person: Person) -> Iterator[BrokenTemplate]:
    """Those with a name, then what only qubes name."""
    uid = QUBE_UIDS[0] if person.root else person.uid
    named = templates.names()
    written_by_qubes = tuple(_written())
    for name in named:
        why = _why_not(name, uid)
        user = next((qube for qube, written in written_by_qubes if written == name), "")
        if why:
            known = templates.made(name) is not None
            yield BrokenTemplate(f"template {name}: {why}", name=name, qube=user, known=known)
    for qube, written in written_by_qubes:
        why = _why_not(written, uid) if written not in named else ""
        if why:
            yield BrokenTemplate(f"template of the qube {qube}: {why}", qube=qube)


def _written() -> Iterator[tuple[str, str]]:
    """Qubes with what they have as their template. What cannot be read is told elsewhere."""
    with suppress(SettingsError):
        for qube in definitions.names():
            with suppress(SettingsError):
                definition = definition_of(qube)
                if definition is not None and definition.template:
                    yield qube, definition.template


def _why_not(written: str, uid: int) -> str:
    try:
        check_template(templates.located(written), uid)
    except (TemplateUnusable, PathsError) as error:
        return str(error)
    return ""
