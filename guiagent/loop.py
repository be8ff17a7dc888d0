"""The agent's one loop: moves what the daemon, X and the trusted side say. It must not decide anything."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from guiagent.core.control import Lost, News, Ready, Run, Stop, Wish, WishError, parse_wish
from guiagent.core.deaths import Deaths
from guiagent.core.frames import ONLY_FRAMES_DONE
from guiagent.core.keyboard import ONLY_KEYS
from guiagent.notify import Manager
from guiagent.x11.bus import ADDRESS as BUS_ADDRESS
from guiagent.x11.bus import SessionBus
from guiagent.x11.desk import Desk
from guiagent.x11.programs import Programs
from guiagent.x11.selection import Selections
from guiagent.x11.server import Kind, XServer
from guiagent.x11.tray.process import TrayProcess
from protocol.errors import RemoteProtocolError
from protocol.framing import FrameReader
from protocol.handshake import AgentHandshake
from protocol.messages import Role
from shm.errors import DisplayLost, TransportError
from shm.pool import PagePool
from shm.supply import PageSupply
from shm.vchan.channel import Acceptor, Channel

LOG = logging.getLogger(__name__)

MAX_CONTROL_BYTES = 65_536
"""The longest packet on the control socket; a longer one is cut by the kernel and then no JSON."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. `display` names an X server that runs already; `control` may be missing.

    clear_pasted_s: let go of what was pasted after so long; None: never.
    """

    listener: Acceptor
    pool: PagePool
    supply: PageSupply
    control: socket.socket | None
    server: Kind
    display: str | None
    clear_pasted_s: float | None = None


class Daemon:
    """One connected daemon: its channel, and how far it has come.

    backlog: the channel has not taken all that it was given.
    """

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.fd = channel.fileno()
        self.handshake = AgentHandshake()
        self.reader: FrameReader | None = None
        self.backlog = False


class Agent:
    """The agent's life: a daemon's handshake tells the size of the screen, and X starts then if it does not run."""

    def __init__(self, options: Options) -> None:
        self._manager = Manager.from_environment()
        self._options = options
        self._listener = options.listener
        self._poll = select.epoll()
        self._ready: dict[int, Callable[[int], None]] = {}
        self._watched: dict[int, int] = {}
        self._daemon: Daemon | None = None
        self._server: XServer | None = None
        self._desk: Desk | None = None
        self._selections: Selections | None = None
        self._programs: Programs | None = None
        self._bus: SessionBus | None = None
        self._x_fds: tuple[int, ...] = ()
        self._deaths = Deaths()
        self._tray: TrayProcess | None = None
        self._tray_deaths = Deaths()
        self._waiting: list[Run] = []
        self._outbox: list[bytes] = []
        self._stopped = False
        self._writes = False  # somebody is to be told when a descriptor is writable
        self._wake_read, self._wake_write = socket.socketpair()

    def run(self) -> None:
        """Serve until the trusted side says stop or goes away. Raises DisplayLost or ShmError if X fails us."""
        self._watch(self._listener.fileno(), self._accept)
        if self._options.control is not None:
            control = self._options.control
            control.settimeout(0)
            self._watch(control.fileno(), lambda _events: self._control_readable(control))
        self._catch_signals()
        self._manager.ready()
        try:
            while not self._stopped:
                try:
                    self._turn()
                except DisplayLost as error:
                    self._display_lost(error)
        finally:
            self._manager.stopping()
            self._end()

    def _turn(self) -> None:
        for fd, events in self._poll.poll(self._timeout_s()):
            handler = self._ready.get(fd)
            if handler is not None:
                handler(events)
        if self._outbox:
            self._post()  # before it is asked whether the daemon reads
        desk, selections, daemon = self._desk, self._selections, self._daemon
        if desk is not None:
            # Pictures may be sent: a daemon that does not read gets the newest ones later, not all of them.
            reads = daemon is not None and daemon.reader is not None and not daemon.backlog
            desk.settle(daemon_reads=reads)
        if selections is not None and selections.due < inf:
            selections.settle()
        if self._waiting:
            self._start_programs()
        if self._outbox:
            self._post()
        x_writes = desk is not None and desk.wants_write
        daemon_writes = self._daemon is not None and self._daemon.backlog
        if x_writes or daemon_writes or self._writes:
            self._watch_writes(x_writes=x_writes, daemon_writes=daemon_writes)

    def _timeout_s(self) -> float | None:
        if self._desk is None or self._selections is None:
            return None
        due = min(self._desk.due, self._selections.due)
        return max(0.0, due - time.monotonic()) if due < inf else None

    # The daemon

    def _accept(self, _events: int) -> None:
        channel = self._listener.accept()
        if channel is None:
            return
        self._drop_daemon("another one connected")
        self._daemon = Daemon(channel)
        self._watch(channel.fileno(), self._daemon_ready)
        self._send(self._daemon.handshake.greeting())

    def _daemon_ready(self, events: int) -> None:
        daemon = self._daemon
        if daemon is None:
            return
        try:
            if events & select.EPOLLOUT:
                daemon.channel.flush()
            data = daemon.channel.receive() if events & ~select.EPOLLOUT else None
            if daemon.backlog:  # either may have written more of it
                daemon.backlog = daemon.channel.wants_write
            if data is not None:
                self._received(daemon, data)
        except (TransportError, RemoteProtocolError) as error:
            self._drop_daemon(str(error) or "closed")

    def _received(self, daemon: Daemon, data: bytes) -> None:
        if daemon.reader is None:
            daemon.handshake.receive(data)
            if not daemon.handshake.done:
                return
            data = daemon.handshake.leftover
            daemon.reader = FrameReader(Role.AGENT, minor=daemon.handshake.minor)
            self._greeted(daemon)
        daemon.reader.receive(data)
        if self._desk is not None and self._selections is not None:
            frames = list(daemon.reader.frames())
            types = {frame.type for frame in frames}
            if types <= ONLY_FRAMES_DONE:
                self._desk.frames_done(frames)
                return
            if types & self._selections.heard:
                self._selections.obey(frames)
            self._desk.obey(frames, settles=types != ONLY_KEYS)

    def _greeted(self, daemon: Daemon) -> None:
        xconf = daemon.handshake.xconf
        LOG.info("a daemon is here: 1.%d, %dx%d", daemon.handshake.minor, xconf.width_px, xconf.height_px)
        self._manager.status("connected to the desktop")
        desk = self._desk or self._start_x(xconf.width_px, xconf.height_px)
        desk.daemon_came(daemon.handshake.minor, xconf.width_px, xconf.height_px)
        if self._selections is not None:
            self._selections.daemon_came(daemon.handshake.minor)

    def _drop_daemon(self, why: str) -> None:
        daemon, self._daemon = self._daemon, None
        if daemon is None:
            return
        LOG.info("the daemon is gone: %s", why)
        self._manager.status("waiting for the desktop")
        self._outbox.clear()
        self._unwatch(daemon.fd)
        daemon.channel.close()
        if self._desk is not None:
            self._desk.daemon_lost()
        if self._selections is not None:
            self._selections.daemon_lost()

    def _send(self, data: bytes) -> None:
        if self._daemon is not None:
            self._outbox.append(data)

    def _post(self) -> None:
        """Send all that has gathered as one: one call, and one notification where a channel has such."""
        daemon = self._daemon
        if daemon is None:
            return
        messages = b"".join(self._outbox)
        self._outbox.clear()
        try:
            daemon.channel.send(messages)
            daemon.backlog = daemon.channel.wants_write
        except TransportError as error:
            self._drop_daemon(str(error) or "closed")

    # X and the programs

    def _start_x(self, width: int, height: int) -> Desk:
        if self._bus is None and BUS_ADDRESS not in os.environ:
            self._bus = SessionBus.start()  # it begins to listen while X starts
        display = self._options.display
        if display is None:
            self._server = self._server or XServer.start(self._options.server, width, height)
            display = self._server.display
        desk = self._desk = Desk(
            display, self._options.pool, self._options.supply, clock=time.monotonic, send=self._send
        )
        self._watch(desk.fileno(), desk.ready)
        selections = self._selections = Selections(
            display, clock=time.monotonic, send=self._send, clear_after_s=self._options.clear_pasted_s
        )
        self._watch(selections.fileno(), selections.ready)
        self._x_fds = (desk.fileno(), selections.fileno())
        self._join_session(display)
        LOG.info("the screen %s is up", display)
        # What start has made stays; the collector need not look at it again and again.
        gc.freeze()
        self._tell(Ready())
        self._start_tray(display)
        return desk

    def _start_tray(self, display: str) -> None:
        """A process of its own: nothing that programs do with their icons is done in this one."""
        if self._tray is None and self._programs is not None:
            self._tray = TrayProcess(display, self._programs.bus)
            self._watch(self._tray.fileno(), lambda _events: self._tray_ended(display))

    def _tray_ended(self, display: str) -> None:
        tray, self._tray = self._tray, None
        if tray is None:
            return
        self._unwatch(tray.fileno())
        if tray.ended() and self._desk is not None and self._tray_deaths.another(time.monotonic()):
            self._start_tray(display)

    def _stop_tray(self) -> None:
        tray, self._tray = self._tray, None
        if tray is not None:
            self._unwatch(tray.fileno())
            tray.stop()

    def _start_programs(self) -> None:
        """Start what waits, once it is known how large the desktop draws: not every program looks again later."""
        environment = self._desk.environment() if self._waiting and self._desk is not None else None
        if environment is None or self._programs is None:
            return
        waiting, self._waiting = self._waiting, []
        for run in waiting:
            self._tell(self._programs.start(run, environment))

    def _join_session(self, display: str) -> None:
        """What programs are started in: the display, which may be a new one, and the bus."""
        if self._programs is not None:
            self._programs.show_on(display)
            return
        self._programs = Programs(display)
        address = self._bus.address() if self._bus is not None else None
        if address is not None:
            self._programs.talk_on(address)

    def _display_lost(self, error: DisplayLost) -> None:
        """X has ended, or a program has ended our connection to it: the next daemon finds a session that begins anew.

        Raises `error` if it was no session yet, or ends too often.
        """
        if self._desk is None or not self._deaths.another(time.monotonic()):
            raise error
        desk, self._desk = self._desk, None
        desk.abandon()
        desk.close()
        selections, self._selections = self._selections, None
        if selections is not None:
            selections.close()
        for fd in self._x_fds:
            self._unwatch(fd)
        LOG.error("the screen is lost, and comes back with the next daemon: %s", error)
        if self._server is not None and self._server.ended():
            self._end_session(self._server)
        self._drop_daemon("its windows are gone")

    def _end_session(self, server: XServer) -> None:
        LOG.error("the X server has ended: the programs that it showed end too, and another is started")
        self._stop_tray()
        server.stop()
        self._server = None
        if self._programs is not None:
            self._programs.stop()
        self._tell(Lost())

    # The trusted side

    def _control_readable(self, control: socket.socket) -> None:
        try:
            packet = control.recv(MAX_CONTROL_BYTES)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._stopped = True
            return
        try:
            self._grant(parse_wish(json.loads(packet)))
        except ValueError as error:
            reason = error if isinstance(error, WishError) else "no JSON"
            LOG.warning("an unusable packet of %d bytes on the control socket: %s", len(packet), reason)

    def _grant(self, wish: Wish) -> None:
        if isinstance(wish, Stop):
            self._stopped = True
        else:
            self._waiting.append(wish)

    def _tell(self, news: News) -> None:
        if self._options.control is None:
            return
        try:
            self._options.control.send(json.dumps(news.as_json()).encode())
        except OSError as error:
            LOG.warning("the trusted side was not told %s: %s", type(news).__name__, error.strerror)

    # Signals and the end

    def _catch_signals(self) -> None:
        for end in (self._wake_read, self._wake_write):
            end.settimeout(0)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._wake_write.fileno(), warn_on_full_buffer=False)
        self._watch(self._wake_read.fileno(), self._woken)

    def _woken(self, _events: int) -> None:
        numbers = set(self._wake_read.recv(256))
        self._stopped = self._stopped or bool(numbers & {signal.SIGTERM, signal.SIGINT})
        if self._programs is not None:
            for news in self._programs.reap():
                self._tell(news)

    def _end(self) -> None:
        signal.set_wakeup_fd(-1)
        self._stop_tray()
        if self._programs is not None:
            self._programs.stop()
        if self._selections is not None:
            self._selections.close()
        if self._desk is not None:
            self._desk.close()
        if self._server is not None:
            self._server.stop()
        if self._bus is not None:
            self._bus.stop()
        if self._daemon is not None:
            self._daemon.channel.close()
        self._listener.close()
        self._poll.close()

    def _watch(self, fd: int, handler: Callable[[int], None]) -> None:
        self._poll.register(fd, select.EPOLLIN)
        self._watched[fd] = select.EPOLLIN
        self._ready[fd] = handler

    def _unwatch(self, fd: int) -> None:
        if self._watched.pop(fd, None) is not None:
            with contextlib.suppress(OSError):  # closed already
                self._poll.unregister(fd)
            del self._ready[fd]

    def _watch_writes(self, *, x_writes: bool, daemon_writes: bool) -> None:
        self._writes = x_writes or daemon_writes
        if self._desk is not None:
            self._watch_write(self._x_fds[0], wanted=x_writes)
        if self._daemon is not None:
            self._watch_write(self._daemon.fd, wanted=daemon_writes)

    def _watch_write(self, fd: int, *, wanted: bool) -> None:
        events = select.EPOLLIN | select.EPOLLOUT if wanted else select.EPOLLIN
        if self._watched[fd] != events:
            self._poll.modify(fd, events)
            self._watched[fd] = events
