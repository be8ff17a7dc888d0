"""What the kernel must allow for sandboxes; must not know how it is looked at."""

from __future__ import annotations

from typing import Final

from guid.core.needs.mending import Nothing, Run, Sysctl
from guid.core.needs.need import NEEDED, WANTED, Group, Need, unless
from guid.core.needs.seen import Kernel

NAMESPACES: Final = 15_000
"""What user.max_user_namespaces is set to; the kernel's own choice is half of its most threads. A qube uses a few."""
LEAST_AVAILABLE_KIB: Final = 512 << 10
"""A qube with a small program: its X server and agent with 100 MiB, a daemon with 40, the program with 200."""
_STARTED: Final = "; a container is started with --security-opt seccomp=unconfined"
"""What no command within it can do: a filter of system calls cannot be taken away. Source: seccomp(2)."""


def _is_namespaces(kernel: Kernel) -> bool:
    """A sandbox could not be built, and it was for user namespaces."""
    return kernel.refused == "UserNamespacesForbidden"


SANDBOX: Final = (
    Need(
        *("userns-clone", Group.SANDBOX, NEEDED, "kernel.unprivileged_userns_clone is not 0 (older Debian)"),
        "no qube starts: its sandbox is a user namespace",
        unless(lambda seen: seen.kernel.userns_clone != 0),
        "kernel.unprivileged_userns_clone is 0: ordinary users may make no user namespaces",
        Sysctl("kernel.unprivileged_userns_clone", 1),
    ),
    Need(
        *("max-userns", Group.SANDBOX, NEEDED, "user.max_user_namespaces is not 0"),
        "no qube starts: its sandbox is a user namespace",
        unless(lambda seen: seen.kernel.max_user_namespaces != 0),
        "user.max_user_namespaces is 0: nobody may make a user namespace",
        Sysctl("user.max_user_namespaces", NAMESPACES),
    ),
    Need(
        *(
            "apparmor-userns",
            Group.SANDBOX,
            NEEDED,
            "AppArmor lets bwrap make user namespaces (Ubuntu 24.04 and newer)",
        ),
        "no qube starts: its sandbox is a user namespace",
        unless(lambda seen: not (seen.kernel.apparmor_userns and _is_namespaces(seen.kernel))),
        "kernel.apparmor_restrict_unprivileged_userns is 1: ordinary users may make no user namespaces",
        Sysctl("kernel.apparmor_restrict_unprivileged_userns", 0),
        ("bubblewrap", "userns-clone", "max-userns"),
    ),
    Need(
        *("proc", Group.SANDBOX, NEEDED, "nothing is mounted over a part of /proc, as containers do to mask it"),
        "no qube starts: a sandbox may have no /proc of its own then",
        lambda seen: [seen.kernel] if seen.kernel.refused == "SandboxRefused" and seen.kernel.masked else [],
        "no sandbox can have its own /proc, because parts of this one are masked; in a container it is started with"
        " --security-opt systempaths=unconfined --security-opt seccomp=unconfined",
        Run("umount {item.masked}", root=True, capable=True),
        ("bubblewrap", "userns-clone", "max-userns"),
    ),
    Need(
        *("seccomp", Group.SANDBOX, NEEDED, "the kernel has system call filters"),
        "no qube starts: a filter keeps it from what no program needs",
        unless(lambda seen: seen.kernel.filters),
        f"the kernel, or what this container may do, has no system call filters (seccomp){_STARTED}",
        Nothing(),
    ),
    Need(
        *("memfd", Group.SANDBOX, NEEDED, "memory that can be sealed (memfd_create)"),
        "no qube starts: its windows' pixels lie there",
        unless(lambda seen: not seen.kernel.sealed),
        f"there is no memory that can be sealed: {{seen.kernel.sealed}}{_STARTED}",
        Nothing(),
    ),
    Need(
        *("sandbox", Group.SANDBOX, NEEDED, "a sandbox is built for trial, as for a qube"),
        "no qube starts",
        unless(lambda seen: not seen.kernel.refused),
        "{seen.kernel.said}",
        Nothing(),
        ("python", "bubblewrap", "userns-clone", "max-userns", "apparmor-userns", "proc", "seccomp", "memfd"),
    ),
    Need(
        *("memory", Group.SANDBOX, WANTED, "512 MiB of memory can be had"),
        "a further qube may make the system end programs",
        unless(lambda seen: seen.kernel.available_kib >= LEAST_AVAILABLE_KIB),
        "less than 512 MiB of memory can be had: stop qubes, or end programs",
        Run("vitrail stop --all"),
    ),
)
