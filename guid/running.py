"""The qubes that run: starts them, and takes away what has ended; must not touch X.

Nobody asks for anything here: guid/operations.py does what commands ask, guid/supervisor.py turns the loop.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from colors.labels import DEFAULT, told
from guid import memory, templates
from guid.cgroups import Cgroups
from guid.clipboard.folders import Folders
from guid.config import ExitCode
from guid.core.aside import Aside
from guid.core.awake import Awake
from guid.core.definition import ENGINES, Definition, as_listed, size_text
from guid.core.lastuse import LastUse
from guid.core.tidings import Tiding, words
from guid.daemons import Daemons
from guid.engines.engine import Engine, LocalQube
from guid.engines.errors import EngineError
from guid.exchange import Exchange
from guid.fork import NoProcess, fork_child
from guid.notifications import Notifier
from guid.paths import PathsError, config_dir, data_dir, qube_home, runtime_dir
from guid.pools import memory_bytes
from guid.preload import libraries
from guid.qube import DAEMON_GRACE_S, Qube, QubeState
from guid.readers import Readers
from guid.removal import disposable_home, hold, remove_disposable, remove_tree
from guid.requests import Refused
from guid.settings import SettingsError, definition_of, written_options
from protocol.errors import RemoteProtocolError

log = logging.getLogger(__name__)

TICK_S = 0.25
"""How often it is looked whether something has taken too long."""


class Running:
    """All qubes of one person on one desktop.

    by_name: those that run, and those whose end is worth showing.
    """

    def __init__(self, readers: Readers, engines: Mapping[str, Engine], notifier: Notifier, display: str) -> None:
        self.by_name: dict[str, Qube] = {}
        self.awake = Awake(time.monotonic())
        self._readers = readers
        self._engines = engines
        self._notifier = notifier
        self._cgroups = Cgroups.found()
        folders = Folders(runtime_dir(), config_dir(), data_dir())
        self.exchange = Exchange(folders, self.by_name, notifier, readers)
        self.exchange.display = display
        self.daemons = Daemons(
            *(self.by_name, readers, self.exchange, self.awake, display), tell=self._tell, ended=self._daemon_ended
        )

    def grouped(self) -> str:
        """Whether qubes have control groups of their own, in words."""
        return f"without control groups for qubes: {self._cgroups.reason}" if self._cgroups.reason else "with limits"

    def summary(self) -> str:
        """Every qube and its state, in a line."""
        states = ", ".join(f"{qube.name} {qube.state.value}" for qube in self.by_name.values())
        return states or "no qube is running"

    def tick(self, now: float) -> None:
        """Time has passed."""
        for qube in list(self.by_name.values()):
            qube.insist(now)
            for waiter in qube.overdue(now):
                waiter.answer({"error": f"qube {qube.name} does not answer; see {qube.log.path}"})
            if qube.state is QubeState.WAITING and qube.daemon_pid == 0 and now >= qube.look_at:
                self._fork_again(qube)
            elif qube.frozen is not None:
                if not qube.frozen.settled:
                    qube.frozen.look_again()
            elif qube.last_use is not None and qube.state is QubeState.RUNNING and qube.last_use.over(now):
                log.info("%s: nothing is left in it to look at, it ends", qube.name)
                qube.stop(now)
        self.exchange.desk.tick()
        self.daemons.tick(now)

    def take_display(self, display: str) -> None:
        """Qubes that are shown are all on one display; while none is, the next command chooses it. Raises Refused."""
        running = [
            qube.name for qube in self.by_name.values() if not qube.ended() and qube.state is not QubeState.WAITING
        ]
        if display != self.daemons.display and running:
            raise Refused(
                f"qubes are running on display {self.daemons.display} ({', '.join(running)}): stop them first"
                f" (vitrail stop NAME), or run with DISPLAY={self.daemons.display}"
            )
        if display != self.daemons.display:
            self.exchange.show_on(display)
        self.daemons.display = display

    def shown_display(self) -> str:
        """The display on which a qube is shown, or is to be; "" if none is."""
        return self.daemons.display if any(not qube.ended() for qube in self.by_name.values()) else ""

    def reload(self) -> None:
        """Read what is written about every qube again; one whose files are not understood keeps what it has."""
        for qube in self.by_name.values():
            try:
                self.reread(qube)
            except SettingsError as error:
                log.error("%s keeps its settings: %s", qube.name, error)
                self._tell(qube, Tiding.KEPT_SETTINGS, str(error))

    def reread(self, qube: Qube) -> None:
        """Read what is written about a qube again: its label and options count at once. Raises SettingsError."""
        written, definition = written_options(qube.name), definition_of(qube.name)
        qube.use_options(written)
        if definition is not None and definition.label not in (None, qube.label):
            log.info("%s: its label is %s now, no longer %s", qube.name, definition.label.name, qube.label.name)
            qube.label = definition.label
            qube.tell_daemon({"label": told(qube.label)})
            self.exchange.relabelled(qube.name)

    def set_aside(self, qube: Qube, aside: Aside) -> None:
        """Hide or show a qube's windows, pause or resume what runs in it. Raises Refused."""
        if qube.state not in (QubeState.STARTING, QubeState.RUNNING, QubeState.WAITING):
            raise Refused(f"qube {qube.name} is {qube.state.value}")
        before = qube.aside
        try:
            qube.set_aside(aside, self._cgroups.freezer(qube.name))
        except OSError as error:
            raise Refused(f"qube {qube.name} cannot be paused: {error}") from error
        if aside != before:
            log.info(
                "%s: %s", qube.name, f"the person has it {aside.words()}" if aside.words() else "is set aside no more"
            )

    def shut_down(self) -> None:
        """End them all."""
        for qube in self.by_name.values():
            qube.stop(self.awake.now)
        grace_s = max((qube.traits.stop_grace_s for qube in self.by_name.values()), default=0.0)
        deadline = self.awake.now + grace_s + DAEMON_GRACE_S + 2 * TICK_S
        while any(not qube.ended() for qube in self.by_name.values()) and self.awake.now < deadline:
            self._readers.turn(TICK_S)
            now = self.awake.look(time.monotonic())
            for qube in list(self.by_name.values()):
                qube.insist(now)
        for qube in list(self.by_name.values()):
            qube.kill()
            qube.close()
            if qube.held >= 0:
                os.close(qube.held)
                _remove(qube.name)
        self.daemons.close()
        self.exchange.close()

    def used_bytes(self, qube: Qube) -> int | None:
        """The memory that a qube uses now; None of one that does not run."""
        group = self._cgroups.statistics(qube.name)
        found = memory.of_group(group) if group is not None else None
        if found is None and qube.process is not None:
            found = memory.of_processes(qube.process.pid, qube.pool.fd)
        return found

    def in_a_child(self, work: Callable[[], object]) -> None:
        """Do `work`, which must not raise, in a process of its own: nobody here waits for it."""
        try:
            self._reap(fork_child(work))
        except NoProcess as error:
            log.error("%s", error)

    def _tell(self, qube: Qube, tiding: Tiding, detail: str = "") -> None:
        """A notice to the person; the log has its line already."""
        self._notifier.tell(
            f"{tiding.value} {qube.name}", *words(tiding, qube=qube.name, detail=detail, log=str(qube.log.path))
        )

    # Lives

    def memory_warning(self, name: str, definition: Definition) -> str:
        """That the memory of a qube cannot be limited, "" if it can or nobody asked."""
        if definition.memory_bytes is None or not self._cgroups.reason:
            return ""
        return (
            f"the memory of qube {name} is not limited to {size_text(definition.memory_bytes)}:"
            f" {self._cgroups.reason}; run the supervisor as a service with Delegate=yes"
        )

    def start(self, name: str, definition: Definition, *, disposable: bool = False) -> Qube:
        """Start a qube. Raises EngineError, SettingsError, PathsError, ShmError, NoProcess."""
        engine_name = definition.engine or ENGINES[0]
        engine = self._engines[engine_name]
        home = disposable_home(name) if disposable else qube_home(name)
        system = templates.located(definition.template) if definition.template is not None else None
        local = LocalQube(name, home, system, definition.net)
        written = written_options(name)
        old = self.by_name.pop(name, None)
        if old is not None:
            old.close()
        engine.check()
        try:
            qube = Qube.create(
                name,
                definition.label or DEFAULT,
                runtime_dir(),
                engine=engine_name,
                traits=engine.traits,
                options=written,
                pool_bytes=definition.pool_bytes,
                already_granted=[each.pool.size_bytes for each in self.by_name.values() if not each.ended()],
            )
        except OSError as error:
            raise EngineError(f"qube {name} cannot be started: {error.strerror}") from error
        qube.defined = {each: as_listed(definition)[each] for each in ("template", "net", "memory_bytes")}
        qube.last_use = LastUse() if disposable else None
        qube.held = hold(name) if disposable else -1
        self.by_name[name] = qube
        if warning := self.memory_warning(name, definition):
            log.warning("%s", warning)
        try:
            qube.template_held = templates.hold(system) if system is not None else -1
            with self._cgroups.joined(name, definition.memory_bytes or memory_bytes() // 2):
                qube.process = engine.start(
                    local,
                    listener=qube.listener,
                    pool_fd=qube.pool.fd,
                    control=qube.programs.qube_end,
                    log_fd=qube.log.write_fd,
                )
        except (EngineError, PathsError, OSError) as error:
            del self.by_name[name]
            qube.close()
            if disposable:
                os.close(qube.held)
                _remove(name)
            if isinstance(error, OSError):
                raise EngineError(f"qube {name} cannot be started: {error.strerror}") from error
            raise
        qube.hand_over()
        qube.process_pidfd = os.pidfd_open(qube.process.pid)
        self._readers.watch(qube.process_pidfd, lambda: self._process_ended(qube))
        self._readers.watch(qube.programs.control, lambda: self._reported(qube))
        self._readers.watch(qube.log.read_fd, lambda: self._logged(qube))
        libraries()  # while the qube starts
        try:
            self.daemons.fork(qube)
        except NoProcess:
            qube.end(QubeState.STOPPING)
            raise
        return qube

    def _fork_again(self, qube: Qube) -> None:
        """Another daemon for a qube that has had one, or has waited; where that cannot be, it is tried again soon."""
        try:
            self.daemons.fork(qube)
        except NoProcess as error:
            log.error("%s: %s; it is tried again", qube.name, error)
            qube.state, qube.reason = QubeState.WAITING, str(error)
            qube.look_at = qube.restarts.display_missed(self.awake.now)

    def _reap(self, pid: int, then: Callable[[], None] = lambda: None) -> None:
        """Collect a child when it has ended."""
        pidfd = os.pidfd_open(pid)

        def ended() -> None:
            self._readers.unwatch(pidfd)
            os.close(pidfd)
            os.waitpid(pid, 0)
            then()

        self._readers.watch(pidfd, ended)

    def _reported(self, qube: Qube) -> None:
        try:
            if not qube.programs.read_report(time.monotonic()):
                self._readers.unwatch(qube.programs.control)
        except RemoteProtocolError as error:
            self._readers.unwatch(qube.programs.control)
            log.error("%s: violation, the qube ends: %s", qube.name, error)
            qube.reason = str(error)
            self._end(qube, QubeState.VIOLATED, Tiding.VIOLATED)
        if qube.programs.session_lost:
            qube.programs.session_lost = False
            log.warning("%s: its X server has ended, and another is started", qube.name)
            self._tell(qube, Tiding.SESSION_LOST)

    def _logged(self, qube: Qube) -> None:
        if not qube.log.read():
            self._readers.unwatch(qube.log.read_fd)

    def _daemon_ended(self, qube: Qube, code: int) -> None:
        if qube.state is QubeState.STOPPING:
            pass
        elif code == ExitCode.VIOLATION:
            self._end(qube, QubeState.VIOLATED, Tiding.VIOLATED)
        elif code == ExitCode.UNSUITABLE_DISPLAY:
            self._display_missed(qube, self.awake.now)
        elif qube.process is not None and qube.restarts.crashed(time.monotonic()):
            log.warning("%s: its daemon ended with %s, another is started", qube.name, code)
            self._tell(qube, Tiding.CRASHED, f"code {code}")
            self._fork_again(qube)
        else:
            log.error("%s: its daemon ended with %s, once too often: the qube ends", qube.name, code)
            qube.reason = f"its daemon ended too often, at last with code {code}"
            self._end(qube, QubeState.FAILED, Tiding.GAVE_UP)
        if qube.daemon_pid == 0 and qube.remains and qube.state is not QubeState.WAITING:
            with suppress(NoProcess):  # what is left goes with the desktop
                self._reap(self.daemons.sweep(qube))
        self._end_if_done(qube)

    def _display_missed(self, qube: Qube, now: float) -> None:
        """A qube that has been shown lives on without a display; one that never was has nowhere to be."""
        if not qube.displayed:
            self._end(qube, QubeState.FAILED, Tiding.REFUSED)
            return
        if qube.state is not QubeState.WAITING:
            log.warning("%s: display %s is gone; its windows come back with it", qube.name, self.daemons.display)
        qube.state = QubeState.WAITING
        qube.remains.clear()
        qube.look_at = qube.restarts.display_missed(now)

    def _end(self, qube: Qube, state: QubeState, tiding: Tiding) -> None:
        """End the qube at once; qube.reason says why."""
        qube.end(state)
        self._tell(qube, tiding, qube.reason)

    def _process_ended(self, qube: Qube) -> None:
        self._readers.unwatch(qube.process_pidfd)
        qube.reap_process()
        self._end_if_done(qube)

    def _end_if_done(self, qube: Qube) -> None:
        """Both processes are gone: the qube is too, unless its end is worth showing."""
        if not qube.ended():
            return
        for fileobj in (qube.programs.control, qube.log.read_fd):
            self._readers.unwatch(fileobj)
        qube.log.read_whole()
        self._cgroups.remove(qube.name)
        if qube.last_use is None:
            self._forget(qube)
            return
        os.close(qube.held)
        qube.held = -1
        if qube.heir():
            self._forget(qube)
            return
        try:
            self._reap(fork_child(lambda: _remove(qube.name)), lambda: self._forget(qube))
        except NoProcess as error:
            log.warning("%s: %s; its files are removed at the next start", qube.name, error)
            self._forget(qube)

    def _forget(self, qube: Qube) -> None:
        qube.close()
        if qube.state not in (QubeState.VIOLATED, QubeState.FAILED):
            self.by_name.pop(qube.name, None)
            if qube.last_use is not None:
                with suppress(PathsError):
                    remove_tree(qube.log.path.parent)


def _remove(name: str) -> None:
    try:
        remove_disposable(name)
    except PathsError as error:
        log.error("%s: %s", name, error)
