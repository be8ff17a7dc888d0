"""A small parent that forks daemons as the supervisor does: `python -m bench.forker FD`; must not run anything else."""

import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path

from colors.labels import label_named
from guid.config import DaemonConfig
from guid.fork import run_forked
from guid.preload import everything
from shm.boundary import PoolBoundary


def main(control: socket.socket) -> int:
    """Answer each request (JSON, with descriptors of the pool and the status socket) with a pid, until they end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    everything()
    gc.freeze()
    control.send(b"0")
    while True:
        packet, fds, _flags, _address = socket.recv_fds(control, 4096, 2)
        if not packet:
            return 0
        pid = os.fork()
        if pid == 0:
            pool_fd, status_fd = fds
            path = Path(json.loads(packet)["vchan"])
            label = label_named("blue")
            status = socket.socket(fileno=status_fd)
            config = DaemonConfig("work", label, PoolBoundary(path, pool_fd), os.environ["DISPLAY"], status)
            run_forked(config, keep={0, 1, 2, pool_fd, status_fd})
        for fd in fds:
            os.close(fd)
        control.send(str(pid).encode())


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
