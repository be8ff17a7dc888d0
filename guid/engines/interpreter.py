"""The Python that runs the agent inside a qube: the system's. Must not know what the agent is."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Final

from guid.core.needs.programs import OLDEST_PYTHON
from guid.engines.errors import InterpreterUnsuitable

SYSTEM_PYTHON: Final = "/usr/bin/python3"
"""The one interpreter that exists inside: a virtual environment's lies in a folder that no qube sees."""
_ASK = "import sys, importlib.util as u; print(*sys.version_info[:2], u.MAGIC_NUMBER.hex())"
_TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Interpreter:
    """magic: the first bytes of the compiled modules that it loads."""

    path: str
    version: tuple[int, int]
    magic: bytes


def system_interpreter(path: str = SYSTEM_PYTHON) -> Interpreter:
    """Ask the interpreter at `path` what it is. Raises InterpreterUnsuitable if it is missing or older than 3.11."""
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _ASK],
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_S,
            cwd="/",
            env={},
        ).stdout.split()
        major, minor, magic = int(answer[0]), int(answer[1]), bytes.fromhex(answer[2])
    except FileNotFoundError as error:
        raise InterpreterUnsuitable(f"{path} is missing: install the system's Python (apt install python3)") from error
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise InterpreterUnsuitable(
            f"{path} does not run: repair the system's Python (apt install --reinstall python3)"
        ) from error
    if (major, minor) < OLDEST_PYTHON:
        raise InterpreterUnsuitable(
            f"{path} is Python {major}.{minor}, and the agent in a qube needs {'.'.join(map(str, OLDEST_PYTHON))} "
            "or newer: use a newer release of the distribution (Debian 12 has 3.11)"
        )
    return Interpreter(path=path, version=(major, minor), magic=magic)
