"""A small parent that forks daemons as the supervisor does: `python -m bench.forker FD`; must not run anything else.

It is asked for a daemon, which is forked then, or for a spare one, which serves whoever asks next.
"""

import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path

from colors.labels import label_named
from guid.config import DaemonConfig
from guid.fork import fork_daemon
from guid.preload import everything
from guid.spare import Spare
from shm.boundary import PoolBoundary


def main(control: socket.socket) -> int:
    """Answer each request (JSON, with descriptors of the pool and the status socket) with a pid, until they end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    everything()
    gc.freeze()
    control.send(b"0")
    spare: Spare | None = None
    while True:
        packet, fds, _flags, _address = socket.recv_fds(control, 4096, 2)
        if not packet:
            return 0
        if not fds:
            spare = Spare(os.environ["DISPLAY"])
            control.send(str(spare.pid).encode())
            continue
        pool_fd, status_fd = fds
        status = socket.socket(fileno=status_fd)
        boundary = PoolBoundary(Path(json.loads(packet)["vchan"]), pool_fd)
        config = DaemonConfig("work", label_named("blue"), boundary, os.environ["DISPLAY"], status)
        pid = spare.pid if spare is not None and spare.serve(config) else fork_daemon(config, keep={pool_fd, status_fd})
        spare = None
        os.close(pool_fd)
        status.close()
        control.send(str(pid).encode())


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
