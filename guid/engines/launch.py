"""A process in a sandbox, with another uid, few rights and few descriptors. Must not know what the sandbox shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from guid.engines.errors import EngineError

OOM_SCORE_ADJ: Final = 500
"""How much sooner than others a qube's programs are ended when memory runs out; 1000 is the kernel's most."""
MAX_PROCESSES: Final = 4096
"""Processes and threads of one qube: a browser with many tabs has some hundreds."""
CORE_BYTES: Final = 1
"""No core files, and (this value alone) none through a pipe either: a host program would parse what a qube wrote.
Source: Linux fs/coredump.c, do_coredump."""


def launch(
    argv: Sequence[str],
    *,
    uid: int,
    log_fd: int,
    inherited: Sequence[int],
    groups: Sequence[int] = (),
    quiet: bool = False,
) -> subprocess.Popen[bytes]:
    """Start bubblewrap's `argv`, as `uid` (and the gid of the same number, and `groups`) if root started us.

    log_fd: its standard output and error. inherited: descriptors that stay open under their numbers.
    quiet: its standard output goes nowhere. Raises EngineError.
    """
    root = os.geteuid() == 0
    try:
        with _raised_oom_score():
            # SAFETY: started by root, the child calls setgroups, setgid and setuid before any program runs;
            # setuid from root drops the saved uid and every capability. close_fds leaves pass_fds and 0, 1, 2.
            return subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if quiet else log_fd,
                stderr=log_fd,
                pass_fds=tuple(inherited),
                close_fds=True,
                cwd="/",
                env={},
                umask=0o077,
                start_new_session=True,
                user=uid if root else None,
                group=uid if root else None,
                extra_groups=groups if root else None,
                preexec_fn=_limit_child,  # noqa: PLW1509 - we have one thread
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(f"cannot start {argv[0]} as uid {uid}: {error}") from error


@contextlib.contextmanager
def lent_data(content: bytes) -> Iterator[int]:
    """Lend a descriptor from which `content` can be read once."""
    descriptor = os.memfd_create("vitrail-data", os.MFD_CLOEXEC)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def above_stdio(descriptor: int) -> Iterator[int]:
    """Lend a copy of `descriptor` with a number that standard input and output do not take."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    try:
        yield copy
    finally:
        os.close(copy)


@contextlib.contextmanager
def _raised_oom_score() -> Iterator[None]:
    """Raise our own score while a child is made, which inherits it: afterwards the child could have forked already."""
    file = Path("/proc/self/oom_score_adj")
    try:
        before = file.read_text()
        file.write_text(str(max(OOM_SCORE_ADJ, int(before))))
    except OSError:  # not ours to set (a restricted container): the qube keeps our own score
        yield
        return
    try:
        yield
    finally:
        file.write_text(before)


def _limit_child() -> None:
    """Run in the child just before bubblewrap starts: limits that survive it, and no blocked signals of ours."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    resource.setrlimit(resource.RLIMIT_CORE, (CORE_BYTES, CORE_BYTES))
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    most = MAX_PROCESSES if hard == resource.RLIM_INFINITY else min(MAX_PROCESSES, hard)
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
