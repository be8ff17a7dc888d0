"""Tells a service manager such as systemd how we are; must not know what we do.

Source: sd_notify(3): one datagram of NAME=VALUE lines to the socket that $NOTIFY_SOCKET names.
"""

from __future__ import annotations

import logging
import os
import socket
import time

from guid.core.text import escaped

log = logging.getLogger(__name__)


class ServiceManager:
    """address: what $NOTIFY_SOCKET said, "" if nobody wants to know. A manager that does not listen is no error."""

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._status = ""

    @classmethod
    def from_environment(cls) -> ServiceManager:
        """Ours, if there is one; programs that we start shall not speak for us."""
        address = os.environ.pop("NOTIFY_SOCKET", "")
        return cls(address if address.startswith(("/", "@")) else "")

    @property
    def there(self) -> bool:
        """Whether somebody wants to know."""
        return bool(self._address)

    def ready(self, status: str) -> None:
        """Commands can come (again)."""
        self._status = status
        self._say("READY=1", f"STATUS={status}", f"MAINPID={os.getpid()}")

    def reloading(self) -> None:
        """The settings are read again; `ready` follows."""
        self._say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """We end."""
        self._say("STOPPING=1", "STATUS=stopping")

    def status(self, status: str) -> None:
        """What we are doing, in one line, if it has changed."""
        if status != self._status:
            self._status = status
            self._say(f"STATUS={status}")

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as out:
                out.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            log.info("the service manager cannot be told: %s", escaped(str(error)))
