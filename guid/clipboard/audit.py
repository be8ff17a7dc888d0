"""The audit log of the global clipboard: who, when, how much, and what became of it; never holds any content.

One JSON object a line. At MAX_BYTES the file becomes `NAME.1`, and that one is forgotten.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from guid.clipboard.notice import Notice
from guid.core.text import escaped

MAX_BYTES = 4 << 20
"""25,000 lines of 160 bytes."""


def entry(notice: Notice, when: datetime) -> dict[str, object]:
    """What is written, and what `vitrail clipboard watch` shows: plain values only."""
    contents = notice.contents
    size_bytes = contents.size_bytes if contents is not None else notice.size_bytes
    fields: dict[str, object] = {
        "when": when.isoformat(timespec="milliseconds"),
        "what": notice.what.value,
        "qube": escaped(notice.qube),
        "source": escaped(notice.source),
        "kind": contents.kind.value if contents is not None else None,
        "bytes": size_bytes,
        "limit_bytes": notice.limit_bytes or None,
        "kept": notice.kept or None,
        "why": escaped(notice.why),
    }
    return {key: value for key, value in fields.items() if value not in (None, "")}


class AuditLog:
    """Appends to one file, 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, notice: Notice) -> None:
        """Append a line. Raises OSError."""
        line = json.dumps(entry(notice, datetime.now(UTC))) + "\n"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = os.open(self._path, flags, 0o600)
        try:
            if os.fstat(log).st_size > MAX_BYTES:
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
                os.close(log)
                log = os.open(self._path, flags, 0o600)
            os.write(log, line.encode("ascii"))
        finally:
            os.close(log)
