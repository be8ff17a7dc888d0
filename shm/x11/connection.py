"""One connection to an X server: python-xlib for everything cold, packed bytes for what is hot; knows no window.

Hot requests leave as bytes, hot events are dispatched from the receive buffer by their code; replies, errors and all
other events pass through python-xlib's parser. What arrives is handed on in the server's order, whoever read it.
One thread only.
"""

import contextlib
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NoReturn

from Xlib import error
from Xlib.protocol import rq

from shm.errors import DisplayLost
from shm.x11.requests import EVENT_BYTES, get_input_focus
from shm.x11.stream import INPUT_BYTES
from shm.x11.xlib import (
    FENCE_EVERY_REQUESTS,
    MAX_REQUESTS_PER_SEND,
    PACKET,
    REPLY,
    Answer,
    HotEvent,
    LeanDisplay,
    Waiter,
)

HotHandler = Callable[[bytes | memoryview, int], None]

# What both sides use between them. XConnection(extensions=…) opens fewer.
EXTENSIONS: Final = ("SHAPE", "XFIXES", "RANDR", "Composite", "DAMAGE", "XTEST")

# What may wait for an X server that does not read: 1.6 million puts of 40 bytes. A batch is a few KiB and the next one
# follows its answer, so only a server that is stopped for long, and may never come back, reaches this.
MAX_BACKLOG_BYTES: Final = 64 << 20

_DONTWAIT: Final = int(socket.MSG_DONTWAIT)
_NO_REQUEST: Final = -2  # no serial: the parser is to wait for none
_GENERIC_EVENT: Final = 35


class XConnection:
    """A Display, and the hot path beside it on the same socket.

    The loop waits for `fileno`: readable → `pump`; writable while `wants_write` → `writable`. Before it waits it calls
    `flush`; and `drain` after anything that waited for a reply (a call of `display` that returns something), because
    events that came before that reply are in the queue then, and will not make the socket readable again.

    A handler may make calls that wait; what they read is dispatched after the handler has returned, in order.
    handed_on: how many events, replies and errors have been handed to a handler so far.
    Raises DisplayLost from any call once the server is gone.
    """

    def __init__(
        self, display_name: str | None = None, *, extensions: Iterable[str] = EXTENSIONS, expected: Iterable[str] = ()
    ) -> None:
        """Connect to `display_name`, or to $DISPLAY. Extensions that the server has not are left out, not refused.

        expected: others, which somebody will look for by `display.query_extension`: all are asked for at once.
        """
        try:
            self.display = LeanDisplay(display_name, extensions, expected)
        except (error.DisplayError, error.ConnectionClosedError, error.XauthError, OSError) as failure:
            raise DisplayLost(str(failure)) from failure
        self._lower = self.display.display
        self._stream = self._lower.socket
        self._read_ahead = self._stream.read_ahead
        self._queue: list[Any] = self._lower.event_queue
        self._hot: list[HotHandler | None] = [None] * 256
        self._cold: Callable[[rq.Event], None] = lambda _: None
        self._error: Callable[[error.XError], None] = _print_error
        self._dispatching = False
        self.handed_on = 0

    # --- what the loop needs

    def fileno(self) -> int:
        """Return the socket's descriptor; -1 once closed."""
        return int(self._stream.fileno())

    @property
    def wants_write(self) -> bool:
        """Bytes wait for the server: call `writable` when the descriptor is."""
        return bool(self._lower.data_send)

    @property
    def has_undispatched(self) -> bool:
        """Something has been read and not handed on: no wait for the descriptor will tell of it."""
        ahead = self._read_ahead
        return ahead.start < ahead.end or bool(self._queue)

    def on_event(self, code: int, handler: HotHandler) -> None:
        """Hand events of this code to `handler(buffer, offset)`: 32 bytes, valid until it returns.

        buffer: a view of the receive buffer, or the event's own bytes if python-xlib was the reader.
        """
        if not 1 < code < 128 or code == _GENERIC_EVENT:
            raise ValueError(f"events of code {code} have no fixed size")
        self._hot[code] = self._hot[code | 0x80] = handler  # 0x80: sent by a client
        self._lower.event_classes[code] = HotEvent

    def on_cold_event(self, handler: Callable[[rq.Event], None]) -> None:
        """Hand every event that is not hot to `handler`, parsed by python-xlib."""
        self._cold = handler

    def on_error(self, handler: Callable[[error.XError], None]) -> None:
        """Hand errors to `handler` that no request of python-xlib catches. A packed request's error has its id only."""
        self._error = handler

    # --- out

    def send(self, requests: bytes, count: int) -> None:
        """Send `count` packed requests without replies. Never waits; what the server does not take now is queued.

        count: at most 8,192 (MAX_REQUESTS_PER_SEND); a wrong one confuses every later reply.
        """
        lower = self._lower
        self._make_way(count)
        lower.next_serial += count
        if lower.next_serial - lower.asked_serial > FENCE_EVERY_REQUESTS:
            lower.sent_requests.append(lower.new_fence())
            requests += get_input_focus()
        self._write(requests)

    def send_with_reply(self, requests: bytes, count: int, callback: Callable[[bytes], None]) -> None:
        """Send packed requests, the last of which has a reply.

        callback: gets the whole reply from `pump`, `drain` or `sync`; or b"", after `on_error`, if the request failed.
        """
        lower = self._lower
        self._make_way(count)
        lower.sent_requests.append(lower.expect(callback, count))
        self._write(requests)

    def send_with_replies(self, requests: Sequence[tuple[bytes, Callable[[bytes], None]]]) -> None:
        """Send packed requests that each have a reply, at most 8,192, in one write; callbacks as for one."""
        lower = self._lower
        self._make_way(len(requests))
        for _request, callback in requests:
            lower.sent_requests.append(lower.expect(callback, 1))
        self._write(b"".join(request for request, _callback in requests))

    def ask(self, requests: Sequence[bytes]) -> list[bytes]:
        """Send packed requests that each have a reply, at most 8,192, or none, in one write, and wait for all.

        `drain` is due afterwards, as after a call of `display`. Raises the first XError when all have been answered,
        and drops the rest.
        """
        if not requests:
            return []
        lower = self._lower
        self._make_way(len(requests))
        asked = [lower.ask() for _ in requests]
        lower.sent_requests += asked
        self._write(b"".join(requests))
        lower.wait_for(asked[-1])
        for one in asked:
            if one.failure is not None:
                raise one.failure
        return [one.reply or b"" for one in asked]

    def fence(self, callback: Callable[[bytes], None]) -> None:
        """Call back when the server has done all that was sent until now."""
        self.send_with_reply(get_input_focus(), 1, callback)

    def flush(self) -> bool:
        """Send what python-xlib has queued; what the server does not take now stays queued. Never waits.

        Returns `wants_write`.
        """
        lower = self._lower
        if lower.request_queue:
            self._send_queued()
        return bool(lower.data_send)

    def writable(self) -> None:
        """Send more of what is queued; the loop calls this when the descriptor is writable."""
        backlog = self._lower.data_send
        while backlog:
            try:
                sent = self._stream.send(backlog)
            except OSError as failure:
                self._lose(f"server: {failure.strerror}")
            if not sent:
                return
            del backlog[:sent]

    def _make_way(self, count: int) -> None:
        """Send what python-xlib queued before these `count` requests: all go out in the order of their serials."""
        lower = self._lower
        if lower.socket_error is not None:
            raise lower.socket_error
        if not 0 < count <= MAX_REQUESTS_PER_SEND:
            raise ValueError(f"{count} requests in one send")
        if lower.request_queue:
            self._send_queued()

    def _send_queued(self) -> None:
        lower = self._lower
        packed: list[bytes] = []
        for queued, waits in lower.request_queue:
            packed.append(queued._binary)
            if waits:
                lower.sent_requests.append(queued)
        lower.request_queue.clear()
        self._write(b"".join(packed))

    def _write(self, data: bytes) -> None:
        backlog = self._lower.data_send
        if backlog:
            backlog += data
        else:
            try:
                sent = self._stream.send(data)
            except OSError as failure:
                self._lose(f"server: {failure.strerror}")
            if sent == len(data):
                return
            backlog += memoryview(data)[sent:]
        if len(backlog) > MAX_BACKLOG_BYTES:
            self._lose(f"server: {len(backlog)} bytes wait for it")

    # --- in

    def pump(self) -> None:
        """Read once, and dispatch all that has arrived whole. The loop calls this when the descriptor is readable."""
        if self._dispatching:
            raise RuntimeError("pump was called from inside a handler")
        self._dispatching = True
        try:
            ahead = self._read_ahead
            if ahead.start < ahead.end or self._queue:
                self._dispatch_read_ahead()
            self._receive()
            self._dispatch_read_ahead()
        finally:
            self._dispatching = False

    def drain(self) -> None:
        """Dispatch what calls that waited have read. Does nothing inside a handler: it is done when that returns."""
        ahead = self._read_ahead
        if self._dispatching or not (ahead.start < ahead.end or self._queue):
            return
        self._dispatching = True
        try:
            self._dispatch_read_ahead()
        finally:
            self._dispatching = False

    def sync(self) -> None:
        """Wait until the server has done all that was sent until now, and dispatch what came of it."""
        self.display.sync()
        self.drain()

    def _receive(self) -> None:
        lower, ahead = self._lower, self._read_ahead
        try:
            if lower.data_recv:  # half a packet, in python-xlib's hands: it gets the rest too
                more = self._stream.recv(INPUT_BYTES, _DONTWAIT)
                received = len(more)
                self._parse(lower.data_recv[:] + more)  # [:]: see _parse
            else:
                lower.data_recv = b""  # python-xlib leaves an empty view behind, which is slow to ask for its length
                ahead.start = ahead.end = 0
                received = ahead.end = self._stream.recv_into(ahead.buffer, INPUT_BYTES, _DONTWAIT)
        except BlockingIOError:
            return
        except OSError as failure:
            self._lose(f"server: {failure.strerror}")
        if not received:
            self._lose("server")

    def _dispatch_read_ahead(self) -> None:
        """Dispatch the receive buffer. A handler that waits for a reply empties it, into the queue."""
        ahead, hot, queue = self._read_ahead, self._hot, self._queue
        buffer, view = ahead.buffer, ahead.view
        while True:
            if queue:
                self._dispatch_queue()
            offset = ahead.start
            if ahead.end - offset < EVENT_BYTES:
                break
            handler = hot[buffer[offset]]
            if handler is not None:
                ahead.start = offset + EVENT_BYTES
                self.handed_on += 1
                handler(view, offset)
            else:
                self._dispatch_packet(offset)
        if offset < ahead.end:
            self._lower.data_recv = ahead.take()

    def _dispatch_packet(self, offset: int) -> None:
        """Hand one packet that is no hot event to the waiter it is for, or to python-xlib's parser."""
        lower, ahead = self._lower, self._read_ahead
        code, serial, words = PACKET.unpack_from(ahead.buffer, offset)
        end = offset + EVENT_BYTES
        if code == REPLY or code & 0x7F == _GENERIC_EVENT:
            end += 4 * words
        if end > ahead.end:
            self._parse(ahead.take())
            return
        ahead.start = end
        packet = bytes(ahead.view[offset:end])
        waiting = lower.sent_requests
        waiter = waiting[0] if waiting else None
        if code == REPLY and type(waiter) is Waiter and waiter.sequence_number == serial:
            # The parser would find the same waiter, but later; and every batch ends with such a reply.
            del waiting[0]
            lower.answered_serial = waiter.wide_serial
            self.handed_on += 1
            waiter.callback(packet)
        else:
            self._parse(packet)

    def _parse(self, data: bytes) -> None:
        """Let python-xlib parse; what it finds is in its queue then, and half a packet in its `data_recv`."""
        lower = self._lower
        lower.data_recv = data
        lower.parse_response(_NO_REQUEST)
        lower.data_recv = lower.data_recv[:]  # it leaves a slow view behind that is not even bytes
        self._dispatch_queue()

    def _dispatch_queue(self) -> None:
        queue = self._queue
        while queue:
            item = queue.pop(0)
            self.handed_on += 1
            if type(item) is HotEvent:
                handler = self._hot[item.data[0]]
                if handler is not None:
                    handler(item.data, 0)
            elif type(item) is Answer:
                item.callback(item.data)
            elif isinstance(item, error.XError):
                self._error(item)
            else:
                self._cold(item)

    # --- resources, and the end

    def allocate_id(self) -> int:
        """Return an X resource id that is not in use. Raises Xlib.error.ResourceIDError if there is none."""
        return int(self._lower.allocate_resource_id())

    def free_id(self, resource: int) -> None:
        """Give an id back whose resource is destroyed."""
        self._lower.free_resource_id(resource)

    def close(self) -> None:
        """Close the connection; the server destroys what was made on it. Harmless when repeated."""
        if self._lower.socket_error is None:
            with contextlib.suppress(DisplayLost):
                self.flush()
        if self._lower.socket_error is None:
            self._lower.close_internal("client")

    def _lose(self, whom: str) -> NoReturn:
        self._lower.close_internal(whom)
        raise self._lower.socket_error


def _print_error(failure: error.XError) -> None:
    sys.stderr.write(f"X error: {failure}\n")
