"""What the daemon imports at its start stays small."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
HEAVY = {"construct", "numpy", "asyncio", "typing_extensions", "cffi", "cairo", "Xlib", "hypothesis", "socket"}
RUNNING = "import protocol.framing, protocol.codec, protocol.handshake, protocol.extensions, protocol.errors"
SHOW = "import sys; print('\\n'.join(sorted(sys.modules)))"


def loaded_after(statement: str) -> set[str]:
    command = [sys.executable, "-c", f"{statement}; {SHOW}"]
    return set(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split())


def test_running_parts_import_nothing_heavy() -> None:
    before = loaded_after("pass")
    assert (loaded_after(RUNNING) - before) & HEAVY == set()


def test_generator_imports_construct() -> None:
    """Shows that the test above can fail."""
    assert "construct" in loaded_after("import protocol.generate")
