"""Programs that say one line when they are ready, and have a folder of their own. It must not know what they serve."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

MAX_LINE_BYTES: Final = 1024


def line_said(fd: int, timeout_s: float) -> bytes | None:
    """The line that is written to this pipe; None if its other end closes before, or that takes too long."""
    said, deadline = b"", time.monotonic() + timeout_s
    while not said.endswith(b"\n") and len(said) < MAX_LINE_BYTES:
        ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
        part = os.read(fd, MAX_LINE_BYTES) if ready else b""
        if not part:
            return None
        said += part
    return said


def end(process: subprocess.Popen[bytes], folder: Path, timeout_s: float) -> None:
    """Ask it to end, see that it does, and remove its files."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
