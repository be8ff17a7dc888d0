"""Writes docs/doctor.md from the table of needs: `python -m scripts.doctor_page`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from guid.core.needs.examination import NEEDS
from guid.core.needs.need import Group, Need, Weight
from guid.core.needs.seen import (
    BrokenTemplate,
    Device,
    Display,
    Fault,
    Folder,
    Kernel,
    Person,
    Places,
    Programs,
    Seen,
    Supervisor,
)

PAGE = Path(__file__).resolve().parent.parent / "docs" / "doctor.md"

HEAD = """\
# If something does not work

`vitrail doctor` looks at everything that Vitrail needs, and says what is missing, what that means, and the command
that mends it, to copy and paste. It changes nothing. The exit code is 1 if something is missing without which no qube
can be used, else 0. `vitrail doctor desktop` looks at one group only, `--json` is for programs
([json.md](json.md)). `vitrail doctor --oracle` is something else: it compares the pixels of every qube's frame.

This is what it looks at, made from `guid/core/needs/` by `python -m scripts.doctor_page`. What is not marked as needed
only makes something worse, or missing in some qubes. The commands are examples: those that an ordinary user of Debian
gets who has `sudo`. Where there is none, no command within helps: what a container forbids is allowed where it is
started, and the finding says how.
"""

EXAMPLE = Seen(
    Person("user", 1000, sudo=True),
    Programs({name: f"/usr/bin/{name}" for name in ("Xvfb", "xvfb-run", "xauth", "Xwayland", "openbox")}),
    Kernel(masked=("/proc/kcore", "/proc/keys"), refused="SandboxRefused", said="(why)", sealed="(why)"),
    Display(":0", said="(why)", others=(":1",), depth=16, configured="/etc/X11/xorg.conf"),
    Places(
        Folder(""),
        Folder("/tmp/vitrail-1000"),
        login="/run/user/1000",
        own="/home/user",
        unwritable="/home/user/.local",
        blocked="/root",
    ),
    Supervisor("/run/user/1000/vitrail/control.sock", pid=1234, version="…", ours="…"),
)
ITEMS: dict[str, Any] = {
    "proc": EXAMPLE.kernel,
    "runtime": "is not set",
    "readable": "/home/user/.config/vitrail/vitrail.toml",
    "tun": Device.MISSING,
    "templates": BrokenTemplate("(why)", name="games", known=True),
    "frames": "work",
    "settings": Fault("/home/user/.config/vitrail/vitrail.toml", 7, "(file: line: why)"),
}


def page_text() -> str:
    """The whole page."""
    return HEAD + "".join(_group(group) for group in Group)


def _group(group: Group) -> str:
    rows = [_row(need) for need in NEEDS if need.group is group]
    title = f"{group.value[:1].upper()}{group.value[1:]}"
    name = f"`vitrail doctor {group.name.lower()}`"
    head = f"\n## {title}\n\n{name}\n\n| needed | what is looked at | without it | what it says | what mends it |\n"
    return f"{head}|---|---|---|---|---|\n{''.join(rows)}"


def _row(need: Need) -> str:
    seen = EXAMPLE
    item = ITEMS.get(need.name, "")
    command = need.mends.command(seen, item)
    words = re.sub(r"\{(?:seen|item)[^}]*\}", "…", need.words)
    cells = (
        "yes" if need.weight is Weight.NEEDED else "",
        need.looks,
        need.without,
        words,
        f"`{command}`" if command else "",
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")
