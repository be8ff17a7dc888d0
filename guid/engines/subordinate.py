"""Which other uids an ordinary user may use in namespaces: /etc/subuid and /etc/subgid. Must not change them."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress
from pathlib import Path
from typing import Final

SUBUIDS: Final = Path("/etc/subuid")
SUBGIDS: Final = Path("/etc/subgid")


def own_ranges(file: Path = SUBUIDS) -> tuple[range, ...]:
    """Return the ids that `file` gives to whoever runs us, by name or by number. Source: subuid(5)."""
    ours = {str(os.geteuid())}
    with suppress(KeyError):
        ours.add(pwd.getpwuid(os.geteuid()).pw_name)
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return ()
    rows = [line.split(":") for line in lines]
    return tuple(
        range(int(first), int(first) + int(count))
        for owner, first, count in (row for row in rows if len(row) == 3)
        if owner in ours and first.isdigit() and count.isdigit()
    )
