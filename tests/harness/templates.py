"""One real template for all tests that need one, built by the command; knows nothing of what is done with it.

It is kept, by what it is made from, in build/, or where that lies in a private folder, beside the temporary files.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from guid.engines.homes import first_blocked
from guid.engines.template import changeable_by_others
from guid.engines.uids import QUBE_UIDS
from tests.harness.processes import ROOMS_IN, ROOT, clean_environment
from tests.harness.wait import time_scale

MADE_FROM = ("guid/core/template.py", "guid/building.py")
PACKAGE = "xdemineur"
"""A small X program (a game of mines), which this machine must not have."""
NAME = "games"
BUILD_TIMEOUT_S = 600.0


def template_system() -> Path:
    """The system of a template with PACKAGE, built now if need be: a minute of work."""
    cache = _cache()
    cache.mkdir(mode=0o711, parents=True, exist_ok=True)
    digest = hashlib.sha256(b"".join((ROOMS_IN / name).read_bytes() for name in MADE_FROM) + PACKAGE.encode())
    home = cache / digest.hexdigest()[:16]
    system = home / "vitrail" / "templates" / NAME / "root"
    lock = os.open(cache, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second finds what the first has built
        for other in cache.iterdir():
            if other != home:
                shutil.rmtree(other)
        if not system.exists():
            _build(home)
    finally:
        os.close(lock)
    return system


def _cache() -> Path:
    """A folder of ours to which a qube's uid can pass through."""
    uid = QUBE_UIDS[0] if os.geteuid() == 0 else os.geteuid()
    if first_blocked((*reversed(ROOT.parents), ROOT), uid) is None and changeable_by_others(ROOT) is None:
        return ROOT / "build" / "templates"
    return Path(f"/var/tmp/vitrail-test-templates-{os.geteuid()}")


def _build(home: Path) -> None:
    """A mirror may be away for a moment: it is asked twice."""
    argv = [sys.executable, "-m", "guid", "template", "build", "--json", NAME, PACKAGE]
    for _attempt in range(2):
        done = subprocess.run(
            argv,
            env=clean_environment(XDG_DATA_HOME=str(home), PYTHONPATH=str(ROOT)),
            capture_output=True,
            text=True,
            timeout=BUILD_TIMEOUT_S * time_scale(),
            check=False,
            cwd="/",
        )
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["packages"] == [PACKAGE]
