"""python-xlib 0.33 as both sides need it: light to open, serials that cannot be confused, one queue; knows no window.

Everything that leans on python-xlib's internals is here and in connection.py; the version is pinned, and the mixed test
holds the whole together. What is known of 0.33, and handled here:

* Events, errors and extension opcodes are registered in tables of the class: two connections would share them.
* RandR and DAMAGE register plain exceptions for error codes 0 … 2, over the core's; a BadValue then ends in an
  AttributeError inside the parser. The table holds core errors only; any other code becomes a plain XError.
* An error handler runs inside the parser, and its exceptions are printed and forgotten. Errors are queued here instead.
* Serials are 16 bits wide, compared by guess: with 65,536 requests under way, an error can drop waiting requests.
  Here they are counted in full, and a fence goes out before half the range is used up.
* A resource id that is freed is handed out again at once if it was the last: what is on its way for the old window
  would meet the new. Here ids go round the whole range.
* A local display that is not there is looked for by TCP. Not here.
* Opening queries every extension it knows, and reads the keyboard's whole map.
* Opening makes two objects of every visual there is, which some servers have hundreds of. Here they are plain tuples.
* Opening looks at all of platform.uname(), and for one part of that Python runs `uname -p`, whichever PATH has first.
"""

import importlib
import os
import platform
import struct
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import Xlib.ext
from Xlib import error
from Xlib.display import Display, _BaseDisplay
from Xlib.protocol import display as setup
from Xlib.protocol import event, request, rq

from shm.errors import DisplayLost
from shm.x11.requests import EVENT_BYTES, get_input_focus
from shm.x11.stream import XStream

# The part of uname that only a program knows: nobody asks for it, and no daemon shall start programs. Before the import
# below, which belongs to opening a connection, and is done here for the children of a process that has this module.
vars(platform.uname())["processor"] = ""
importlib.import_module("Xlib.support.unix_connect")


class Visual(NamedTuple):
    """One visual of the connection setup. Source: X Window System Protocol, "Connection Setup"."""

    visual_id: int
    visual_class: int
    bits_per_rgb_value: int
    colormap_entries: int
    red_mask: int
    green_mask: int
    blue_mask: int


def _visual(values: tuple[int, ...], _display: object) -> Visual:
    return Visual(*values)


# Xvfb and Xorg have 390: 2.6 of the 3.7 ms that opening a connection took.
vars(setup.VisualType)["parse_value"] = _visual

# Half of what 16 bits tell apart is 32,768: so many without a reply, and as many more in one send, stay below that.
FENCE_EVERY_REQUESTS: Final = 8_192
MAX_REQUESTS_PER_SEND: Final = 8_192

REPLY: Final = 1
PACKET: Final = struct.Struct("=BxHI")
"""Code, serial, and of replies and generic events the further length in words."""

_SETUP: Final = -1
_FENCE: Final = get_input_focus()
_MODULES: Final[dict[str, str]] = dict(Xlib.ext.__extensions__)  # type: ignore[attr-defined]  # missing in the stubs


class HotEvent:
    """What python-xlib makes of a hot event when it is the reader, inside a call that waits: the bytes, not parsed."""

    __slots__ = ("data",)

    def __init__(self, display: object = None, binarydata: bytes = b"") -> None:
        del display
        self.data = bytes(binarydata[:EVENT_BYTES])


class Answer:
    """A reply on its way to its callback, in its place among the events."""

    __slots__ = ("callback", "data")

    def __init__(self, callback: Callable[[bytes], None], data: bytes) -> None:
        self.callback = callback
        self.data = data


class Waiter:
    """Stands among python-xlib's sent requests for a packed request with a reply.

    The names with an underscore, and sequence_number, are what python-xlib's parser looks for.
    """

    __slots__ = ("_queue", "_serial", "callback", "sequence_number", "wide_serial")
    _binary = _FENCE
    _reply = True

    def __init__(self, queue: list[Any], callback: Callable[[bytes], None], wide_serial: int) -> None:
        """wide_serial: which request it is that has the reply."""
        self._queue = queue
        self.callback = callback
        self.wide_serial = wide_serial
        self._serial = self.sequence_number = wide_serial & 0xFFFF

    def _parse_response(self, data: bytes) -> None:
        self._queue.append(Answer(self.callback, bytes(data)))

    def _set_error(self, failure: error.XError) -> int:
        self._queue.append(failure)
        self._queue.append(Answer(self.callback, b""))
        return 1


class Asked(Waiter):
    """The same for one whose reply is waited for, inside `XConnection.ask`."""

    __slots__ = ("failure", "reply")

    def __init__(self, serial: int) -> None:
        super().__init__([], lambda _: None, serial)
        self.reply: bytes | None = None
        self.failure: error.XError | None = None

    @property
    def answered(self) -> bool:
        """The reply, or an error, is here."""
        return self.reply is not None or self.failure is not None

    def _parse_response(self, data: bytes) -> None:
        self.reply = bytes(data)

    def _set_error(self, failure: error.XError) -> int:
        self.failure = failure
        return 1


class SerialDisplay(_BaseDisplay):
    """The lower half of python-xlib's display.

    `event_queue` holds all that arrived, in the server's order: rq.Event, HotEvent, XError, Answer.
    """

    # Declared wider than the stubs have them: they also hold what is made here.
    socket: Any
    socket_error: Any
    event_classes: Any
    event_queue: Any
    request_queue: Any
    sent_requests: Any
    data_send: Any
    data_recv: Any
    resource_classes: Any
    resource_ids: Any

    def __init__(self, name: str | None) -> None:
        self.error_classes = error.xerror_class.copy()
        self.event_classes = event.event_class.copy()
        self.extension_major_opcodes = {}
        # Serials counted in full: of the next request, of the last request with a reply, of the last that was answered.
        self.next_serial = 1
        self.asked_serial = 0
        self.answered_serial = 0
        name = os.environ.get("DISPLAY", "") if name is None else name
        try:
            super().__init__(f"unix/{name}" if name.startswith(":") else name)
        except error.DisplayConnectionError:
            self._close_refused()
            raise
        except ValueError as failure:  # python-xlib waits with select(), which cannot name descriptors of 1024 and more
            self._close_refused()
            raise DisplayLost(f"python-xlib cannot use this connection: {failure}") from failure
        # Read from the answer to the connection once: python-xlib looks each field up by two calls.
        self._id_base, self._id_mask = int(self.info.resource_id_base), int(self.info.resource_id_mask)
        self.display_name = name
        self.socket = XStream(self.socket)
        # python-xlib appends to this by `+` and cuts its front off; a bytearray does both, and grows in place for us.
        self.data_send = bytearray()
        self.set_error_handler(self._queue_error)

    def _close_refused(self) -> None:
        opened = getattr(self, "socket", None)  # not there if it was the connecting that failed
        if opened is not None:
            opened.close()

    def _queue_error(self, failure: error.XError, _request: object) -> None:
        self.event_queue.append(failure)

    def close_internal(self, whom: object) -> None:
        """Forget everything. From now on every call of python-xlib raises DisplayLost."""
        if self.socket_error is not None:
            return
        self.event_queue.clear()
        if isinstance(self.socket, XStream):
            self.socket.read_ahead.take()
        super().close_internal(whom)
        self.socket_error = DisplayLost(f"the X connection was closed by the {whom}")

    def add_extension_error(self, code: int, err: type) -> None:
        """Register nothing: see the module's second trap."""

    def allocate_resource_id(self) -> int:
        """Return an id that was not in use for as long as the range allows. Raises ResourceIDError if there is none."""
        taken, mask = self.resource_ids, self._id_mask
        first = number = (self.last_resource_id + 1) & mask
        while number in taken:
            number = (number + 1) & mask
            if number == first:
                raise error.ResourceIDError("out of resource ids")
        taken[number] = None
        self.last_resource_id = number
        return self._id_base | number

    def free_resource_id(self, rid: int) -> None:
        """Give an id of ours back; of another client's, nothing happens."""
        number = rid & self._id_mask
        if rid - number == self._id_base:
            self.resource_ids.pop(number, None)

    def send_request(self, request: Any, wait_for_response: bool) -> None:  # noqa: FBT001 - python-xlib's signature
        """Queue a request that python-xlib has packed."""
        self.request_serial = self.next_serial & 0xFFFF  # python-xlib's own count, behind while packed requests go out
        super().send_request(request, wait_for_response)
        request.wide_serial = self.next_serial
        self.next_serial += 1
        if hasattr(request, "_reply"):
            self.asked_serial = request.wide_serial
        elif self.next_serial - self.asked_serial > FENCE_EVERY_REQUESTS:
            self.request_queue.append((self.new_fence(), True))

    def new_fence(self) -> Waiter:
        """Return a GetInputFocus that counts as the next request, whose answer nobody needs."""
        return self.expect(lambda _: None, 1)

    def expect(self, callback: Callable[[bytes], None], count: int) -> Waiter:
        """Count `count` requests; returns what waits for the reply of the last."""
        self.asked_serial = serial = self.next_serial + count - 1
        self.next_serial = serial + 1
        return Waiter(self.event_queue, callback, serial)

    def ask(self) -> Asked:
        """Count a request; returns what waits for its reply, and is waited for."""
        self.asked_serial = serial = self.next_serial
        self.next_serial = serial + 1
        return Asked(serial)

    def wait_for(self, asked: Asked) -> None:
        """Read until this one is answered. Events that come before are in the queue then. Raises DisplayLost."""
        while not asked.answered:
            self.send_recv_lock.acquire()
            self.send_and_recv(request=asked._serial)

    def parse_response(self, request: int) -> bool:
        """See python-xlib. Most of what comes while we wait is of two kinds, which are taken here in less time.

        request: whose reply is waited for, 16 bits; -1: the setup of the connection. Returns whether it came.
        """
        came = self._take_ours(request) if request != _SETUP and not self.recv_packet_len else False
        return bool(super().parse_response(request)) or came

    def _take_ours(self, request: int) -> bool:
        """Take replies to packed requests, and hot events, as long as nothing else comes before them."""
        data, waiting, classes = bytes(self.data_recv), self.sent_requests, self.event_classes
        came, at = False, 0
        while len(data) - at >= EVENT_BYTES:
            code, serial, words = PACKET.unpack_from(data, at)
            end = at + EVENT_BYTES
            if code == REPLY:
                end += 4 * words
                waiter = waiting[0] if waiting else None
                if not isinstance(waiter, Waiter) or waiter.sequence_number != serial or end > len(data):
                    break
                del waiting[0]
                self.answered_serial = waiter.wide_serial
                waiter._parse_response(data[at:end])
                came = came or serial == request
            elif classes.get(code & 0x7F) is HotEvent:
                self.event_queue.append(HotEvent(binarydata=data[at:end]))
            else:
                break
            at = end
        self.data_recv = data[at:]
        return came

    def get_waiting_request(self, sno: int) -> Any:
        """Return the waiting request with this serial, if any; forget requests before it that have no reply.

        sno: 16 bits, from an error; or one less than an event's, from the parser.
        """
        # What arrives belongs to less than half the range after the last answer, or (the "one less") just before it.
        distance = (sno - self.answered_serial) & 0xFFFF
        serial = self.answered_serial + (distance if distance < 0x8000 else distance - 0x10000)
        waiting = self.sent_requests
        while waiting and waiting[0].wide_serial <= serial:
            if waiting[0].wide_serial == serial:
                self.answered_serial = serial
                return waiting.pop(0)
            if hasattr(waiting[0], "_reply"):
                return None
            del waiting[0]
        return None

    def get_waiting_replyrequest(self) -> Any:
        """Return the first waiting request that has a reply; forget those before it: they succeeded."""
        found = super().get_waiting_replyrequest()
        self.answered_serial = found.wide_serial
        return found


class LeanDisplay(Display):
    """The upper half of python-xlib's display, opened with the named extensions only; reads the keyboard when asked."""

    display: SerialDisplay
    _keymap_syms: Any

    def __init__(self, name: str | None, extensions: Iterable[str], expected: Iterable[str] = ()) -> None:
        # Not super().__init__(): it makes a lower half of its own kind. These are the attributes that it would set.
        self.display = SerialDisplay(name)
        self._keymap_codes = [()] * 256
        self._keymap_syms = {}
        self._keymap_read = False
        self.keysym_translations = {}
        self.extensions = []
        self.class_extension_dicts = {}
        self.display_extension_methods = {}
        self.extension_event = rq.DictWrapper({})
        opened = tuple(extensions)
        self._asked = {
            name: request.QueryExtension(display=self.display, defer=True, name=name) for name in (*opened, *expected)
        }
        self._open_extensions(opened)

    def _open_extensions(self, names: Iterable[str]) -> None:
        lower = self.display
        for name in names:
            query = self._asked[name]
            query.reply()
            if not query.present:
                continue
            lower.set_extension_major(name, query.major_opcode)
            importlib.import_module(f"Xlib.ext.{_MODULES[name]}").init(self, query)
            self.extensions.append(name)
        for kind, methods in self.class_extension_dicts.items():
            plain = lower.resource_classes[kind]
            lower.resource_classes[kind] = type(plain.__name__, (plain,), methods)
        # These were made while the connection was opened, before the classes were complete.
        for screen in lower.info.roots:
            screen.root = lower.resource_classes["window"](lower, screen.root.id)
            screen.default_colormap = lower.resource_classes["colormap"](lower, screen.default_colormap.id)

    def query_extension(self, name: str) -> Any:
        """See python-xlib; asks nothing if it was asked when the connection was opened."""
        query = self._asked.get(name)
        if query is None:
            return super().query_extension(name)
        query.reply()
        return query if query.present else None

    def _read_keymap(self) -> None:
        if not self._keymap_read:
            self._keymap_read = True
            first = self.display.info.min_keycode
            self._update_keymap(first, self.display.info.max_keycode - first + 1)

    def keycode_to_keysym(self, keycode: int, index: int) -> int:
        """See python-xlib; the first call reads the keyboard's map."""
        self._read_keymap()
        return int(super().keycode_to_keysym(keycode, index))

    def keysym_to_keycode(self, keysym: int) -> int:
        """See python-xlib; the first call reads the keyboard's map."""
        self._read_keymap()
        return int(super().keysym_to_keycode(keysym))

    def keysym_to_keycodes(self, keysym: int) -> Any:
        """See python-xlib; the first call reads the keyboard's map."""
        self._read_keymap()
        return super().keysym_to_keycodes(keysym)

    def refresh_keyboard_mapping(self, evt: rq.Event) -> None:
        """See python-xlib; nothing to refresh if the map was never read."""
        if self._keymap_read:
            super().refresh_keyboard_mapping(evt)
