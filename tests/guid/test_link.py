"""A link over carriers that tell of no room to write."""

import os
import select
import socket

import pytest

from guid.core.awake import Awake
from guid.link import Link, Talk
from protocol.handshake import DaemonHandshake, xconf_for
from shm.vchan.virtio_serial import PortListener, VirtioSerialChannel, open_session
from shm.x11.connection import XConnection
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
