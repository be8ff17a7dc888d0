"""The daemon of one qube: moves bytes between its agent, the desktop and the supervisor; must not decide anything."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from math import inf
from types import FrameType
from typing import TYPE_CHECKING, Any

from colors.labels import Label, label_told
from guid.clipboard.courier import Courier, Reporter
from guid.clipboard.errors import StoreError
from guid.clipboard.events import Delivered
from guid.clipboard.packets import KEY, Report, order, packet
from guid.config import DaemonConfig, ExitCode
from guid.core import aside
from guid.core.awake import Awake
from guid.core.chords import Chord
from guid.core.options import Options, options_written
from guid.core.pacing import Pacer, Reconnects
from guid.core.session import Session
from guid.core.summons import Summons
from guid.core.window import State
from guid.link import Link, Talk
from guid.poller import Poller
from guid.status import Status, listing
from guid.x11.desktop import Desktop, UnsuitableDisplay
from guid.x11.predecessor import LOOK_S, Predecessor, leave_anchor, let_go, sweep
from guid.x11.presenter import Attached, PoolView
from guid.x11.serverclock import ServerClock
from guid.x11.shell import Shell
from protocol.errors import RemoteProtocolError
from protocol.framing import FrameReader
from protocol.handshake import DaemonHandshake, xconf_for
from protocol.limits import (
    DESKTOP_WORK_SHARE,
    MAX_OUTPUT_QUEUE_BYTES,
    RECONNECT_INTERVAL_S,
)
from protocol.messages import Role
from shm.errors import ChannelClosed, ChannelFull, DisplayLost, ShmError, TransportError

if TYPE_CHECKING:
    from guid.clipboard.alone import Alone

log = logging.getLogger(__name__)

ROOT_DEPTH = 24
LEAVE_TIMEOUT_S = 1.0
"""The X server has so long to take our last words."""


class _Stop(Exception):
    """The loop ends with this code."""

    def __init__(self, code: ExitCode) -> None:
        self.code = code


class Daemon:
    """One connection to the desktop, one agent at a time."""

    def __init__(self, config: DaemonConfig, desktop: Desktop | None = None) -> None:
        self._config = config
        self._options = config.options
        self._label = config.label
        self._aside = config.aside
        self._shown: bool | None = None
        self._memory = memory = config.boundary.memory()
        style, atoms = config.options.style(), config.extras.atoms()
        if desktop is None:
            desktop = Desktop(config.display, qube=config.name, more_atoms=atoms, style=style)
        self._desktop = desktop
        attached = None
        if memory.fd is not None:
            attached = Attached(self._desktop.shm.attach_fd(memory.fd, read_only=True), memory.fd)
        self._pool = PoolView(memory.source, attached, memory.punch, memory.counts_fd)
        self._poller = Poller()
        self._status = Status(config.status)
        self._link: Link | None = None
        self._share = DESKTOP_WORK_SHARE
        self._awake = Awake(time.monotonic())
        self._reconnects = Reconnects()
        self._connect_at = 0.0
        self._stopping = False
        self._clock = ServerClock(self._desktop.x)
        self._summons = Summons()
        self._anchor = leave_anchor(self._desktop, config.name) if config.outlived else 0
        self._predecessor: Predecessor | None = None
        if config.remains:
            self._predecessor = Predecessor(self._desktop, config.name, config.remains, time.monotonic())
        self._alone: Alone | None = None
        if config.status is None and config.clipboard is not None:
            from guid.clipboard.alone import Alone  # noqa: PLC0415 - a supervised daemon has no desk

            self._alone = Alone(config.clipboard, self._make_courier)
        self._courier = self._alone.courier if self._alone else self._make_courier(self._report_copy)
        # How much of what X said has been looked at; how much the last look at everything has seen, but for routine and
        # ends of draws; and when the next one is due.
        self._handed_on = self._seen = -1
        self._stirred, self._due = True, 0.0
        self._routine = 0
        x = self._desktop.x
        self._x_fd = x.fileno()
        self._waits = False  # output waits, or the agent's messages do
        self._poller.watch(self._x_fd, x.pump, x.writable, stream=True)
        if config.status is not None:
            self._poller.watch(config.status.fileno(), self._status_readable)

    def _make_courier(self, report: Reporter) -> Courier:
        name, options, peer = self._config.name, self._config.options, self._config.services
        if peer is None:
            return Courier(name, options, report)
        from guid.clipboard.services import ServiceCourier  # noqa: PLC0415 - only where Qubes' services carry it

        return ServiceCourier(name, options, report, peer=peer, watcher=self._poller)

    # Loop

    def run(self) -> ExitCode:
        """Serve until told to stop, or until the qube or the desktop makes it impossible."""
        try:
            self._status.report({"display": "ready", "anchor": self._anchor})
            self._connect()
            gc.freeze()  # without a collection, which would take 20 ms of a start and find next to nothing
            gc.enable()
            while not self._stopping:
                self._turn()
        except _Stop as stop:
            return stop.code
        except RemoteProtocolError as error:
            self._report_violation(str(error))
            return ExitCode.VIOLATION
        except ChannelFull:
            self._report_violation(f"the agent does not read: {MAX_OUTPUT_QUEUE_BYTES} bytes wait for it")
            return ExitCode.VIOLATION
        except TransportError as error:  # not ChannelClosed: the channel itself makes no sense any more
            self._report_violation(str(error))
            return ExitCode.VIOLATION
        except DisplayLost as error:
            log.error("%s: the desktop's X server is gone: %s", self._config.name, error)
            return ExitCode.UNSUITABLE_DISPLAY
        return ExitCode.STOPPED

    def leave(self) -> None:
        """We end by ourselves: nothing stays on the desktop."""
        with suppress(DisplayLost):
            if self._predecessor is not None:
                self._predecessor.take_away()
            let_go(self._desktop, LEAVE_TIMEOUT_S)

    def stop_on_signals(self) -> None:
        """Let SIGTERM and SIGINT end the loop after the turn they come in."""
        wakeup_read, wakeup_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._poller.watch(wakeup_read, lambda: None)
        signal.set_wakeup_fd(wakeup_write)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _turn(self) -> None:
        ready = self._poller.wait(self._timeout_s())
        now = time.monotonic()
        if self._poller.serve(ready):
            self._stirred = True
        x, link = self._desktop.x, self._link
        if link is not None and (link.held or link.deadline is not None):
            link.resume()
        x.drain()
        link = self._link
        if link is not None:  # what the person waits for is on its way; then the rest
            if link.outbox:
                link.post()
            if link.talk is not None:
                link.talk.shell.present()
            if link.outbox:
                link.post()
        handed_on = x.handed_on
        if self._stirred or link is None or link.stirred or handed_on != self._handed_on or now >= self._due:
            self._handed_on = handed_on
            if not self._only_routine(now):
                self._look_at_all(now)
            link = self._link
        waits = x.flush()
        if link is not None:
            if waits or link.unsettled:
                link.settle()
            waits = waits or link.held or link.backlog
        if waits or self._waits:
            self._waits = waits
            self._watch_writes()

    def _only_routine(self, now: float) -> bool:
        """Whether nothing has happened since the last look at everything but damage, draws and keys."""
        link = self._link
        if self._stirred or now >= self._due or link is None or link.talk is None or link.stirred:
            return False
        shell = link.talk.shell
        routine = shell.routine
        if self._desktop.x.handed_on - shell.presenter.gate.replies - routine != self._seen:
            return False
        if routine == self._routine:
            return True
        self._routine = routine
        wait_s = shell.routine_wait_s(now)
        if wait_s is not None:
            self._due = min(self._due, now + wait_s)
        return now < self._due

    def _look_at_all(self, now: float) -> None:
        """Do what follows from anything but pictures, and what is due; say when to look again."""
        x, link = self._desktop.x, self._link
        talk = link.talk if link is not None else None
        handed_on = x.handed_on
        self._stirred, self._seen = False, handed_on
        if talk is not None:
            self._routine = talk.shell.routine
            self._seen -= talk.shell.presenter.gate.replies + self._routine
        if link is None:
            self._connect_again(now)
        else:
            link.stirred = False
        self._settle()
        self._courier.tick(now)
        if self._alone is not None:
            self._alone.desk.tick()
        if talk is not None:
            self._tell_busy(talk)
        self._tell_shown()
        x.drain()
        heard = x.handed_on
        input_s = talk.shell.input_wait_s(now) if talk is not None else None
        if talk is not None and input_s == 0:
            talk.shell.input_due(now)
            input_s = talk.shell.input_wait_s(now)
        if x.handed_on != handed_on:  # by something that waited: the end of a draw may have been there
            self._present()
        self._post()
        if talk is not None and x.handed_on != heard:
            input_s = talk.shell.input_wait_s(now)
        self._due = now + min(self._waits_s(now, input_s), default=inf)

    def _present(self) -> None:
        if self._link is not None and self._link.talk is not None:
            self._link.talk.shell.present()

    def _timeout_s(self) -> float:
        if self._desktop.x.has_undispatched:
            return 0.0
        link = self._link
        agent_s = link.timeout_s() if link is not None and (link.held or link.deadline is not None) else inf
        if self._due < inf:
            agent_s = min(agent_s, max(0.0, self._due - time.monotonic()))
        return agent_s if agent_s < inf else -1

    def _waits_s(self, now: float, input_s: float | None) -> Iterator[float]:
        """For how long from `now` each part that waits for time to pass needs no look; input_s: what input waits."""
        talk = self._link.talk if self._link is not None else None
        if self._link is None:
            yield max(RECONNECT_INTERVAL_S, self._connect_at - now)
        if self._predecessor is not None or (talk is not None and talk.pacer.busy):
            yield LOOK_S
        if input_s is not None:
            yield input_s
        for due in (self._courier.deadline, self._alone.desk.deadline if self._alone is not None else None):
            if due is not None:
                yield max(0.0, due - now)

    def _watch_writes(self) -> None:
        link = self._link
        self._poller.want(self._x_fd, writes=self._desktop.x.wants_write)
        if link is not None:
            self._poller.want(link.fd, writes=link.backlog, reads=not link.held)

    # Agent

    def _connect(self) -> None:
        """Look for the agent; it may not be there yet."""
        try:
            channel = self._config.boundary.connect()
        except ChannelClosed as gone:
            log.error("%s: %s", self._config.name, gone)
            raise _Stop(ExitCode.AGENT_GONE) from gone
        except TransportError:
            return
        if self._config.connected is not None:
            self._config.connected()
        self._desktop.look_again()
        root = self._desktop.geometry.root
        xconf = xconf_for(root.width, root.height, ROOT_DEPTH)
        handshake = DaemonHandshake(xconf, extensions=self._config.extensions)
        self._link = link = Link(
            self._config.name,
            channel,
            handshake,
            x=self._desktop.x,
            awake=self._awake,
            begin=self._begin,
            gone=self._agent_gone,
            paused=self._aside.paused,
        )
        self._poller.watch(link.fd, link.read, link.flush, stream=True)

    def _begin(self, link: Link, answer: bytes) -> Talk:
        """Both sides know their version: the qube gets its windows."""
        if self._memory.punch is not None:  # before the answer, the agent uses no page
            self._memory.punch(0, self._memory.all_pages)
        link.send(answer)
        self._desktop.look_again()
        handshake = link.handshake
        reader = FrameReader(Role.DAEMON, minor=handshake.minor, extensions=handshake.extensions)
        session = Session(
            self._desktop.geometry,
            minor=handshake.minor,
            pool_pages=self._memory.source.refs,
            counts=self._memory.counts_fd is not None,
            options=self._options,
        )
        pacer = Pacer(time.monotonic(), self._share)
        shell = Shell(
            self._desktop,
            session,
            qube=self._config.name,
            label=self._label,
            pool=self._pool,
            send=link.outbox.append,
            options=self._options,
            predecessor=self._predecessor,
            summons=self._summons,
            clipboard=self._courier.perform,
            aside=self._aside,
            extras=self._config.extras,
            complain=lambda: self._status.report({"unpainted": True}),
            spend=pacer.spend,
        )
        log.info("%s: agent connected, protocol 1.%d", self._config.name, handshake.minor)
        self._status.report({"state": "connected"})
        self._begin_copying(session, shell, link)
        return Talk(reader, shell, pacer)

    def _connect_again(self, now: float) -> None:
        if now >= self._connect_at:
            self._connect()

    def _tell_busy(self, talk: Talk) -> None:
        """Let the supervisor part the desktop's time among all that want more of it than they get."""
        changed = talk.pacer.busy_changed(time.monotonic())
        if changed is not None:
            self._status.report({"busy": changed})

    def _tell_shown(self) -> None:
        """Let the supervisor know when a disposable qube has no window any more."""
        if not self._config.disposable:
            return
        windows = self._link.talk.shell.session.windows if self._link is not None and self._link.talk else {}
        shown = any(window.state in (State.MAPPED, State.DOCKED) for window in windows.values())
        if shown is not self._shown:
            self._shown = shown
            self._status.report({"shown": shown})

    def _settle(self) -> None:
        """Take away what a crashed daemon left, once our windows stand in its places."""
        if self._aside.paused or self._predecessor is None:
            return
        if self._predecessor.settled(time.monotonic()):
            self._predecessor = None
            self._status.report({"settled": True})

    def _post(self) -> None:
        if self._link is not None and self._link.outbox:
            self._link.post()

    def _agent_gone(self, link: Link) -> None:
        """Its windows vanish; it may come back and announce them again."""
        log.info("%s: agent disconnected", self._config.name)
        self._poller.unwatch(link.fd)
        link.channel.close()
        if link.talk is not None:
            link.talk.shell.close()
            self._courier.gone()
            if link.talk.pacer.busy:
                self._status.report({"busy": False})
        self._link = None
        now = time.monotonic()
        self._connect_at = now + self._reconnects.ended(now - link.began)
        self._status.report({"state": "waiting"})
        if self._config.once:
            raise _Stop(ExitCode.AGENT_GONE)

    def _begin_copying(self, session: Session, shell: Shell, link: Link) -> None:
        """From now on the person's chords mean this agent."""
        self._courier.connected(
            session.clipboard, minor=link.handshake.minor, perform=shell.perform, send=link.outbox.append
        )
        if self._config.status is not None or self._alone is not None:
            shell.chords.act_on(Chord.COPY, self._courier.copy_chord)
            shell.chords.act_on(Chord.PASTE, self._courier.paste_chord)

    # Supervisor

    def _status_readable(self) -> None:
        if not self._status.receive(self._told):
            self._stopping = True  # the supervisor is gone

    def _told(self, message: dict[str, Any], fd: int | None) -> None:
        """The supervisor asks or says something."""
        if message.get("query") == "windows":
            self._post()  # what is answered here, the agent has been told
            talk = self._link.talk if self._link is not None else None
            self._desktop.x.flush()  # whoever asks may look for these windows at once
            self._status.report(listing(talk.shell.outers.describe() if talk is not None else []))
        if message.get("summoned"):
            self._clock.ask(self._summoned)
        if "share" in message:
            self._share = message["share"]
            if self._link is not None and self._link.talk is not None:
                self._link.talk.pacer.share = self._share
        if "label" in message:
            self._relabel(label_told(message["label"]))
        if aside.KEY in message:
            self._set_aside(aside.aside_in(message))
        if "options" in message:
            self._change_options(options_written(message["options"]))
        if KEY in message:
            self._courier.obey(order(message[KEY], self._config.name, fd))

    def _summoned(self, time_ms: int) -> None:
        self._summons.made(time_ms, self._desktop.manager.active, time.monotonic())

    def _relabel(self, label: Label) -> None:
        self._label = label
        if self._link is not None and self._link.talk is not None:
            self._link.talk.shell.relabel(label)

    def _set_aside(self, wanted: aside.Aside) -> None:
        """The person hides or shows the qube, pauses it or lets it go on: what it says meanwhile is read afterwards."""
        self._aside = wanted
        link = self._link
        if link is not None:
            link.pause(paused=wanted.paused)
        if link is not None and link.talk is not None:
            link.talk.shell.set_aside(wanted)
        if wanted.hidden and self._predecessor is not None:
            self._predecessor.take_away()

    def _change_options(self, options: Options) -> None:
        """The person has written other options: what comes from now on is treated by them."""
        self._options = options
        self._courier.options_changed(options)
        self._desktop.restyle(style=options.style())
        if self._link is not None and self._link.talk is not None:
            self._link.talk.shell.change_options(options)
            self._link.talk.shell.changes.desktop_changed()

    def _report_copy(self, report: Report) -> None:
        self._status.report(packet(report), *((report.parcel,) if isinstance(report, Delivered) else ()))

    def _report_violation(self, line: str) -> None:
        log.error("%s: violation, the qube's session ends: %s", self._config.name, line)
        self._status.report({"violation": line})


def run_daemon(config: DaemonConfig, desktop: Desktop | None = None) -> ExitCode:
    """Serve one qube until it ends; SIGTERM stops. desktop: if its display is open already."""
    try:
        daemon = Daemon(config, desktop)
    except (UnsuitableDisplay, DisplayLost) as error:
        return _refuse(
            config,
            f"this display cannot be used: {error}; what mends it says: vitrail doctor desktop",
            ExitCode.UNSUITABLE_DISPLAY,
        )
    except (ShmError, TransportError) as error:
        return _refuse(config, str(error), ExitCode.VIOLATION)
    except StoreError as error:
        return _refuse(config, str(error), ExitCode.CRASHED)
    daemon.stop_on_signals()
    code = daemon.run()
    daemon.leave()
    return code


def run_sweep(config: DaemonConfig) -> ExitCode:
    """Take away what the daemons `config.remains` have left on the desktop."""
    sweep(config.display, config.name, config.remains)
    return ExitCode.STOPPED


def _refuse(config: DaemonConfig, line: str, code: ExitCode) -> ExitCode:
    log.error("%s: %s", config.name, line)
    if config.status is not None:
        config.status.send(json.dumps({"refused": line}).encode("ascii"))
    return code
