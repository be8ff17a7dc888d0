"""The per-user supervisor: starts qubes, forks and reaps their daemons, answers commands; must not touch X."""

from __future__ import annotations

import fcntl
import gc
import json
import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from colors.labels import DEFAULT, UnknownLabel, label_named
from guid.config import DaemonConfig, ExitCode
from guid.control import SOCKET_NAME, peer_uid
from guid.engines.engine import Engine, LocalQube
from guid.engines.errors import EngineError
from guid.engines.local import LocalEngine
from guid.engines.qemu.engine import QemuEngine
from guid.loop import run_daemon
from guid.paths import PathsError, qube_home, runtime_dir
from guid.processes import only_descriptors
from guid.qube import Qube, QubeState, Waiter
from guid.settings import SettingsError, options_of
from shm.boundary import PoolBoundary
from shm.errors import ShmError

log = logging.getLogger(__name__)

FIRST_COMMAND_S = 60.0
"""A supervisor that started by itself waits this long for the command that started it."""

DEFAULT_ENGINE = "local"

WINDOWS_DEADLINE_S = 1.0
"""A daemon has this long to list its windows."""

IDLE_LINGER_S = 1.0
"""A supervisor that started by itself ends this long after its last qube and command."""

LOCK_NAME = "supervisor.lock"
MAX_REQUEST_BYTES = 1 << 20
TICK_S = 0.25


class Refused(Exception):
    """A request that is not done, with the words for the person."""


@dataclass(eq=False, slots=True)
class _Client:
    """One command's connection."""

    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)

    def answer(self, message: dict[str, Any]) -> None:
        """Send the one answer; a command that is gone does not matter."""
        try:
            self.connection.settimeout(WINDOWS_DEADLINE_S)
            self.connection.sendall(json.dumps(message).encode("ascii") + b"\n")
        except OSError:
            log.info("a command went before its answer")


@dataclass(eq=False, slots=True)
class _Listing:
    """An `ls` that waits for daemons."""

    client: _Client
    missing: set[str]
    deadline: float


class Supervisor:
    """All qubes of one person on one desktop."""

    def __init__(self, engines: Mapping[str, Engine], listener: socket.socket, *, display: str) -> None:
        self._engines = engines
        self._listener = listener
        self._display = display
        self._qubes: dict[str, Qube] = {}
        self._clients: set[_Client] = set()
        self._listings: list[_Listing] = []
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._busy_until = time.monotonic() + FIRST_COMMAND_S
        self._watch(listener, self._accept)

    # Loop

    def run(self) -> int:
        """Serve until a signal, or until nothing is left to do."""
        while not self._stopping and not self._idle():
            self._turn(self._selector.select(TICK_S))
            self._tick(time.monotonic())
        self._shut_down()
        return 0

    def _turn(self, ready: list[tuple[selectors.SelectorKey, int]]) -> None:
        """Handle what is ready, but for what an earlier handler of this turn has ended."""
        for key, _events in ready:
            if self._selector.get_map().get(key.fd) is key:
                key.data()

    def stop(self) -> None:
        """End the loop soon; safe in a signal handler."""
        self._stopping = True

    def _watch(self, fileobj: Any, handler: Callable[[], None]) -> None:
        self._selector.register(fileobj, selectors.EVENT_READ, handler)

    def _unwatch(self, fileobj: Any) -> None:
        if fileobj in self._selector.get_map():
            self._selector.unregister(fileobj)

    def _idle(self) -> bool:
        if self._qubes or self._clients:
            self._busy_until = time.monotonic() + IDLE_LINGER_S
        return time.monotonic() > self._busy_until

    def _tick(self, now: float) -> None:
        for listing in [listing for listing in self._listings if not listing.missing or now > listing.deadline]:
            self._listings.remove(listing)
            self._finish(listing.client, {"qubes": [qube.describe() for qube in self._qubes.values()]})
        for qube in list(self._qubes.values()):
            for waiter in qube.overdue(now):
                waiter.answer({"error": f"qube {qube.name} does not answer; see {qube.log_path}"})
            if qube.state is QubeState.STOPPING and now > qube.stop_deadline:
                qube.kill()

    def _shut_down(self) -> None:
        for qube in self._qubes.values():
            qube.stop(time.monotonic())
        deadline = time.monotonic() + max((qube.traits.stop_grace_s for qube in self._qubes.values()), default=0.0)
        while any(not qube.ended() for qube in self._qubes.values()) and time.monotonic() < deadline:
            self._turn([each for each in self._selector.select(TICK_S) if each[0].fileobj is not self._listener])
        for qube in list(self._qubes.values()):
            qube.kill()
            qube.close()

    # Commands

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        if peer_uid(connection) != os.geteuid():
            connection.close()
            return
        client = _Client(connection)
        self._clients.add(client)
        self._watch(connection, lambda: self._readable(client))

    def _readable(self, client: _Client) -> None:
        data = client.connection.recv(1 << 16)
        client.received += data
        if not data or len(client.received) > MAX_REQUEST_BYTES:
            self._forget(client)
        elif client.received.endswith(b"\n"):
            self._unwatch(client.connection)
            self._request(client, json.loads(client.received))

    def _request(self, client: _Client, request: dict[str, Any]) -> None:
        operations = {"run": self._run, "ls": self._list, "stop": self._stop_qube}
        try:
            operations[request["op"]](client, request)
        except (Refused, EngineError, PathsError, SettingsError, ShmError, UnknownLabel) as error:
            self._finish(client, {"error": str(error)})

    def _finish(self, client: _Client, message: dict[str, Any]) -> None:
        client.answer(message)
        self._forget(client)

    def _forget(self, client: _Client) -> None:
        self._unwatch(client.connection)
        client.connection.close()
        self._clients.discard(client)

    def _run(self, client: _Client, request: dict[str, Any]) -> None:
        name, wanted, engine = request["qube"], request["label"], request.get("engine")
        self._take_display(request["display"])
        qube = self._qubes.get(name)
        started = qube is None or qube.state in (QubeState.VIOLATED, QubeState.FAILED)
        if qube is None or started:
            qube = self._start(name, wanted, engine or DEFAULT_ENGINE)
        elif qube.state is QubeState.STOPPING:
            raise Refused(f"qube {name} is stopping; try again in a moment")
        elif wanted not in (None, qube.label.name):
            raise Refused(f"qube {name} is running with label {qube.label.name}; stop it first: vitrail stop {name}")
        elif engine not in (None, qube.engine):
            raise Refused(f"qube {name} is running by the engine {qube.engine}; stop it first: vitrail stop {name}")
        label = qube.label.name

        def answer(message: dict[str, Any]) -> None:
            self._finish(client, message | {"started_qube": started, "label": label})

        deadline = time.monotonic() + qube.traits.start_timeout_s
        qube.run(request["argv"], Waiter(answer, deadline, until_exit=request["wait"]))

    def _take_display(self, display: str) -> None:
        """Qubes that run are all on one display; while none does, the next command chooses it."""
        running = [qube.name for qube in self._qubes.values() if not qube.ended()]
        if display != self._display and running:
            raise Refused(
                f"qubes are running on display {self._display} ({', '.join(running)}): stop them first"
                f" (vitrail stop NAME), or run with DISPLAY={self._display}"
            )
        self._display = display

    def _list(self, client: _Client, _request: dict[str, Any]) -> None:
        asked = {qube.name for qube in self._qubes.values() if qube.ask_windows()}
        self._listings.append(_Listing(client, asked, time.monotonic() + WINDOWS_DEADLINE_S))

    def _stop_qube(self, client: _Client, request: dict[str, Any]) -> None:
        qube = self._qubes.get(request["qube"])
        if qube is None:
            known = ", ".join(self._qubes) or "none"
            raise Refused(f"no qube {request['qube']} is running (running: {known})")
        if qube.ended():
            self._qubes.pop(qube.name)
            self._finish(client, {"stopped": qube.name})
            return
        qube.on_end.append(lambda: self._finish(client, {"stopped": qube.name}))
        qube.stop(time.monotonic())

    # Qubes

    def _start(self, name: str, wanted: str | None, engine_name: str) -> Qube:
        engine = self._engines[engine_name]
        home = qube_home(name)
        options = options_of(name)
        label = label_named(wanted) if wanted is not None else DEFAULT
        old = self._qubes.pop(name, None)
        if old is not None:
            old.close()
        engine.check()
        qube = Qube.create(
            name,
            label,
            runtime_dir(),
            engine=engine_name,
            traits=engine.traits,
            options=options,
            already_granted=[each.pool.size_bytes for each in self._qubes.values()],
        )
        self._qubes[name] = qube
        try:
            qube.process = engine.start(
                LocalQube(name, home),
                listener=qube.listener,
                pool_fd=qube.pool.fd,
                control=qube.qube_end,
                log_fd=qube.log_write,
            )
        except EngineError:
            del self._qubes[name]
            qube.close()
            raise
        qube.hand_over()
        qube.process_pidfd = os.pidfd_open(qube.process.pid)
        self._watch(qube.process_pidfd, lambda: self._process_ended(qube))
        self._watch(qube.control, lambda: self._reported(qube))
        self._watch(qube.log_read, lambda: self._logged(qube))
        self._fork_daemon(qube)
        return qube

    def _fork_daemon(self, qube: Qube) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            boundary = PoolBoundary(qube.vchan_path, qube.pool.fd, qube.traits.carrier, qube.traits.punches)
            config = DaemonConfig(qube.name, qube.label, boundary, self._display, theirs, options=qube.options)
            _run_forked(config, keep={0, 1, 2, qube.pool.fd, theirs.fileno()})
        theirs.close()
        qube.daemon_started(pid, ours)
        self._watch(ours, lambda: self._daemon_says(qube))
        self._watch(qube.daemon_pidfd, lambda: self._daemon_ended(qube))

    def _reported(self, qube: Qube) -> None:
        if not qube.read_report():
            self._unwatch(qube.control)

    def _logged(self, qube: Qube) -> None:
        if not qube.read_log():
            self._unwatch(qube.log_read)

    def _daemon_says(self, qube: Qube) -> None:
        message = qube.read_status()
        if message is None:
            self._unwatch(qube.status)
        elif "windows" in message:
            qube.windows = message["windows"]
            for listing in self._listings:
                listing.missing.discard(qube.name)

    def _daemon_ended(self, qube: Qube) -> None:
        while qube.read_status() is not None:
            pass  # what it said before it died
        for fileobj in (qube.status, qube.daemon_pidfd):
            self._unwatch(fileobj)
        code = qube.reap_daemon()
        for listing in self._listings:
            listing.missing.discard(qube.name)
        if qube.state is QubeState.STOPPING:
            pass
        elif code == ExitCode.VIOLATION:
            qube.end(QubeState.VIOLATED)
        elif code == ExitCode.UNSUITABLE_DISPLAY or not qube.may_restart(time.monotonic()):
            qube.end(QubeState.FAILED)
        else:
            log.warning("%s: daemon ended with %s, another is started", qube.name, code)
            self._fork_daemon(qube)
        self._end_if_done(qube)

    def _process_ended(self, qube: Qube) -> None:
        self._unwatch(qube.process_pidfd)
        qube.reap_process()
        self._end_if_done(qube)

    def _end_if_done(self, qube: Qube) -> None:
        """Both processes are gone: the qube is too, unless its end is worth showing."""
        if not qube.ended():
            return
        for fileobj in (qube.control, qube.log_read):
            self._unwatch(fileobj)
        while qube.read_log():
            pass
        qube.close()
        if qube.state not in (QubeState.VIOLATED, QubeState.FAILED):
            self._qubes.pop(qube.name, None)


def _run_forked(config: DaemonConfig, *, keep: set[int]) -> None:
    """In the child: keep only what the daemon needs, serve, and leave without the parent's clean-up."""
    code = int(ExitCode.CRASHED)
    try:
        only_descriptors(keep)
        code = int(run_daemon(config))
    except Exception:  # the one place of this process that may: it must not run on as a second supervisor
        log.exception("%s: the daemon crashed", config.name)
    finally:
        logging.shutdown()
        os._exit(code)


def supervise(ready_fd: int | None = None, *, engine: Engine | None = None, machines: Engine | None = None) -> int:
    """Run the supervisor of this user until nothing is left to do; another one that runs already makes this one end.

    ready_fd: closed once commands can come. engine, machines: what starts local qubes, virtual machines.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    folder = runtime_dir()
    lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log.info("another supervisor serves already")
        return 0
    listener = _listen(folder)
    engines: dict[str, Engine] = {DEFAULT_ENGINE: engine or LocalEngine(), "qemu": machines or QemuEngine()}
    supervisor = Supervisor(engines, listener, display=os.environ.get("DISPLAY", ""))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: supervisor.stop())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
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
