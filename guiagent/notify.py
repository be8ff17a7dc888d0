"""Tells a service manager such as systemd how the agent is. It must not know what the agent does.

Source: sd_notify(3): one datagram of NAME=VALUE lines to the socket that $NOTIFY_SOCKET names.
"""

from __future__ import annotations

import logging
import os
import socket

LOG = logging.getLogger(__name__)


class Manager:
    """address: what $NOTIFY_SOCKET said, "" if nobody wants to know. A manager that does not listen is no error."""

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    @classmethod
    def from_environment(cls) -> Manager:
        """Ours, if there is one; programs that we start shall not speak for us."""
        address = os.environ.pop("NOTIFY_SOCKET", "")
        return cls(address if address.startswith(("/", "@")) else "")

    def ready(self) -> None:
        """A daemon can connect."""
        self._say("READY=1", "STATUS=waiting for the desktop")

    def status(self, text: str) -> None:
        """What we are doing, in one line."""
        self._say(f"STATUS={text}")

    def stopping(self) -> None:
        """We end."""
        self._say("STOPPING=1", "STATUS=stopping")

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as out:
                out.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            LOG.info("the service manager cannot be told: %s", error.strerror)
