"""What a qube sees of a template, a folder with a whole system in it, and what that system lacks.

Whatever is in a template may have been made to lead astray. Nothing of it is run out here, and none of its links is
followed by us or the kernel: of a path that is handed to bubblewrap each part is a real folder, and only root or the
person can change which. A link in it is made anew inside, where it leads to nothing but what the qube sees.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from guid.engines.errors import TemplateUnusable
from guid.engines.homes import first_blocked
from guid.engines.sandbox import ETC_FOLDERS, SYSTEM_FOLDERS, TemplatePath
from guid.engines.subordinate import own_ranges

FOLDERS: Final = (*SYSTEM_FOLDERS, "/opt", "/var/cache", "/var/lib")
"""Shown read-only beside /etc. Debian keeps compiled dictionaries, fonts' caches and TeX's formats below /var."""
IN_ETC_LEFT_OUT: Final = frozenset(
    (
        *("passwd", "group", "hosts", "hostname", "nsswitch.conf", "machine-id", "bash.bashrc", "resolv.conf"),
        *("localtime", "timezone"),
    )
)
"""What is written for each qube. Source: guid/engines/generated.py, and `host_clock`."""
MAX_ETC_ENTRIES: Final = 1000
"""Three words of a command line each, of the 9,000 that bubblewrap takes. A desktop's /etc has 250 entries."""
MAX_LINKS: Final = 40
"""On the way to one file. Source: Linux, MAXSYMLINKS."""

OLDEST_PYTHON: Final = (3, 11)
PYTHON: Final = "/usr/bin/python3"
NEEDS: Final[tuple[tuple[str, Sequence[str], str], ...]] = (
    ("Python", (PYTHON,), "python3"),
    ("an X server", ("/usr/lib/xorg/Xorg", "/usr/bin/Xvfb"), "xserver-xorg-core xserver-xorg-video-dummy"),
    ("xkbcomp", ("/usr/bin/xkbcomp",), "x11-xkb-utils"),
    ("keyboard layouts", ("/usr/share/X11/xkb/rules/evdev",), "xkb-data"),
)
"""What no qube starts without: in words, one of these files, the Debian packages that hold them."""


def template_paths(root: Path) -> tuple[TemplatePath, ...]:
    """Return what a qube with this template sees of it, parents first. Raises TemplateUnusable."""
    found = [shown for path in FOLDERS if (shown := _shown(root, path)) is not None]
    folder = root / "etc"
    if _kind(folder) == stat.S_IFDIR:
        names = _names(folder)
        if len(names) > MAX_ETC_ENTRIES:
            raise TemplateUnusable(f"{folder} has more than {MAX_ETC_ENTRIES} entries: that is no system's")
        inside = (_shown(root, f"/etc/{name}") for name in names if name not in IN_ETC_LEFT_OUT)
        found += [shown for shown in inside if shown is not None]
    return tuple(found)


def check_template(root: Path, uid: int) -> None:
    """Raise TemplateUnusable unless a qube that runs as `uid` can have `root` as its template.

    It is a folder with an absolute path without links, nobody else can change it, it has what every qube needs.
    """
    if _kind(root) != stat.S_IFDIR:
        raise TemplateUnusable(f"the template {root} is no folder")
    if root.resolve() != root:
        raise TemplateUnusable(f"there is a link in {root}, which could lead elsewhere tomorrow: use {root.resolve()}")
    if root.samefile("/"):
        raise TemplateUnusable("this machine's own root cannot be a template: leave the template out")
    changeable = changeable_by_others(root)
    if changeable is not None:
        raise TemplateUnusable(
            f"another user of this machine can change {changeable}, and with it what a template leads to:"
            f" `chown` it to root or yourself, and `chmod go-w {changeable}`"
        )
    blocked = first_blocked((*reversed(root.parents), root), uid)
    if blocked is not None:
        raise TemplateUnusable(f"the qube runs as uid {uid}, which cannot enter {blocked}: `chmod o+x {blocked}`")
    lacks = [(what, packages) for what, files, packages in NEEDS if not any(within(root, file) for file in files)]
    if lacks:
        words, packages = (", ".join(each) for each in zip(*lacks, strict=True))
        raise TemplateUnusable(f"the template {root} lacks {words}: in it, install {packages.replace(', ', ' ')}")
    version = python_version(root)
    if version is not None and version < OLDEST_PYTHON:
        raise TemplateUnusable(
            f"the template {root} has Python {version[0]}.{version[1]}, and the agent in a qube needs"
            f" {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer: build one with a newer suite (Debian 12 has 3.11)"
        )


def changeable_by_others(root: Path) -> Path | None:
    """Return the first folder on the way to what we look at in `root` that another user could change.

    Above `root` that is to rename what is in it; from there on, to put something into it that is then exchanged.
    """
    ours = own_ranges()
    for folder in (*reversed(root.parents), root, root / "etc", root / "var"):
        if _kind(folder) != stat.S_IFDIR:
            continue
        found = folder.lstat()
        owned = found.st_uid in (0, os.geteuid()) or any(found.st_uid in each for each in ours)
        group = found.st_mode & stat.S_IWGRP and found.st_gid not in (0, os.getegid())
        sticky = folder in root.parents and found.st_mode & stat.S_ISVTX
        others = found.st_mode & stat.S_IWOTH and not sticky
        if not owned or group or others:
            return folder
    return None


def within(root: Path, path: str) -> Path | None:
    """Return the file or folder that programs in a qube would find at the absolute `path`, None if there is none.

    Links are followed as inside: an absolute one begins at `root`, and no number of ".." leaves it.
    """
    at: list[str] = []
    left = [part for part in reversed(path.split("/")) if part]
    links = 0
    while left:
        part = left.pop()
        if part == "..":
            del at[-1:]
        if part in (".", ".."):
            continue
        here = root.joinpath(*at, part)
        kind = _kind(here)
        if kind == stat.S_IFLNK and links < MAX_LINKS:
            links += 1
            text = str(here.readlink())
            at = [] if text.startswith("/") else at
            left += [each for each in reversed(text.split("/")) if each]
            continue
        if kind is None or kind == stat.S_IFLNK or (left and kind != stat.S_IFDIR):
            return None
        at.append(part)
    return root.joinpath(*at)


def python_version(root: Path) -> tuple[int, int] | None:
    """Return the version of the template's Python, as its file is called; None if the name does not say."""
    found = within(root, PYTHON)
    digits = re.fullmatch(r"python(\d)\.(\d{1,3})", found.name, re.ASCII) if found is not None else None
    return (int(digits[1]), int(digits[2])) if digits else None


def _shown(root: Path, path: str) -> TemplatePath | None:
    """What a qube sees at `path`. A folder above it that is a link shows nothing."""
    source = root / path[1:]
    if any(_kind(each) != stat.S_IFDIR for each in _above(root, source)):
        return None
    kind = _kind(source)
    if kind == stat.S_IFDIR:
        return TemplatePath(path, source=str(source))
    if path in ETC_FOLDERS:
        return None
    if kind == stat.S_IFLNK:
        return TemplatePath(path, link=str(source.readlink()))
    if kind == stat.S_IFREG and path.startswith("/etc/"):
        return TemplatePath(path, source=str(source))
    return None


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise TemplateUnusable(f"cannot look into {folder}: {error.strerror}") from error


def _above(root: Path, source: Path) -> Iterator[Path]:
    yield from (each for each in source.parents if each != root and each.is_relative_to(root))


def _kind(path: Path) -> int | None:
    """The type bits of what is there, of a link its own; None if nothing is."""
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return None
