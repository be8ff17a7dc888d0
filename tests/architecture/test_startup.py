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

REPORT: Final = "import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"


def loaded_by(module: str) -> set[str]:
    """The modules that a fresh isolated interpreter has after importing `module` from this tree."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); " + REPORT.format(module=module)
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("module", ["guid.loop", "guid.service", "guiagent.loop"])
def test_start_of_a_process_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(module) & {*HEAVY, *WITH_A_BUS} == set()


def test_daemon_loads_nothing_for_dataclasses() -> None:
    assert loaded_by("guid.loop") & set(FOR_RECORDS) == set()


def test_heavy_module_would_be_noticed() -> None:
    assert "asyncio" in loaded_by("asyncio")
