"""Which uid a qube runs as when root started us. Must not start anything."""

from __future__ import annotations

import grp
import os
import pwd
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from guid.engines.errors import HomeUnusable, NoQubeUid
from guid.paths import PathsError, make_folders

QUBE_UIDS: Final = range(70_000, 80_000)
"""One uid, and the gid of the same number, for each qube of this machine. The range lies above what adduser, systemd
and 16-bit programs use (0 to 65535) and below the first subordinate uid (100000).
Source: Debian login.defs (SUB_UID_MIN), systemd's UIDS-GIDS (65536 to 524287 unused)."""

CLAIMS: Final = Path("/var/lib/vitrail/uids")
"""A file for each uid that was ever given to a qube, holding the path of its home. Of the machine, not of a data
folder: two data folders must not share a uid."""


def claim_uid(home: Path, claims: Path = CLAIMS, *, in_use: Callable[[], frozenset[int]] | None = None) -> int:
    """Return the uid of the qube with `home`, the same at every start; the first time an unused one is claimed for it.

    in_use: the uids that something on this machine has (default: asks it).
    Raises NoQubeUid, or HomeUnusable if the home belongs to a uid of another qube.
    """
    _make_claims(claims)
    owner = _owner(home)
    if owner is not None and owner in QUBE_UIDS:
        if not _claim(claims / str(owner), home):
            raise HomeUnusable(
                f"{home} belongs to uid {owner}, which is another qube's (see {claims / str(owner)}): "
                "give it a folder of its own"
            )
        return owner
    used = (in_use or uids_in_use)()
    start = zlib.crc32(os.fsencode(home)) % len(QUBE_UIDS)
    for step in range(len(QUBE_UIDS)):
        uid = QUBE_UIDS[(start + step) % len(QUBE_UIDS)]
        if uid not in used and _claim(claims / str(uid), home):
            return uid
    raise NoQubeUid(
        f"every uid from {QUBE_UIDS[0]} to {QUBE_UIDS[-1]} is in use: "
        f"remove the files of qubes that are gone from {claims}"
    )


def release_uid(home: Path, claims: Path = CLAIMS) -> None:
    """Let the uid that was claimed for `home` go. Only for a qube of which no file and no process is left."""
    for file in claims.glob("[0-9]*"):
        with suppress(FileNotFoundError):  # another process lets go of a home of its own
            if file.read_bytes() == os.fsencode(home):
                file.unlink()


def check_uids_mapped() -> None:
    """Raise NoQubeUid if this machine (a container with few uids) does not let us become a qube's uid."""
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        first, _, count = (int(word) for word in line.split())
        if first <= QUBE_UIDS[0] and QUBE_UIDS[-1] < first + count:
            return
    raise NoQubeUid(
        f"this container has no uids from {QUBE_UIDS[0]} to {QUBE_UIDS[-1]}, and no qube may run as root: "
        "start vitrail as an ordinary user, or give the container more uids"
    )


def uids_in_use() -> frozenset[int]:
    """Return the qube uids that an account, a group, a process or a range of subordinate ids of this machine has."""
    used = {account.pw_uid for account in pwd.getpwall()} | {group.gr_gid for group in grp.getgrall()}
    used.update(_subordinate(Path("/etc/subuid")), _subordinate(Path("/etc/subgid")), _process_ids())
    return frozenset(used.intersection(QUBE_UIDS))


def _make_claims(claims: Path) -> None:
    try:
        make_folders(claims.parent)
        claims.mkdir(mode=0o700, exist_ok=True)
    except (OSError, PathsError) as error:
        raise NoQubeUid(
            f"cannot keep which uid is whose in {claims}: {error}; make that folder writable for root"
        ) from error


def _owner(home: Path) -> int | None:
    try:
        return home.lstat().st_uid
    except FileNotFoundError:
        return None


def _claim(file: Path, home: Path) -> bool:
    """Claim `file` for `home`; False if it is another's."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return file.read_bytes() == os.fsencode(home)
    with os.fdopen(descriptor, "wb") as claim:
        claim.write(os.fsencode(home))
    return True


def _subordinate(file: Path) -> Iterator[int]:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        words = line.split(":")
        if len(words) == 3 and words[1].isdigit() and words[2].isdigit():
            first, count = int(words[1]), int(words[2])
            yield from range(max(first, QUBE_UIDS[0]), min(first + count, QUBE_UIDS[-1] + 1))


def _process_ids() -> Iterator[int]:
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text().splitlines()
        except OSError:  # it has ended
            continue
        for line in lines:
            if line.startswith(("Uid:", "Gid:", "Groups:")):
                yield from (int(word) for word in line.split()[1:])
