"""What can go wrong below the protocol; knows nothing of messages or windows."""


class ShmError(Exception):
    """Memory that was refused: not sealed, of a wrong size, not mapped by the X server, or cut short."""


class TransportError(Exception):
    """A channel could not be made, or does not work any more."""


class ChannelClosed(TransportError):
    """The peer is gone. Everything it sent before was delivered first."""


class ChannelFull(TransportError):
    """The peer does not read, and the queue towards it has reached its limit. Nothing of the refused data was sent."""


class DisplayLost(Exception):
    """No connection to the X server: it could not be made, was closed, or its output queue has reached the limit."""
