"""A channel's end in another machine, used as if it were here: one call an operation. Knows no kind of channel."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Final

from protocol.limits import READ_BYTES
from shm.errors import ChannelClosed, ChannelFull

RAISED: Final = {each.__name__: each for each in (ChannelClosed, ChannelFull)}


class FarChannel:
    """call: of `channels:NAME` in the machine that holds the end. number: which one it is there."""

    def __init__(self, call: Callable[..., Any], number: int) -> None:
        self._call = call
        self._number = number

    @property
    def wants_write(self) -> bool:
        return bool(self._call("channels:wants_write", number=self._number))

    def fileno(self) -> int:
        return int(self._call("channels:fileno", number=self._number))

    def readable(self, timeout_ms: int) -> bool:
        """Whether its descriptor there is readable within that time."""
        return bool(self._call("channels:readable", number=self._number, timeout_ms=timeout_ms))

    def receive(self, max_bytes: int = READ_BYTES) -> bytes:
        return base64.b64decode(self._do("receive", max_bytes=max_bytes))

    def send(self, data: bytes) -> None:
        self._do("send", data=base64.b64encode(data).decode("ascii"))

    def flush(self) -> None:
        self._do("flush")

    def close(self) -> None:
        self._do("close")

    def _do(self, name: str, **arguments: Any) -> Any:
        told = self._call(f"channels:{name}", number=self._number, **arguments)
        if "raised" in told:
            raise RAISED[told["raised"]](told["text"])
        return told["result"]


class HalfClosingFarChannel(FarChannel):
    """Where the kind can end one way alone."""

    def shutdown_write(self) -> None:
        self._do("shutdown_write")
