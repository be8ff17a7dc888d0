"""guid/spare.py: what a spare daemon is told is the whole of a config."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from colors.labels import STANDARD
from guid.config import DaemonConfig, ExitCode
from guid.core.aside import Aside
from guid.core.heritage import Remains
from guid.core.options import FrameMode, Options
from guid.spare import config_told, told
from shm.boundary import PoolBoundary
from shm.vchan.carrier import Carrier
from tests.harness.processes import ROOT, clean_environment
from tests.harness.xserver import XServer

NOT_OF_SUPERVISED = {"extensions", "once", "clipboard", "services", "connected", "extras"}
"""What only a daemon has that a person starts, or another program."""


def test_config_comes_out_as_it_went_in() -> None:
    options = Options(
        *(True, False, "Super-x", "Super-c", "Super-v", False, False, True, 40, False, False, 17, ("one", "two"), 5),
        *(0x123456, 1.5, FrameMode.WM, "tint", 999, True, 60, 30),
    )
    ours, theirs = socket.socketpair()
    with ours, theirs:
        config = DaemonConfig(
            "work",
            STANDARD["green"],
            PoolBoundary(Path("/run/x/vchan.sock"), 7, Carrier.VIRTIO_SERIAL, punches=True),
            ":5",
            ours,
            disposable=True,
            options=options,
            outlived=True,
            remains=(Remains(0x400001, 17), Remains(0x600001, 18)),
            aside=Aside(hidden=True, paused=False),
        )
        plain = DaemonConfig("", STANDARD["red"], PoolBoundary(Path(), 0))
        alike = {field for field in config._fields if getattr(config, field) == getattr(plain, field)}
        assert alike == NOT_OF_SUPERVISED
        assert {field for field in options._fields if getattr(options, field) == getattr(Options(), field)} == set()
        boundary = config.boundary
        assert isinstance(boundary, PoolBoundary)
        packet = json.loads(json.dumps(told(config, boundary)))
        again = config_told(packet, 8, theirs)
        assert again == config._replace(status=theirs, boundary=boundary._replace(pool_fd=8))
        assert type(again.options.frame) is FrameMode


PARENT = """
import os, socket, sys, time
from pathlib import Path
from colors.labels import STANDARD
from guid.config import DaemonConfig
from guid.spare import NAME, Spare
from shm.boundary import PoolBoundary
from shm.pool import Pool

ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
boundary = PoolBoundary(Path("nobody"), Pool.create(1 << 20).fd)
config = DaemonConfig("work", STANDARD["blue"], boundary, sys.argv[1], theirs)
spare = Spare(sys.argv[1])
while Path(f"/proc/{spare.pid}/comm").read_text().strip() != NAME:
    time.sleep(0.01)
print(spare.pid, flush=True)
sys.stdin.readline()
if sys.argv[2] == "collected":
    os.waitpid(spare.pid, 0)
    print(spare.serve(config), spare.serve(config._replace(display=":none")))
else:
    print(spare.serve(config))
    print(os.waitstatus_to_exitcode(os.waitpid(spare.pid, 0)[1]))
"""


@pytest.mark.desktop
@pytest.mark.parametrize("when", ["collected", "asked"])
def test_spare_that_ends_serves_nobody(when: str) -> None:
    """Before it is asked, which then fails; or with its display in the moment that it is, as any daemon would."""
    with XServer(640, 480) as server:
        argv = [sys.executable, "-c", PARENT, server.name, when]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        parent = subprocess.Popen(argv, env=clean_environment(PYTHONPATH=str(ROOT)), **pipes)  # type: ignore[call-overload]
        with parent:
            pid = int(parent.stdout.readline())
            if when == "asked":
                os.kill(pid, signal.SIGSTOP)
                server.crash()
                parent.stdin.write("\n")
                parent.stdin.flush()
                assert parent.stdout.readline() == "True\n"
                os.kill(pid, signal.SIGCONT)
                assert parent.stdout.read() == f"{int(ExitCode.UNSUITABLE_DISPLAY)}\n"
            else:
                os.kill(pid, signal.SIGKILL)
                assert parent.communicate("\n")[0] == "False False\n"
