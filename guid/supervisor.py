"""The per-user supervisor: starts qubes, forks and reaps their daemons, answers commands; must not touch X."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from colors.labels import DEFAULT, UnknownLabel
from guid import definitions
from guid.cgroups import Cgroups
from guid.clipboard.folders import Folders
from guid.config import DaemonConfig, ExitCode
from guid.core.awake import Awake
from guid.core.definition import Definition
from guid.core.options import options_written
from guid.core.sharing import Shares
from guid.core.starting import Contradiction, lacking
from guid.core.tidings import Tiding, words
from guid.engines.engine import Engine, LocalQube
from guid.engines.errors import EngineError
from guid.exchange import Exchange
from guid.fork import fork_daemon
from guid.loop import run_sweep
from guid.notifications import Notifier
from guid.paths import PathsError, config_dir, data_dir, qube_home, runtime_dir
from guid.qube import Qube, QubeState, Waiter, memory_bytes
from guid.readers import Readers
from guid.requests import Client, Commands, Refused
from guid.servicemanager import ServiceManager
from guid.settings import SettingsError, definition_of, written_options
from guid.tray import Tray
from protocol.errors import RemoteProtocolError
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

TICK_S = 0.25

REFUSALS = (Refused, Contradiction, EngineError, PathsError, SettingsError, ShmError, UnknownLabel)


@dataclass(eq=False, slots=True)
class _Listing:
    """An `ls` that waits for daemons."""

    client: Client
    missing: set[str]
    deadline: float


class Supervisor:
    """All qubes of one person on one desktop.

    stay: serve until told to stop, not only as long as there is a qube. manager: who else wants to know how we are.
    """

    def __init__(
        self,
        engines: Mapping[str, Engine],
        listener: socket.socket,
        *,
        display: str,
        stay: bool = False,
        manager: ServiceManager | None = None,
    ) -> None:
        self.readers = Readers()
        self._engines = engines
        self._display = display
        self._qubes: dict[str, Qube] = {}
        self._listings: list[_Listing] = []
        self._shares = Shares()
        self._cgroups = Cgroups.found()
        self._stay = stay
        self._manager = manager or ServiceManager("")
        self._notifier = Notifier(self.readers)
        self._stopping = self._reloading = False
        self._awake = Awake(time.monotonic())
        self._busy_until = self._awake.now + FIRST_COMMAND_S
        folders = Folders(runtime_dir(), config_dir(), data_dir())
        self._exchange = Exchange(folders, self._qubes, self._notifier, self.readers)
        self._exchange.display = display
        self._tray = Tray(self.readers, self._exchange)
        operations = {"run": self._run, "ls": self._list, "stop": self._stop_qube, "clipboard": self._clipboard}
        self._commands = Commands(self.readers, listener, operations, REFUSALS)

    # Loop

    def run(self) -> int:
        """Serve until a signal, or until nothing is left to do."""
        self._manager.ready(self._summary())
        while not self._stopping and not self._idle():
            self.readers.turn(TICK_S)
            if self._reloading:
                self._reload()
            self._tick(self._awake.look(time.monotonic()))
        self._manager.stopping()
        self._shut_down()
        return 0

    def stop(self) -> None:
        """End the loop soon; safe in a signal handler."""
        self._stopping = True

    def reload(self) -> None:
        """Read the settings again soon; safe in a signal handler."""
        self._reloading = True

    def _idle(self) -> bool:
        if self._qubes or self._commands.waiting or self._stay:
            self._busy_until = self._awake.now + IDLE_LINGER_S
        return self._awake.now > self._busy_until

    def _tick(self, now: float) -> None:
        for listing in [listing for listing in self._listings if not listing.missing or now > listing.deadline]:
            self._listings.remove(listing)
            self._commands.finish(listing.client, {"qubes": [qube.describe() for qube in self._qubes.values()]})
        for qube in list(self._qubes.values()):
            for waiter in qube.overdue(now):
                waiter.answer({"error": f"qube {qube.name} does not answer; see {qube.log_path}"})
            if qube.state is QubeState.STOPPING and now > qube.stop_deadline:
                qube.kill()
            elif qube.state is QubeState.WAITING and qube.daemon_pid == 0 and now >= qube.look_at:
                self._fork_daemon(qube)
        self._exchange.desk.tick()
        for name in self._shares.held_back(now):
            log.warning("%s: asks for more than the desktop can do, and is held back", name)
            self._tell(self._qubes[name], Tiding.HELD_BACK)
        self._notifier.tick(time.monotonic())
        self._tray.tick(time.monotonic())
        self._manager.status(self._summary())

    def _summary(self) -> str:
        states = ", ".join(f"{qube.name} {qube.state.value}" for qube in self._qubes.values())
        return states or "no qube is running"

    def _shut_down(self) -> None:
        self._commands.close()
        for qube in self._qubes.values():
            qube.stop(self._awake.now)
        deadline = self._awake.now + max((qube.traits.stop_grace_s for qube in self._qubes.values()), default=0.0)
        while any(not qube.ended() for qube in self._qubes.values()) and self._awake.now < deadline:
            self.readers.turn(TICK_S)
            self._awake.look(time.monotonic())
        for qube in list(self._qubes.values()):
            qube.kill()
            qube.close()
        self._tray.close()
        self._exchange.close()
        self._notifier.close()

    def _tell(self, qube: Qube, tiding: Tiding, detail: str = "") -> None:
        """A notice to the person; the log has its line already."""
        self._notifier.tell(
            f"{tiding.value} {qube.name}", *words(tiding, qube=qube.name, detail=detail, log=str(qube.log_path))
        )

    # Commands

    def _run(self, client: Client, request: dict[str, Any]) -> None:
        name, wanted, engine = request["qube"], request["label"], request.get("engine")
        self._take_display(request["display"])
        qube = self._qubes.get(name)
        created, started = False, qube is None or qube.state in (QubeState.VIOLATED, QubeState.FAILED)
        if qube is None or started:
            definition, created = self._defined(name, wanted, engine)
            qube = self._start(name, definition)
        elif qube.state is QubeState.STOPPING:
            raise Refused(f"qube {name} is stopping; try again in a moment")
        else:
            lacking(name, Definition(qube.label, qube.engine), wanted, engine, known=())
        facts = {"created_qube": created, "started_qube": started, "label": qube.label.name}

        def answer(message: dict[str, Any]) -> None:
            self._commands.finish(client, message | facts)

        deadline = self._awake.now + qube.traits.start_timeout_s
        qube.tell_daemon({"summoned": True})
        qube.run(request["argv"], Waiter(answer, deadline, until_exit=request["wait"]))

    def _take_display(self, display: str) -> None:
        """Qubes that are shown are all on one display; while none is, the next command chooses it."""
        running = [
            qube.name for qube in self._qubes.values() if not qube.ended() and qube.state is not QubeState.WAITING
        ]
        if display != self._display and running:
            raise Refused(
                f"qubes are running on display {self._display} ({', '.join(running)}): stop them first"
                f" (vitrail stop NAME), or run with DISPLAY={self._display}"
            )
        if display != self._display:
            self._exchange.show_on(display)
        self._display = display

    def _clipboard(self, client: Client, request: dict[str, Any]) -> None:
        if request.get("do") == "watch":
            self._exchange.watchers.append(self._commands.keep(client))
        else:
            self._commands.finish(client, self._exchange.operation(request))

    def _list(self, client: Client, _request: dict[str, Any]) -> None:
        asked = {qube.name for qube in self._qubes.values() if qube.ask_windows()}
        self._listings.append(_Listing(client, asked, self._awake.now + WINDOWS_DEADLINE_S))

    def _stop_qube(self, client: Client, request: dict[str, Any]) -> None:
        qube = self._qubes.get(request["qube"])
        if qube is None:
            known = ", ".join(self._qubes) or "none"
            raise Refused(f"no qube {request['qube']} is running (running: {known})")
        if qube.ended():
            self._qubes.pop(qube.name)
            self._commands.finish(client, {"stopped": qube.name})
            return
        qube.on_end.append(lambda: self._commands.finish(client, {"stopped": qube.name}))
        qube.stop(self._awake.now)

    # Settings

    def _reload(self) -> None:
        """Read the settings of every qube again; one whose files are not understood keeps what it has."""
        self._reloading = False
        self._manager.reloading()
        log.info("the settings are read again")
        for qube in self._qubes.values():
            try:
                written = written_options(qube.name)
            except SettingsError as error:
                log.error("%s keeps its settings: %s", qube.name, error)
                self._tell(qube, Tiding.KEPT_SETTINGS, str(error))
                continue
            qube.options = written
            qube.tell_daemon({"options": written})
        self._manager.ready(self._summary())

    # Qubes

    def _defined(self, name: str, label: str | None, engine: str | None) -> tuple[Definition, bool]:
        """What the qube is, and whether this command has made it."""
        found = definition_of(name)
        literals = lacking(name, found, label, engine, known=definitions.names())
        if literals:
            return definitions.change(name, literals), found is None
        return found or Definition(), False

    def _start(self, name: str, definition: Definition) -> Qube:
        engine_name = definition.engine or DEFAULT_ENGINE
        engine = self._engines[engine_name]
        local = LocalQube(name, qube_home(name), definition.template, definition.net)
        written = written_options(name)
        old = self._qubes.pop(name, None)
        if old is not None:
            old.close()
        engine.check()
        qube = Qube.create(
            name,
            definition.label or DEFAULT,
            runtime_dir(),
            engine=engine_name,
            traits=engine.traits,
            options=written,
            pool_bytes=definition.pool_bytes,
            already_granted=[each.pool.size_bytes for each in self._qubes.values() if not each.ended()],
        )
        self._qubes[name] = qube
        try:
            with self._cgroups.joined(name, definition.memory_bytes or memory_bytes() // 2):
                qube.process = engine.start(
                    local,
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
        self.readers.watch(qube.process_pidfd, lambda: self._process_ended(qube))
        self.readers.watch(qube.control, lambda: self._reported(qube))
        self.readers.watch(qube.log_read, lambda: self._logged(qube))
        self._fork_daemon(qube)
        return qube

    def _fork_daemon(self, qube: Qube) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        boundary = PoolBoundary(qube.vchan_path, qube.pool.fd, qube.traits.carrier, qube.traits.punches)
        options = options_written(qube.options)
        config = DaemonConfig(
            qube.name,
            qube.label,
            boundary,
            self._display,
            theirs,
            options=options,
            outlived=True,
            remains=tuple(qube.remains),
        )
        pid = fork_daemon(config, keep={qube.pool.fd, theirs.fileno()})
        theirs.close()
        qube.daemon_started(pid, ours)
        self.readers.watch(ours, lambda: self._daemon_says(qube))
        self.readers.watch(qube.daemon_pidfd, lambda: self._daemon_ended(qube))

    def _sweep(self, qube: Qube) -> None:
        """Take away what crashed daemons have left, where no other follows."""
        if not qube.remains:
            return
        boundary = PoolBoundary(qube.vchan_path, qube.pool.fd, qube.traits.carrier, qube.traits.punches)
        config = DaemonConfig(qube.name, qube.label, boundary, self._display, remains=tuple(qube.remains))
        qube.remains.clear()
        pid = fork_daemon(config, keep=set(), serve=run_sweep)
        pidfd = os.pidfd_open(pid)

        def ended() -> None:
            self.readers.unwatch(pidfd)
            os.close(pidfd)
            os.waitpid(pid, 0)

        self.readers.watch(pidfd, ended)

    def _reported(self, qube: Qube) -> None:
        try:
            if not qube.read_report(time.monotonic()):
                self.readers.unwatch(qube.control)
        except RemoteProtocolError as error:
            self.readers.unwatch(qube.control)
            log.error("%s: violation, the qube ends: %s", qube.name, error)
            qube.reason = str(error)
            self._end(qube, QubeState.VIOLATED, Tiding.VIOLATED)
        if qube.session_lost:
            qube.session_lost = False
            log.warning("%s: its X server has ended, and another is started", qube.name)
            self._tell(qube, Tiding.SESSION_LOST)

    def _logged(self, qube: Qube) -> None:
        if not qube.read_log():
            self.readers.unwatch(qube.log_read)

    def _daemon_says(self, qube: Qube) -> None:
        message = qube.read_status()
        if message is None:
            self.readers.unwatch(qube.status)
        else:
            self._said(qube, message)

    def _said(self, qube: Qube, message: dict[str, Any]) -> None:
        if "windows" in message:
            qube.windows = message["windows"]
            self._listed(qube)
        elif "clipboard" in message:
            self._exchange.said(qube.name, message, message.get("fd"))
        elif "busy" in message:
            now = self._awake.now
            self._part(self._shares.busy(qube.name, now) if message["busy"] else self._shares.idle(qube.name))

    def _part(self, shares: dict[str, float]) -> None:
        """Tell daemons how much of the desktop's time is theirs."""
        for name, share in shares.items():
            if name in self._qubes:
                self._qubes[name].tell_daemon({"share": share})

    def _listed(self, qube: Qube) -> None:
        for listing in self._listings:
            listing.missing.discard(qube.name)

    def _daemon_ended(self, qube: Qube) -> None:
        while (message := qube.read_status()) is not None:
            self._said(qube, message)  # what it said before it died
        for fileobj in (qube.status, qube.daemon_pidfd):
            self.readers.unwatch(fileobj)
        self._part(self._shares.idle(qube.name))
        code = qube.reap_daemon()
        self._exchange.desk.gone(qube.name)
        self._listed(qube)
        if qube.state is QubeState.STOPPING:
            pass
        elif code == ExitCode.VIOLATION:
            self._end(qube, QubeState.VIOLATED, Tiding.VIOLATED)
        elif code == ExitCode.UNSUITABLE_DISPLAY:
            self._display_missed(qube, self._awake.now)
        elif qube.process is not None and qube.restarts.crashed(time.monotonic()):
            log.warning("%s: its daemon ended with %s, another is started", qube.name, code)
            self._tell(qube, Tiding.CRASHED, f"code {code}")
            self._fork_daemon(qube)
        else:
            log.error("%s: its daemon ended with %s, once too often: the qube ends", qube.name, code)
            qube.reason = f"its daemon ended too often, at last with code {code}"
            self._end(qube, QubeState.FAILED, Tiding.GAVE_UP)
        if qube.daemon_pid == 0:
            self._sweep(qube)
        self._end_if_done(qube)

    def _display_missed(self, qube: Qube, now: float) -> None:
        """A qube that has been shown lives on without a display; one that never was has nowhere to be."""
        if not qube.displayed:
            self._end(qube, QubeState.FAILED, Tiding.REFUSED)
            return
        if qube.state is not QubeState.WAITING:
            log.warning("%s: display %s is gone; its windows come back with it", qube.name, self._display)
        qube.state = QubeState.WAITING
        qube.remains.clear()
        qube.look_at = qube.restarts.display_missed(now)

    def _end(self, qube: Qube, state: QubeState, tiding: Tiding) -> None:
        """End the qube at once; qube.reason says why."""
        qube.end(state)
        self._tell(qube, tiding, qube.reason)

    def _process_ended(self, qube: Qube) -> None:
        self.readers.unwatch(qube.process_pidfd)
        qube.reap_process()
        self._end_if_done(qube)

    def _end_if_done(self, qube: Qube) -> None:
        """Both processes are gone: the qube is too, unless its end is worth showing."""
        if not qube.ended():
            return
        for fileobj in (qube.control, qube.log_read):
            self.readers.unwatch(fileobj)
        while qube.read_log():
            pass
        qube.close()
        self._cgroups.remove(qube.name)
        if qube.state not in (QubeState.VIOLATED, QubeState.FAILED):
            self._qubes.pop(qube.name, None)
