"""Folders and files that Vitrail needs; must not know how they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guid.core.needs.mending import Changeover, GiveBack, Run, Runtime
from guid.core.needs.need import NEEDED, WANTED, Group, Need, unless
from guid.core.needs.seen import Seen


def _own_runtime(seen: Seen) -> bool:
    folder = seen.places.runtime
    return folder.owner is None or (folder.plain and folder.owner == seen.person.uid)


def _given(seen: Seen) -> Sequence[str]:
    """What is wrong with $XDG_RUNTIME_DIR: root does not need one."""
    if seen.person.root and not seen.places.named:
        return []
    if not seen.places.named:
        return ["is not set"]
    folder = seen.places.given
    if not folder.path.startswith("/") or folder.owner is None or not folder.plain:
        return ["names no folder"]
    return [] if folder.owner == seen.person.uid else ["names somebody else's folder (as after su or sudo)"]


FILES: Final = (
    Need(
        *("runtime", Group.FILES, WANTED, "XDG_RUNTIME_DIR names a folder of one's own"),
        "sockets lie in /tmp/vitrail-UID (root: /run/vitrail), and commands that have it find other qubes than these",
        _given,
        "XDG_RUNTIME_DIR {item}: {seen.places.runtime.path} is used instead",
        Runtime(),
    ),
    Need(
        *("sockets", Group.FILES, NEEDED, "the folder for sockets is one's own"),
        "no qube starts: whoever owns the folder could pass for the supervisor",
        unless(_own_runtime),
        "{seen.places.runtime.path} is a link, or somebody else's",
        Runtime(),
    ),
    Need(
        *("private", Group.FILES, NEEDED, "nobody else can enter the folder for sockets"),
        "no qube starts: whoever can enter it could pass for the supervisor",
        unless(lambda seen: not _own_runtime(seen) or seen.places.runtime.private),
        "{seen.places.runtime.path} can be entered by others",
        Run("chmod 700 {seen.places.runtime.path}"),
        ("sockets",),
    ),
    Need(
        *("homes", Group.FILES, NEEDED, "the qubes' homes can be made and written"),
        "no qube starts: each has a home",
        unless(lambda seen: not seen.places.unwritable),
        "homes cannot be made in {seen.places.data}: {seen.places.unwritable} is not writable",
        GiveBack(lambda seen, _item: seen.places.unwritable, "rwx"),
        good=lambda seen: seen.places.data,
    ),
    Need(
        *("passage", Group.FILES, NEEDED, "root only: qubes, which run as other users, can reach their homes"),
        "no qube starts",
        unless(lambda seen: not seen.places.blocked),
        "qubes of root run as other users, which cannot pass through {seen.places.blocked}",
        Run("chmod o+x {seen.places.blocked}"),
    ),
    Need(
        *("readable", Group.FILES, NEEDED, "the files of settings can be read"),
        "the qubes that they are about do not start, or nothing is pasted",
        lambda seen: seen.places.unreadable,
        "{item} cannot be read",
        GiveBack(lambda _seen, item: str(item), "rX"),
    ),
    Need(
        *(
            "settings",
            Group.FILES,
            NEEDED,
            "the files of settings are understood: options, labels, qubes, the clipboard's rules",
        ),
        "the qubes that they are about do not start, or nothing is pasted",
        lambda seen: seen.places.faults,
        "{item.words}",
        Run("${{EDITOR:-nano}} +{item.line} {item.path}"),
    ),
    Need(
        *("supervisor", Group.FILES, NEEDED, "the supervisor, if one runs, answers"),
        "no command is done",
        unless(lambda seen: not seen.supervisor.pid or seen.supervisor.answers or seen.supervisor.stranger),
        "the supervisor (process {seen.supervisor.pid}) does not answer; without it, its qubes end",
        Run("kill -KILL {seen.supervisor.pid}"),
        good=lambda seen: f"process {seen.supervisor.pid}" if seen.supervisor.pid else "none runs",
    ),
    Need(
        *("version", Group.FILES, WANTED, "the supervisor is of this command's version"),
        "what is new may not work, and what is mended may still be broken, until it is restarted (its qubes end)",
        unless(lambda seen: not seen.supervisor.version),
        "the supervisor that runs is version {seen.supervisor.version}, this command is {seen.supervisor.ours}",
        Changeover(),
        good=lambda seen: seen.supervisor.ours,
    ),
    Need(
        *("stranger", Group.FILES, NEEDED, "the supervisor is one's own process"),
        "no command is done: it would tell a stranger",
        unless(lambda seen: not seen.supervisor.stranger),
        "somebody else's process ({seen.supervisor.pid}) listens at {seen.supervisor.socket}",
        Run("rm {seen.supervisor.socket}"),
    ),
    Need(
        *("leftover", Group.FILES, WANTED, "nothing is left of a supervisor that was killed"),
        "nothing: the next supervisor takes it away",
        unless(lambda seen: seen.supervisor.pid or not seen.supervisor.there),
        "{seen.supervisor.socket} is left of a supervisor that was killed",
        Run("rm {seen.supervisor.socket}"),
    ),
)
