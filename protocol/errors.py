"""What can go wrong with the protocol, and whose fault it is; an error never holds a byte that a peer sent.

A local error is a bug on our side. A remote error is a violation by the peer: it ends that peer's session.
"""

from enum import Enum

from protocol.messages import TABLE


class Violation(Enum):
    """What a peer did wrong. The value is the text of the log line."""

    UNKNOWN_TYPE = "unknown message type"
    WRONG_DIRECTION = "message type of the other direction"
    WRONG_LENGTH = "wrong length"
    TOO_LONG = "too long"
    BAD_VERSION = "unusable protocol version"
    UNKNOWN_WINDOW = "window does not exist"
    DUPLICATE_WINDOW = "window exists already"
    BAD_VALUE = "value out of range"
    BAD_REFS = "unusable page references"
    UNASKED = "nobody asked for it"
    LIMIT = "over a limit"
    TRUNCATED = "ended too early"
    UNSUPPORTED = "not supported"


class ProtocolError(Exception):
    """Base of both kinds; catch one of the two, which say whose fault it is."""


class LocalProtocolError(ProtocolError):
    """We asked for something that the protocol cannot say. A bug here, never the peer's doing."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the protocol.

    violation: what it did. message: the type number in the header, None before there is one. window: the id in the
    header, None where there is none. detail: numbers and our own words only, never text or bytes of the peer.
    `str()` is one whole log line.
    """

    def __init__(
        self, violation: Violation, *, message: int | None = None, window: int | None = None, detail: str = ""
    ) -> None:
        self.violation = violation
        self.message = message
        self.window = window
        self.detail = detail
        super().__init__(violation, message, window, detail)

    def __str__(self) -> str:
        where = [] if self.message is None else [_message_text(self.message)]
        if self.window is not None:
            where.append(f"window {self.window:#x}")
        line = self.violation.value
        if where:
            line += f" in {', '.join(where)}"
        return f"{line}: {self.detail}" if self.detail else line


def _message_text(number: int) -> str:
    spec = TABLE.get(number)
    return (
        f"{spec.type.name} ({number:#x})"
        if spec and number > 0xFF
        else f"{spec.type.name} ({number})"
        if spec
        else f"message {number:#x}"
    )
