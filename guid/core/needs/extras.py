"""What only some qubes need; must not know how it is looked for."""

from __future__ import annotations

from typing import Final

from guid.core.needs.mending import Install, KernelImage, Rebuilt, Run, Tun
from guid.core.needs.need import WANTED, Group, Need, unless, without
from guid.core.needs.seen import Device

SUBORDINATE_IDS: Final = 65_536
"""User ids that a template's files have. Source: mmdebstrap(1), mode unshare."""

EXTRAS: Final = (
    Need(
        *("network", Group.EXTRAS, WANTED, "the program slirp4netns"),
        "qubes with a network (--net user) do not start",
        without("slirp4netns"),
        "the program slirp4netns is missing: qubes with a network need it",
        Install(("slirp4netns",)),
    ),
    Need(
        *("tun", Group.EXTRAS, WANTED, "the device /dev/net/tun"),
        "qubes with a network (--net user) do not start",
        lambda seen: () if seen.extras.tun is Device.GOOD else (seen.extras.tun,),
        "/dev/net/tun is {item.value}: the network of qubes goes through it (a container is started with"
        " --device /dev/net/tun; else the kernel must have the module tun)",
        Tun(),
        ("network",),
    ),
    Need(
        *("mmdebstrap", Group.EXTRAS, WANTED, "the program mmdebstrap"),
        "templates cannot be built",
        without("mmdebstrap"),
        "the program mmdebstrap is missing: templates are built by it",
        Install(("mmdebstrap",)),
    ),
    Need(
        *("uidmap", Group.EXTRAS, WANTED, "the programs newuidmap and newgidmap (root does not need them)"),
        "templates cannot be built: their files have many users",
        unless(lambda seen: seen.person.root or {"newuidmap", "newgidmap"} <= seen.programs.paths.keys()),
        "newuidmap or newgidmap is missing: templates are built with them",
        Install(("uidmap",)),
    ),
    Need(
        *("subordinate", Group.EXTRAS, WANTED, "65536 subordinate user and group ids (root does not need them)"),
        "templates cannot be built: their files have many users",
        unless(lambda seen: seen.person.root or seen.programs.subordinate >= SUBORDINATE_IDS),
        "{seen.person.name} has no 65536 subordinate ids in /etc/subuid and /etc/subgid: templates need them",
        Run(
            "usermod --add-subuids {seen.programs.free_ids} --add-subgids {seen.programs.free_ids} {seen.person.name}",
            root=True,
        ),
    ),
    Need(
        *("templates", Group.EXTRAS, WANTED, "every template, and every folder that a qube has as its template"),
        "qubes with that template do not start",
        lambda seen: seen.extras.templates,
        "{item.words}",
        Rebuilt(),
    ),
    Need(
        *("machines", Group.EXTRAS, WANTED, "qemu-system-x86_64, mke2fs, and a busybox without shared libraries"),
        "qubes that are virtual machines (--engine qemu) do not start",
        lambda seen: (", ".join(seen.extras.machines),) if seen.extras.machines else (),
        "missing for virtual machines: {item}",
        Install(("qemu-system-x86", "e2fsprogs", "busybox-static")),
    ),
    Need(
        *("kernel", Group.EXTRAS, WANTED, "a kernel for virtual machines, with its modules, that can be read"),
        "qubes that are virtual machines (--engine qemu) do not start",
        unless(lambda seen: seen.extras.kernels),
        "no kernel with its modules in /boot and /lib/modules can be read",
        KernelImage(),
        ("machines",),
    ),
)
