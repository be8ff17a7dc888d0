"""What a byte channel is, whatever carries it; knows no message, and no way to make a channel."""

from typing import Protocol

from protocol.limits import READ_BYTES


class Channel(Protocol):
    """A stream of bytes in both directions, none of whose operations ever waits.

    `fileno` is level-triggered: readable as long as `receive` would return bytes or raise ChannelClosed.
    """

    @property
    def wants_write(self) -> bool:
        """Bytes are queued: call `flush` when the descriptor is writable."""

    def fileno(self) -> int:
        """Return the descriptor to wait for."""

    def receive(self, max_bytes: int = READ_BYTES) -> bytes:
        """Return what has arrived, at most `max_bytes`; b"" if nothing has.

        Raises ChannelClosed once the peer is gone and all that it sent has been returned.
        """

    def send(self, data: bytes) -> None:
        """Send all of `data`, or queue what the peer does not take now.

        Raises ChannelFull if more than the channel's limit would be queued (then nothing of `data` was sent),
        ChannelClosed if the peer is gone (what it sent before can still be received).
        """

    def flush(self) -> None:
        """Send as much of the queue as the peer takes now. Raises ChannelClosed."""

    def close(self) -> None:
        """Give up the channel; what is still queued is lost. Harmless when repeated."""


class Acceptor(Protocol):
    """The agent's end of something on which one daemon after another opens a channel."""

    def fileno(self) -> int:
        """Return the descriptor to wait for: readable when `accept` is worth a call."""

    def accept(self) -> Channel | None:
        """Return the newest channel that was opened, or None. Raises TransportError if none can come any more."""

    def close(self) -> None:
        """Accept no more."""
