"""A daemon as a process of its own, forked from whoever has loaded its code; must not know why one is started."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from guid.config import DaemonConfig, ExitCode
from guid.loop import run_daemon
from guid.processes import only_descriptors

log = logging.getLogger(__name__)


Serve = Callable[[DaemonConfig], ExitCode]


def fork_daemon(config: DaemonConfig, *, keep: set[int], serve: Serve = run_daemon) -> int:
    """Return the pid of a process that serves `config`. keep: the descriptors that it needs, besides 0, 1 and 2."""
    pid = os.fork()
    if pid == 0:
        run_forked(config, keep={0, 1, 2, *keep}, serve=serve)
    return pid


def fork_child(work: Callable[[], object]) -> int:
    """Return the pid of a process that does `work`, which must not raise, and ends; it keeps only our output."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            only_descriptors({0, 1, 2})
            work()
            code = 0
        finally:
            logging.shutdown()
            os._exit(code)
    return pid


def run_forked(config: DaemonConfig, *, keep: set[int], serve: Serve = run_daemon) -> None:
    """In the child: keep only what the daemon needs, serve, and leave without the parent's clean-up."""
    code = int(ExitCode.CRASHED)
    try:
        only_descriptors(keep)
        code = int(serve(config))
    except Exception:  # the one place of this process that may: it must not run on as a second supervisor
        log.exception("%s: the daemon crashed", config.name)
    finally:
        logging.shutdown()
        os._exit(code)
