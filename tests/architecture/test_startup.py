"""What a process has loaded once it is ready to serve: nothing slow that it does not need."""

import json
import subprocess
import sys
from typing import Final

import pytest

from tests.architecture.source import ROOT

HEAVY: Final = ("numpy", "asyncio", "cairo", "construct", "cffi", "ctypes", "multiprocessing", "hypothesis", "PIL")
WITH_A_BUS: Final = ("jeepney",)
FOR_RECORDS: Final = ("dataclasses", "inspect")
FOR_HELP: Final = ("shutil", "bz2", "lzma")

REPORT: Final = "print(json.dumps(sorted(sys.modules)))"
COMMAND: Final = """
import guid.loop
from guid.cli import parser
parser(only="daemon").parse_args("daemon --name a --label red --vchan-socket /a --pool-fd 3".split())
"""


def loaded_by(module: str) -> set[str]:
    """The modules that a fresh isolated interpreter has after importing `module` from this tree."""
    return loaded_after(f"import {module}")


def loaded_after(lines: str) -> set[str]:
    """The same after these lines."""
    code = f"import json, sys; sys.path.insert(0, {str(ROOT)!r})\n{lines}\n{REPORT}"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("module", ["guid.loop", "guid.service", "guiagent.loop"])
def test_start_of_a_process_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(module) & {*HEAVY, *WITH_A_BUS} == set()


def test_daemon_loads_nothing_for_dataclasses() -> None:
    assert loaded_by("guid.loop") & set(FOR_RECORDS) == set()


def test_daemons_command_line_loads_nothing_for_help() -> None:
    """argparse would ask shutil for the width of the terminal with each argument that is declared."""
    assert loaded_after(COMMAND) & {*FOR_HELP, *FOR_RECORDS} == set()


def test_heavy_module_would_be_noticed() -> None:
    assert "asyncio" in loaded_by("asyncio")
