"""The commands' connections to the supervisor: one request each, one answer; must not know what is asked for."""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from guid.control import peer_uid
from guid.core.asking import misfit
from guid.core.text import escaped
from guid.readers import Readers

log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 1 << 20
ANSWER_TIMEOUT_S = 1.0
"""A command that does not read its answer is left."""
GONE = -1

MAX_CLIENTS = 256
"""Commands that wait or hear more at a time: a quarter of the 1,024 descriptors that a process has as a rule."""
REQUEST_TIMEOUT_S = 5.0
"""A command sends its request at once, and it is a few hundred bytes; one that does not is left."""
ACCEPT_PAUSE_S = 1.0
"""So long nobody is let in when there was no descriptor left for a command."""


class Refused(Exception):
    """A request that is not done, with the words for the person."""


class _Request(dict[str, Any]):
    """What was asked for, by field. A field that is missing is another version's mistake, no end of the supervisor."""

    def __missing__(self, field: str) -> Any:
        raise Refused(f"a request without {field!r}: is the command of the supervisor's version?")


@dataclass(eq=False, slots=True)
class Client:
    """One command's connection. deadline: until when it must have asked; None once it has."""

    connection: socket.socket
    deadline: float | None
    received: bytearray = field(default_factory=bytearray)


Operation = Callable[[Client, dict[str, Any]], None]
"""Does what a request asks, and answers now or later by `Commands.finish`. Raises one of the `refusals`."""


class Commands:
    """Everybody who asks.

    refusals: what an operation may raise besides Refused; its text is the answer. ourselves: goes with each answer.
    """

    def __init__(
        self,
        readers: Readers,
        listener: socket.socket,
        operations: Mapping[str, Operation],
        refusals: tuple[type[Exception], ...],
        ourselves: Mapping[str, Any] | None = None,
    ) -> None:
        self._ourselves = {} if ourselves is None else {"answered_by": dict(ourselves)}
        self._readers = readers
        self._listener = listener
        self._operations = operations
        self._refusals: tuple[type[Exception], ...] = (Refused, *refusals)
        self._clients: set[Client] = set()
        self._now = time.monotonic()
        self._accept_at: float | None = None
        readers.watch(listener, self._accept)

    @property
    def waiting(self) -> bool:
        """Whether anybody waits for an answer."""
        return bool(self._clients)

    def tick(self, now: float) -> None:
        """Leave who asks for nothing, and let commands in again. now: time.monotonic()."""
        self._now = now
        for client in [each for each in self._clients if each.deadline is not None and now > each.deadline]:
            self._forget(client)
        if self._accept_at is not None and now >= self._accept_at:
            self._accept_at = None
            self._readers.watch(self._listener, self._accept)

    def close(self) -> None:
        """Take no more."""
        self._readers.unwatch(self._listener)

    def finish(self, client: Client, message: dict[str, Any]) -> bool:
        """Send the one answer; whether it could be sent. A command that is gone does not matter."""
        sent = True
        try:
            client.connection.settimeout(ANSWER_TIMEOUT_S)
            client.connection.sendall(json.dumps(message | self._ourselves).encode("ascii") + b"\n")
        except OSError:
            log.info("a command went before its answer")
            sent = False
        self._forget(client)
        return sent

    def keep(self, client: Client) -> Callable[[dict[str, Any]], bool]:
        """Let a command hear more than one thing: the function sends one, and says whether it is still there.

        A command that does not read is left rather than waited for.
        """
        client.connection.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        self._readers.watch(client.connection, lambda: self._forget(client))  # it only ever says that it goes

        def say(message: dict[str, Any]) -> bool:
            line = json.dumps(message).encode("ascii") + b"\n"
            try:
                there = client in self._clients and client.connection.send(line) == len(line)
            except OSError:
                there = False
            if not there and client in self._clients:
                self._forget(client)
            return there

        return say

    def stream(self, client: Client) -> Callable[[bytes], int]:
        """Let a command hear as much as it reads: the function sends what has room, and says how many bytes that were.

        GONE when nobody hears it any more.
        """
        client.connection.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        self._readers.watch(client.connection, lambda: self._forget(client))  # it only ever says that it goes

        def send(data: bytes) -> int:
            if client not in self._clients:
                return GONE
            try:
                return client.connection.send(data)
            except BlockingIOError:
                return 0
            except OSError:
                self._forget(client)
                return GONE

        return send

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError as error:  # it has gone already, or there is no descriptor for it
            log.warning("a command cannot be heard: %s", error.strerror)
            self._readers.unwatch(self._listener)
            self._accept_at = self._now + ACCEPT_PAUSE_S
            return
        if peer_uid(connection) != os.geteuid():
            connection.close()
            return
        if len(self._clients) == MAX_CLIENTS:
            self.finish(Client(connection, None), {"error": f"too many commands wait already: {MAX_CLIENTS}"})
            return
        client = Client(connection, self._now + REQUEST_TIMEOUT_S)
        self._clients.add(client)
        self._readers.watch(connection, lambda: self._readable(client))

    def _readable(self, client: Client) -> None:
        try:
            data = client.connection.recv(1 << 16)
        except OSError:
            data = b""
        client.received += data
        if not data or len(client.received) > MAX_REQUEST_BYTES:
            self._forget(client)
        elif client.received.endswith(b"\n"):
            self._readers.unwatch(client.connection)
            client.deadline = None
            self._request(client, bytes(client.received))

    def _request(self, client: Client, line: bytes) -> None:
        try:
            operation, request = self._understood(line)
            operation(client, request)
        except self._refusals as error:
            self.finish(client, {"error": str(error)})

    def _understood(self, line: bytes) -> tuple[Operation, dict[str, Any]]:
        """Another version of the command may ask for what is not known here. Raises Refused."""
        try:
            request = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Refused(f"a request that is no JSON: {error}") from error
        wanted = str(request.get("op")) if isinstance(request, dict) else ""
        if wanted not in self._operations:
            raise Refused(f"nothing that a supervisor does: {escaped(wanted)}")
        if wrong := misfit(request):
            raise Refused(wrong)
        return self._operations[wanted], _Request(request)

    def _forget(self, client: Client) -> None:
        self._readers.unwatch(client.connection)
        client.connection.close()
        self._clients.discard(client)
