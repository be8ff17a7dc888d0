"""The manager's process: finds the toolkit, or says what brings it; must not know what is shown."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from contextlib import suppress
from typing import Final

LACKING: Final = (
    "vitrail: the manager's window needs GTK 3 and PyGObject for {python}; to install them: "
    "sudo apt install python3-gi gir1.2-gtk-3.0"
)
TIMEOUT_S: Final = 5.0


def main() -> int:
    """Show the window until it is closed. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="vitrail manager")
    parser.add_argument("--socket", required=True, help="the supervisor's")
    parser.add_argument("--again", required=True, help="what starts supervisor and window anew: JSON, a list of words")
    parser.add_argument("--watch", type=int, required=True, help="a descriptor by which the supervisor tells already")
    options = parser.parse_args()
    try:
        from guid.manager.program import run  # noqa: PLC0415 - it may not be possible
    except (ImportError, ValueError):  # PyGObject is missing, or what describes GTK to it
        print(LACKING.format(python=sys.executable), file=sys.stderr)
        if not sys.stderr.isatty():  # started from a menu: nobody reads that
            _let_tell(options.socket)
        return 1
    return run(options.socket, options.watch, json.loads(options.again))


def _let_tell(path: str) -> None:
    """Have the supervisor show a notice; nothing, if it cannot be asked."""
    with socket.socket(socket.AF_UNIX) as supervisor, suppress(OSError):
        supervisor.settimeout(TIMEOUT_S)
        supervisor.connect(path)
        supervisor.sendall(json.dumps({"op": "unshown"}).encode("ascii") + b"\n")
        supervisor.recv(1)


if __name__ == "__main__":
    sys.exit(main())
