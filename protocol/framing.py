"""A byte stream cut into messages whose headers are legal; knows types, directions and lengths, and looks into no body.

Whether a window id may occur (the table's window rule) is the daemon core's decision, not this module's.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from protocol.errors import RemoteProtocolError, Violation
from protocol.formats import HEADER
from protocol.limits import (
    EXACT_LENGTH_SINCE_MINOR,
    HEADER_BYTES,
    MAX_SKIPPED_BODY_BYTES,
    VERSION_MINOR,
)
from protocol.messages import TABLE, Direction, MessageSpec, Role

_INCOMING: Final = {Role.DAEMON: Direction.TO_DAEMON, Role.AGENT: Direction.TO_AGENT}
_ANY_LEN: Final = -1  # equals no length, so the header is looked at by `_admit`


class Frame(NamedTuple):
    """One whole message. untrusted_body has a legal length and nothing else is known of it."""

    type: int
    window: int
    untrusted_body: bytes


class FrameReader:
    """Cuts what one peer sent into frames.

    reader:     which end we are. A daemon trusts nothing: an unknown type, one of the other direction or a wrong length
                ends the session. An agent skips what it does not know by its length (bounded), as all known agents do.
    minor:      the negotiated version. Below 1.6 a daemon reads a fixed body's own size whatever the header says, and
                says so once a type in `warnings`; tails are always bounded.
    extensions: whether EXT_HELLO was offered (daemon) or understood (agent); without it, it is an unknown type.

    unfinished: a message has begun and not ended; right once `frames` is exhausted.
    """

    def __init__(self, reader: Role, *, minor: int = VERSION_MINOR, extensions: bool = True) -> None:
        self.warnings: list[str] = []
        self.unfinished = False
        self._reader = reader
        self._minor = minor
        self._specs = {
            number: spec for number, spec in TABLE.items() if spec.c_name or (extensions and minor >= spec.since_minor)
        }
        incoming = _INCOMING[reader]
        self._exact_len = {
            number: spec.fixed_len
            for number, spec in self._specs.items()
            if incoming in spec.direction and spec.tail is None
        }
        self._data = b""  # being cut
        self._at = 0  # where the next header begins in it
        self._beginning = bytearray()  # the beginning of a message, when _data is used up
        self._needed = HEADER_BYTES  # how long _beginning must be before it is worth looking at again
        self._to_skip = 0  # bytes of an unknown message still to be thrown away
        self._error: RemoteProtocolError | None = None
        self._warned: set[int] = set()

    def receive(self, untrusted_data: bytes) -> None:
        """Take what the channel gave; any slicing gives the same frames. Never raises."""
        if self._error is not None:
            return
        if self._beginning:
            self._beginning += untrusted_data
            if len(self._beginning) >= self._needed:
                self._data, self._at = bytes(self._beginning), 0
                self._beginning.clear()
                self.unfinished = False
        elif self._at < len(self._data):
            self._data, self._at = self._data[self._at :] + untrusted_data, 0
        else:
            self._data, self._at = untrusted_data, 0

    def frames(self) -> Iterator[Frame]:
        """Yield every whole message; may be left and taken up again.

        Raises RemoteProtocolError as soon as a header is bad, before its body is there; from then on always the same.
        """
        if self._error is not None:
            raise self._error
        unpack_header, exact_len, new = HEADER.unpack_from, self._exact_len.get, tuple.__new__
        while not self._to_skip or self._skip():
            data, at = self._data, self._at
            start = at + HEADER_BYTES
            if start > len(data):
                if at < len(data):
                    self._keep(HEADER_BYTES)
                return
            message, window, untrusted_len = unpack_header(data, at)
            length = untrusted_len
            if exact_len(message, _ANY_LEN) != untrusted_len:
                admitted = self._admit(message, window, untrusted_len)
                if admitted is None:
                    continue
                length = admitted
            end = start + length
            if end > len(data):
                self._keep(HEADER_BYTES + length)
                return
            self._at = end
            yield new(Frame, (message, window, data[start:end]))

    def _admit(self, message: int, window: int, untrusted_len: int) -> int | None:
        """Return how many bytes to read as the body, or None after arranging to skip the message."""
        spec = self._specs.get(message)
        known = spec is not None and _INCOMING[self._reader] in spec.direction
        if spec is not None and known:
            if spec.allows_len(untrusted_len, self._minor):
                return untrusted_len
            if self._reader is Role.DAEMON and self._minor < EXACT_LENGTH_SINCE_MINOR and spec.tail is None:
                self._warn(spec, untrusted_len)
                return spec.fixed_len
            over = spec.tail is not None and untrusted_len > spec.max_len_at(self._minor)
            violation = Violation.TOO_LONG if over else Violation.WRONG_LENGTH
            expected = f"{spec.min_len} to {spec.max_len_at(self._minor)}" if spec.tail else f"{spec.fixed_len}"
            raise self._fail(violation, message, window, f"{untrusted_len} bytes instead of {expected}")
        if self._reader is Role.AGENT:
            if untrusted_len > MAX_SKIPPED_BODY_BYTES:
                raise self._fail(Violation.TOO_LONG, message, window, f"{untrusted_len} bytes to skip")
            self._at += HEADER_BYTES
            self._to_skip = untrusted_len
            return None
        if spec is None:
            raise self._fail(Violation.UNKNOWN_TYPE, message, window, f"{untrusted_len} bytes long")
        raise self._fail(Violation.WRONG_DIRECTION, message, window, "")

    def _fail(self, violation: Violation, message: int, window: int, detail: str) -> RemoteProtocolError:
        self._error = RemoteProtocolError(violation, message=message, window=window, detail=detail)
        self._data, self._at = b"", 0
        return self._error

    def _warn(self, spec: MessageSpec, untrusted_len: int) -> None:
        if spec.type in self._warned:
            return
        self._warned.add(spec.type)
        self.warnings.append(
            f"wrong length in {spec.type.name} ({spec.type:d}) from a 1.{self._minor} agent: "
            f"{untrusted_len} bytes, read as {spec.fixed_len}"
        )

    def _skip(self) -> bool:
        """Throw away what can be of a skipped body. Returns whether it is all gone."""
        taken = min(self._to_skip, len(self._data) - self._at)
        self._at += taken
        self._to_skip -= taken
        self.unfinished = self._to_skip > 0
        return not self.unfinished

    def _keep(self, needed: int) -> None:
        """Put the unfinished message aside until `needed` bytes of it are there."""
        self._beginning += memoryview(self._data)[self._at :]
        self._data, self._at, self._needed = b"", 0, needed
        self.unfinished = True
