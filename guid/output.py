"""What a qube prints from a moment on, out of its log; must not know who printed it."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 1 << 20
"""The end of it, if there is more: it goes to a command in one line of JSON."""
TAIL_BYTES = 1 << 16
"""What is enough to see what has gone wrong, and quickly sent."""
OWN = "guiagent: "
"""How the agent's own lines begin, which a program did not print."""


class Output:
    """Reads one log, which is printable ASCII, from its present end on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = path.stat().st_size if path.exists() else 0

    def text(self) -> str:
        """What has come since, whole lines."""
        if not self._path.exists():
            return ""
        with self._path.open("rb") as log:
            end = log.seek(0, 2)
            log.seek(max(self._at, end - MAX_BYTES))
            lines = log.read().decode("ascii", "replace").splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(OWN))


def last_lines(path: Path) -> list[str]:
    """The end of a log, whole lines, as printable ASCII; none if there is no log."""
    try:
        with path.open("rb") as log:
            end = log.seek(0, 2)
            log.seek(max(0, end - TAIL_BYTES))
            lines = log.read(TAIL_BYTES).decode("ascii", "replace").splitlines()
    except FileNotFoundError:
        return []
    return ["".join(each if " " <= each <= "~" else "?" for each in line) for line in lines[end > TAIL_BYTES :]]
