"""What a daemon's start costs besides its own work: no programs, no modules for extensions that it does not use."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shm.pool import Pool
from tests.harness.processes import ROOT, clean_environment
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

START = """
import gc, json, sys
from guid.__main__ import main
started = []
sys.addaudithook(lambda event, _: event in ("subprocess.Popen", "os.exec", "os.fork") and started.append(event))
from guid.loop import Daemon

def first_turn(daemon):
    found = {"gc": gc.isenabled(), "frozen": gc.get_freeze_count(), "started": started, "modules": sorted(sys.modules)}
    print(json.dumps(found))
    daemon._stopping = True

Daemon._turn = first_turn
sys.exit(main())
"""


def first_turn(display: str, folder: Path) -> dict[str, Any]:
    """What a daemon's process is like when it begins to serve."""
    pool = Pool.create(1 << 20)
    arguments = ["daemon", "--name", "work", "--label", "blue", "--vchan-socket", str(folder / "none"), "--pool-fd"]
    done = subprocess.run(
        [sys.executable, "-c", START, *arguments, str(pool.fd)],
        env=clean_environment(DISPLAY=display, PYTHONPATH=str(ROOT)),
        pass_fds=(pool.fd,),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    pool.close()
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_start_runs_no_program_and_loads_no_extension(xvfb: XServer, tmp_path: Path) -> None:
    found = first_turn(xvfb.name, tmp_path)
    assert found["started"] == []
    assert [name for name in found["modules"] if name.startswith("Xlib.ext.") and name != "Xlib.ext.ge"] == []


def test_start_serves_with_the_collector_on_and_its_modules_out_of_it(xvfb: XServer, tmp_path: Path) -> None:
    found = first_turn(xvfb.name, tmp_path)
    assert found["gc"]
    assert found["frozen"] > 10_000
