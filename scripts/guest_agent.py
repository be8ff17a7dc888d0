"""Writes the agent as one file for a virtual machine: `python -m scripts.guest_agent [FILE]`. Knows no machine.

It runs with Debian's python3 and, in a Xen domain, python3-cffi-backend and libxenmisc; nothing is compiled there.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from guid.engines.bundle import agent_bundle

DEFAULT = Path("dist/vitrail-guiagent.pyz")


def main(arguments: list[str]) -> int:
    """Write the file; modules are in it compiled for this interpreter's version, and as source for others."""
    target = Path(arguments[0]) if arguments else DEFAULT
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(agent_bundle(importlib.util.MAGIC_NUMBER))
    print(f"{target}: {target.stat().st_size >> 10} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
