"""guid/spare.py: what a spare daemon is told is the whole of a config."""

import json
import socket
from pathlib import Path

from colors.labels import STANDARD
from guid.config import DaemonConfig
from guid.core.aside import Aside
from guid.core.heritage import Remains
from guid.core.options import FrameMode, Options
from guid.spare import config_told, told
from shm.boundary import PoolBoundary
from shm.vchan.carrier import Carrier

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
