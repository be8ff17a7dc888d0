"""What is said when a command and the supervisor that answers it differ in version; must not know how to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNTOLD = "one that does not say its version"


def facts(version: str, *, pid: int, service: bool) -> dict[str, Any]:
    """What a supervisor says of itself. service: whether a service manager keeps it, and so can start it anew."""
    return {"version": version, "pid": pid, "service": service}


def difference(ours: str, supervisor: Mapping[str, Any] | None) -> str:
    """What a person is told, "" if both are of one version. supervisor: its `facts`, None from one that gives none."""
    theirs = str((supervisor or {}).get("version", UNTOLD))
    if theirs == ours:
        return ""
    if supervisor is not None and supervisor.get("service"):
        change = "systemctl --user restart vitrail (its qubes end)"
    else:
        change = "vitrail stop --all, then start the qubes again"
    return f"the supervisor that runs is version {theirs}, this command is {ours}; to have one version: {change}"
