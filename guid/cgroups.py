"""A control group for each qube, below our own where we may make some; must not know what a qube is.

Whether we may is found by looking: a cgroup v2 of our own with nobody else in it, that we can write to and that has the
controllers. A systemd unit with Delegate=yes is such. Source: Linux, Documentation/admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)

CONTROLLERS = ("memory", "pids")
OWN_NAME = "supervisor"
"""Where we sit ourselves: a group with limits for its children may have no process of its own."""
FREEZE = "cgroup.freeze"
"""Since Linux 5.2."""
MAX_PROCESSES = 4096
"""The same as for a qube's uid."""


class Cgroups:
    """folder: our own group, None where there are no groups for qubes. reason: then, why."""

    def __init__(self, folder: Path | None, reason: str = "") -> None:
        self._folder = folder
        self.reason = reason

    @classmethod
    def found(cls) -> Cgroups:
        """Those of this process, made ready; `reason` says why there are none."""
        folder = own_folder(Path("/proc/self/cgroup").read_text(), Path("/proc/self/mountinfo").read_text())
        reason = obstacle(folder, os.getpid())
        if folder is None or reason:
            return cls(None, reason)
        try:
            _enter(folder / OWN_NAME)
            enabled = " ".join(f"+{name}" for name in CONTROLLERS)
            (folder / "cgroup.subtree_control").write_text(enabled)
        except OSError as error:
            log.warning("qubes have no control groups of their own: %s: %s", folder, error.strerror)
            with suppress(OSError):
                (folder / "cgroup.procs").write_text(str(os.getpid()))
            return cls(None, f"{folder}: {error.strerror}")
        return cls(folder)

    @contextmanager
    def joined(self, name: str, memory_bytes: int) -> Iterator[None]:
        """Whatever is started meanwhile belongs to qube `name`, with all that it starts.

        We go there ourselves and come back, because a child that is moved afterwards may have children already.
        """
        if self._folder is None:
            yield
            return
        group = self._folder / f"qube-{name}"
        try:
            group.mkdir(exist_ok=True)
            if (group / FREEZE).exists():
                (group / FREEZE).write_text("0")  # one that could not be removed: it would hold us too
            for file, value in limits(memory_bytes).items():
                (group / file).write_text(value)
            _enter(group)
        except OSError as error:
            log.warning("%s: no control group: %s", name, error.strerror)
        try:
            yield
        finally:
            try:
                _enter(self._folder / OWN_NAME)
            except OSError as error:
                log.error("%s: we stay in its control group: %s", name, error.strerror)

    def freezer(self, name: str) -> Path | None:
        """What freezes qube `name` by "1", and lets it go on by "0"; None if it has no group that can."""
        file = self._folder / f"qube-{name}" / FREEZE if self._folder is not None else None
        return file if file is not None and os.access(file, os.W_OK) else None

    def statistics(self, name: str) -> Path | None:
        """Where it stands how much memory qube `name` uses, if it has a group."""
        return self._folder / f"qube-{name}" / "memory.stat" if self._folder is not None else None

    def remove(self, name: str) -> None:
        """The qube has ended."""
        if self._folder is not None:
            with suppress(OSError):  # something still ends in it: the next start takes it as it is
                (self._folder / f"qube-{name}").rmdir()


def limits(memory_bytes: int) -> dict[str, str]:
    """File of a group → what is written there. All of a qube ends when it has no memory left, not a part of it."""
    return {"memory.max": str(memory_bytes), "memory.oom.group": "1", "pids.max": str(MAX_PROCESSES)}


def own_folder(cgroup: str, mountinfo: str) -> Path | None:
    """Our group's folder, from what the two files of /proc/self say; None without cgroup v2."""
    path = next((line.removeprefix("0::") for line in cgroup.splitlines() if line.startswith("0::/")), None)
    if path is None:
        return None
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        if after.startswith("cgroup2 "):
            root, place = before.split()[3:5]
            inside = path if root == "/" else path.removeprefix(root)
            return Path(place + inside)
    return None


def obstacle(folder: Path | None, pid: int) -> str:
    """Why this group cannot have groups for qubes, "" if it can. pid: ours."""
    if folder is None:
        return "this system has no cgroup v2"
    try:
        there = (folder / "cgroup.controllers").read_text().split()
        processes = (folder / "cgroup.procs").read_text().split()
    except OSError as error:
        return f"{folder}: {error.strerror}"
    missing = [name for name in CONTROLLERS if name not in there]
    if missing:
        return f"{folder} has no controller {' and no '.join(missing)} (a systemd unit needs Delegate=yes)"
    if processes != [str(pid)]:
        return f"{folder} is not ours alone (run as a systemd unit of its own, with Delegate=yes)"
    if not all(os.access(each, os.W_OK) for each in (folder, folder / "cgroup.subtree_control")):
        return f"{folder} is not ours to divide (a systemd unit needs Delegate=yes)"
    return ""


def _enter(group: Path) -> None:
    group.mkdir(exist_ok=True)
    (group / "cgroup.procs").write_text(str(os.getpid()))
