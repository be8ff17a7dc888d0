"""Finding the bwrap program, and what its refusals mean. Must not know what a sandbox shows."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Final

from guid.core.needs.programs import OLDEST_BUBBLEWRAP
from guid.engines.errors import BubblewrapMissing, EngineError, SandboxRefused, UserNamespacesForbidden

_TIMEOUT_S: Final = 30.0
_SAID_CHARACTERS: Final = 300

_NAMESPACE_WORDS: Final = (
    "creating new namespace",
    "create new namespace",
    "creating new user namespace",
    "setting up uid map",
    "setting up gid map",
    "unshare user",
    "user namespaces",
)


def find_bubblewrap() -> str:
    """Return the path of bwrap. Raises BubblewrapMissing if there is none, or one that is too old."""
    path = shutil.which("bwrap")
    if path is None:
        raise BubblewrapMissing("the program bwrap is missing: install bubblewrap (apt install bubblewrap)")
    version = bubblewrap_version(path)
    if not version:
        raise BubblewrapMissing(f"{path} does not run: reinstall bubblewrap (apt install --reinstall bubblewrap)")
    if version < OLDEST_BUBBLEWRAP:
        said, oldest = (".".join(str(part) for part in each) for each in (version, OLDEST_BUBBLEWRAP))
        raise BubblewrapMissing(f"{path} is too old ({said}): install bubblewrap {oldest} or newer (Debian 12 has it)")
    return path


def bubblewrap_version(path: str) -> tuple[int, ...]:
    """Return what the program at `path` says of itself, () if it says nothing."""
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, check=True, timeout=_TIMEOUT_S, cwd="/"
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse_version(said)


def parse_version(said: str) -> tuple[int, ...]:
    """Return the numbers in what `bwrap --version` said; empty if there are none."""
    found = re.search(r"\d+(?:\.\d+)+", said)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def refusal(said: str) -> EngineError:
    """Return the error for a sandbox that bwrap could not build. said: its standard error."""
    said = ascii(said.strip()[:_SAID_CHARACTERS])
    if any(words in said.lower() for words in _NAMESPACE_WORDS):
        return UserNamespacesForbidden(
            "this machine does not let ordinary users make user namespaces, which sandboxes need "
            f"(bwrap said {said}); as root: "
            "`sysctl kernel.unprivileged_userns_clone=1` (older Debian), `sysctl user.max_user_namespaces=15000`, "
            "or `sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu 24.04 and newer); "
            "in a container, allow them there"
        )
    return SandboxRefused(
        f"bubblewrap cannot build a sandbox here; it said {said}. In a container, /proc must not be masked "
        "(docker: --security-opt systempaths=unconfined --security-opt seccomp=unconfined)"
    )
