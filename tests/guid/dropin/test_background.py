"""guid/dropin/background.py: what becomes of a child."""

import subprocess
import sys

from tests.harness.processes import ROOT, clean_environment

PROGRAM = """
from guid.dropin.background import fork_background

print(fork_background(lambda _word: 1 // 0, 30.0))
"""


def test_child_that_fails_says_why() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=clean_environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "False\n"
    assert "ZeroDivisionError" in done.stderr
