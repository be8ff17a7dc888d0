"""Processes forked from whoever has loaded their code, and how each of them ends; must not know why one is started."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from typing import NoReturn

from guid.config import DaemonConfig, ExitCode
from guid.loop import run_daemon
from guid.processes import only_descriptors

log = logging.getLogger(__name__)


Serve = Callable[[DaemonConfig], ExitCode]


class NoProcess(Exception):
    """There can be no further process now; the message says why. This system's fault."""


def fork_off(work: Callable[[], int], *, keep: Iterable[int] = (), crash: str, code: int = 1) -> int:
    """Return the pid of a process that does `work` and ends with what it returns. Raises NoProcess.

    keep: the descriptors that it needs, besides 0, 1 and 2. crash: what the log says when `work` raises; it ends with
    `code` then.
    """
    try:
        pid = os.fork()
    except OSError as error:
        raise NoProcess(f"no process can be started: {error.strerror}") from error
    if pid == 0:
        end_with(work, keep=keep, crash=crash, code=code)
    return pid


def end_with(work: Callable[[], int], *, keep: Iterable[int], crash: str, code: int = 1) -> NoReturn:
    """In the child: keep only what it needs, do `work`, and leave without the parent's clean-up. As `fork_off`."""
    try:
        only_descriptors({0, 1, 2, *keep})
        code = work()
    except Exception:  # the one place of this process that may: it must not run on as a second supervisor
        log.exception("%s", crash)
    finally:
        logging.shutdown()
        os._exit(code)


def fork_daemon(config: DaemonConfig, *, keep: set[int], serve: Serve = run_daemon) -> int:
    """Return the pid of a process that serves `config`. keep: as for `fork_off`. Raises NoProcess."""
    return fork_off(
        lambda: int(serve(config)), keep=keep, crash=f"{config.name}: the daemon crashed", code=int(ExitCode.CRASHED)
    )


def fork_child(work: Callable[[], object]) -> int:
    """Return the pid of a process that does `work`, and ends; it keeps only our output. Raises NoProcess."""

    def done() -> int:
        work()
        return 0

    return fork_off(done, crash="what was to be done beside has failed")


def run_forked(config: DaemonConfig, *, keep: set[int], serve: Serve = run_daemon) -> NoReturn:
    """In a child that somebody else has forked: serve, as after `fork_daemon`."""
    end_with(
        lambda: int(serve(config)), keep=keep, crash=f"{config.name}: the daemon crashed", code=int(ExitCode.CRASHED)
    )
