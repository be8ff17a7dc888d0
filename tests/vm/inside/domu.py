"""The first program of a qube's domain: modules, and answers to dom0's calls. Knows no window."""

from __future__ import annotations

import os
import select
from pathlib import Path
from typing import Final

from scripts.vm.inside.calls import serve
from scripts.vm.inside.machine import load_modules, mount_basics, say, set_environment
from shm.errors import ChannelClosed
from shm.vchan.xen import XenChannel, XenListener
from tests.vm.inside.dom0 import CALL_PORT

GNTALLOC_PAGES: Final = 16_384
"""64 MiB of windows; the module's own limit of 1,024 pages is one small window."""


def main() -> None:
    """Answer calls for as long as the domain lives, as its first program or as a service."""
    if os.getpid() == 1:
        mount_basics()
        load_modules(
            ("xen-privcmd", "xen-evtchn", "xen-gntalloc", "xen-gntdev"),
            {"xen-gntalloc": f"limit={GNTALLOC_PAGES}"},
        )
    else:
        set_environment()
    say("domain is up")
    say(f"devices: {sorted(path.name for path in Path('/dev/xen').iterdir())}")
    listener = XenListener(0, CALL_PORT)
    say("serves calls")
    while True:
        select.select([listener.fileno()], [], [])
        channel = listener.accept()
        if channel is not None:
            say("dom0 calls")
            serve(_Stream(channel))


class _Stream:
    def __init__(self, channel: XenChannel) -> None:
        self._channel = channel

    def read(self) -> bytes:
        """Wait for bytes; b"" at the end."""
        while True:
            select.select([self._channel.fileno()], [], [])
            try:
                data = self._channel.receive()
            except ChannelClosed:
                self._channel.close()
                return b""
            if data:
                return data

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        self._channel.send(data)
        while self._channel.wants_write:
            select.select([self._channel.fileno()], [], [])
            self._channel.flush()
