"""A program of a hostile qube, in the process that answers calls: it speaks the protocol until it does not."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import time
from typing import Any, Final

from protocol.codec import encode
from protocol.handshake import AgentHandshake
from protocol.limits import PAGE_BYTES
from protocol.messages import MessageType
from shm.grants.shared import SharedPages, Sharer
from shm.vchan.xen import XenChannel, XenListener

IOCTL_EVTCHN_NOTIFY: Final = (4 << 16) | (ord("E") << 8) | 4
"""Source: Linux, include/uapi/xen/evtchn.h: _IOC(_IOC_NONE, 'E', 4, 4)."""
COLOUR: Final = 0x3366CC
WINDOW: Final = 0x100001
SIZE: Final = (200, 100)
HELD: Final[dict[str, Any]] = {}


def listen() -> None:
    """Serve the port of the agent."""
    if "listener" not in HELD:
        HELD["listener"] = XenListener(0)
        HELD["sharer"] = Sharer(0)


def meet(timeout_s: float = 60.0) -> int:
    """Wait for a daemon and shake hands; returns the minor version."""
    deadline = time.monotonic() + timeout_s
    listener: XenListener = HELD["listener"]
    channel = None
    while channel is None:
        _wait(listener.fileno(), deadline)
        channel = listener.accept()
    HELD["channel"] = channel
    handshake = AgentHandshake()
    channel.send(handshake.greeting())
    while not handshake.done:
        _wait(channel.fileno(), deadline)
        handshake.receive(channel.receive())
    return handshake.minor


def _wait(fd: int, deadline: float) -> None:
    if not select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
        raise AssertionError("no daemon came")


def show(pages: int | None = None) -> list[int]:
    """Show a window of one colour, honestly unless `pages` are too few; returns its grants."""
    width, height = SIZE
    needed = -(-4 * width * height // PAGE_BYTES)
    shared: SharedPages = HELD["sharer"].share(needed)
    shared.view[:] = struct.pack("<I", COLOUR) * (len(shared.view) // 4)
    HELD["pages"] = shared
    refs = list(struct.unpack(f"<{needed}I", shared.refs))
    _say(encode(MessageType.CREATE, WINDOW, 60, 60, width, height, 0, 0))
    _say(encode(MessageType.WMNAME, WINDOW, b"hostile".ljust(128, b"\0")))
    _say(encode(MessageType.MAP, WINDOW, 0, 0))
    dump(refs[:pages])
    return refs


def dump(refs: list[int]) -> None:
    """Name pages for the window, and damage all of it."""
    width, height = SIZE
    tail = struct.pack(f"<{len(refs)}I", *refs)
    _say(encode(MessageType.WINDOW_DUMP, WINDOW, 0, width, height, 32, tail=tail))
    _say(encode(MessageType.SHMIMAGE, WINDOW, 0, 0, width, height))


def revoke() -> None:
    """End the grants of the window."""
    HELD["pages"].close()


def paint(colour: int) -> None:
    """Write another colour into the granted pages."""
    view = HELD["pages"].view
    view[:] = struct.pack("<I", colour) * (len(view) // 4)
    _say(encode(MessageType.SHMIMAGE, WINDOW, 0, 0, *SIZE))


def _say(message: bytes) -> None:
    channel: XenChannel = HELD["channel"]
    channel.send(message)


def scribble(index: str) -> None:
    """Write an impossible index into the shared ring, and make the other side look."""
    control = HELD["channel"]._ring._control
    ring = control.write.shr if index == "prod" else control.read.shr
    setattr(ring, index, (getattr(ring, index) + (1 << 30)) % (1 << 32))
    _notify(control)


def scribble_everything() -> None:
    """Write noise over the whole control part of the ring, for a while."""
    control = HELD["channel"]._ring._control
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        noise = struct.unpack("<4I4B", os.urandom(20))
        control.ring.left.cons, control.ring.left.prod, control.ring.right.cons, control.ring.right.prod = noise[:4]
        control.ring.left_order, control.ring.right_order = noise[4], noise[5]
        control.ring.cli_live, control.ring.srv_live = noise[6], noise[7]
        _notify(control)


def close_in_the_middle() -> None:
    """Half a message, then nothing more: the channel is closed."""
    _say(encode(MessageType.CREATE, WINDOW + 1, 0, 0, 10, 10, 0, 0)[:20])
    HELD["channel"].close()


def flood(seconds: float) -> int:
    """Notify without having anything to say; returns how often."""
    control = HELD["channel"]._ring._control
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        for _ in range(100):
            _notify(control)
        count += 100
    return count


def _notify(control: Any) -> None:
    fd = HELD["channel"]._ring.fileno()
    fcntl.ioctl(fd, IOCTL_EVTCHN_NOTIFY, struct.pack("<I", control.event_port))


def is_open() -> bool:
    """Whether the daemon still holds the channel."""
    return int(HELD["channel"]._ring.state()) == 1


def stop() -> None:
    """Serve no more, so that an agent can."""
    HELD.pop("channel").close()
    HELD.pop("listener").close()


def leave() -> None:
    """Close the channel; the listener serves the next daemon."""
    HELD["channel"].close()
