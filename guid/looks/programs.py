"""Which programs are installed; must not know which are needed for what."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from guid.core.needs.mending import MANAGERS
from guid.core.needs.seen import Person, Programs
from guid.engines.bubblewrap import bubblewrap_version
from guid.engines.errors import InterpreterUnsuitable
from guid.engines.interpreter import SYSTEM_PYTHON, system_interpreter

NAMES: Final = (
    *("Xvfb", "xvfb-run", "Xwayland", "xauth", "setxkbmap", "xkbcomp", "slirp4netns", "mmdebstrap"),
    *("newuidmap", "newgidmap", *MANAGERS),
)
FILES: Final = {
    "Xorg": "/usr/lib/xorg/Xorg",
    "dummy_drv.so": "/usr/lib/xorg/modules/drivers/dummy_drv.so",
}
"""Not in PATH. /usr/bin/Xorg is a wrapper that asks for a console."""
HAS_PICTURES: Final = "import importlib.util, sys; sys.exit(importlib.util.find_spec('PIL') is None)"
HAS_TOOLKIT: Final = "import gi; gi.require_version('Gtk', '3.0')"
"""Without importing it: that takes a third of a second."""
FONT_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts")
FONT_SUFFIXES: Final = (".ttf", ".otf", ".ttc", ".pfb")
FIRST_SUBORDINATE, RANGE = 100_000, 65_536
"""Source: login.defs(5), SUB_UID_MIN, SUB_UID_COUNT."""
_TIMEOUT_S: Final = 30.0
_PATH: Final = ":/usr/local/sbin:/usr/sbin:/sbin"


def look_at_programs(person: Person, packages: Iterable[str]) -> Programs:
    """Everything that is installed. packages: those that dpkg is asked for."""
    path = os.environ.get("PATH", os.defpath) + _PATH
    found = {name: where for name in NAMES if (where := shutil.which(name, path=path)) is not None}
    found |= {name: where for name, where in FILES.items() if Path(where).exists()}
    bubblewrap = shutil.which("bwrap")
    used, last = _subordinate(person)
    first = max(last, FIRST_SUBORDINATE)
    return Programs(
        paths=found,
        apt=shutil.which("apt-get", path=path) is not None,
        believed=_believed(packages),
        python=_python(),
        pictures=_python_does(HAS_PICTURES),
        toolkit=_python_does(HAS_TOOLKIT),
        bubblewrap=bubblewrap_version(bubblewrap) if bubblewrap else (),
        fonts=_has_font(),
        subordinate=used,
        free_ids=f"{first}-{first + RANGE - 1}",
    )


def _python() -> tuple[int, ...]:
    try:
        return system_interpreter().version
    except InterpreterUnsuitable:
        return ()


def _python_does(lines: str) -> bool:
    """Whether the system's Python runs them without an error."""
    try:
        done = subprocess.run(
            [SYSTEM_PYTHON, "-I", "-c", lines], capture_output=True, check=False, timeout=_TIMEOUT_S, cwd="/", env={}
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _believed(packages: Iterable[str]) -> frozenset[str]:
    form = "${Package} ${db:Status-Status}\n"
    query = shutil.which("dpkg-query")
    if query is None:
        return frozenset()
    try:
        said = subprocess.run(
            [query, "-W", "-f", form, *packages], capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(line.split()[0] for line in said.splitlines() if line.endswith(" installed"))


def _has_font() -> bool:
    return any(
        name.endswith(FONT_SUFFIXES)
        for top in FONT_FOLDERS
        for _folder, _folders, names in os.walk(top)
        for name in names
    )


def _subordinate(person: Person) -> tuple[int, int]:
    """How many ids the person has both as user and group, and the first after all that anybody has."""
    counts: list[int] = []
    last = 0
    for file in (Path("/etc/subuid"), Path("/etc/subgid")):
        own = 0
        for line in _lines(file):
            owner, first, count = (*line.split(":"), "", "")[:3]
            if not (first.isdigit() and count.isdigit()):
                continue
            last = max(last, int(first) + int(count))
            own += int(count) if owner in (person.name, str(person.uid)) else 0
        counts.append(own)
    return min(counts), last


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
