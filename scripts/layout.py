"""The one list of what an installation of Vitrail consists of, besides its modules; knows no way of installing.

Whatever installs (scripts/install.py, the wheel, the Debian package) takes these files from here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from guid.core.unit import NAME, unit_text
from guid.version import VERSION
from scripts.share import shared_files

ROOT: Final = Path(__file__).resolve().parent.parent
DESKTOP: Final = ROOT / "scripts" / "desktop"
ROOMS: Final = ("protocol", "shm", "colors", "guid", "guiagent")
"""The packages, which lie in a folder of their own: their names are too common to share one."""

ZSH_OF_DEBIAN: Final = "zsh/vendor-completions/"
ZSH_ELSEWHERE: Final = "zsh/site-functions/"
"""Where zsh looks below /usr in a package of Debian's, and below /usr/local or in another place."""

DOCUMENTS: Final = ("README.md", "CHANGELOG.md", "SECURITY.md", "docs/install.md", "docs/threat-model.md")
LAUNCHER: Final = """\
#!{python} -I
# Of Vitrail {version}.
import sys

{check}sys.path.insert(0, "{modules}")

from {module} import {function}

sys.exit({function}())
"""
CHECK: Final = """\
if sys.version_info[:2] != {minor}:
    sys.exit("vitrail: it was installed for Python {minor[0]}.{minor[1]}; install it again for this one")
"""


class File(NamedTuple):
    """One file. path: below the prefix."""

    path: str
    content: bytes
    mode: int = 0o644


def modules() -> list[File]:
    """The rooms' modules. path: below the folder of modules."""
    found = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [File(path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in found]


def shared() -> list[File]:
    """What is the same wherever it is installed, below PREFIX/share; pages and completion of scripts/share.py too."""
    return [
        *(
            File(f"share/{path.replace(ZSH_OF_DEBIAN, ZSH_ELSEWHERE)}", text.encode())
            for path, text in shared_files().items()
        ),
        *(File(f"share/applications/{each.name}", each.read_bytes()) for each in sorted(DESKTOP.glob("*.desktop"))),
        File("share/icons/hicolor/scalable/apps/vitrail.svg", (DESKTOP / "vitrail.svg").read_bytes()),
    ]


def documents(folder: str) -> list[File]:
    """What a person reads. folder: where, below the prefix."""
    return [File(f"{folder}/{Path(name).name}", (ROOT / name).read_bytes()) for name in DOCUMENTS]


def unit(folder: str, command: Sequence[str]) -> File:
    """The user unit. folder: where, below the prefix; command: see `unit_text`."""
    return File(f"{folder}/{NAME}", unit_text(command).encode())


def launchers(python: str, minor: tuple[int, int] | None, folder: str) -> list[File]:
    """The commands that pyproject.toml names. python: their interpreter; folder: of the modules.

    minor: the version of Python that the modules are for, None if any will do.
    """
    check = CHECK.format(minor=minor) if minor is not None else ""
    commands = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    found = []
    for name, entry in commands.items():
        module, _, function = entry.partition(":")
        text = LAUNCHER.format(
            python=python, version=VERSION, check=check, modules=folder, module=module, function=function
        )
        found.append(File(f"bin/{name}", text.encode(), 0o755))
    return found
