"""Functions to call from outside: programs, files. Knows no program of the project."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path
from typing import Any

STARTED: dict[int, subprocess.Popen[bytes]] = {}


def run(argv: list[str], timeout_s: float = 60.0, env: dict[str, str] | None = None) -> dict[str, Any]:
    """Run a program to its end: its status and what it wrote."""
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout_s,
        env={**os.environ, **(env or {})},
        check=False,
    )
    return {"status": done.returncode, "output": done.stdout.decode("utf-8", "replace")}


def start(argv: list[str], log: str = "/dev/null", env: dict[str, str] | None = None) -> int:
    """Start a program that goes on; returns its pid."""
    with open(log, "ab") as out:  # noqa: PTH123
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    STARTED[process.pid] = process
    return process.pid


def status(pid: int) -> int | None:
    """How a started program ended; None while it runs."""
    return STARTED[pid].poll()


def end(pid: int, number: int = 15, timeout_s: float = 20.0) -> int:
    """Send a signal to a started program and wait for its end."""
    process = STARTED[pid]
    if process.poll() is None:
        process.send_signal(number)
    return process.wait(timeout_s)


def read(path: str, most: int = 1 << 20) -> str:
    """The end of a text file; empty when it is not there."""
    try:
        return Path(path).read_bytes()[-most:].decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def write(path: str, data: str) -> None:
    """Write a file; `data` is base64."""
    Path(path).write_bytes(base64.b64decode(data))
