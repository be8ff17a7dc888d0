"""An X client spoken by hand: packed requests out, packets in; shares no code with what is measured.

It is the app, the eye and the floor. One thread, blocking; an X error is a broken benchmark and raises.
Source: X Window System Protocol, appendix B; the extensions' protocol pages.
"""

import array
import socket
import struct
import time
from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple

EVENT_BYTES: Final = 32
READ_BYTES: Final = 1 << 16
TIMEOUT_S: Final = 20

KEY_PRESS, KEY_RELEASE = 2, 3
KEY_EVENTS: Final = 1 | 2
OVERRIDE_REDIRECT, EVENT_MASK, BACK_PIXEL = 1 << 9, 1 << 11, 1 << 1
RAW_RECTANGLES: Final = 0
INCLUDE_INFERIORS: Final = 1
Z_PIXMAP: Final = 2

_ERROR, _REPLY = 0, 1


class Extension(NamedTuple):
    """Where an extension's requests and events begin."""

    opcode: int
    first_event: int


class Screen(NamedTuple):
    """One screen of a server."""

    root: int
    visual: int
    depth: int


class BenchError(Exception):
    """The benchmark itself went wrong; its figures would mean nothing."""


class RequestFailed(BenchError):
    """The X server answered with an error."""


class Client:
    """One connection. A context manager.

    screens: of the server; root, visual and depth are those of the first.
    """

    def __init__(self, display: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(f"/tmp/.X11-unix/X{display.removeprefix(':')}")
        # The kernel's own timeout: settimeout would add a poll before each read.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", TIMEOUT_S, 0))
        self._data, self._at = b"", 0
        self._events: deque[bytes] = deque()
        self._pictures: deque[bytes] = deque()
        self._id_base = self._next_id = 0
        self._socket.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        self.screens = self._read_setup()
        self.root, self.visual, self.depth = self.screens[0]

    def _read_setup(self) -> list[Screen]:
        status, _major, _minor, words = struct.unpack("<BxHHH", self._take(8))
        body = self._take(4 * words)
        if status != 1:
            raise BenchError("the X server refused the connection")
        self._id_base, vendor_len, screens, formats = struct.unpack_from("<4xI8xH2xBB", body)
        at = 32 + vendor_len + -vendor_len % 4 + 8 * formats
        found = []
        for _ in range(screens):
            root, visual, depth, depths = struct.unpack_from("<I28xIxxBB", body, at)
            found.append(Screen(root, visual, depth))
            at += 40
            for _ in range(depths):
                (visuals,) = struct.unpack_from("<xxH", body, at)
                at += 8 + 24 * visuals
        return found

    # Out

    def send(self, requests: bytes) -> None:
        """Send all of it."""
        self._socket.sendall(requests)

    def send_with_fd(self, request: bytes, fd: int) -> None:
        """Send a request that takes a descriptor along."""
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))
        if self._socket.sendmsg([request], [rights]) != len(request):
            raise BenchError("a short write")

    def new_id(self) -> int:
        """A resource id that was never used."""
        self._next_id += 1
        return self._id_base + self._next_id

    def extension(self, name: str) -> Extension:
        """Raises BenchError if the server has no such extension."""
        raw = name.encode("ascii")
        padded = raw + bytes(-len(raw) % 4)
        reply = self.ask(struct.pack("<BxHHxx", 98, 2 + len(padded) // 4, len(raw)) + padded)
        present, opcode, first_event = reply[8:11]
        if not present:
            raise BenchError(f"the X server has no {name}")
        return Extension(opcode, first_event)

    def atom(self, name: str) -> int:
        """Intern an atom."""
        raw = name.encode("ascii")
        padded = raw + bytes(-len(raw) % 4)
        reply = self.ask(struct.pack("<BBHHxx", 16, 0, 2 + len(padded) // 4, len(raw)) + padded)
        return int.from_bytes(reply[8:12], "little")

    # In

    def ask(self, request: bytes) -> bytes:
        """Send a request and wait for its reply; events that come before it are kept."""
        self._socket.sendall(request)
        return self.reply()

    def reply(self) -> bytes:
        """The next reply; events that come before it are kept."""
        while True:
            packet = self._packet()
            if packet[0] == _REPLY:
                return packet
            self._events.append(packet)

    def event(self) -> bytes:
        """The next event; of replies that come before it only pictures are kept. BenchError after TIMEOUT_S."""
        if self._events:
            return self._events.popleft()
        while True:
            packet = self._packet()
            if packet[0] != _REPLY:
                return packet
            if len(packet) > EVENT_BYTES:
                self._pictures.append(packet)

    def picture(self) -> int:
        """The pixel of the oldest `get_image` that was not taken; replies of fences before it are dropped."""
        while not self._pictures:
            reply = self.reply()
            if len(reply) > EVENT_BYTES:
                self._pictures.append(reply)
        return int.from_bytes(self._pictures.popleft()[EVENT_BYTES : EVENT_BYTES + 3], "little")

    def take_events(self) -> list[bytes]:
        """Every event that the server has sent until now and that was not taken; a round trip."""
        self.ask(GET_INPUT_FOCUS)
        events = list(self._events)
        self._events.clear()
        return events

    def _packet(self) -> bytes:
        packet = self._take(EVENT_BYTES)
        if packet[0] == _ERROR:
            raise RequestFailed(f"X error {packet[1]} of request {packet[10]}.{packet[8]}")
        if packet[0] == _REPLY:
            packet += self._take(4 * int.from_bytes(packet[4:8], "little"))
        return packet

    def _take(self, size: int) -> bytes:
        while len(self._data) - self._at < size:
            try:
                more = self._socket.recv(READ_BYTES)
            except BlockingIOError:
                raise BenchError(f"nothing came from the X server in {TIMEOUT_S} s") from None
            if not more:
                raise BenchError("the X server closed the connection")
            self._data, self._at = self._data[self._at :] + more, 0
        self._at += size
        return self._data[self._at - size : self._at]

    def close(self) -> None:
        """Leave; the server destroys what was made."""
        self._socket.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Things

    def window(
        self,
        rect: tuple[int, int, int, int],
        *,
        pixel: int = 0,
        override_redirect: bool = False,
        events: int = 0,
        screen: int = 0,
    ) -> tuple[int, bytes]:
        """The id of a new window, and the request that makes it; px, 0xRRGGBB."""
        window, root = self.new_id(), self.screens[screen].root
        values = (pixel, int(override_redirect), events)
        mask = BACK_PIXEL | OVERRIDE_REDIRECT | EVENT_MASK
        return window, struct.pack("<BBHIIhhHHHHII3I", 1, 0, 11, window, root, *rect, 0, 1, 0, mask, *values)

    def gc(self, drawable: int, *, include_inferiors: bool = False) -> int:
        """A graphics context without graphics exposures."""
        gc = self.new_id()
        mode, exposures = 1 << 15, 1 << 16
        self.send(
            struct.pack("<BxHIIIII", 55, 6, gc, drawable, mode | exposures, INCLUDE_INFERIORS * include_inferiors, 0)
        )
        return gc

    def watch_damage(self, drawable: int) -> int:
        """Report every drawing on a window and its children; returns the event's code."""
        damage = self.extension("DAMAGE")
        self.ask(struct.pack("<BBHII", damage.opcode, 0, 3, 1, 1))
        self.send(struct.pack("<BBHIIBxxx", damage.opcode, 1, 4, self.new_id(), drawable, RAW_RECTANGLES))
        return damage.first_event

    def attach(self, fd: int, *, read_only: bool) -> tuple[int, int]:
        """Let the server map `fd`; returns MIT-SHM's opcode and the segment."""
        shm, segment = self.extension("MIT-SHM"), self.new_id()
        self.send_with_fd(struct.pack("<BBHIBxxx", shm.opcode, 6, 3, segment, read_only), fd)
        self.ask(GET_INPUT_FOCUS)
        return shm.opcode, segment

    def pixel(self, drawable: int, x: int, y: int) -> int:
        """One pixel, 0xRRGGBB; a round trip."""
        self.send(get_image(drawable, x, y))
        return self.picture()

    def children(self, window: int) -> Iterator[int]:
        """Bottom first."""
        reply = self.ask(struct.pack("<BxHI", 15, 2, window))
        yield from struct.unpack_from(f"<{(len(reply) - EVENT_BYTES) // 4}I", reply, EVENT_BYTES)

    def size(self, drawable: int) -> tuple[int, int]:
        """Width and height, px."""
        width, height = struct.unpack_from("<HH", self.ask(struct.pack("<BxHI", 14, 2, drawable)), 16)
        return width, height


GET_INPUT_FOCUS: Final = struct.pack("<BxH", 43, 1)


def map_window(window: int) -> bytes:
    return struct.pack("<BxHI", 8, 2, window)


def destroy_window(window: int) -> bytes:
    return struct.pack("<BxHI", 4, 2, window)


def fill(drawable: int, gc: int, rect: tuple[int, int, int, int], pixel: int) -> bytes:
    """Set the foreground, fill a rectangle."""
    return struct.pack("<BxHIII", 56, 4, gc, 1 << 2, pixel) + struct.pack("<BxHIIhhHH", 70, 5, drawable, gc, *rect)


def copy_area(source: int, target: int, gc: int, rect: tuple[int, int, int, int]) -> bytes:
    """Copy a rectangle to the same place of another drawable."""
    x, y, width, height = rect
    return struct.pack("<BxHIIIhhhhHH", 62, 7, source, target, gc, x, y, x, y, width, height)


def get_image(drawable: int, x: int, y: int) -> bytes:
    """Ask for one pixel."""
    return struct.pack("<BBHIhhHHI", 73, Z_PIXMAP, 5, drawable, x, y, 1, 1, 0xFFFFFFFF)


def shm_pixmap(opcode: int, pixmap: int, drawable: int, size: tuple[int, int], depth: int, segment: int) -> bytes:
    """A pixmap at the beginning of a segment."""
    return struct.pack("<BBHIIHHBxxxII", opcode, 5, 7, pixmap, drawable, *size, depth, segment, 0)


def shm_put(
    opcode: int, target: int, gc: int, total: tuple[int, int], rect: tuple[int, int, int, int], depth: int, segment: int
) -> bytes:
    """Put a rectangle of the picture at the beginning of a segment to the same place of a window."""
    x, y, width, height = rect
    return struct.pack(
        "<BBHIIHHHHHHhhBBBxII",
        *(opcode, 3, 10, target, gc, *total, x, y, width, height, x, y, depth, Z_PIXMAP, 0, segment, 0),
    )


def fake_key(opcode: int, kind: int, keycode: int) -> bytes:
    """XTEST FakeInput of a key."""
    return struct.pack("<BBHBBxxII8xhh7xB", opcode, 2, 9, kind, keycode, 0, 0, 0, 0, 0)


def damaged_rect(event: bytes) -> tuple[int, int, int, int, int]:
    """(drawable, x, y, width, height) of a DamageNotify."""
    drawable, x, y, width, height = struct.unpack_from("<I8xhhHH", event, 4)
    return drawable, x, y, width, height


def now_ms() -> float:
    """A clock for differences."""
    return time.perf_counter_ns() / 1e6
