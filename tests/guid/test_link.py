"""A link: carriers that tell of no room to write, and messages that take their time."""

import os
import select
import socket
import time
from types import SimpleNamespace

import pytest

from guid.core.awake import Awake
from guid.core.pacing import Pacer
from guid.link import Link, Talk
from protocol.codec import encode
from protocol.errors import RemoteProtocolError
from protocol.framing import FrameReader
from protocol.handshake import DaemonHandshake, xconf_for
from protocol.limits import HALF_MESSAGE_TIMEOUT_S
from protocol.messages import MessageType, Role
from shm.vchan.unix import UnixChannel
from shm.vchan.virtio_serial import PortListener, VirtioSerialChannel, open_session
from shm.x11.connection import XConnection
from tests.guid.core.talk import Talk as Scripted
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

MORE_THAN_A_SOCKET_HOLDS = bytes(1 << 20)


def test_backlog_ends_when_a_read_has_written_all(xvfb: XServer) -> None:
    """Else it would keep the pointer's ways to itself for ever."""
    desktop, machine = socket.socketpair()
    channel = open_session(os.dup(desktop.fileno()))
    listener = PortListener(os.dup(machine.fileno()))
    x = XConnection(xvfb.name, extensions=())
    try:
        agent = _accepted(listener)
        link = Link(
            "work", channel, DaemonHandshake(xconf_for(800, 600, 24)), x=x, awake=Awake(0.0), begin=_begin, gone=_gone
        )
        link.read()
        link.send(MORE_THAN_A_SOCKET_HOLDS)
        assert link.backlog
        wait_until(lambda: not _backlog_after(link, agent), what="all of it taken")
        agent.close()
    finally:
        x.close()
        listener.close()
        channel.close()
        desktop.close()
        machine.close()


def test_message_that_is_read_whole_is_never_late_however_long_the_turn_took(xvfb: XServer) -> None:
    """The last look came in time, and then the machine stood still for a moment."""
    desktop, qube = socket.socketpair()
    x, awake = XConnection(xvfb.name, extensions=()), Awake(time.monotonic())
    channel = UnixChannel(desktop)
    scripted = Scripted()
    scripted.mapped(1, (0, 0, 50, 50))
    shell = SimpleNamespace(session=scripted.session, behind=False, perform=list)
    link = Link("work", channel, DaemonHandshake(xconf_for(800, 600, 24)), x=x, awake=awake, begin=_begin, gone=_gone)
    link.talk = Talk(FrameReader(Role.DAEMON, minor=8), shell, Pacer(time.monotonic()))  # type: ignore[arg-type]
    message = encode(MessageType.SHMIMAGE, 1, 0, 0, 5, 5)
    try:
        for later in (b"", message[:13]):
            qube.sendall(message[:13])
            link.read()
            link.settle()
            assert link.deadline is not None
            awake.now = link.deadline - 0.001
            link.resume()
            awake.now = link.deadline + 0.5
            qube.sendall(message[13:] + later)
            link.read()
            link.resume()
            link.settle()
            assert (link.deadline is not None) is bool(later)
        awake.now += HALF_MESSAGE_TIMEOUT_S + 0.5
        with pytest.raises(RemoteProtocolError, match="began and did not end"):
            link.resume()
    finally:
        x.close()
        channel.close()
        qube.close()


def _accepted(listener: PortListener) -> VirtioSerialChannel:
    accepted: VirtioSerialChannel | None = wait_until(listener.accept, what="the session")
    assert accepted is not None
    return accepted


def _backlog_after(link: Link, agent: VirtioSerialChannel) -> bool:
    """Of what is left when the agent has read once."""
    agent.receive()
    if select.select([link.fd], [], [], 0)[0]:
        link.read()
    return link.backlog


def _begin(_link: Link, _answer: bytes) -> Talk:
    raise AssertionError("nobody has shaken hands")


def _gone(_link: Link) -> None:
    raise AssertionError("the channel is closed")
