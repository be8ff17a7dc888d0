"""The engine that runs a qube as a bubblewrap sandbox here. Must not know the wire protocol, windows or labels."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import resource
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from guid.engines.bubblewrap import find_bubblewrap, refusal
from guid.engines.bundle import agent_bundle
from guid.engines.engine import LocalQube
from guid.engines.errors import EngineError, UnsafeDescriptor
from guid.engines.generated import etc_files
from guid.engines.homes import prepare_home
from guid.engines.host import host_machine_id, host_paths
from guid.engines.interpreter import system_interpreter
from guid.engines.sandbox import INSIDE_AGENT, Contents, DataFile, bubblewrap_argv
from guid.engines.syscalls import filter_program
from guid.engines.uids import CLAIMS, QUBE_UIDS, check_uids_mapped, claim_uid
from guid.paths import QUBE_NAME

OOM_SCORE_ADJ: Final = 500
"""How much sooner than others a qube's programs are ended when memory runs out; 1000 is the kernel's most."""
MAX_PROCESSES: Final = 4096
"""Processes and threads of one qube: a browser with many tabs has some hundreds."""
CORE_BYTES: Final = 1
"""No core files, and (this value alone) none through a pipe either: a host program would parse what a qube wrote.
Source: Linux fs/coredump.c, do_coredump."""
PROBE_TIMEOUT_S: Final = 30.0
_REQUIRED_SEALS: Final = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


class LocalEngine:
    """Starts local qubes. One object for many; what it learns of the machine it learns once.

    bundle: returns the agent's code for an interpreter with the given magic; claims: see `uids.CLAIMS`.
    """

    def __init__(
        self,
        *,
        bundle: Callable[[bytes], bytes] = agent_bundle,
        agent_arguments: Sequence[str] = (),
        claims: Path = CLAIMS,
    ) -> None:
        self._bundle = bundle
        self._agent_arguments = tuple(agent_arguments)
        self._claims = claims
        self._machine: _Machine | None = None

    def check(self) -> None:
        """Raise an EngineError, with what to do about it, if this machine cannot run local qubes."""
        if self._machine is None:
            self._machine = _Machine(self._bundle)

    def start(
        self, qube: LocalQube, *, listener: socket.socket, pool_fd: int, control: socket.socket, log_fd: int
    ) -> subprocess.Popen[bytes]:
        """Start `qube`; see `Engine.start`. Call it from a thread that lives as long as the qube (the kernel watches).

        Returns bubblewrap's process: it ends when the agent does, and everything in the qube ends with it.
        Raises an EngineError.
        """
        if QUBE_NAME.fullmatch(qube.name) is None:
            raise EngineError(f"{qube.name!r} cannot be a qube's name")
        self.check()
        machine = self._machine
        assert machine is not None  # noqa: S101 - check() made it
        _check_descriptors(listener, pool_fd, control, log_fd)
        home = qube.home.parent.resolve() / qube.home.name  # a link in its own place is for prepare_home to refuse
        uid = claim_uid(home, self._claims) if os.geteuid() == 0 else os.geteuid()
        prepare_home(home, uid)
        with contextlib.ExitStack() as stack:
            vchan, pool, commands = (
                stack.enter_context(_above_stdio(fd)) for fd in (listener.fileno(), pool_fd, control.fileno())
            )
            command = [
                *machine.agent_command,
                *("--vchan-fd", str(vchan), "--pool-fd", str(pool), "--control-fd", str(commands)),
                *self._agent_arguments,
            ]
            return machine.spawn(stack, qube.name, str(home), command, uid, log_fd, (vchan, pool, commands))


class _Machine:
    """What one look at this machine found: the programs that are needed, and that bubblewrap works here."""

    def __init__(self, bundle: Callable[[bytes], bytes]) -> None:
        self._bubblewrap = find_bubblewrap()
        self._filter = filter_program(platform.machine())
        self._host = host_paths()
        interpreter = system_interpreter()
        self.agent_command = (interpreter.path, "-I", INSIDE_AGENT)
        self._agent = b""
        if os.geteuid() == 0:
            check_uids_mapped()
        self._probe()
        self._agent = bundle(interpreter.magic)

    def spawn(
        self,
        stack: contextlib.ExitStack,
        name: str,
        home: str,
        command: Sequence[str],
        uid: int,
        log_fd: int,
        inherited: Sequence[int],
    ) -> subprocess.Popen[bytes]:
        """Start `command` in a sandbox; `stack` owns the descriptors that only bubblewrap reads."""
        contents = {**etc_files(name, host_machine_id()), INSIDE_AGENT: self._agent}
        files = [DataFile(path, stack.enter_context(_data(content))) for path, content in contents.items()]
        filter_fd = stack.enter_context(_data(self._filter))
        argv = bubblewrap_argv(self._bubblewrap, self._host, Contents(name, home, files, filter_fd, command))
        root = os.geteuid() == 0
        try:
            with _raised_oom_score():
                # SAFETY: started by root, the child calls setgroups([]), setgid and setuid before any program runs;
                # setuid from root drops the saved uid and every capability. close_fds leaves pass_fds and 0, 1, 2.
                return subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=log_fd,
                    stderr=log_fd,
                    pass_fds=(*inherited, filter_fd, *(file.fd for file in files)),
                    close_fds=True,
                    cwd="/",
                    env={},
                    umask=0o077,
                    start_new_session=True,
                    user=uid if root else None,
                    group=uid if root else None,
                    extra_groups=() if root else None,
                    preexec_fn=_limit_child,  # noqa: PLW1509 - we have one thread
                )
        except (OSError, subprocess.SubprocessError) as error:
            raise EngineError(f"cannot start {self._bubblewrap} as uid {uid}: {error}") from error

    def _probe(self) -> None:
        """Run `true` in a sandbox. Raises an EngineError by what bubblewrap said."""
        uid = QUBE_UIDS[-1] if os.geteuid() == 0 else os.geteuid()
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
        with os.fdopen(read_end, "rb") as said:
            try:
                with contextlib.ExitStack() as stack:
                    probe = self.spawn(stack, "probe", "/usr", ("/usr/bin/true",), uid, write_end, ())
            finally:
                os.close(write_end)
            with probe:
                untrusted_said = said.read()
                status = probe.wait(PROBE_TIMEOUT_S)
        if status != 0:
            raise refusal(untrusted_said.decode(errors="replace"))


def _check_descriptors(listener: socket.socket, pool_fd: int, control: socket.socket, log_fd: int) -> None:
    """Raise UnsafeDescriptor unless each is what it is meant to be: a folder's would lead out of the sandbox."""
    if listener.family != socket.AF_UNIX or not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise UnsafeDescriptor("the qube's listener is not a listening unix socket")
    if control.family != socket.AF_UNIX:
        raise UnsafeDescriptor("the qube's control connection is not a unix socket")
    try:
        seals = fcntl.fcntl(pool_fd, fcntl.F_GET_SEALS)
    except OSError as error:
        raise UnsafeDescriptor("the qube's pool is not memory that can be sealed") from error
    if seals & _REQUIRED_SEALS != _REQUIRED_SEALS:
        raise UnsafeDescriptor("the qube's pool is not sealed against shrinking and growing")
    log = os.fstat(log_fd)
    null = stat.S_ISCHR(log.st_mode) and log.st_rdev == Path("/dev/null").stat().st_rdev
    if not (stat.S_ISFIFO(log.st_mode) or stat.S_ISSOCK(log.st_mode) or null):
        # A regular file could be opened again through /proc/self/fd and read or cut; a terminal obeys escape sequences.
        raise UnsafeDescriptor("a qube's output may only go to a pipe, a socket or /dev/null")


@contextlib.contextmanager
def _data(content: bytes) -> Iterator[int]:
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
def _above_stdio(descriptor: int) -> Iterator[int]:
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
