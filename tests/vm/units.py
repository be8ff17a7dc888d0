"""What a domain has whose first program is systemd: the agent as docs/deploy-xen.md puts it there. Knows no machine."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from typing import Final

from guid.engines.bundle import agent_bundle
from scripts.vm.cpio import Archive
from scripts.vm.fetch import ROOT

GUEST: Final = ROOT / "scripts" / "guest"
UNITS: Final = "etc/systemd/system"
WANTED: Final = f"{UNITS}/multi-user.target.wants"
CALLS: Final = """\
[Unit]
Description=Answers the tests' calls from dom0
[Service]
ExecStart=/usr/bin/python3 -I /init
StandardOutput=tty
TTYPath=/dev/hvc0
"""
MODULES: Final = """\
[Unit]
Description=Finds the modules, as the kernel's package does when it is installed
DefaultDependencies=no
Before=systemd-modules-load.service
[Service]
Type=oneshot
ExecStart=/sbin/depmod
"""
NOT_NEEDED: Final = (
    *("systemd-networkd.service", "systemd-timesyncd.service", "systemd-logind.service", "systemd-hwdb-update.service"),
    *("systemd-sysusers.service", "systemd-update-done.service", "systemd-journal-catalog-update.service"),
    *("systemd-machine-id-commit.service", "systemd-pcrphase.service", "systemd-pcrphase-sysinit.service"),
    *("systemd-journal-flush.service", "systemd-random-seed.service", "systemd-update-utmp.service"),
    *("systemd-networkd.socket", "systemd-firstboot.service", "systemd-binfmt.service", "dev-hugepages.mount"),
    *("dev-mqueue.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "sys-fs-fuse-connections.mount"),
    *("getty.target", "systemd-ask-password-console.path", "systemd-ask-password-wall.path"),
    *("systemd-tmpfiles-clean.timer", "systemd-udevd.service", "systemd-udev-trigger.service"),
    *("systemd-udevd-control.socket", "systemd-udevd-kernel.socket", "kmod-static-nodes.service"),
    *("systemd-user-sessions.service", "systemd-repart.service", "systemd-update-utmp-runlevel.service"),
    *("proc-sys-fs-binfmt_misc.automount", "sys-kernel-config.mount", "systemd-journald-audit.socket"),
    *("systemd-initctl.socket", "cryptsetup.target", "veritysetup.target", "integritysetup.target"),
)
"""What a real domain has and this one need not wait for."""


def with_systemd() -> bytes:
    """Return an archive that follows those of a qube and of systemd."""
    out = io.BytesIO()
    made = Archive(out)
    made.file("usr/lib/vitrail/vitrail-guiagent.pyz", agent_bundle(importlib.util.MAGIC_NUMBER))
    for name, place in (
        ("vitrail-guiagent.service", UNITS),
        ("vitrail-modules.conf", "etc/modules-load.d"),
        ("vitrail-gntalloc.conf", "etc/modprobe.d"),
    ):
        made.file(f"{place}/{name}", (GUEST / name).read_bytes())
    made.link(f"{WANTED}/vitrail-guiagent.service", "../vitrail-guiagent.service")
    for name, text in (("vitrail-calls.service", CALLS), ("vitrail-depmod.service", MODULES)):
        made.file(f"{UNITS}/{name}", text.encode())
    made.link(f"{WANTED}/vitrail-calls.service", "../vitrail-calls.service")
    made.link(f"{UNITS}/sysinit.target.wants/vitrail-depmod.service", "../vitrail-depmod.service")
    made.link(f"{UNITS}/default.target", "/lib/systemd/system/multi-user.target")
    for name in NOT_NEEDED:
        made.link(f"{UNITS}/{name}", "/dev/null")
    made.file("etc/machine-id", b"0123456789abcdef0123456789abcdef\n")
    made.file("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
    made.file("etc/group", b"root:x:0:\ntty:x:5:\n")
    made.file("etc/os-release", Path("/etc/os-release").read_bytes())
    made.close()
    return out.getvalue()
