"""An agent that does what an honest one never would, at a word from outside. Runs inside a virtual machine.

It stands in the place of the agent in its bundle, with protocol/ and shm/ beside it. Each program that it is told to
run names a misdeed; it says that the program started once the misdeed is under way.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import select
import socket
import sys
import threading
from pathlib import Path

from protocol.codec import encode
from protocol.handshake import AgentHandshake
from protocol.messages import MessageType
from shm.errors import ChannelClosed
from shm.ivshmem import IvshmemPool
from shm.vchan.marks import Kind, Mark, encoded
from shm.vchan.virtio_serial import PortListener, VirtioSerialChannel, open_port

PORT = "org.vitrail.gui.0"
WINDOW, WIDTH, HEIGHT = 0x200001, 320, 240
PAGES = WIDTH * HEIGHT * 4 // 4096


def wait(end: VirtioSerialChannel | PortListener) -> None:
    select.select([end.fileno()], [], [])


def accepted(listener: PortListener) -> VirtioSerialChannel:
    """The next session that lasts until its handshake is done, with one window on it."""
    while True:
        wait(listener)
        channel = listener.accept()
        if channel is None:
            continue
        try:
            greet(channel)
        except ChannelClosed:
            channel.close()
            continue
        return channel


def greet(channel: VirtioSerialChannel) -> None:
    handshake = AgentHandshake()
    channel.send(handshake.greeting())
    while not handshake.done:
        wait(channel)
        handshake.receive(channel.receive())
    refs = b"".join(page.to_bytes(4, "little") for page in range(PAGES))
    channel.send(
        encode(MessageType.CREATE, WINDOW, 100, 100, WIDTH, HEIGHT, 0, 0)
        + encode(MessageType.MAP, WINDOW, 0, 0)
        + encode(MessageType.WINDOW_DUMP, WINDOW, 0, WIDTH, HEIGHT, 32, tail=refs)
        + encode(MessageType.SHMIMAGE, WINDOW, 0, 0, WIDTH, HEIGHT)
    )


class Hostile:
    """One port, one shared memory, one desire."""

    def __init__(self) -> None:
        self.pool = IvshmemPool.open()
        self.memory = mmap.mmap(self.pool.fd, PAGES * 4096)
        self.listener = PortListener(open_port(PORT))
        self.channel = accepted(self.listener)
        self.scribbling = False

    def scribble(self) -> None:
        """Change every pixel all the time, while damage makes the desktop read them."""
        self.scribbling = True
        threading.Thread(target=self._scribble, daemon=True).start()

    def _scribble(self) -> None:
        while self.scribbling:
            self.memory[:] = os.urandom(4096) * PAGES

    def flood(self) -> None:
        """As much damage as the port takes, and never read what the daemon says."""
        damage = encode(MessageType.SHMIMAGE, WINDOW, 0, 0, WIDTH, HEIGHT) * 500
        for _ in range(400):
            self.channel.send(damage)
            while self.channel.wants_write:
                wait(self.channel)
                self.channel.receive()

    def cut(self) -> None:
        """Close in the middle of a message, and come again."""
        self.channel.send(encode(MessageType.CONFIGURE, WINDOW, 0, 0, 10, 10, 0)[:9])
        self.channel.close()
        self.channel = accepted(self.listener)

    def reset(self) -> None:
        """Let go of the port in the middle of a message without a word, and come again as another program would."""
        self.channel.send(encode(MessageType.CONFIGURE, WINDOW, 0, 0, 10, 10, 0)[:9])
        os.close(self.listener._port.fd)
        self.listener = PortListener(open_port(PORT))
        self.channel = accepted(self.listener)

    def marks(self) -> None:
        """Every mark there is, in a session that is going on, and some that do not exist."""
        port = self.listener._port.fd
        os.set_blocking(port, True)
        for mark in (Mark(Kind.ACCEPT, b"f" * 32), Mark(Kind.OPEN, b"0" * 32), Mark(Kind.RESET), Mark(Kind.END)):
            os.write(port, encoded(mark))
        os.write(port, b"\xa7\x7f\xa7")
        os.set_blocking(port, False)
        with contextlib.suppress(ChannelClosed):
            while True:
                wait(self.channel)
                self.channel.receive()
        self.channel = accepted(self.listener)

    def die(self) -> None:
        """End in the middle of a message, and leave something at home."""
        Path("kept").write_text("written just before")
        self.channel.send(encode(MessageType.CONFIGURE, WINDOW, 0, 0, 10, 10, 0)[:9])
        os._exit(1)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[sys.argv.index("--control-fd") + 1]))
    hostile = Hostile()
    control.send(json.dumps({"ready": True}).encode())
    while packet := control.recv(65_536):
        order = json.loads(packet)
        if "run" not in order:
            return
        name = order["run"]["argv"][0]
        if name != "true":
            getattr(hostile, name)()
        control.send(json.dumps({"started": {"id": order["run"]["id"]}}).encode())


if __name__ == "__main__":
    main()
