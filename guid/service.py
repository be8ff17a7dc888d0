"""The supervisor as a process: one of a person's, with its socket, lock and signals; must not know qubes."""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import signal
import socket
from pathlib import Path

from guid.control import SERVING_LOCK_NAME, SOCKET_NAME
from guid.core.definition import ENGINES
from guid.engines.engine import Engine
from guid.engines.local import LocalEngine
from guid.engines.qemu.engine import QemuEngine
from guid.paths import runtime_dir
from guid.servicemanager import ServiceManager
from guid.supervisor import Supervisor

log = logging.getLogger(__name__)


def supervise(
    ready_fd: int | None = None,
    *,
    stay: bool = False,
    engine: Engine | None = None,
    machines: Engine | None = None,
) -> int:
    """Run the supervisor of this user; another one that runs already makes this one end, or wait if a manager keeps it.

    ready_fd: closed once commands can come. stay: until SIGTERM or SIGINT, not only until nothing is left to do; then
    a service manager is told too. SIGHUP reads the settings again.
    engine, machines: what starts local qubes, virtual machines.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    folder = runtime_dir()
    lock = os.open(folder / SERVING_LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    manager = ServiceManager.from_environment()  # even if it is not for us: our children must not speak to it
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log.info("another supervisor serves already")
        if not stay or not manager.there:
            return 0
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # settings are read when it serves
        manager.ready("another supervisor serves: this one takes over when that has ended")
        fcntl.flock(lock, fcntl.LOCK_EX)
    listener = _listen(folder)
    engines: dict[str, Engine] = {ENGINES[0]: engine or LocalEngine(), "qemu": machines or QemuEngine()}
    supervisor = Supervisor(
        engines,
        listener,
        display=os.environ.get("DISPLAY", ""),
        stay=stay,
        manager=manager if stay else None,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: supervisor.stop())
    signal.signal(signal.SIGHUP, lambda _number, _frame: supervisor.reload())
    gc.freeze()
    if ready_fd is not None:
        os.close(ready_fd)
    try:
        return supervisor.run()
    finally:
        (folder / SOCKET_NAME).unlink(missing_ok=True)


def _listen(folder: Path) -> socket.socket:
    """The control socket; its name appears only when it listens."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path = folder / f"{SOCKET_NAME}.new"
    path.unlink(missing_ok=True)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen()
    path.rename(folder / SOCKET_NAME)
    return listener
