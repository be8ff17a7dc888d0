"""The engine that runs a qube as a bubblewrap sandbox here. Must not know the wire protocol, windows or labels."""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from guid.core.definition import Net
from guid.engines.bubblewrap import find_bubblewrap, refusal
from guid.engines.bundle import kept_bundle
from guid.engines.descriptors import check_descriptors
from guid.engines.engine import LocalQube, RunningQube, Traits
from guid.engines.errors import EngineError
from guid.engines.generated import etc_files
from guid.engines.homes import prepare_home
from guid.engines.host import host_clock, host_machine_id, host_paths
from guid.engines.interpreter import system_interpreter
from guid.engines.launch import above_stdio, launch, lent_data
from guid.engines.network import NAMESERVER, Routed, Uplink
from guid.engines.sandbox import INSIDE_AGENT, Contents, DataFile, HostPath, TemplatePath, bubblewrap_argv
from guid.engines.syscalls import filter_program
from guid.engines.template import check_template, python_version, template_paths
from guid.engines.uids import CLAIMS, QUBE_UIDS, check_uids_mapped, claim_uid
from guid.paths import QUBE_NAME

PROBE_TIMEOUT_S: Final = 30.0
NETS: Final = frozenset({Net.NONE, Net.USER})


class LocalEngine:
    """Starts local qubes. One object for many; what it learns of the machine it learns once.

    bundle: returns the agent's code for an interpreter with the given magic; claims: see `uids.CLAIMS`.
    """

    traits = Traits()

    def __init__(
        self,
        *,
        bundle: Callable[[bytes], bytes] = kept_bundle,
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
    ) -> RunningQube:
        """Start `qube`; see `Engine.start`. Call it from a thread that lives as long as the qube (the kernel watches).

        Returns bubblewrap's process, which ends when the agent does, and everything in the qube with it; in a qube
        with a network, the router is part of it.
        Raises an EngineError.
        """
        if QUBE_NAME.fullmatch(qube.name) is None:
            raise EngineError(f"{qube.name!r} cannot be a qube's name")
        qube.check_offered("local", nets=NETS, templates=True)
        self.check()
        machine = self._machine
        assert machine is not None  # noqa: S101 - check() made it
        check_descriptors(listener, pool_fd, control, log_fd)
        home = qube.home.parent.resolve() / qube.home.name  # a link in its own place is for prepare_home to refuse
        uid = claim_uid(home, self._claims) if os.geteuid() == 0 else os.geteuid()
        prepare_home(home, uid)
        with contextlib.ExitStack() as stack:
            vchan, pool, commands = (
                stack.enter_context(above_stdio(fd)) for fd in (listener.fileno(), pool_fd, control.fileno())
            )
            command = [
                *machine.agent_command,
                *("--vchan-fd", str(vchan), "--pool-fd", str(pool), "--control-fd", str(commands)),
                *self._agent_arguments,
            ]
            uplink = stack.enter_context(Uplink()) if qube.net is Net.USER else None
            place = _Place(qube.name, str(home), uid, log_fd, machine.system(qube.template, uid))
            process = machine.spawn(stack, place, command, (vchan, pool, commands), uplink)
            return process if uplink is None else _connected(process, uplink, uid, log_fd)


def _connected(sandbox: subprocess.Popen[bytes], uplink: Uplink, uid: int, log_fd: int) -> Routed:
    """Give the sandbox its network. Raises EngineError; then nothing of it runs."""
    try:
        return Routed(sandbox, uplink.attach(uid, log_fd))
    except EngineError:
        sandbox.kill()
        sandbox.wait()
        raise


class _System(NamedTuple):
    """Whose programs a qube has: this machine's or a template's. agent: for that Python; files: more that it sees."""

    host: Sequence[HostPath]
    template: Sequence[TemplatePath]
    agent: bytes
    files: Mapping[str, bytes]


class _Place(NamedTuple):
    """Where a program is to run. home: the trusted side's path."""

    name: str
    home: str
    uid: int
    log_fd: int
    system: _System


class _Machine:
    """What one look at this machine found: the programs that are needed, and that bubblewrap works here."""

    def __init__(self, bundle: Callable[[bytes], bytes]) -> None:
        self._bubblewrap = find_bubblewrap()
        self._filter = filter_program(platform.machine())
        self._interpreter = system_interpreter()
        self._bundle = bundle
        self._uncompiled = b""
        self.agent_command = (self._interpreter.path, "-I", INSIDE_AGENT)
        if os.geteuid() == 0:
            check_uids_mapped()
        host = host_paths()
        self._probe(_System(host, (), b"", {}))
        self._host = _System(host, (), bundle(self._interpreter.magic), {})

    def system(self, template: Path | None, uid: int) -> _System:
        """What a qube that runs as `uid` sees. template: None for the host's. Raises TemplateUnusable."""
        if template is None:
            return self._host
        check_template(template, uid)
        agent = self._host.agent
        if python_version(template) != self._interpreter.version:
            self._uncompiled = self._uncompiled or self._bundle(b"")
            agent = self._uncompiled
        return _System((), template_paths(template), agent, host_clock())

    def spawn(
        self,
        stack: contextlib.ExitStack,
        place: _Place,
        command: Sequence[str],
        inherited: Sequence[int],
        uplink: Uplink | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start `command` in a sandbox; `stack` owns the descriptors that only bubblewrap reads."""
        nameserver = NAMESERVER if uplink is not None else None
        system = place.system
        contents = {**etc_files(place.name, host_machine_id(), nameserver), **system.files, INSIDE_AGENT: system.agent}
        files = [DataFile(path, stack.enter_context(lent_data(content))) for path, content in contents.items()]
        filter_fd = stack.enter_context(lent_data(self._filter))
        network, lent = (uplink.arguments, uplink.inherited) if uplink is not None else ((), ())
        inside = Contents(place.name, place.home, files, filter_fd, command, network, system.template)
        argv = bubblewrap_argv(self._bubblewrap, system.host, inside)
        read = (filter_fd, *(file.fd for file in files), *lent)
        return launch(argv, uid=place.uid, log_fd=place.log_fd, inherited=(*inherited, *read))

    def _probe(self, system: _System) -> None:
        """Run `true` in a sandbox. Raises an EngineError by what bubblewrap said."""
        uid = QUBE_UIDS[-1] if os.geteuid() == 0 else os.geteuid()
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
        with os.fdopen(read_end, "rb") as said:
            try:
                with contextlib.ExitStack() as stack:
                    place = _Place("probe", "/usr", uid, write_end, system)
                    probe = self.spawn(stack, place, ("/usr/bin/true",), ())
            finally:
                os.close(write_end)
            with probe:
                untrusted_said = said.read()
                status = probe.wait(PROBE_TIMEOUT_S)
        if status != 0:
            raise refusal(untrusted_said.decode(errors="replace"))
