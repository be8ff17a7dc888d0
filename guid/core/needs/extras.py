"""What only some qubes need; must not know how it is looked for."""

from __future__ import annotations

from typing import Final

from guid.core.needs.mending import Install, Run
from guid.core.needs.need import WANTED, Group, Need, unless, without

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
)
